/* tests/evaluate/dkim_answers.c - the DKIM code, bare, for tests/evaluate/dkim.py.
 *
 * dkim_answers ZONE.json   questions one a line on standard input, answers one a line on
 *                          standard output:
 *   {"file", "wall", "legacy"}   every signature of a message: [{"result", "d", "s", ...}]
 *   {"record"}                   a key record: {"valid", "why", "bits", "email"}
 *   {"signature"}                the value of a DKIM-Signature field: {"valid", "why"}
 */
#include "auth/dkimcheck.h"
#include "auth/dkimkey.h"
#include "dns/zonefile.h"

#include <jansson.h>

enum { LINE_MAX_BYTES = 1 << 20, FILE_MAX_BYTES = 64 << 20 };

static str member(const json_t *object, const char *key)
{
	const json_t *s = json_object_get(object, key);

	return s ? str_of(json_string_value(s), json_string_length(s)) : STR_NULL;
}

static json_t *text(str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static void print(json_t *value)
{
	json_dumpf(value, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(value);
}

static str read_file(struct arena *a, str path)
{
	FILE *f = fopen(arena_cz(a, path), "rb");
	char *p = arena_alloc(a, FILE_MAX_BYTES);
	size_t n;

	bug_if(!f);
	n = fread(p, 1, FILE_MAX_BYTES, f);
	fclose(f);
	return str_of(p, n);
}

static json_t *result(const struct dkim_result *r)
{
	json_t *trace = json_array();

	for (size_t i = 0; i < r->trace.n; i++)
		json_array_append_new(trace, text(r->trace.v[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:b, s:o}", "result",
			 text(results_code_name(r->result)), "d", text(r->domain), "s",
			 text(r->selector), "i", text(r->identity), "reason", text(r->reason),
			 "bits", (json_int_t)r->key_bits, "uncovered", (json_int_t)r->uncovered,
			 "testing", r->testing, "trace", trace);
}

static void check(struct arena *a, const struct dns_resolver *dns, const json_t *line)
{
	struct dkimcheck in = {
		.wall = json_integer_value(json_object_get(line, "wall")),
		.legacy = json_is_true(json_object_get(line, "legacy")),
	};
	size_t n;
	struct dkimhash_message *m = dkimhash_open(a, read_file(a, member(line, "file")));
	const struct dkim_facts *facts = dkimhash_signatures(m, &n);
	struct dkim_result *r = dkimcheck_run(a, dns, &in, facts, n, deadline_in(60000));
	json_t *answer = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(answer, result(&r[i]));
	print(answer);
}

static void record(struct arena *a, str txt)
{
	struct dkimkey key = { 0 };
	const char *bad = dkimkey_parse(a, txt, &key);

	print(json_pack("{s:b, s:s, s:i, s:b}", "valid", !bad, "why", bad ? bad : "", "bits",
			(int)key.bits, "email", key.email));
	dkimkey_close(&key);
}

static void signature(struct arena *a, str value)
{
	struct dkimsig s;
	const char *bad = dkimsig_parse(a, DKIMSIG_DKIM, value, &s);

	print(json_pack("{s:b, s:s}", "valid", !bad, "why", bad ? bad : ""));
}

int main(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *zone = arena_new("zone", 1 << 30);
	static char line[LINE_MAX_BYTES];
	struct dns_resolver dns;
	struct zonefile *z;
	struct why why;

	if (argc != 2)
		return 2;
	if (zonefile_load(zone, argv[1], &z, &why) < 0) {
		fprintf(stderr, "%s\n", why.text);
		return 3;
	}
	dns = zonefile_resolver(z);
	while (fgets(line, sizeof(line), stdin)) {
		cleanup(arena_freep) struct arena *a = arena_new("question", 1 << 30);
		json_t *question = json_loads(line, JSON_ALLOW_NUL, NULL);

		if (!question)
			return 2;
		if (member(question, "record").p)
			record(a, member(question, "record"));
		else if (member(question, "signature").p)
			signature(a, member(question, "signature"));
		else
			check(a, &dns, question);
		json_decref(question);
	}
	return 0;
}
