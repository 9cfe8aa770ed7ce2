#include "lists/listtext.h"

#include "base/clock.h"
#include "base/strbuf.h"

#include <errno.h>

bool listtext_date(str s, int64_t *ret)
{
	char text[] = "YYYY-MM-DDT00:00:00Z";

	if (s.n != 10)
		return false;
	memcpy(text, s.p, 10);
	return clock_parse_rfc3339(str_c(text), ret);
}

struct listtext listtext_make(str text)
{
	if (str_starts(text, STR("\xef\xbb\xbf"))) /* editors write it in front of UTF-8 */
		text = str_skip(text, 3);
	return (struct listtext){ .rest = text };
}

/* "#" begins a comment where a word could begin: a URL may hold one. */
static size_t comment_at(str line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '#' && (i == 0 || str_is_space(line.p[i - 1])))
			return i;
	}
	return line.n;
}

static bool is_text(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	}
	return s.n > 0;
}

static enum listtext_step refuse(str line, str found, const char *expected,
				 struct listtext_bad *bad)
{
	bad->col = (uint32_t)(found.p - line.p) + 1;
	bad->found = found;
	bad->expected = expected;
	return LISTTEXT_BAD;
}

enum listtext_step listtext_line(struct arena *a, str line, struct listentry *ret,
				 struct listtext_bad *bad)
{
	size_t hash = comment_at(line), at;
	str entry = str_trim(str_sub(line, 0, hash));
	const char *expected;

	ret->until = INT64_MAX;
	ret->note = str_sub(str_trim(str_skip(line, hash + 1)), 0, LISTTEXT_NOTE);
	if (entry.n == 0)
		return LISTTEXT_END;
	at = str_find(entry, STR(" until="));
	if (at != STR_NONE) {
		str date = str_skip(entry, at + 7);

		entry = str_trim(str_sub(entry, 0, at));
		if (!listtext_date(date, &ret->until))
			return refuse(line, date, "a date, YYYY-MM-DD", bad);
	}
	ret->text = entry;
	if (!is_text(entry))
		return refuse(line, entry, "one entry of text", bad);
	if (!listkey_of_entry(a, entry, &ret->key, &expected))
		return refuse(line, entry, expected, bad);
	return LISTTEXT_ENTRY;
}

enum listtext_step listtext_next(struct listtext *t, struct arena *a, struct listentry *ret,
				 struct listtext_bad *bad)
{
	str line;

	while (str_split(&t->rest, '\n', &line)) {
		enum listtext_step step;

		bad->line = ++t->line;
		step = listtext_line(a, line, ret, bad);
		if (step != LISTTEXT_END)
			return step;
	}
	return LISTTEXT_END;
}

int listtext_refuse(struct arena *a, const char *file, const struct listtext_bad *bad,
		    struct why *why)
{
	struct strbuf b = strbuf_make(a, WHY_MAX);

	strbuf_printable(&b, str_sub(bad->found, 0, 80));
	return why_set(why, -EINVAL, "%s:%u:%u: found \"%.*s\", expected %s", file, bad->line,
		       bad->col, STR_ARG(strbuf_str(&b)), bad->expected);
}

size_t listtext_lines(str text)
{
	size_t n = 1;

	for (const char *p = text.p; p && (p = memchr(p, '\n', text.n - (size_t)(p - text.p))); p++)
		n++;
	return n;
}
