#include "cli/reportjson.h"

#include "base/clock.h"
#include "report/reportword.h"

static void put_text(struct strbuf *b, const char *key, str s)
{
	strbuf_fmt(b, "\"%s\":", key);
	strbuf_json(b, s);
	strbuf_char(b, ',');
}

static void put_time(struct strbuf *b, const char *key, int64_t t)
{
	strbuf_fmt(b, "\"%s\":\"", key);
	clock_put_rfc3339(b, t);
	strbuf_put(b, STR("\","));
}

static void put_flag(struct strbuf *b, const char *key, bool v)
{
	strbuf_fmt(b, "\"%s\":%s,", key, v ? "true" : "false");
}

static void put_number(struct strbuf *b, const char *key, uint64_t n)
{
	strbuf_fmt(b, "\"%s\":%llu,", key, (unsigned long long)n);
}

/* In place of the last comma. */
static void end(struct strbuf *b, char c)
{
	if (b->n && b->p[b->n - 1] == ',')
		b->n--;
	strbuf_char(b, c);
}

static void put_texts(struct strbuf *b, const char *key, const str *v, size_t n)
{
	strbuf_fmt(b, "\"%s\":[", key);
	for (size_t i = 0; i < n; i++) {
		strbuf_json(b, v[i]);
		strbuf_char(b, ',');
	}
	end(b, ']');
	strbuf_char(b, ',');
}

static void put_results(struct strbuf *b, const struct aggregate_row *r)
{
	strbuf_put(b, STR("\"dkim_results\":["));
	for (size_t i = 0; i < r->n_dkim_results; i++) {
		strbuf_char(b, '{');
		put_text(b, "domain", r->dkim_results[i].domain);
		put_text(b, "selector", r->dkim_results[i].selector);
		put_text(b, "result", reportword_result(r->dkim_results[i].result));
		put_text(b, "human_result", r->dkim_results[i].human);
		end(b, '}');
		strbuf_char(b, ',');
	}
	end(b, ']');
	strbuf_put(b, STR(",\"spf_results\":["));
	for (size_t i = 0; i < r->n_spf_results; i++) {
		strbuf_char(b, '{');
		put_text(b, "domain", r->spf_results[i].domain);
		put_text(b, "scope", r->spf_results[i].scope);
		put_text(b, "result", reportword_result(r->spf_results[i].result));
		put_text(b, "human_result", r->spf_results[i].human);
		end(b, '}');
		strbuf_char(b, ',');
	}
	end(b, ']');
	strbuf_char(b, ',');
}

static void put_row(struct strbuf *b, const struct aggregate_row *r)
{
	strbuf_put(b, STR("{\"source_ip\":\""));
	ip_put(b, r->source);
	strbuf_put(b, STR("\","));
	put_number(b, "count", r->count);
	put_text(b, "disposition", reportword_action(r->disposition));
	put_flag(b, "dkim", r->dkim);
	put_flag(b, "spf", r->spf);
	put_text(b, "header_from", r->header_from);
	put_text(b, "envelope_from", r->envelope_from);
	put_text(b, "envelope_to", r->envelope_to);
	strbuf_put(b, STR("\"reasons\":["));
	for (size_t i = 0; i < r->n_reasons; i++) {
		strbuf_char(b, '{');
		put_text(b, "type", reportword_override(r->reasons[i].type));
		put_text(b, "comment", r->reasons[i].comment);
		end(b, '}');
		strbuf_char(b, ',');
	}
	end(b, ']');
	strbuf_char(b, ',');
	put_results(b, r);
	end(b, '}');
}

uint64_t reportjson_messages(const struct aggregate *report)
{
	uint64_t n = 0;

	for (size_t i = 0; i < report->rows.n; i++)
		n += report->rows.v[i].count;
	return n;
}

static void put_aggregate(struct strbuf *b, const struct aggregate *g)
{
	put_text(b, "kind", STR("dmarc"));
	put_text(b, "org", g->org);
	put_text(b, "email", g->email);
	put_text(b, "contact", g->contact);
	put_text(b, "report_id", g->id);
	put_text(b, "generator", g->generator);
	put_time(b, "begin", g->begin);
	put_time(b, "end", g->end);
	put_texts(b, "errors", g->errors, g->n_errors);
	put_text(b, "domain", g->domain);
	put_text(b, "p", reportword_action(g->p));
	put_text(b, "sp", reportword_action(g->sp));
	put_text(b, "np", reportword_action(g->np));
	put_text(b, "adkim", g->strict_dkim ? STR("s") : STR("r"));
	put_text(b, "aspf", g->strict_spf ? STR("s") : STR("r"));
	put_number(b, "pct", g->pct);
	put_flag(b, "testing", g->testing);
	put_text(b, "fo", g->fo);
	put_text(b, "discovery_method", g->discovery);
	put_number(b, "messages", reportjson_messages(g));
	put_number(b, "rows_left_out", g->rows_left_out);
	strbuf_put(b, STR("\"rows\":["));
	for (size_t i = 0; i < g->rows.n; i++) {
		put_row(b, &g->rows.v[i]);
		strbuf_char(b, ',');
	}
	end(b, ']');
}

static void put_failure(struct strbuf *b, const struct tlsrpt_failure *f)
{
	strbuf_char(b, '{');
	put_text(b, "result", f->result);
	put_text(b, "sending_mta_ip", f->sending_ip);
	put_text(b, "receiving_mx", f->receiving_mx);
	put_text(b, "receiving_helo", f->receiving_helo);
	put_text(b, "receiving_ip", f->receiving_ip);
	put_number(b, "failed", f->sessions);
	put_text(b, "additional_information", f->information);
	put_text(b, "reason", f->reason);
	end(b, '}');
}

static void put_policy(struct strbuf *b, const struct tlsrpt_policy *p)
{
	strbuf_char(b, '{');
	put_text(b, "type", p->type);
	put_text(b, "domain", p->domain);
	put_texts(b, "policy_string", p->strings, p->n_strings);
	put_texts(b, "mx_host", p->mx_hosts, p->n_mx_hosts);
	put_number(b, "successful", p->successful);
	put_number(b, "failed", p->failed);
	strbuf_put(b, STR("\"failures\":["));
	for (size_t i = 0; i < p->failures.n; i++) {
		put_failure(b, &p->failures.v[i]);
		strbuf_char(b, ',');
	}
	end(b, ']');
	strbuf_char(b, '}');
}

static void put_tls(struct strbuf *b, const struct tlsrpt *t)
{
	put_text(b, "kind", STR("tls"));
	put_text(b, "org", t->org);
	put_text(b, "contact", t->contact);
	put_text(b, "report_id", t->id);
	put_time(b, "begin", t->begin);
	put_time(b, "end", t->end);
	strbuf_put(b, STR("\"policies\":["));
	for (size_t i = 0; i < t->policies.n; i++) {
		put_policy(b, &t->policies.v[i]);
		strbuf_char(b, ',');
	}
	end(b, ']');
}

void reportjson_put(struct strbuf *out, str file, const struct reportset_report *report)
{
	strbuf_char(out, '{');
	put_text(out, "file", file);
	if (report->aggregate)
		put_aggregate(out, report->aggregate);
	else
		put_tls(out, report->tls);
	strbuf_char(out, '}');
}
