#include "mime/foldchars.h"

enum { LATIN_FIRST = 0xc0, LATIN_LAST = 0x17f };

/* U+00C0 to U+017F without marks, in lower case; a capital stands for two letters, a dot
 * for what is left as it is. */
static const char latin[] = "aaaaaaAceeeeiiiidnooooo.ouuuuyTS"
			    "aaaaaaAceeeeiiiidnooooo.ouuuuyTy"
			    "aaaaaaccccccccddddeeeeeeeeeegggg"
			    "gggghhhhiiiiiiiiiiIIjjkkklllllll"
			    "lllnnnnnnnnnooooooOOrrrrrrssssss"
			    "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* What a letter of another script looks like, in the order of code points. Some are no sign of
 * anything: scientists put them into Latin words, or the likeness is weak. */
static const struct {
	uint16_t cp;
	char as;
	bool weak;
} alike[] = {
	{ 0x391, 'a', false }, { 0x392, 'b', false }, { 0x395, 'e', false }, { 0x396, 'z', false },
	{ 0x397, 'h', false }, { 0x399, 'i', false }, { 0x39a, 'k', false }, { 0x39c, 'm', false },
	{ 0x39d, 'n', false }, { 0x39f, 'o', false }, { 0x3a1, 'p', false }, { 0x3a4, 't', false },
	{ 0x3a5, 'y', false }, { 0x3a7, 'x', false }, { 0x3b1, 'a', true },  { 0x3b2, 'b', true },
	{ 0x3b5, 'e', true },  { 0x3b6, 'z', true },  { 0x3b7, 'n', true },  { 0x3b9, 'i', false },
	{ 0x3ba, 'k', true },  { 0x3bc, 'm', true },  { 0x3bd, 'v', false }, { 0x3bf, 'o', false },
	{ 0x3c1, 'p', true },  { 0x3c4, 't', true },  { 0x3c5, 'u', false }, { 0x3c7, 'x', true },
	{ 0x405, 's', false }, { 0x406, 'i', false }, { 0x407, 'i', false }, { 0x408, 'j', false },
	{ 0x410, 'a', false }, { 0x412, 'b', false }, { 0x415, 'e', false }, { 0x41a, 'k', false },
	{ 0x41c, 'm', false }, { 0x41d, 'h', false }, { 0x41e, 'o', false }, { 0x420, 'p', false },
	{ 0x421, 'c', false }, { 0x422, 't', false }, { 0x423, 'y', false }, { 0x425, 'x', false },
	{ 0x430, 'a', false }, { 0x432, 'b', true },  { 0x435, 'e', false }, { 0x43a, 'k', true },
	{ 0x43c, 'm', true },  { 0x43d, 'h', true },  { 0x43e, 'o', false }, { 0x43f, 'n', true },
	{ 0x440, 'p', false }, { 0x441, 'c', false }, { 0x442, 't', true },  { 0x443, 'y', false },
	{ 0x445, 'x', false }, { 0x455, 's', false }, { 0x456, 'i', false }, { 0x457, 'i', false },
	{ 0x458, 'j', false }, { 0x4ae, 'y', false }, { 0x4af, 'y', false }, { 0x4ba, 'h', false },
	{ 0x4bb, 'h', false }, { 0x4c0, 'l', false }, { 0x4cf, 'l', false }, { 0x501, 'd', false },
	{ 0x51b, 'q', false }, { 0x51d, 'w', false }, { 0x585, 'o', false },
};

static bool between(uint32_t cp, uint32_t low, uint32_t high)
{
	return cp >= low && cp <= high;
}

static bool is_blank(uint32_t cp)
{
	return cp == 0x85 || cp == 0xa0 || cp == 0x1680 || between(cp, 0x2000, 0x200a) ||
	       cp == 0x2028 || cp == 0x2029 || cp == 0x202f || cp == 0x205f || cp == 0x2800 ||
	       cp == 0x3000 || between(cp, 0x80, 0x9f);
}

static bool is_bidi(uint32_t cp)
{
	return between(cp, 0x202a, 0x202e) || between(cp, 0x2066, 0x2069);
}

static bool is_invisible(uint32_t cp)
{
	return cp == 0xad || cp == 0x34f || cp == 0x61c || between(cp, 0x115f, 0x1160) ||
	       between(cp, 0x17b4, 0x17b5) || between(cp, 0x180b, 0x180f) ||
	       between(cp, 0x200b, 0x200f) || between(cp, 0x2060, 0x206f) || cp == 0x3164 ||
	       between(cp, 0xfe00, 0xfe0f) || cp == 0xfeff || cp == 0xffa0 ||
	       between(cp, 0xfff9, 0xfffb) || between(cp, 0xe0000, 0xe0fff);
}

static bool is_mark(uint32_t cp)
{
	return between(cp, 0x300, 0x36f) || between(cp, 0x483, 0x489) ||
	       between(cp, 0x591, 0x5bd) || between(cp, 0x64b, 0x65f) ||
	       between(cp, 0x1ab0, 0x1aff) || between(cp, 0x1dc0, 0x1dff) ||
	       between(cp, 0x20d0, 0x20ff) || between(cp, 0xfe20, 0xfe2f);
}

char foldchars_punctuation(uint32_t cp)
{
	if (between(cp, 0x2018, 0x201b) || cp == 0x2bc || cp == 0xb4 || cp == 0x2032)
		return '\'';
	if (between(cp, 0x201c, 0x201f) || cp == 0xab || cp == 0xbb || cp == 0x2033)
		return '"';
	return between(cp, 0x2010, 0x2015) || cp == 0x2212 ? '-' : 0;
}

bool foldchars_is_styled(uint32_t cp)
{
	return between(cp, 0x1d400, 0x1d7ff) || between(cp, 0xff21, 0xff5a) ||
	       between(cp, 0x24b6, 0x24e9);
}

enum fold_script foldchars_script(uint32_t cp)
{
	static const struct {
		uint32_t low, high;
		enum fold_script script;
	} ranges[] = {
		{ 0x41, 0x24f, FOLD_LATIN },	 { 0x370, 0x3ff, FOLD_GREEK },
		{ 0x400, 0x52f, FOLD_CYRILLIC }, { 0x590, 0x5ff, FOLD_HEBREW },
		{ 0x600, 0x77f, FOLD_ARABIC },	 { 0xe00, 0xe7f, FOLD_THAI },
		{ 0x1100, 0x11ff, FOLD_HANGUL }, { 0x1e00, 0x1eff, FOLD_LATIN },
		{ 0x1f00, 0x1fff, FOLD_GREEK },	 { 0x3040, 0x30ff, FOLD_KANA },
		{ 0x3400, 0x9fff, FOLD_HAN },	 { 0xac00, 0xd7a3, FOLD_HANGUL },
		{ 0xfb50, 0xfdff, FOLD_ARABIC }, { 0x20000, 0x3ffff, FOLD_HAN },
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		if (between(cp, ranges[i].low, ranges[i].high))
			return ranges[i].script;
	}
	return FOLD_OTHER;
}

char foldchars_alike(uint32_t cp, bool *ret_weak)
{
	size_t low = 0, high = ARRAY_LEN(alike);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (alike[middle].cp < cp)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == ARRAY_LEN(alike) || alike[low].cp != cp)
		return 0;
	*ret_weak = alike[low].weak;
	return alike[low].as;
}

size_t foldchars_latin(uint32_t cp, char out[2])
{
	static const char pairs['T' - 'A' + 1][2] = {
		['A' - 'A'] = "ae", ['I' - 'A'] = "ij", ['O' - 'A'] = "oe",
		['S' - 'A'] = "ss", ['T' - 'A'] = "th",
	};
	char as = latin[cp - LATIN_FIRST];

	if (as >= 'a') {
		out[0] = as;
		return 1;
	}
	memcpy(out, pairs[as - 'A'], 2);
	return 2;
}

enum foldchars_kind foldchars_kind(uint32_t cp)
{
	if (between(cp, LATIN_FIRST, LATIN_LAST))
		return latin[cp - LATIN_FIRST] == '.' ? FOLDCHARS_OTHER : FOLDCHARS_LATIN;
	if (between(cp, 0x3041, 0x3163) || between(cp, 0x3165, 0x318e) ||
	    between(cp, 0x3400, 0x9fff) || between(cp, 0xac00, 0xd7a3))
		return FOLDCHARS_ASIAN;
	if (is_mark(cp))
		return FOLDCHARS_MARK;
	if (is_blank(cp))
		return FOLDCHARS_BLANK;
	if (is_bidi(cp))
		return FOLDCHARS_BIDI;
	if (is_invisible(cp))
		return FOLDCHARS_INVISIBLE;
	return foldchars_punctuation(cp) ? FOLDCHARS_PUNCTUATION : FOLDCHARS_OTHER;
}
