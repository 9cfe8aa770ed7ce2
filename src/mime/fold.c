#include "mime/fold.h"

#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

enum { EVIDENCE = 60, STACK = 3 };

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

/* Where words and letters begin and end while they are written. */
struct fold {
	const UNormalizer2 *nfkd;
	str in;
	size_t at; /* of the character in work */
	char *out;
	size_t n;
	size_t most; /* end of what the character in work may become: twice its bytes */
	size_t word_in, word_out;
	uint32_t word_latin, word_alike, word_other, word_odd;
	size_t invisible; /* since the last letter of this word... */
	size_t invisible_at;
	uint32_t marks, blanks;
	bool in_word;
	struct fold_facts *facts;
};

static void see(struct fold *f, struct fold_seen *s, size_t from)
{
	if (s->n++ == 0)
		s->first = str_sub(f->in, from, from + EVIDENCE);
}

/* The letter that cp resembles, or 0. */
static char alike_of(uint32_t cp, bool *ret_weak)
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

/* A Latin word in which all other letters play Latin ones: written as it looks. */
static void unmask_word(struct fold *f)
{
	size_t to = f->word_out;
	bool weak;

	for (size_t from = f->word_out; from < f->n;) {
		uint32_t cp;
		size_t n = utf8_next(str_of(f->out + from, f->n - from), &cp);
		char as = n > 1 ? alike_of(cp, &weak) : 0;

		if (as) {
			f->out[to++] = as;
		} else {
			memmove(f->out + to, f->out + from, n ? n : 1);
			to += n ? n : 1;
		}
		from += n ? n : 1;
	}
	f->n = to;
}

/* In a Latin text a word of look-alikes alone is one in disguise. */
static bool is_disguised(const struct fold *f)
{
	const uint32_t *n = f->facts->letters;

	return f->word_alike >= 3 && f->word_odd == f->word_alike &&
	       n[FOLD_LATIN] > 8 * (n[FOLD_CYRILLIC] + n[FOLD_GREEK]);
}

static void end_word(struct fold *f)
{
	if (f->word_alike && !f->word_other && (f->word_latin || is_disguised(f))) {
		unmask_word(f);
		if (f->word_odd && f->word_latin != 1)
			see(f, &f->facts->mixed, f->word_in);
	}
	f->in_word = false;
	f->invisible = 0;
}

static void begin_word(struct fold *f)
{
	f->in_word = true;
	f->word_in = f->at;
	f->word_out = f->n;
	f->word_latin = f->word_alike = f->word_other = f->word_odd = 0;
	f->blanks = 0;
}

/* A letter of a script, before it is written. */
static void letter(struct fold *f, enum fold_script script)
{
	if (!f->in_word)
		begin_word(f);
	if (f->invisible && f->word_latin && script == FOLD_LATIN) {
		f->facts->invisible.n += (uint32_t)f->invisible - 1;
		see(f, &f->facts->invisible, f->invisible_at);
	}
	f->invisible = 0;
	f->marks = 0;
	f->facts->letters[script]++;
	if (script == FOLD_LATIN)
		f->word_latin++;
}

static void put(struct fold *f, char c)
{
	f->out[f->n++] = c;
}

static void blank(struct fold *f)
{
	if (f->in_word)
		end_word(f);
	if (++f->blanks == 2 && f->n > 1)
		see(f, &f->facts->spaces, f->at);
	if (f->n && f->out[f->n - 1] != ' ')
		put(f, ' ');
}

static void punctuation(struct fold *f, char c)
{
	if (f->in_word)
		end_word(f);
	f->blanks = 0;
	put(f, c);
}

static void ascii(struct fold *f, char c)
{
	if (str_is_alpha(c)) {
		letter(f, FOLD_LATIN);
		put(f, str_lower_char(c));
	} else if (str_is_space(c) || c < ' ' || c == 0x7f) {
		blank(f);
	} else if (str_is_digit(c) && f->in_word) {
		put(f, c);
	} else {
		punctuation(f, c);
	}
}

/* Two letters for the capital, or itself for a small letter. */
static void latin_letters(struct fold *f, char as)
{
	static const char pairs['T' - 'A' + 1][2] = {
		['A' - 'A'] = "ae", ['I' - 'A'] = "ij", ['O' - 'A'] = "oe",
		['S' - 'A'] = "ss", ['T' - 'A'] = "th",
	};

	letter(f, FOLD_LATIN);
	if (as >= 'a') {
		put(f, as);
		return;
	}
	put(f, pairs[as - 'A'][0]);
	put(f, pairs[as - 'A'][1]);
}

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

/* What typography writes for ASCII punctuation. */
static char plain_punctuation(uint32_t cp)
{
	if (between(cp, 0x2018, 0x201b) || cp == 0x2bc || cp == 0xb4 || cp == 0x2032)
		return '\'';
	if (between(cp, 0x201c, 0x201f) || cp == 0xab || cp == 0xbb || cp == 0x2033)
		return '"';
	return between(cp, 0x2010, 0x2015) || cp == 0x2212 ? '-' : 0;
}

static bool is_styled(uint32_t cp)
{
	return between(cp, 0x1d400, 0x1d7ff) || between(cp, 0xff21, 0xff5a) ||
	       between(cp, 0x24b6, 0x24e9);
}

static enum fold_script script_of(uint32_t cp)
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

/* One character that decomposes no further, of which f->most bytes may be written. */
static void put_character(struct fold *f, uint32_t cp)
{
	char small[4];
	size_t n = utf8_encode((uint32_t)u_tolower((UChar32)cp), small);
	bool weak = false;

	if (f->n + n > f->most)
		return;
	if (cp < 0x80) {
		ascii(f, (char)cp);
		return;
	}
	if (u_isalpha((UChar32)cp)) {
		letter(f, script_of(cp));
		if (alike_of(cp, &weak)) {
			f->word_alike++;
			f->word_odd += !weak;
		} else if (script_of(cp) != FOLD_LATIN) {
			f->word_other++;
		}
	} else if (f->in_word) {
		end_word(f);
	}
	f->blanks = 0;
	memcpy(f->out + f->n, small, n);
	f->n += n;
}

static void decomposed(struct fold *f, uint32_t cp)
{
	UChar units[32];
	UErrorCode e = U_ZERO_ERROR;
	int32_t n = unorm2_getDecomposition(f->nfkd, (UChar32)cp, units, ARRAY_LEN(units), &e);

	if (n < 0 || U_FAILURE(e)) {
		put_character(f, cp);
		return;
	}
	if (is_styled(cp))
		see(f, &f->facts->styled, f->at);
	for (int32_t i = 0; i < n;) {
		UChar32 one;

		U16_NEXT(units, i, n, one);
		if (!is_mark((uint32_t)one))
			put_character(f, (uint32_t)one);
	}
}

static void mark(struct fold *f)
{
	if (++f->marks == STACK)
		see(f, &f->facts->stacked, f->at);
}

static void invisible(struct fold *f, uint32_t cp)
{
	if (is_bidi(cp))
		see(f, &f->facts->bidi, f->at);
	if (cp == 0xad)
		see(f, &f->facts->hyphens, f->at);
	else if (f->in_word && !between(cp, 0xfe00, 0xfe0f) && f->invisible++ == 0)
		f->invisible_at = f->at;
}

static void character(struct fold *f, uint32_t cp, size_t size)
{
	char as = between(cp, 0xc0, 0x17f) ? latin[cp - 0xc0] : '.';

	f->most = f->n + 2 * size;
	if (as != '.')
		latin_letters(f, as);
	else if (is_mark(cp))
		mark(f);
	else if (is_bidi(cp) || is_invisible(cp))
		invisible(f, cp);
	else if (is_blank(cp))
		blank(f);
	else if (plain_punctuation(cp))
		punctuation(f, plain_punctuation(cp));
	else if (between(cp, 0x3040, 0xd7a3))
		put_character(f, cp); /* Asian letters are as they are */
	else
		decomposed(f, cp);
}

/* Most of most texts: the letters behind the first one of a word. */
static void ascii_letters(struct fold *f)
{
	size_t from = f->at;

	while (f->at < f->in.n && str_is_alpha(f->in.p[f->at]))
		f->out[f->n++] = str_lower_char(f->in.p[f->at++]);
	f->facts->letters[FOLD_LATIN] += (uint32_t)(f->at - from);
	f->word_latin += (uint32_t)(f->at - from);
}

str fold_text(struct arena *a, str text, struct fold_facts *ret)
{
	UErrorCode e = U_ZERO_ERROR;
	struct fold f = { .in = text, .facts = ret, .nfkd = unorm2_getNFKDInstance(&e) };

	bug_if(U_FAILURE(e));
	*ret = (struct fold_facts){ 0 };
	f.out = arena_alloc(a, text.n * 2 + 8);
	while (f.at < text.n) {
		uint32_t cp;
		size_t n;

		if (!((unsigned char)text.p[f.at] & 0x80)) {
			ascii(&f, text.p[f.at]);
			f.at++;
			if (f.in_word)
				ascii_letters(&f);
			continue;
		}
		n = utf8_next(str_skip(text, f.at), &cp);
		if (n)
			character(&f, cp, n);
		f.at += n ? n : 1;
	}
	if (f.in_word)
		end_word(&f);
	return str_of(f.out, f.n);
}
