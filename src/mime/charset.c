#include "mime/charset.h"

#include "base/utf8.h"

#include <unicode/ucnv.h>

/* What mail clients take unlabelled or mislabelled 8-bit text for. */
#define CHARSET_FALLBACK "windows-1252"

void charset_close(struct charsets *c)
{
	for (size_t i = 0; i < c->n; i++)
		ucnv_close(c->slots[i].converter);
	c->n = 0;
}

/* What is written around and instead of names. */
static str tidy_name(str name)
{
	static const struct {
		str written, meant;
	} table[] = {
		{ STR("utf8mb4"), STR("utf-8") },
		{ STR("utf_8"), STR("utf-8") },
		{ STR("unicode"), STR("utf-16") },
		{ STR("ansi"), STR("windows-1252") },
		{ STR("iso-8859-8-i"), STR("iso-8859-8") },
		{ STR("cp-850"), STR("cp850") },
		{ STR("gb2312"), STR("gb18030") },
		{ STR("x-gbk"), STR("gb18030") },
		{ STR("x-unknown"), STR("") },
		{ STR("unknown-8bit"), STR("") },
		{ STR("default"), STR("") },
		{ STR("x-user-defined"), STR("") },
		{ STR("default_charset"), STR("") },
		{ STR("8bit"), STR("") },
	};

	while (name.n && strchr(" \t;\"'", name.p[name.n - 1] ? name.p[name.n - 1] : 'x'))
		name.n--;
	while (name.n && strchr(" \t\"'", name.p[0] ? name.p[0] : 'x'))
		name = str_skip(name, 1);
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (str_caseeq(name, table[i].written))
			return table[i].meant;
	}
	return name;
}

/* Only what registered names are made of: ICU reads options behind a comma. */
static bool name_valid(str name)
{
	if (name.n == 0 || name.n > CHARSET_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (!str_is_alnum(name.p[i]) && !strchr("-_.:+()", name.p[i] ? name.p[i] : ' '))
			return false;
	}
	return true;
}

static bool name_in(str name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_caseeq(name, str_c(names[i])))
			return true;
	}
	return false;
}

/* Names that say "UTF-8 or ASCII", and an absent name. */
static bool is_unicode_or_ascii(str name)
{
	static const char *const names[] = {
		"", "utf-8", "utf8", "us-ascii", "ascii", "unicode-1-1-utf-8", "ansi_x3.4-1968"
	};

	return name_in(name, names, ARRAY_LEN(names));
}

/* Clients read Latin-1 as its Windows superset, as the WHATWG encoding table says. */
static bool is_latin1(str name)
{
	static const char *const names[] = { "iso-8859-1", "iso8859-1", "iso_8859-1",
					     "latin1",	   "l1",	"8859_1" };

	return name_in(name, names, ARRAY_LEN(names));
}

static UConverter *converter_of(struct charsets *c, str name)
{
	UErrorCode e = U_ZERO_ERROR;
	struct charset_slot *slot;

	for (size_t i = 0; i < c->n; i++) {
		if (str_caseeq(name, str_c(c->slots[i].name)))
			return c->slots[i].converter;
	}
	if (c->n == CHARSET_OPEN_MAX)
		charset_close(c);
	slot = &c->slots[c->n++];
	memcpy(slot->name, name.p, name.n);
	slot->name[name.n] = '\0';
	slot->converter = ucnv_open(slot->name, &e);
	if (U_FAILURE(e))
		slot->converter = NULL;
	return slot->converter;
}

/* A second call with the exact size follows when a charset grows more than three times. */
static str convert(struct arena *a, UConverter *converter, str bytes)
{
	size_t cap = bytes.n * 3 + 16;

	for (;;) {
		UErrorCode e = U_ZERO_ERROR;
		char *p = arena_alloc(a, cap);
		int32_t n = ucnv_toAlgorithmic(UCNV_UTF8, converter, p, (int32_t)cap, bytes.p,
					       (int32_t)bytes.n, &e);

		if (e == U_BUFFER_OVERFLOW_ERROR && (size_t)n > cap) {
			cap = (size_t)n;
			continue;
		}
		return U_FAILURE(e) ? STR("") : str_of(p, (size_t)n);
	}
}

bool charset_to_utf8(struct charsets *c, struct arena *a, str name, str bytes, str *ret_text)
{
	str tidy = tidy_name(name);
	bool plain = is_unicode_or_ascii(tidy);
	UConverter *converter;
	bool known = tidy.n || !name.n;

	name = tidy;
	if (bytes.n == 0 || (plain && utf8_valid(bytes))) {
		*ret_text = bytes;
		return known && (plain || name_valid(name));
	}
	bytes = str_sub(bytes, 0, CHARSET_BYTES_MAX);
	if (str_caseeq(name, STR("utf-8")) || str_caseeq(name, STR("utf8")))
		name = STR("utf-8");
	else if (plain || is_latin1(name))
		name = STR(CHARSET_FALLBACK);
	converter = name_valid(name) ? converter_of(c, name) : NULL;
	if (!converter) {
		known = false;
		if (utf8_valid(bytes)) {
			*ret_text = bytes;
			return false;
		}
		converter = converter_of(c, STR(CHARSET_FALLBACK));
		bug_if(!converter);
	}
	*ret_text = convert(a, converter, bytes);
	return known;
}
