/* tests/evaluate/spf_answers.c - the SPF code, bare, for tests/evaluate/spf.py.
 *
 * spf_answers ZONE.json   questions {"ip", "helo", "mail_from", "receiver"} one a line on
 *                         standard input, answers one a line on standard output
 * spf_answers -           records {"record"}, answers {"valid", "why"}
 */
#include "auth/spf.h"
#include "auth/spfcheck.h"
#include "dns/zonefile.h"

#include <jansson.h>

enum { LINE_MAX_BYTES = 1 << 20 };

static str member(const json_t *object, const char *key)
{
	const json_t *s = json_object_get(object, key);

	return s ? str_of(json_string_value(s), json_string_length(s)) : STR("");
}

static json_t *text(str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static void print(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static void check(struct arena *a, const struct dns_resolver *dns, const json_t *line)
{
	struct spf_input in = {
		.helo = member(line, "helo"),
		.mail_from = member(line, "mail_from"),
		.receiver = member(line, "receiver"),
		.wall = 1800000000,
	};
	struct spf_result r;
	json_t *trace = json_array();

	(void)!ip_parse(member(line, "ip"), &in.ip);
	r = spfcheck_run(a, dns, &in, deadline_in(60000));
	for (size_t i = 0; i < r.n_trace; i++)
		json_array_append_new(trace, text(r.trace[i]));
	print(json_pack("{s:o, s:o, s:o, s:o, s:i, s:o}", "result", text(spfcheck_name(r.result)),
			"mechanism", text(r.mechanism), "explanation", text(r.explanation),
			"problem", text(r.problem), "lookups", (int)r.lookups, "trace", trace));
}

static void parse(struct arena *a, const json_t *line)
{
	struct spf_record record;
	str why = STR("");
	bool valid = spf_parse(a, member(line, "record"), &record, &why) == SPF_OK;

	print(json_pack("{s:b, s:o}", "valid", valid, "why", text(why)));
}

int main(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *zone = arena_new("zone", 1 << 30);
	cleanup(arena_freep) struct arena *a = arena_new("question", 1 << 30);
	static char line[LINE_MAX_BYTES];
	struct dns_resolver dns = { 0 };
	struct zonefile *z;
	struct why why;

	if (argc != 2)
		return 2;
	if (strcmp(argv[1], "-") != 0) {
		if (zonefile_load(zone, argv[1], &z, &why) < 0) {
			fprintf(stderr, "%s\n", why.text);
			return 3;
		}
		dns = zonefile_resolver(z);
	}
	while (fgets(line, sizeof(line), stdin)) {
		json_t *question = json_loads(line, JSON_ALLOW_NUL, NULL);

		if (!question)
			return 2;
		if (dns.lookup)
			check(a, &dns, question);
		else
			parse(a, question);
		json_decref(question);
		arena_reset(a);
	}
	return 0;
}
