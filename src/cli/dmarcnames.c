#include "cli/dmarcnames.h"

#include "base/ip.h"

struct asked {
	json_t *source;
	struct ip ip;
	str name; /* what the address says; empty: nothing */
};

/* The name that stands for an address (RFC 1035 3.5, RFC 3596 2.5). */
static str reverse_of(struct arena *a, struct ip ip)
{
	struct strbuf b = strbuf_make(a, DNS_MAX_NAME);

	for (size_t i = ip.n; i-- > 0;) {
		if (ip.n == IP_V4)
			strbuf_fmt(&b, "%u.", ip.bytes[i]);
		else
			strbuf_fmt(&b, "%x.%x.", ip.bytes[i] & 15, ip.bytes[i] >> 4);
	}
	strbuf_put(&b, ip.n == IP_V4 ? STR("in-addr.arpa") : STR("ip6.arpa"));
	return strbuf_str(&b);
}

static size_t collect(json_t *lines, struct asked *all)
{
	size_t i, n = 0;
	json_t *o;

	json_array_foreach(lines, i, o)
	{
		const char *kind = json_string_value(json_object_get(o, "kind"));
		const char *ip = json_string_value(json_object_get(o, "ip"));

		if (n < DMARCNAMES_MAX && kind && ip && strcmp(kind, "source") == 0 &&
		    ip_parse(str_c(ip), &all[n].ip))
			all[n++].source = o;
	}
	return n;
}

static void ask_names(const struct dns_resolver *dns, struct arena *a, struct asked *all, size_t n,
		      deadline d)
{
	struct dns_question *q = arena_array(a, struct dns_question, n);
	struct dns_answer *answers = arena_array(a, struct dns_answer, n);

	for (size_t i = 0; i < n; i++)
		q[i] = (struct dns_question){ reverse_of(a, all[i].ip), DNS_PTR };
	dns->lookup(dns->ctx, a, q, n, d, answers);
	for (size_t i = 0; i < n; i++)
		all[i].name = answers[i].n ? answers[i].records[0].value : STR("");
}

static bool leads_back(const struct dns_answer *answer, struct ip ip)
{
	for (size_t i = 0; i < answer->n; i++) {
		str v = answer->records[i].value;

		if (v.n == ip.n && ip_eq(ip_of(v.p, v.n), ip))
			return true;
	}
	return false;
}

static void check_names(const struct dns_resolver *dns, struct arena *a, const struct asked *all,
			size_t n, deadline d)
{
	struct dns_question *q = arena_array(a, struct dns_question, n);
	struct dns_answer *answers = arena_array(a, struct dns_answer, n);
	const struct asked **of = arena_array(a, const struct asked *, n);
	size_t named = 0;

	for (size_t i = 0; i < n; i++) {
		if (!all[i].name.n)
			continue;
		q[named] = (struct dns_question){ all[i].name,
						  all[i].ip.n == IP_V4 ? DNS_A : DNS_AAAA };
		of[named++] = &all[i];
	}
	if (named)
		dns->lookup(dns->ctx, a, q, named, d, answers);
	for (size_t i = 0; i < named; i++) {
		if (leads_back(&answers[i], of[i]->ip))
			(void)!json_object_set_new(of[i]->source, "name",
						   json_stringn(of[i]->name.p, of[i]->name.n));
	}
}

void dmarcnames_find(const struct dns_resolver *dns, struct arena *a, json_t *lines)
{
	struct asked *all = arena_array(a, struct asked, DMARCNAMES_MAX);
	size_t n = collect(lines, all);
	deadline d = deadline_in(DMARCNAMES_MS);

	if (!n)
		return;
	ask_names(dns, a, all, n, d);
	check_names(dns, a, all, n, d);
}
