#include "mime/charset.h"

#include "base/utf8.h"

#include <unicode/ucsdet.h>

enum {
	LOOK_AT = 4096,	     /* bytes that are looked at to guess */
	CONFIDENCE_MIN = 50, /* of ICU's hundred */
	WORDS_MIN = 8	     /* bytes of ASCII that do not come about by chance */
};

static bool names(str name, const char *what)
{
	return str_caseeq(str_trim(name), str_c(what));
}

static bool is_unicode(str name)
{
	return name.n == 0 || names(name, "utf-8") || names(name, "utf8") ||
	       names(name, "us-ascii") || names(name, "ascii");
}

static bool is_7bit(str bytes)
{
	unsigned char high = 0;

	for (size_t i = 0; i < bytes.n; i++)
		high |= (unsigned char)bytes.p[i];
	return !(high & 0x80);
}

/* Text of Western languages in two bytes a character has a zero in nearly every second one. */
static str utf16_order(str bytes)
{
	size_t zeros[2] = { 0 }, n = bytes.n < LOOK_AT ? bytes.n : LOOK_AT;

	for (size_t i = 0; i < n; i++)
		zeros[i & 1] += bytes.p[i] == '\0';
	if (n < 8 || (zeros[0] + zeros[1]) * 3 < n)
		return STR_NULL;
	if (zeros[1] > 4 * zeros[0])
		return STR("utf-16le");
	return zeros[0] > 4 * zeros[1] ? STR("utf-16be") : STR_NULL;
}

static str by_order_mark(str *bytes)
{
	static const struct {
		str mark, name;
	} table[] = {
		{ STR("\xef\xbb\xbf"), STR("utf-8") },
		{ STR("\xff\xfe"), STR("utf-16le") },
		{ STR("\xfe\xff"), STR("utf-16be") },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (str_starts(*bytes, table[i].mark)) {
			*bytes = str_skip(*bytes, table[i].mark.n);
			return table[i].name;
		}
	}
	return STR_NULL;
}

/* The bytes of one overlong form at the start of s and what it stands for, or 0. */
static size_t overlong(str s, uint32_t *ret_cp)
{
	unsigned char lead = s.n ? (unsigned char)s.p[0] : 0;
	size_t n = lead == 0xc0 || lead == 0xc1 ? 2 : lead == 0xe0 ? 3 : lead == 0xf0 ? 4 : 0;
	uint32_t cp = n == 2 ? lead & 0x1f : 0;

	if (n == 0 || s.n < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)s.p[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | ((unsigned char)s.p[i] & 0x3f);
	}
	*ret_cp = cp;
	return cp < 0x80 ? n : 0;
}

/* ASCII instead of overlong forms of it; STR_NULL when there are none, or when the rest is
 * no UTF-8 either, so that it is rather a text of another charset. */
static str shorten(struct arena *a, str bytes)
{
	char *p = NULL;
	size_t n = 0;

	for (size_t i = 0; i < bytes.n;) {
		uint32_t cp;
		size_t used = overlong(str_skip(bytes, i), &cp);

		if (used && !p) {
			p = arena_alloc(a, bytes.n);
			memcpy(p, bytes.p, i);
			n = i;
		}
		if (p)
			p[n++] = used ? (char)cp : bytes.p[i];
		i += used ? used : 1;
	}
	return p && utf8_valid(str_of(p, n)) ? str_of(p, n) : STR_NULL;
}

/* Charsets whose texts are no Western ones: those look alike to statistics, and clients take
 * what is not labelled for Western. */
static str detected(struct arena *a, str bytes)
{
	static const char *const foreign[] = { "KOI8-R",     "windows-1251", "ISO-8859-5",
					       "ISO-8859-6", "windows-1256", "ISO-8859-7",
					       "ISO-8859-8", "windows-1253", "windows-1255",
					       "GB18030",    "Big5",	     "Shift_JIS",
					       "EUC-JP",     "EUC-KR" };
	UErrorCode e = U_ZERO_ERROR;
	UCharsetDetector *d = ucsdet_open(&e);
	const UCharsetMatch *match = NULL;
	const char *name = NULL;
	str found = STR_NULL;

	bytes = str_sub(bytes, 0, LOOK_AT);
	ucsdet_setText(d, bytes.p, (int32_t)bytes.n, &e);
	match = ucsdet_detect(d, &e);
	if (match && ucsdet_getConfidence(match, &e) >= CONFIDENCE_MIN)
		name = ucsdet_getName(match, &e);
	for (size_t i = 0; name && i < ARRAY_LEN(foreign); i++) {
		if (strcmp(name, foreign[i]) == 0)
			found = arena_str(a, str_c(name));
	}
	ucsdet_close(d);
	return U_FAILURE(e) ? STR_NULL : found;
}

/* What bytes are that the declaration does not explain, or STR_NULL. */
static str guess(struct arena *a, str name, str bytes, bool valid, uint32_t *flags)
{
	str order = names(name, "utf-16") || is_unicode(name) ? utf16_order(bytes) : STR_NULL;

	if (order.n) {
		*flags |= CHARSET_UTF16;
		return order;
	}
	if (!is_unicode(name))
		return STR_NULL;
	/* ISO-2022-JP is seven bits wide and shifts by escape sequences. */
	if (str_find(str_sub(bytes, 0, LOOK_AT), STR("\033$B")) != STR_NONE)
		return STR("iso-2022-jp");
	return valid ? STR_NULL : detected(a, bytes);
}

/* Without a byte order mark: false when overlong forms were undone and *ret_text is set. */
static bool look_at(struct arena *a, str *name, str bytes, uint32_t *flags, str *ret_text)
{
	bool valid = utf8_valid(bytes), wide = !is_7bit(bytes);
	str better = STR_NULL;

	if (names(*name, "utf-7") || names(*name, "unicode-1-1-utf-7"))
		*flags |= CHARSET_UTF7;
	if (name->n == 0 && wide)
		*flags |= CHARSET_ABSENT;
	if (is_unicode(*name) && !valid)
		better = shorten(a, bytes);
	if (better.n) {
		*flags |= CHARSET_OVERLONG;
		*ret_text = better;
		return false;
	}
	better = guess(a, *name, bytes, valid, flags);
	if (better.n) {
		*flags |= CHARSET_GUESSED;
		*name = better;
	} else if (!is_unicode(*name) && wide && valid) {
		*flags |= CHARSET_DOUBTFUL;
	}
	return true;
}

/* What markup, addresses and words are written with. */
static bool is_word(char c)
{
	return str_is_alnum(c) || (c && strchr(" \t\r\n<>=/:.,-?&;'\"()", c));
}

/* All ASCII of the bytes stands in the text too, in the same order. Behind a byte that is none,
 * one may be the second half of a character. */
static bool keeps_ascii(str bytes, str text)
{
	size_t at = 0;

	while (at < bytes.n) {
		size_t from = at, hit;
		str words;

		while (at < bytes.n && is_word(bytes.p[at]))
			at++;
		from += from && bytes.p[from - 1] & 0x80;
		words = from < at ? str_sub(bytes, from, at) : STR("");
		at++;
		if (words.n < WORDS_MIN)
			continue;
		hit = str_find(text, words);
		if (hit == STR_NONE)
			return false;
		text = str_skip(text, hit + words.n);
	}
	return true;
}

/* Everybody reads ISO-2022-JP, whose Japanese is ASCII to who does not; but not all of the escape
 * sequences that ICU knows (WHATWG Encoding 13.2). */
static bool is_plain_iso2022jp(str name, str bytes)
{
	static const str known[] = { STR("(B"), STR("(J"), STR("(I"), STR("$@"), STR("$B") };
	size_t at = 0, hit;

	if (!str_caseeq(str_trim(name), STR("iso-2022-jp")))
		return false;
	while ((hit = str_chr(str_skip(bytes, at), '\033')) != STR_NONE) {
		bool found = false;

		at += hit + 1;
		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			found |= str_starts(str_skip(bytes, at), known[i]);
		if (!found)
			return false;
	}
	return true;
}

uint32_t charset_read(struct charsets *c, struct arena *a, str name, str bytes, str *ret_text)
{
	str marked = by_order_mark(&bytes), declared = name;
	uint32_t flags = 0;

	name = marked.n ? marked : name;
	if (!marked.n && !look_at(a, &name, bytes, &flags, ret_text))
		return flags;
	if (!charset_to_utf8(c, a, name, bytes, ret_text))
		flags |= CHARSET_UNKNOWN;
	if (ret_text->p != bytes.p && !is_plain_iso2022jp(declared, bytes) &&
	    !keeps_ascii(bytes, *ret_text))
		flags |= CHARSET_DISGUISED;
	return flags;
}
