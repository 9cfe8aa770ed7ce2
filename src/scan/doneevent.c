#include "scan/doneevent.h"

#include "base/log.h"
#include "base/map.h"
#include "policy/explain.h"

/* A list of JSON that is never longer than its room. */
struct list {
	struct strbuf b;
	size_t n;
	bool full;
};

static struct list list_begin(struct arena *a)
{
	struct list l = { .b = strbuf_make(a, DONEEVENT_LIST_BYTES) };

	strbuf_char(&l.b, '[');
	return l;
}

static void list_add(struct list *l, str text)
{
	struct strbuf before = l->b;

	if (l->full)
		return;
	strbuf_put(&l->b, l->n ? STR(",") : STR(""));
	strbuf_json(&l->b, str_sub(text, 0, DONEEVENT_TEXT));
	l->full = l->n == DONEEVENT_LIST || l->b.overflow ||
		  l->b.n + strlen("]") > DONEEVENT_LIST_BYTES;
	if (l->full) {
		l->b.n = before.n;
		l->b.overflow = false;
	} else {
		l->n++;
	}
}

static str list_end(struct list *l)
{
	strbuf_char(&l->b, ']');
	return strbuf_str(&l->b);
}

static str recipients_of(const struct passage *p)
{
	struct list l = list_begin(p->arena);

	for (size_t i = 0; i < p->env.n_recipients && p->policy->conf->log.details; i++)
		list_add(&l, p->env.recipients[i]);
	return list_end(&l);
}

/* Each host of a link once. */
static str hosts_of(const struct passage *p)
{
	const struct facts *f = &p->j.facts;
	struct list l = list_begin(p->arena);
	struct map seen = map_make(p->arena);

	for (size_t i = 0; i < f->urls.n && !l.full && p->policy->conf->log.details; i++) {
		str host = f->urls.v[i].host;

		if (host.n && !map_set(&seen, host, &l))
			list_add(&l, host);
	}
	return list_end(&l);
}

/* Their names, or true types. */
static str attachments_of(const struct passage *p, bool types)
{
	const struct facts *f = &p->j.facts;
	struct list l = list_begin(p->arena);

	for (size_t i = 0; i < f->parts.n && p->policy->conf->log.details; i++) {
		const struct facts_part *part = &f->parts.v[i];

		if (part->flags & FACTS_PART_ATTACHMENT && !(part->flags & FACTS_PART_MULTIPART))
			list_add(&l, !types		? part->filename
				     : part->detected.n ? part->detected
							: part->type);
	}
	return list_end(&l);
}

/* Why, in the site's language; empty when nothing spoke against the message. */
static str reasons_of(const struct passage *p)
{
	const struct verdict_symbol *weighty[EXPLAIN_MAX_REASONS];
	struct strbuf out = strbuf_make(p->arena, 4096);
	size_t n = explain_weighty(&p->j.verdict, weighty);

	for (size_t i = 0; i < n; i++) {
		strbuf_put(&out, i ? STR("; ") : STR(""));
		explain_reason(&out, weighty[i], p->policy->conf->lang);
	}
	return strbuf_str(&out);
}

static str symbols_of(const struct passage *p)
{
	const struct verdict *v = &p->j.verdict;
	struct strbuf symbols = strbuf_make(p->arena, 8192);

	for (size_t i = 0; i < v->symbols.n; i++) {
		strbuf_put(&symbols, i ? STR(" ") : STR(""));
		strbuf_put(&symbols, v->symbols.v[i].rule->name);
		strbuf_fmt(&symbols, "=%s", verdict_points(v->symbols.v[i].score).text);
	}
	return strbuf_str(&symbols);
}

void doneevent_log(struct passage *p, struct verdict_reply reply, const char *trouble)
{
	const struct verdict *v = &p->j.verdict;
	struct strbuf line = strbuf_make(p->arena, LOG_LINE_MAX);

	log_event_told(&line, "message.done", F_STR("mid", p->env.mid), F_STR("sid", p->env.sid),
		       F_C("role", p->policy->conf->role == CONF_ROLE_OUT ? "out" : "mx"),
		       F_STR("ip", p->env.client_ip), F_STR("asn", p->j.evidence.client_asn),
		       F_STR("country", p->j.evidence.client_country),
		       F_STR("from", p->env.reverse_path), F_INT("recipients", p->env.n_recipients),
		       F_INT("size", p->message.n), F_C("action", action_name(v->action)),
		       F_C("intended", action_name(v->intended)), F_NUM("score", v->score / 100.0),
		       F_STR("decision", v->decision ? v->decision->name : STR("")),
		       F_STR("symbols", symbols_of(p)), F_STR("reasons", reasons_of(p)),
		       F_STR("tls", p->env.tls_version), F_INT("code", reply.code),
		       F_STR("handed_to", p->next_hop), F_STR("handed_tls", p->tls_out),
		       F_INT("inspect_us", p->j.inspect_us), F_INT("time_us", p->j.time_us),
		       F_C("trouble", trouble), F_RAW("rcpt", recipients_of(p)),
		       F_RAW("hosts", hosts_of(p)), F_RAW("attachments", attachments_of(p, false)),
		       F_RAW("attachment_types", attachments_of(p, true)));
	p->line = strbuf_str(&line);
}
