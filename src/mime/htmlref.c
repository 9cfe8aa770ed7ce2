#include "mime/htmlref.h"

#include "base/num.h"

struct reference {
	char name[8];
	uint32_t cp;
};

/* Sorted by bytes: the names European mail really uses; case matters (HTML 13.5). */
static const struct reference references[] = {
	{ "AElig", 0xc6 },   { "Aacute", 0xc1 },  { "Acirc", 0xc2 },	{ "Agrave", 0xc0 },
	{ "Aring", 0xc5 },   { "Atilde", 0xc3 },  { "Auml", 0xc4 },	{ "Ccedil", 0xc7 },
	{ "Eacute", 0xc9 },  { "Ecirc", 0xca },	  { "Egrave", 0xc8 },	{ "Euml", 0xcb },
	{ "Iacute", 0xcd },  { "Icirc", 0xce },	  { "Igrave", 0xcc },	{ "Iuml", 0xcf },
	{ "NewLine", '\n' }, { "Ntilde", 0xd1 },  { "OElig", 0x152 },	{ "Oacute", 0xd3 },
	{ "Ocirc", 0xd4 },   { "Ograve", 0xd2 },  { "Oslash", 0xd8 },	{ "Otilde", 0xd5 },
	{ "Ouml", 0xd6 },    { "Tab", '\t' },	  { "Uacute", 0xda },	{ "Ucirc", 0xdb },
	{ "Ugrave", 0xd9 },  { "Uuml", 0xdc },	  { "Yacute", 0xdd },	{ "aacute", 0xe1 },
	{ "acirc", 0xe2 },   { "aelig", 0xe6 },	  { "agrave", 0xe0 },	{ "amp", '&' },
	{ "apos", '\'' },    { "aring", 0xe5 },	  { "atilde", 0xe3 },	{ "auml", 0xe4 },
	{ "bull", 0x2022 },  { "ccedil", 0xe7 },  { "cent", 0xa2 },	{ "colon", ':' },
	{ "comma", ',' },    { "commat", '@' },	  { "copy", 0xa9 },	{ "deg", 0xb0 },
	{ "dollar", '$' },   { "eacute", 0xe9 },  { "ecirc", 0xea },	{ "egrave", 0xe8 },
	{ "emsp", 0x2003 },  { "ensp", 0x2002 },  { "euml", 0xeb },	{ "euro", 0x20ac },
	{ "excl", '!' },     { "gt", '>' },	  { "hellip", 0x2026 }, { "iacute", 0xed },
	{ "icirc", 0xee },   { "iexcl", 0xa1 },	  { "igrave", 0xec },	{ "iquest", 0xbf },
	{ "iuml", 0xef },    { "laquo", 0xab },	  { "ldquo", 0x201c },	{ "lsquo", 0x2018 },
	{ "lt", '<' },	     { "mdash", 0x2014 }, { "middot", 0xb7 },	{ "nbsp", 0xa0 },
	{ "ndash", 0x2013 }, { "ntilde", 0xf1 },  { "num", '#' },	{ "oacute", 0xf3 },
	{ "ocirc", 0xf4 },   { "oelig", 0x153 },  { "ograve", 0xf2 },	{ "oslash", 0xf8 },
	{ "otilde", 0xf5 },  { "ouml", 0xf6 },	  { "percnt", '%' },	{ "period", '.' },
	{ "pound", 0xa3 },   { "quot", '"' },	  { "raquo", 0xbb },	{ "rdquo", 0x201d },
	{ "reg", 0xae },     { "rsquo", 0x2019 }, { "sect", 0xa7 },	{ "shy", 0xad },
	{ "sol", '/' },	     { "szlig", 0xdf },	  { "thinsp", 0x2009 }, { "times", 0xd7 },
	{ "trade", 0x2122 }, { "uacute", 0xfa },  { "ucirc", 0xfb },	{ "ugrave", 0xf9 },
	{ "uuml", 0xfc },    { "yacute", 0xfd },  { "yuml", 0xff },	{ "zwj", 0x200d },
	{ "zwnj", 0x200c },
};

static const struct reference *find(str name)
{
	size_t low = 0, high = ARRAY_LEN(references);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct reference *r = &references[mid];
		int order = str_cmp(name, str_of(r->name, strnlen(r->name, sizeof(r->name))));

		if (order == 0)
			return r;
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

/* &#NNN; and &#xHHH;: 0x80-0x9f are Windows bytes in truth (HTML 13.2.5.80). */
static size_t numeric(str s, uint32_t *ret_cp)
{
	static const uint16_t windows[32] = {
		0x20ac, 0x81,	0x201a, 0x192,	0x201e, 0x2026, 0x2020, 0x2021,
		0x2c6,	0x2030, 0x160,	0x2039, 0x152,	0x8d,	0x17d,	0x8f,
		0x90,	0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x2dc,	0x2122, 0x161,	0x203a, 0x153,	0x9d,	0x17e,	0x178,
	};
	bool hex = s.n > 2 && str_lower_char(s.p[2]) == 'x';
	size_t from = hex ? 3 : 2, to = from;
	uint64_t v;

	while (to < s.n && (hex ? num_hex_digit(s.p[to]) >= 0 : str_is_digit(s.p[to])))
		to++;
	if (hex ? !num_hex(str_sub(s, from, to), &v) : !num_u64(str_sub(s, from, to), &v))
		return 0;
	if (v >= 0x80 && v < 0xa0)
		v = windows[v - 0x80];
	*ret_cp = v > 0x10ffff ? 0xfffd : (uint32_t)v;
	return to + (to < s.n && s.p[to] == ';');
}

size_t htmlref_parse(str s, uint32_t *ret_cp)
{
	const struct reference *r;
	size_t to = 1;

	s = str_sub(s, 0, HTMLREF_MAX);
	if (s.n < 3 || s.p[0] != '&')
		return 0;
	if (s.p[1] == '#')
		return numeric(s, ret_cp);
	while (to < s.n && str_is_alnum(s.p[to]))
		to++;
	r = to > 1 ? find(str_sub(s, 1, to)) : NULL;
	if (!r)
		return 0;
	*ret_cp = r->cp;
	return to + (to < s.n && s.p[to] == ';');
}
