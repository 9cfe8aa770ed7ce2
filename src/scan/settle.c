#include "scan/settle.h"

#include "base/fd.h"
#include "base/log.h"
#include "base/num.h"
#include "mail/dsnparams.h"
#include "mail/tlswish.h"
#include "scan/dmarcnote.h"
#include "scan/record.h"
#include "scan/reportmail.h"
#include "scan/signing.h"
#include "spool/disposition.h"
#include "sys/stream.h"

#include <errno.h>
#include <poll.h>

enum {
	STORE_MS = 30000,
	/* Less than SUBMIT_MARGIN_MS of smtp/smtpserver.c: the edge must still be there to hear
	 * what became of the message, or it is kept here and sent again. */
	MARGIN_MS = 8000,
	NOTE_MS = 5000,
	DIRECT_MIN_MS = 500, /* with less time left it is not begun */
	/* A larger one is on our disk sooner than with the next hop: its sender need not wait. */
	DIRECT_USUAL_BYTES = 256 << 10,
};

struct verdict_reply settle_temporary(void)
{
	return (struct verdict_reply){ 451, "4.3.0",
				       STR("temporary problem here, try again later") };
}

static enum spool_disposition disposition_of(enum action a)
{
	switch (a) {
	case ACTION_ACCEPT:
	case ACTION_TAG:
		return SPOOL_DELIVER;
	case ACTION_QUARANTINE:
		return SPOOL_QUARANTINE;
	case ACTION_DISCARD:
		return SPOOL_DISCARD;
	default:
		return SPOOL_RECORD_ONLY;
	}
}

static str header_text(const struct facts *f, str name)
{
	const struct facts_header *h = facts_header(f, name);

	return h ? str_sub(h->value, 0, 500) : STR("");
}

static uint64_t tls_wish(const struct passage *p)
{
	if (p->submit->tls_wish == TLS_WISH_NONE && p->cuts.tls_optional)
		return TLS_WISH_OPTIONAL;
	return p->submit->tls_wish;
}

/* Everything of message commit but what an outcome changes. */
static struct msg_commit describe(const struct passage *p, enum spool_disposition disposition)
{
	const struct msg_submit *m = p->submit;
	struct dmarcnote counted =
		dmarcnote_make(p->arena, p->policy->conf, &p->env, &p->j.auth, p->j.verdict.action);

	return (struct msg_commit){
		.mid = p->env.mid,
		.disposition = disposition,
		.client_ip = p->env.client_ip,
		.helo = p->env.helo,
		.reverse_path = p->env.reverse_path,
		.recipients = m->recipients,
		.received_at = m->received_at,
		.body_8bit = m->body_8bit,
		.smtputf8 = m->smtputf8,
		.mail_params = m->mail_params,
		.rcpt_params = m->rcpt_params,
		.tls_wish = tls_wish(p),
		.prepend = p->prepend,
		.cuts = { p->cuts.ranges, p->cuts.n },
		.from = header_text(&p->j.facts, STR("From")),
		.subject = header_text(&p->j.facts, STR("Subject")),
		.action = str_c(action_name(p->j.verdict.action)),
		.score = (uint64_t)(int64_t)p->j.verdict.score,
		.record = record_for_store(p->arena, &p->env, &p->j, p->policy->conf->lang),
		.report_domain = counted.domain,
		.report_head = counted.head,
		.report_row = counted.row,
	};
}

/* For the history alone; mail never waits for it. */
static void note(struct settler *s, const struct passage *p, const struct msg_commit *c,
		 enum spool_disposition disposition, const struct direct_answer *handed)
{
	struct msg m = { .type = MSG_noted };
	struct why why;

	m.noted = (struct msg_noted){
		.mid = c->mid,
		.disposition = disposition,
		.client_ip = c->client_ip,
		.helo = c->helo,
		.reverse_path = c->reverse_path,
		.recipients = c->recipients,
		.received_at = c->received_at,
		.size = p->message.n,
		.from = c->from,
		.subject = c->subject,
		.action = c->action,
		.score = c->score,
		.record = c->record,
		.next_hop = handed ? handed->next_hop : STR(""),
		.reply = handed ? handed->reply : STR(""),
		.at = (uint64_t)clock_wall(),
		.report_domain = c->report_domain,
		.report_head = c->report_head,
		.report_row = c->report_row,
		.tls_results = c->tls_results,
	};
	if (lanes_tell(s->store, &m, deadline_in(NOTE_MS), &why) < 0)
		log_event("history.not_told", F_STR("mid", p->env.mid), F_C("why", why.text));
}

/* The store takes messages only in sealed memory. */
static int ensure_sealed(struct passage *p, struct why *why)
{
	int r;

	if (p->fd >= 0)
		return 0;
	p->fd = fd_memfd("message", why);
	r = p->fd < 0 ? p->fd : fd_write_all(p->fd, p->message, why);
	return r < 0 ? r : fd_seal(p->fd, why);
}

/* Durable before it returns 0. */
static int commit(struct settler *s, struct passage *p, const struct msg_commit *c, struct why *why)
{
	struct msg m = { .type = MSG_commit, .n_fds = 1, .commit = *c };
	struct msg answer;
	deadline d = clock_sooner(deadline_in(STORE_MS),
				  p->began + p->policy->conf->scan.deadline + MARGIN_MS);
	int r = ensure_sealed(p, why);

	m.fds[0] = p->fd;
	if (r == 0)
		r = lanes_ask(s->store, &m, MSG_committed, p->arena, d, &answer, why);
	if (r < 0)
		return r;
	if (answer.committed.status)
		return why_set(why, -EIO, "store: %.*s", STR_ARG(answer.committed.why));
	return 0;
}

/* Whoever asked to be told of the delivery is told by the spool (RFC 3461 5.2.3). */
static bool wants_to_be_told(const struct msg_texts *params)
{
	for (size_t i = 0; i < params->n; i++) {
		struct dsnparams_rcpt p;

		if (dsnparams_parse_rcpt(params->v[i], &p) == DSNPARAMS_OK &&
		    p.notify & DSNPARAMS_NOTIFY_SUCCESS)
			return true;
	}
	return false;
}

static int try_direct(struct settler *s, struct passage *p, const struct msg_commit *c,
		      struct direct_answer *ret)
{
	const struct conf *conf = p->policy->conf;
	int64_t left = p->began + conf->scan.deadline - clock_now_ms();
	int64_t patience = conf->delivery.patience < left ? conf->delivery.patience : left;
	struct msg_handover m = {
		.id = c->mid,
		.size = p->message.n,
		.reverse_path = c->reverse_path,
		.recipients = c->recipients,
		.body_8bit = c->body_8bit,
		.smtputf8 = c->smtputf8,
		.mail_params = c->mail_params,
		.rcpt_params = c->rcpt_params,
		.tls_wish = c->tls_wish,
		.prepend = c->prepend,
		.cuts = c->cuts,
		.bytes = p->fd < 0 ? p->message : STR(""),
	};

	if (p->submit->handover == CONF_HANDOVER_SPOOL || patience < DIRECT_MIN_MS)
		return DIRECT_NOT;
	if (p->submit->handover == CONF_HANDOVER_AUTO &&
	    (p->message.n > DIRECT_USUAL_BYTES || wants_to_be_told(&c->rcpt_params)))
		return DIRECT_NOT;
	return direct_try(&s->direct, p->arena, &m, p->fd, patience, ret);
}

/* The recipients the next hop did not take are the spool's from here on. */
static void keep_rest(struct passage *p, struct msg_commit *c, const uint64_t *outcome)
{
	size_t all = c->recipients.n;
	str *recipients = arena_array(p->arena, str, all), *params = NULL;
	size_t n = 0;

	if (c->rcpt_params.n)
		params = arena_array(p->arena, str, all);
	for (size_t i = 0; i < all; i++) {
		if (outcome[i] == 0)
			continue;
		if (params)
			params[n] = c->rcpt_params.v[i];
		recipients[n++] = c->recipients.v[i];
	}
	c->recipients = (struct msg_texts){ recipients, n };
	c->rcpt_params = (struct msg_texts){ params, params ? n : 0 };
}

/* "5." subject "." detail, of one to three digits each (RFC 3463 2): anything else is no reply
 * to the edge. */
static bool is_permanent_status(str s)
{
	str class, subject, detail;
	uint64_t n;

	return str_split(&s, '.', &class) && str_eq(class, STR("5")) &&
	       str_split(&s, '.', &subject) && str_split(&s, '.', &detail) && !s.p &&
	       subject.n <= 3 && detail.n <= 3 && num_u64(subject, &n) && num_u64(detail, &n);
}

/* The next hop's own words stay inside: only its codes go out (requirement R-294). */
static struct verdict_reply refused_inside(struct passage *p, str reply)
{
	str enhanced = str_sub(str_skip(reply, 4), 0, str_chr(str_skip(reply, 4), ' '));

	return (struct verdict_reply){
		550, is_permanent_status(enhanced) ? arena_cz(p->arena, enhanced) : "5.0.0",
		arena_fmt(p->arena, "the mailbox's server refuses this message (reference %.*s)",
			  STR_ARG(p->env.mid))
	};
}

static struct verdict_reply deliver(struct settler *s, struct passage *p,
				    struct verdict_reply reply, struct why *why)
{
	struct msg_commit c = describe(p, SPOOL_DELIVER);
	struct direct_answer handed = { 0 };
	int r = try_direct(s, p, &c, &handed);

	p->next_hop = handed.next_hop;
	p->tls_out = handed.tls;
	c.tls_results = handed.tls_results;
	switch (r) {
	case DIRECT_DELIVERED:
		note(s, p, &c, SPOOL_HANDED_OVER, &handed);
		return reply;
	case DIRECT_REFUSED:
		note(s, p, &c, SPOOL_RECORD_ONLY, &handed);
		return refused_inside(p, handed.reply);
	case DIRECT_REST:
		keep_rest(p, &c, handed.outcome);
		break;
	default:
		if (p->submit->handover == CONF_HANDOVER_DIRECT && !handed.must_spool) {
			(void)why_set(why, -EAGAIN, "the next hop does not take it now");
			return settle_temporary();
		}
	}
	/* When this fails, recipients that are served already will get the message again: the
	 * only other way would be to lose it for the rest. */
	if (commit(s, p, &c, why) == 0)
		return reply;
	return settle_temporary();
}

/* All fields that go on top; signatures first, since they cover none of the others. */
static int add_fields(struct settler *s, struct passage *p, struct why *why)
{
	const struct conf *conf = p->policy->conf;
	str results = fields_results(p->arena, conf->hostname, &p->j.auth), signatures;
	str others = conf->role == CONF_ROLE_OUT
			     ? fields_to_add_out(p->arena, conf, &p->env, p->cuts.hops)
			     : fields_to_add(p->arena, conf, &p->env, results, &p->j.verdict);
	int r = signing_fields(p->arena, conf, &s->signer, &p->j.facts, &p->j.auth, results,
			       clock_wall(), &signatures, why);

	if (r == SIGNING_OK)
		p->prepend = arena_fmt(p->arena, "%.*s%.*s", STR_ARG(signatures), STR_ARG(others));
	return r;
}

struct verdict_reply settle(struct settler *s, struct passage *p, struct verdict_reply reply,
			    struct why *why)
{
	enum spool_disposition disposition = disposition_of(p->j.verdict.action);
	struct msg_commit c;

	if (disposition != SPOOL_DELIVER && disposition != SPOOL_QUARANTINE) {
		c = describe(p, disposition);
		note(s, p, &c, disposition, NULL);
		return reply;
	}
	switch (add_fields(s, p, why)) {
	case SIGNING_OK:
		break;
	case SIGNING_E_UNSIGNABLE:
		return (struct verdict_reply){ 550, "5.6.0",
					       STR("too many header fields or addresses to sign") };
	default:
		return settle_temporary();
	}
	if (disposition == SPOOL_DELIVER) {
		reply = deliver(s, p, reply, why);
		if (reply.code == 250)
			reportmail_tell(s->store, p);
		return reply;
	}
	c = describe(p, disposition);
	if (commit(s, p, &c, why) < 0 && reply.code == 250)
		return settle_temporary();
	return reply;
}
