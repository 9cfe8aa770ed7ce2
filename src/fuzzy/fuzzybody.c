#include "fuzzy/fuzzybody.h"

#include "base/strbuf.h"

enum { RULE_MIN = 5 };

static bool is_quoted(str line)
{
	return str_starts(str_trim(line), STR(">"));
}

/* "-- " (RFC 3676 4.3), or a row of one such character. */
static bool is_rule(str line)
{
	str s = str_trim(line);

	if (str_eq(s, STR("--")))
		return true;
	if (s.n < RULE_MIN || !memchr("-_=*~#", s.p[0], 6))
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] != s.p[0])
			return false;
	}
	return true;
}

static size_t words_of(str line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++)
		n += !str_is_space(line.p[i]) && (i == 0 || str_is_space(line.p[i - 1]));
	return n;
}

str fuzzybody_of(struct arena *a, str text)
{
	struct strbuf out = strbuf_make(a, FUZZYBODY_BYTES + 1);
	size_t section_at = 0, words = 0;
	bool below_rule = false;
	str line;

	text = str_sub(text, 0, FUZZYBODY_BYTES);
	strbuf_reserve(&out, text.n + 1);
	while (str_split(&text, '\n', &line)) {
		if (is_quoted(line))
			continue;
		if (is_rule(line)) {
			if (below_rule && words <= FUZZYBODY_FOOTER_WORDS)
				out.n = section_at;
			below_rule = true;
			section_at = out.n;
			words = 0;
			continue;
		}
		words += words_of(line);
		strbuf_put(&out, line);
		strbuf_char(&out, '\n');
	}
	if (below_rule && words <= FUZZYBODY_FOOTER_WORDS)
		out.n = section_at;
	return strbuf_str(&out);
}
