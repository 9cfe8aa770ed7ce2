#include "lists/listsite.h"

#include <errno.h>

static int refuse(struct arena *a, str found, const char *expected, struct why *why)
{
	struct strbuf b = strbuf_make(a, WHY_MAX);

	strbuf_printable(&b, str_sub(found, 0, 80));
	return why_set(why, -EINVAL, "found \"%.*s\", expected %s", STR_ARG(strbuf_str(&b)),
		       expected);
}

static int parse(struct arena *a, str line, struct listentry *ret, struct why *why)
{
	struct listtext_bad bad;
	enum listtext_step step = listtext_line(a, line, ret, &bad);

	if (step == LISTTEXT_ENTRY)
		return 0;
	return step == LISTTEXT_BAD ? refuse(a, bad.found, bad.expected, why)
				    : refuse(a, line, "an entry", why);
}

static bool same(struct listkey x, struct listkey y)
{
	return x.kind == y.kind && str_eq(x.text, y.text);
}

/* The lines but those of that key (kind 0: none) and those whose day has come. */
static int copy_lines(struct arena *a, str text, struct listkey without, int64_t now,
		      struct strbuf *out, size_t *ret_n)
{
	str line;

	*ret_n = 0;
	while (str_split(&text, '\n', &line)) {
		struct listtext_bad bad;
		struct listentry e;
		bool is = listtext_line(a, line, &e, &bad) == LISTTEXT_ENTRY;

		if (is && (same(e.key, without) || e.until <= now)) {
			++*ret_n;
			continue;
		}
		strbuf_put(out, line);
		if (line.n || text.p)
			strbuf_char(out, '\n');
	}
	return 0;
}

static int finish(struct strbuf *out, str *ret, struct why *why)
{
	if (out->overflow)
		return why_set(why, -EFBIG, "too long for a text list; see poterne lists compile");
	*ret = strbuf_str(out);
	return 0;
}

static bool is_one_line(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	}
	return true;
}

int listsite_add(struct arena *a, str text, str entry, str until, str note, str *ret,
		 struct why *why)
{
	struct strbuf out = strbuf_make(a, LISTS_TEXT_MAX), line = strbuf_make(a, 8192);
	struct listentry e;
	size_t n;
	int r;

	strbuf_put(&line, str_trim(entry));
	if (until.n)
		strbuf_fmt(&line, " until=%.*s", STR_ARG(until));
	if (note.n)
		strbuf_fmt(&line, " # %.*s", STR_ARG(note));
	if (!is_one_line(strbuf_str(&line)) || line.overflow)
		return refuse(a, entry, "an entry and a note of one line", why);
	r = parse(a, strbuf_str(&line), &e, why);
	if (r == 0 && !str_eq(e.text, str_trim(entry)))
		return refuse(a, entry, "an entry alone", why);
	if (r == 0)
		r = copy_lines(a, text, e.key, INT64_MIN, &out, &n);
	if (r < 0)
		return r;
	strbuf_put(&out, strbuf_str(&line));
	strbuf_char(&out, '\n');
	return finish(&out, ret, why);
}

int listsite_remove(struct arena *a, str text, str entry, str *ret, size_t *ret_n, struct why *why)
{
	struct strbuf out = strbuf_make(a, LISTS_TEXT_MAX);
	struct listentry e;
	int r = parse(a, entry, &e, why);

	if (r == 0)
		r = copy_lines(a, text, e.key, INT64_MIN, &out, ret_n);
	return r < 0 ? r : finish(&out, ret, why);
}

int listsite_expire(struct arena *a, str text, int64_t now, str *ret, size_t *ret_n,
		    struct why *why)
{
	struct strbuf out = strbuf_make(a, LISTS_TEXT_MAX);
	int r = copy_lines(a, text, (struct listkey){ 0 }, now, &out, ret_n);

	return r < 0 ? r : finish(&out, ret, why);
}
