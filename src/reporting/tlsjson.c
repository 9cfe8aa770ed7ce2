#include "reporting/tlsjson.h"

#include "base/clock.h"

/* The same policy has the same name: for TLSA records it belongs to one host (RFC 8460 1.1). */
static str name_of(struct arena *a, const struct tlsrow *row)
{
	struct strbuf b = strbuf_make(a, 2 * ROWTEXT_MAX);

	strbuf_put(&b, row->policy);
	if (str_eq(row->policy, STR("tlsa"))) {
		strbuf_char(&b, '\n');
		strbuf_put(&b, row->mx);
	}
	for (size_t i = 0; i < row->n_strings; i++) {
		strbuf_char(&b, '\n');
		strbuf_put(&b, row->strings[i]);
	}
	return strbuf_str(&b);
}

void tlsjson_row(struct arena *a, struct tlsjson *r, const struct tlsrow *row, uint64_t count)
{
	str name = name_of(a, row);
	struct tlsjson_policy *p;

	if (!r->by_name.arena)
		r->by_name = map_make(a);
	p = map_get(&r->by_name, name);
	if (!p) {
		p = arena_make(a, struct tlsjson_policy);
		p->row = row;
		(void)map_set(&r->by_name, name, p);
		*arena_push(a, &r->policies) = p;
	}
	if (str_eq(row->result, STR("success"))) {
		p->good += count;
		return;
	}
	p->failed += count;
	*arena_push(a, &p->failures) = (struct tlsjson_failure){ row, count };
}

static void put_member(struct strbuf *out, const char *name, str value)
{
	strbuf_fmt(out, "\"%s\":", name);
	strbuf_json(out, value);
}

static void put_if(struct strbuf *out, const char *name, str value)
{
	if (value.n == 0)
		return;
	strbuf_char(out, ',');
	put_member(out, name, value);
}

static void put_list(struct strbuf *out, const char *name, const str *v, size_t n)
{
	if (n == 0)
		return;
	strbuf_fmt(out, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++) {
		if (i)
			strbuf_char(out, ',');
		strbuf_json(out, v[i]);
	}
	strbuf_char(out, ']');
}

static void put_failure(struct strbuf *out, const struct tlsjson_failure *f)
{
	strbuf_char(out, '{');
	put_member(out, "result-type", f->row->result);
	put_if(out, "sending-mta-ip", f->row->sending_ip);
	put_if(out, "receiving-mx-hostname", f->row->mx);
	put_if(out, "receiving-ip", f->row->mx_ip);
	strbuf_fmt(out, ",\"failed-session-count\":%llu", (unsigned long long)f->count);
	put_if(out, "failure-reason-code", f->row->information);
	strbuf_char(out, '}');
}

static void put_policy(struct strbuf *out, const struct tlsjson *r, const struct tlsjson_policy *p)
{
	bool tlsa = str_eq(p->row->policy, STR("tlsa"));

	strbuf_put(out, STR("{\"policy\":{"));
	put_member(out, "policy-type", p->row->policy);
	put_list(out, "policy-string", p->row->strings, p->row->n_strings);
	strbuf_char(out, ',');
	put_member(out, "policy-domain", tlsa && p->row->mx.n ? p->row->mx : r->domain);
	put_list(out, "mx-host", p->row->mx_patterns, p->row->n_mx_patterns);
	strbuf_fmt(out,
		   "},\"summary\":{\"total-successful-session-count\":%llu,"
		   "\"total-failure-session-count\":%llu}",
		   (unsigned long long)p->good, (unsigned long long)p->failed);
	if (p->failures.n)
		strbuf_put(out, STR(",\"failure-details\":["));
	for (size_t i = 0; i < p->failures.n; i++) {
		if (i)
			strbuf_char(out, ',');
		put_failure(out, &p->failures.v[i]);
	}
	strbuf_put(out, p->failures.n ? STR("]}") : STR("}"));
}

void tlsjson_put(struct strbuf *out, const struct tlsjson *r)
{
	strbuf_char(out, '{');
	put_member(out, "organization-name", r->org_name);
	strbuf_put(out, STR(",\"date-range\":{\"start-datetime\":\""));
	clock_put_rfc3339(out, r->begin);
	strbuf_put(out, STR("\",\"end-datetime\":\""));
	clock_put_rfc3339(out, r->end);
	strbuf_put(out, STR("\"},"));
	put_member(out, "contact-info", r->contact);
	strbuf_char(out, ',');
	put_member(out, "report-id", r->report_id);
	strbuf_put(out, STR(",\"policies\":["));
	for (size_t i = 0; i < r->policies.n; i++) {
		if (i)
			strbuf_char(out, ',');
		put_policy(out, r, r->policies.v[i]);
	}
	strbuf_put(out, STR("]}\n"));
}
