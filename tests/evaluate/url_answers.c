/* tests/evaluate/url_answers.c - the URL parser, bare, for tests/evaluate/url.py.
 *
 * Questions {"input", "base"} one a line on standard input, answers one a line on standard
 * output: {"failure": true}, or the members of the URL as the URL API names them.
 */
#include "url/url.h"

#include <jansson.h>

enum { LINE_MAX_BYTES = 1 << 20 };

static json_t *text(struct arena *a, const char *before, str s, const char *after)
{
	str whole = s.n ? arena_fmt(a, "%s%.*s%s", before, STR_ARG(s), after) : STR("");

	return json_stringn(whole.p, whole.n);
}

static json_t *answer(struct arena *a, const struct url *u)
{
	str port = u->port == URL_NO_PORT ? STR("") : arena_fmt(a, "%d", u->port);
	json_t *o = json_object();

	json_object_set_new(o, "href", text(a, "", u->href, ""));
	json_object_set_new(o, "protocol", text(a, "", u->scheme, ":"));
	json_object_set_new(o, "username", text(a, "", u->username, ""));
	json_object_set_new(o, "password", text(a, "", u->password, ""));
	json_object_set_new(o, "hostname", text(a, "", u->host.text, ""));
	json_object_set_new(o, "port", text(a, "", port, ""));
	json_object_set_new(o, "pathname", text(a, "", u->path, ""));
	json_object_set_new(o, "search", text(a, "?", u->query, ""));
	json_object_set_new(o, "hash", text(a, "#", u->fragment, ""));
	return o;
}

static json_t *parse(struct arena *a, const json_t *question)
{
	const json_t *in = json_object_get(question, "input");
	const json_t *base_text = json_object_get(question, "base");
	struct url base, u;
	bool has_base = json_is_string(base_text);

	if (has_base &&
	    !url_parse(a, str_of(json_string_value(base_text), json_string_length(base_text)), NULL,
		       &base))
		return json_pack("{s:b}", "failure", true);
	if (!url_parse(a, str_of(json_string_value(in), json_string_length(in)),
		       has_base ? &base : NULL, &u))
		return json_pack("{s:b}", "failure", true);
	return answer(a, &u);
}

int main(void)
{
	cleanup(arena_freep) struct arena *a = arena_new("question", 1 << 30);
	static char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), stdin)) {
		json_t *question = json_loads(line, JSON_ALLOW_NUL, NULL);
		json_t *out;

		if (!question)
			return 2;
		out = parse(a, question);
		json_dumpf(out, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(out);
		json_decref(question);
		arena_reset(a);
	}
	return 0;
}
