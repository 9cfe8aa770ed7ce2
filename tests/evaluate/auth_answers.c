/* tests/evaluate/auth_answers.c - DMARC and Authentication-Results, bare, for dmarc.py and
 * authres.py.
 *
 * auth_answers ZONE.json|-   questions one a line on standard input, told apart by a member:
 *   {"record"}                                   a DMARC record read
 *   {"authors", "spf", "dkim"}                   a message judged
 *   {"policy_domain", "host"}                    may reports go there
 *   {"header"}                                   an Authentication-Results field read
 *   {"from"}                                     the author domains of a From field
 *   {"name"}                                     its organizational domain by the public suffix
 * list and answers one a line on standard output.
 */
#include "auth/authres.h"
#include "auth/dmarccheck.h"
#include "auth/dmarcreport.h"
#include "auth/dmarcwalk.h"
#include "dns/zonefile.h"
#include "mail/address_list.h"
#include "url/urlorg.h"

#include <jansson.h>

enum { LINE_MAX_BYTES = 1 << 20, MAX_ITEMS = 100 };

static str string(const json_t *s)
{
	return s ? str_of(json_string_value(s), json_string_length(s)) : STR("");
}

static str member(const json_t *object, const char *key)
{
	return string(json_object_get(object, key));
}

static json_t *text(str s)
{
	return json_stringn_nocheck(s.p ? s.p : "", s.n);
}

static json_t *uris(const struct dmarcrecord_uri *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, text(v[i].uri));
	return list;
}

static json_t *record_of(struct arena *a, str txt)
{
	struct dmarcrecord r = { 0 };

	if (!dmarcrecord_parse(a, txt, &r))
		return json_pack("{s:b, s:b}", "is", false, "usable", false);
	return json_pack("{s:b, s:b, s:o, s:o, s:i, s:b, s:s, s:s, s:o, s:o, s:o}", "is", true,
			 "usable", r.usable, "p", text(results_policy_name(r.p)), "sp",
			 r.has_sp ? text(results_policy_name(r.sp)) : json_null(), "pct",
			 (int)r.pct, "testing", r.testing, "adkim", r.strict_dkim ? "s" : "r",
			 "aspf", r.strict_spf ? "s" : "r", "fo", text(r.fo), "rua",
			 uris(r.rua, r.n_rua), "ruf", uris(r.ruf, r.n_ruf));
}

static enum spfcheck_code spf_code(str name)
{
	for (int i = SPFCHECK_NONE; i <= SPFCHECK_PERMERROR; i++)
		if (str_eq(name, spfcheck_name((enum spfcheck_code)i)))
			return (enum spfcheck_code)i;
	return SPFCHECK_NONE;
}

static enum auth_code code(str name)
{
	for (int i = 0; i < AUTH_CODES; i++)
		if (str_eq(name, results_code_name((enum auth_code)i)))
			return (enum auth_code)i;
	return AUTH_NONE;
}

static json_t *judge(struct arena *a, const struct dns_resolver *dns, const json_t *q)
{
	const json_t *authors = json_object_get(q, "authors"), *dkim = json_object_get(q, "dkim");
	const json_t *spf = json_object_get(q, "spf");
	struct dkim_result signatures[MAX_ITEMS] = { 0 };
	struct spf_result s = { .domain = member(spf, "domain"),
				.result = spf_code(member(spf, "result")) };
	str domains[MAX_ITEMS];
	struct dmarc_input in = {
		.authors = domains, .n_from_fields = 1, .spf = &s, .dkim = signatures
	};
	struct dmarc_result r;
	json_t *trace = json_array();

	for (; in.n_authors < json_array_size(authors) && in.n_authors < MAX_ITEMS; in.n_authors++)
		domains[in.n_authors] = string(json_array_get(authors, in.n_authors));
	for (; in.n_dkim < json_array_size(dkim) && in.n_dkim < MAX_ITEMS; in.n_dkim++) {
		const json_t *one = json_array_get(dkim, in.n_dkim);

		signatures[in.n_dkim].domain = member(one, "d");
		signatures[in.n_dkim].result = code(member(one, "result"));
	}
	r = dmarccheck_run(a, dns, &in, deadline_in(60000));
	for (size_t i = 0; i < r.trace.n; i++)
		json_array_append_new(trace, text(r.trace.v[i]));
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:b, s:o, s:o}", "result",
		text(results_code_name(r.result)), "policy", text(results_policy_name(r.policy)),
		"disposition", text(results_policy_name(r.disposition)), "domain", text(r.domain),
		"policy_domain", text(r.policy_domain), "organizational", text(r.organizational),
		"record", text(r.record), "aligned_spf", r.aligned_spf, "aligned_dkim",
		r.aligned_dkim, "strict_spf", r.strict_spf, "strict_dkim", r.strict_dkim,
		"bad_record", r.bad_record, "read", record_of(a, r.record), "trace", trace);
}

static json_t *may_report(struct arena *a, const struct dns_resolver *dns, const json_t *q)
{
	static const char *const names[] = { "inside", "agreed", "refused", "later" };
	struct dmarcrecord_uri to = { .host = member(q, "host") }, *instead;
	size_t n;

	return json_pack("{s:s}", "answer",
			 names[dmarcreport_may(a, dns, member(q, "policy_domain"), &to,
					       deadline_in(60000), &instead, &n)]);
}

static json_t *field(struct arena *a, str value)
{
	json_t *results = json_array();
	struct authres r;

	if (!authres_parse(a, value, &r))
		return json_pack("{s:b}", "is", false);
	for (size_t i = 0; i < r.n; i++) {
		const struct authres_result *one = &r.results[i];
		json_t *properties = json_array();

		for (size_t k = 0; k < one->n; k++)
			json_array_append_new(properties,
					      json_pack("[o, o, o]", text(one->properties[k].type),
							text(one->properties[k].name),
							text(one->properties[k].value)));
		json_array_append_new(results,
				      json_pack("{s:o, s:o, s:o, s:o}", "method", text(one->method),
						"result", text(one->result), "reason",
						text(one->reason), "properties", properties));
	}
	return json_pack("{s:b, s:o, s:o, s:o}", "is", true, "authserv_id", text(r.authserv_id),
			 "version", text(r.version), "results", results);
}

static json_t *author_domains(struct arena *a, str from)
{
	json_t *domains = json_array();
	struct address_list list;

	address_list_parse(a, from, MAX_ITEMS, &list);
	for (size_t i = 0; i < list.boxes.n; i++)
		json_array_append_new(domains, text(list.boxes.v[i].address.domain));
	return json_pack("{s:o}", "domains", domains);
}

static json_t *suffix(struct arena *a, str name)
{
	str domain;

	return json_pack("{s:o}", "domain",
			 dmarcwalk_domain(a, name, &domain) ? text(urlorg_domain(domain))
							    : json_null());
}

static json_t *answer(struct arena *a, const struct dns_resolver *dns, const json_t *q)
{
	if (json_object_get(q, "record"))
		return record_of(a, member(q, "record"));
	if (json_object_get(q, "authors"))
		return judge(a, dns, q);
	if (json_object_get(q, "host"))
		return may_report(a, dns, q);
	if (json_object_get(q, "header"))
		return field(a, member(q, "header"));
	if (json_object_get(q, "from"))
		return author_domains(a, member(q, "from"));
	return suffix(a, member(q, "name"));
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
		json_t *q = json_loads(line, JSON_ALLOW_NUL, NULL), *reply;

		if (!q)
			return 2;
		reply = answer(a, &dns, q);
		json_dumpf(reply, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(reply);
		json_decref(q);
		arena_reset(a);
	}
	return 0;
}
