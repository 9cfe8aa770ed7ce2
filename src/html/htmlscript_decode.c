/* Literals of scripts and what is coded in them. */
#include "html/htmlscript_private.h"

#include "base/base64.h"
#include "base/num.h"
#include "base/utf8.h"
#include "html/htmldata.h"

static void keep(struct htmlscript *s, str bytes)
{
	if (bytes.n < 16)
		return;
	if (s->payloads.n >= HTMLSCRIPT_PAYLOADS_MAX) {
		s->cut = true;
		return;
	}
	*arena_push(s->arena, &s->payloads) = bytes;
}

/* Files and pages by their first bytes, under one key. */
static void keep_unxored(struct htmlscript *s, str bytes)
{
	static const str starts[] = {
		STR("MZ\x90"),	   STR("PK\x03\x04"), STR("%PDF"),
		STR("<htm"),	   STR("<!DO"),	      STR("<!do"),
		STR("<scr"),	   STR("Rar!"),	      STR("\xd0\xcf\x11\xe0"),
		STR("7z\xbc\xaf"), STR("<svg"),
	};

	for (size_t i = 0; i < ARRAY_LEN(starts) && bytes.n >= HTMLSCRIPT_LITERAL_MIN; i++) {
		char key = (char)(bytes.p[0] ^ starts[i].p[0]), *clear;
		size_t k = 0;

		while (k < starts[i].n && (char)(bytes.p[k] ^ key) == starts[i].p[k])
			k++;
		if (k < starts[i].n || !key)
			continue;
		clear = arena_array(s->arena, char, bytes.n);
		for (k = 0; k < bytes.n; k++)
			clear[k] = (char)(bytes.p[k] ^ key);
		keep(s, str_of(clear, bytes.n));
		return;
	}
}

static void keep_decoded(struct htmlscript *s, str bytes)
{
	keep(s, bytes);
	if (s->uses & HTMLSCRIPT_XOR)
		keep_unxored(s, bytes);
}

struct makeup {
	size_t hex, base64, percent, digits, blanks;
};

static struct makeup makeup_of(str s)
{
	struct makeup m = { 0 };

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		m.digits += str_is_digit(c) || c == ',';
		m.hex += num_hex_digit(c) >= 0;
		m.base64 +=
			str_is_alnum(c) || c == '+' || c == '/' || c == '=' || c == '-' || c == '_';
		m.percent += c == '%';
		m.blanks += str_is_space(c);
	}
	return m;
}

bool htmlscript_is_coded(str s)
{
	struct makeup m = makeup_of(s);

	return m.base64 + m.blanks == s.n && m.blanks * 20 <= s.n;
}

static str reversed(struct arena *a, str s)
{
	char *p = arena_array(a, char, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = s.p[s.n - 1 - i];
	return str_of(p, s.n);
}

static void decode_base64(struct htmlscript *s, str literal)
{
	struct strbuf b = strbuf_make(s->arena, literal.n), plain;
	struct base64_seen seen;

	if (str_chr(literal, '-') != STR_NONE || str_chr(literal, '_') != STR_NONE) {
		plain = strbuf_make(s->arena, literal.n); /* the alphabet for file names */
		for (size_t i = 0; i < literal.n; i++)
			strbuf_char(&plain, literal.p[i] == '-'	  ? '+'
					    : literal.p[i] == '_' ? '/'
								  : literal.p[i]);
		literal = strbuf_str(&plain);
	}
	base64_decode_lenient(&b, literal, &seen);
	keep_decoded(s, strbuf_str(&b));
}

static void decode_hex(struct htmlscript *s, str literal)
{
	struct strbuf b = strbuf_make(s->arena, literal.n);
	int high = -1;

	for (size_t i = 0; i < literal.n; i++) {
		int digit = num_hex_digit(literal.p[i]);

		if (digit < 0)
			continue;
		if (high >= 0)
			strbuf_char(&b, (char)(high << 4 | digit));
		high = high >= 0 ? -1 : digit;
	}
	keep_decoded(s, strbuf_str(&b));
}

/* "77,90,144" */
static void decode_numbers(struct htmlscript *s, str literal)
{
	struct htmlscript_numbers n = { .bytes = strbuf_make(s->arena, literal.n * 4) };
	uint32_t value = 0;
	bool open = false;

	for (size_t i = 0; i <= literal.n; i++) {
		if (i < literal.n && str_is_digit(literal.p[i])) {
			value = value < 100000 ? value * 10 + (uint32_t)(literal.p[i] - '0')
					       : value;
			open = true;
		} else if (open) {
			htmlscript_number(&n, value);
			value = 0;
			open = false;
		}
	}
	htmlscript_numbers_end(s, &n);
}

/* Characters that are numbers: bytes as far as they are below 256. */
void htmlscript_number(struct htmlscript_numbers *n, uint32_t value)
{
	n->n++;
	if (value < 256)
		strbuf_char(&n->bytes, (char)value);
	else
		strbuf_utf8(&n->bytes, value);
}

void htmlscript_numbers_end(struct htmlscript *s, struct htmlscript_numbers *n)
{
	if (n->n >= HTMLSCRIPT_NUMBERS_MIN)
		keep_decoded(s, arena_str(s->arena, strbuf_str(&n->bytes)));
	n->n = 0;
	strbuf_clear(&n->bytes);
}

static bool is_markup(str s)
{
	static const str marks[] = {
		STR("<script"), STR("<html"),	  STR("<body"), STR("<form"),
		STR("<iframe"), STR("<!doctype"), STR("<svg"),	STR("<object")
	};

	if (str_chr(s, '<') == STR_NONE)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (str_casefind(s, marks[i]) != STR_NONE)
			return true;
	}
	return false;
}

void htmlscript_decode(struct htmlscript *s, str literal)
{
	struct makeup m;
	str type, bytes;

	if (literal.n < HTMLSCRIPT_LITERAL_MIN)
		return;
	m = makeup_of(literal);
	if (str_casestarts(literal, STR("data:")) &&
	    htmldata_read(s->arena, literal, literal.n, &type, &bytes)) {
		keep(s, bytes);
	} else if (is_markup(literal)) {
		keep(s, arena_str(s->arena, literal));
	} else if (m.percent * 12 >= literal.n) {
		keep_decoded(s, htmldata_unescape(s->arena, literal));
	} else if (m.digits + m.blanks == literal.n && m.digits < literal.n + m.hex) {
		decode_numbers(s, literal);
		decode_hex(s, literal);
	} else if (m.hex + m.blanks == literal.n) {
		decode_hex(s, literal);
		s->coded += literal.n;
	} else if (htmlscript_is_coded(literal)) {
		decode_base64(s, literal);
		if (s->uses & HTMLSCRIPT_REVERSE || literal.p[0] == '=')
			decode_base64(s, reversed(s->arena, literal));
		s->coded += literal.n;
	} else if (s->uses & HTMLSCRIPT_REVERSE && is_markup(reversed(s->arena, literal))) {
		keep(s, reversed(s->arena, literal));
	} else if (m.blanks * 100 < literal.n) {
		s->coded += literal.n;
	}
}
