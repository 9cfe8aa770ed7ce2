#include "document/fieldcode.h"

#include "base/num.h"

enum { APPLICATION_MAX = 64, DDE_FORMULA_MAX = 1024, QUOTED_NUMBERS = 3 };

static bool is_blank(char c)
{
	return (unsigned char)c <= ' ' || c == '"';
}

static str skip_blanks(str s)
{
	while (s.n && is_blank(*s.p))
		s = str_skip(s, 1);
	return s;
}

static str take_word(str *rest)
{
	size_t n = 0;
	str s = skip_blanks(*rest);

	while (n < s.n && !is_blank(s.p[n]))
		n++;
	*rest = str_skip(s, n);
	return str_sub(s, 0, n);
}

/* Quoted, where blanks belong to it, or one word. Switches (\l, \* ...) are passed over. */
static str take_argument(str *rest)
{
	for (;;) {
		str s = *rest;
		size_t end;

		while (s.n && (unsigned char)*s.p <= ' ')
			s = str_skip(s, 1);
		if (s.n && *s.p == '"') {
			s = str_skip(s, 1);
			end = str_chr(s, '"');
			*rest = str_skip(s, end == STR_NONE ? s.n : end + 1);
			return str_sub(s, 0, end);
		}
		*rest = s;
		s = take_word(rest);
		if (s.n < 2 || s.p[0] != '\\' || s.p[1] == '\\')
			return s;
	}
}

/* QUOTE 68 68 69 writes "DDE": only those who hide something write letters as numbers. */
static bool quotes_numbers(str rest)
{
	int n = 0;

	while (n < QUOTED_NUMBERS) {
		str word = take_word(&rest);
		uint64_t number;

		if (!num_u64(word, &number))
			return false;
		n++;
	}
	return true;
}

struct fieldcode fieldcode_read(str instruction)
{
	static const struct {
		str word;
		enum fieldcode_kind kind;
	} words[] = {
		{ STR("DDE"), FIELDCODE_DDE },
		{ STR("DDEAUTO"), FIELDCODE_DDE },
		{ STR("INCLUDEPICTURE"), FIELDCODE_PICTURE },
		{ STR("INCLUDETEXT"), FIELDCODE_INCLUDE },
		{ STR("INCLUDE"), FIELDCODE_INCLUDE },
		{ STR("IMPORT"), FIELDCODE_INCLUDE },
		{ STR("RD"), FIELDCODE_INCLUDE },
		{ STR("LINK"), FIELDCODE_INCLUDE },
		{ STR("HYPERLINK"), FIELDCODE_HYPERLINK },
	};
	str rest = instruction, word = take_word(&rest);

	if (str_caseeq(word, STR("QUOTE")) && quotes_numbers(rest))
		return (struct fieldcode){ FIELDCODE_DDE, str_trim(rest) };
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		struct fieldcode f = { words[i].kind, STR("") };

		if (!str_caseeq(word, words[i].word))
			continue;
		if (f.kind == FIELDCODE_DDE)
			f.target = str_trim(skip_blanks(rest));
		else
			f.target = take_argument(&rest);
		if (str_eq(words[i].word, STR("LINK")))
			f.target = take_argument(&rest); /* behind the class of the object */
		return f;
	}
	return (struct fieldcode){ FIELDCODE_OTHER, STR("") };
}

static bool is_mark(char c)
{
	return c == FIELDCODE_BEGIN || c == FIELDCODE_SEPARATE || c == FIELDCODE_END;
}

bool fieldcode_next(str *rest, str *ret_instruction)
{
	size_t at = str_chr(*rest, FIELDCODE_BEGIN), end = 0;

	if (at == STR_NONE)
		return false;
	*rest = str_skip(*rest, at + 1);
	while (end < rest->n && !is_mark(rest->p[end]))
		end++;
	*ret_instruction = str_sub(*rest, 0, end);
	*rest = str_skip(*rest, end);
	return true;
}

static bool is_part_of_name(char c)
{
	return str_is_alnum(c) || c == '.' || c == '_' || c == '\'' || c == '\\' || c == ':';
}

/* Some signs make a formula of a cell; the bar divides application and topic without a
 * blank, and an exclamation mark must follow. */
bool fieldcode_is_dde_formula(str formula)
{
	str s = skip_blanks(str_sub(formula, 0, DDE_FORMULA_MAX));
	size_t bar = str_chr(str_sub(s, 0, APPLICATION_MAX + 1), '|');

	if (!s.n || !memchr("=+-@", *s.p, 4) || bar == STR_NONE || bar < 2 || bar + 1 >= s.n)
		return false;
	return is_part_of_name(s.p[bar - 1]) && is_part_of_name(s.p[bar + 1]) &&
	       str_chr(str_skip(s, bar), '!') != STR_NONE;
}

/* The name is no part of a longer one. */
static bool calls(str formula, str name)
{
	size_t at = str_casefind(formula, name);

	while (at != STR_NONE) {
		size_t end = at + name.n, next;

		if ((at == 0 || !(str_is_alnum(formula.p[at - 1]) || formula.p[at - 1] == '_')) &&
		    (end == formula.n || !(str_is_alnum(formula.p[end]) || formula.p[end] == '_')))
			return true;
		next = str_casefind(str_skip(formula, end), name);
		at = next == STR_NONE ? STR_NONE : end + next;
	}
	return false;
}

str fieldcode_web_function(str formula)
{
	if (calls(formula, STR("WEBSERVICE")))
		return STR("WEBSERVICE");
	return calls(formula, STR("_xlfn.IMAGE")) ? STR("IMAGE") : STR("");
}
