#include "mime/foldchars.h"

#include "base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

enum { EVIDENCE = 60, STACK = 3, CACHE = 128 };

/* What a character becomes that decomposes no further. */
struct known {
	uint32_t cp;
	enum fold_script script;
	bool letter, alike, weak;
	uint8_t n;
	char small[4];
};

/* What a character decomposes into; of a long ligature the beginning says enough. */
struct parts {
	uint32_t cp;
	uint32_t n;
	uint32_t part[4];
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
	struct known known[CACHE]; /* at the code point modulo their number, ... */
	struct parts parts[CACHE]; /* ...so that an alphabet fits */
};

static void see(struct fold *f, struct fold_seen *s, size_t from)
{
	if (s->n++ == 0)
		s->first = str_sub(f->in, from, from + EVIDENCE);
}

/* A Latin word in which all other letters play Latin ones: written as it looks. */
static void unmask_word(struct fold *f)
{
	size_t to = f->word_out;
	bool weak;

	for (size_t from = f->word_out; from < f->n;) {
		uint32_t cp;
		size_t n = utf8_next(str_of(f->out + from, f->n - from), &cp);
		char as = n > 1 ? foldchars_alike(cp, &weak) : 0;

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

/* What cp becomes, looked up once for a run of equal ones. */
static const struct known *know(struct fold *f, uint32_t cp)
{
	struct known *k = &f->known[cp % ARRAY_LEN(f->known)];

	if (k->cp == cp)
		return k;
	*k = (struct known){ .cp = cp };
	k->n = (uint8_t)utf8_encode((uint32_t)u_tolower((UChar32)cp), k->small);
	k->letter = u_isalpha((UChar32)cp);
	k->script = foldchars_script(cp);
	k->alike = foldchars_alike(cp, &k->weak) != 0;
	return k;
}

/* One character that decomposes no further. False when f->most leaves no room. */
static bool put_character(struct fold *f, uint32_t cp)
{
	const struct known *k;

	if (cp < 0x80) {
		if (f->n == f->most)
			return false;
		ascii(f, (char)cp);
		return true;
	}
	k = know(f, cp);
	if (f->n + k->n > f->most)
		return false;
	if (k->letter) {
		letter(f, k->script);
		f->word_alike += k->alike;
		f->word_odd += k->alike && !k->weak;
		f->word_other += !k->alike && k->script != FOLD_LATIN;
	} else if (f->in_word) {
		end_word(f);
	}
	f->blanks = 0;
	memcpy(f->out + f->n, k->small, k->n);
	f->n += k->n;
	return true;
}

/* What cp decomposes into, marks left out; the last one is remembered. */
static void decompose(struct fold *f, uint32_t cp)
{
	struct parts *p = &f->parts[cp % ARRAY_LEN(f->parts)];
	UErrorCode e = U_ZERO_ERROR;
	UChar units[32];
	int32_t n = 0;

	if (p->cp == cp)
		return;
	*p = (struct parts){ .cp = cp };
	n = unorm2_getDecomposition(f->nfkd, (UChar32)cp, units, ARRAY_LEN(units), &e);
	if (n < 0 || U_FAILURE(e)) {
		p->part[p->n++] = cp;
		return;
	}
	for (int32_t i = 0; i < n && p->n < ARRAY_LEN(p->part);) {
		UChar32 one;

		U16_NEXT(units, i, n, one);
		if (foldchars_kind((uint32_t)one) != FOLDCHARS_MARK)
			p->part[p->n++] = (uint32_t)one;
	}
}

static void other(struct fold *f, uint32_t cp)
{
	const struct parts *p = &f->parts[cp % ARRAY_LEN(f->parts)];

	if (foldchars_is_styled(cp))
		see(f, &f->facts->styled, f->at);
	decompose(f, cp);
	for (size_t i = 0; i < p->n && put_character(f, p->part[i]); i++)
		;
}

static void mark(struct fold *f)
{
	if (++f->marks == STACK)
		see(f, &f->facts->stacked, f->at);
}

static void invisible(struct fold *f, uint32_t cp, bool bidi)
{
	bool variant = cp >= 0xfe00 && cp <= 0xfe0f; /* of an emoji */

	if (bidi)
		see(f, &f->facts->bidi, f->at);
	if (cp == 0xad)
		see(f, &f->facts->hyphens, f->at);
	else if (f->in_word && !variant && f->invisible++ == 0)
		f->invisible_at = f->at;
}

static void letters(struct fold *f, enum fold_script script, str as)
{
	letter(f, script);
	f->word_other += script != FOLD_LATIN;
	memcpy(f->out + f->n, as.p, as.n);
	f->n += as.n;
}

static void character(struct fold *f, uint32_t cp, size_t size)
{
	enum foldchars_kind kind = foldchars_kind(cp);
	char small[2];

	f->most = f->n + 2 * size;
	switch (kind) {
	case FOLDCHARS_LATIN:
		letters(f, FOLD_LATIN, str_of(small, foldchars_latin(cp, small)));
		break;
	case FOLDCHARS_ASIAN:
		letters(f, foldchars_script(cp), str_sub(f->in, f->at, f->at + size));
		break;
	case FOLDCHARS_MARK:
		mark(f);
		break;
	case FOLDCHARS_BLANK:
		blank(f);
		break;
	case FOLDCHARS_BIDI:
	case FOLDCHARS_INVISIBLE:
		invisible(f, cp, kind == FOLDCHARS_BIDI);
		break;
	case FOLDCHARS_PUNCTUATION:
		punctuation(f, foldchars_punctuation(cp));
		break;
	case FOLDCHARS_OTHER:
		other(f, cp);
	}
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
