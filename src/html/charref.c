#include "html/charref.h"

#include "base/num.h"
#include "base/utf8.h"

struct named {
	char name[CHARREF_NAME_MAX + 1];
	char bytes[CHARREF_BYTES_MAX];
};

static const struct named table[] = {
#define R(name, bytes) { name, bytes },
#include "html/charref.def"
#undef R
};

/* Numbers 0x80 to 0x9f mean windows-1252 (HTML 13.2.5.80); 0 where they mean themselves. */
static const uint16_t windows_1252[32] = {
	0x20ac, 0,	0x201a, 0x192,	0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,	0x2030, 0x160,
	0x2039, 0x152,	0,	0x17d,	0,	0,	0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x2dc,	0x2122, 0x161,	0x203a, 0x153,	0,	0x17e,	0x178,
};

static size_t numeric(str s, struct charref *ret)
{
	bool hex = s.n > 2 && (s.p[2] == 'x' || s.p[2] == 'X');
	size_t from = hex ? 3 : 2, at;
	uint32_t cp = 0;

	for (at = from; at < s.n; at++) {
		int digit = num_hex_digit(s.p[at]);

		if (digit < 0 || (!hex && digit > 9))
			break;
		if (cp <= 0x10ffff)
			cp = cp * (hex ? 16 : 10) + (uint32_t)digit;
	}
	if (at == from)
		return 0;
	if (cp >= 0x80 && cp < 0xa0 && windows_1252[cp - 0x80])
		cp = windows_1252[cp - 0x80];
	ret->n = (uint8_t)utf8_encode(cp ? cp : 0xfffd, ret->bytes);
	return at + (at < s.n && s.p[at] == ';');
}

/* First row of [from, to) whose byte at that place is at least c. */
static size_t lower_bound(size_t from, size_t to, size_t place, int c)
{
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if ((unsigned char)table[middle].name[place] < c)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The longest name of the table that s begins with. */
static size_t named(str s, const struct named **ret)
{
	size_t from = 0, to = ARRAY_LEN(table), found = 0;

	for (size_t i = 0; i + 1 < s.n && i < CHARREF_NAME_MAX; i++) {
		int c = (unsigned char)s.p[i + 1];

		if (!str_is_alnum((char)c) && c != ';')
			break;
		from = lower_bound(from, to, i, c);
		to = lower_bound(from, to, i, c + 1);
		if (from == to)
			break;
		if (table[from].name[i + 1] == '\0') {
			*ret = &table[from];
			found = i + 2;
		}
	}
	return found;
}

size_t charref_parse(str s, bool in_attribute, struct charref *ret)
{
	const struct named *row = NULL;
	size_t n;

	if (s.n > 1 && s.p[1] == '#')
		return numeric(s, ret);
	n = named(s, &row);
	if (!n)
		return 0;
	if (in_attribute && s.p[n - 1] != ';' && n < s.n && (s.p[n] == '=' || str_is_alnum(s.p[n])))
		return 0;
	ret->n = (uint8_t)strlen(row->bytes);
	memcpy(ret->bytes, row->bytes, sizeof(ret->bytes));
	return n;
}
