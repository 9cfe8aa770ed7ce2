#include "store/reportdesk.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/num.h"
#include "keys/signmail.h"
#include "mail/tlswish.h"
#include "sys/metrics.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static bool is_ours(struct store *s, str domain)
{
	const struct store_settings *c = s->settings;

	return conf_is_own_domain(c->conf, domain);
}

void reportdesk_count(struct store *s, str domain, str head, str row)
{
	if (s->has_reports_out && domain.n && row.n && !is_ours(s, domain))
		reportsout_count(&s->reports_out, REPORTSOUT_DMARC, domain, head, row,
				 clock_wall());
}

void reportdesk_count_tls(struct store *s, const struct msg_texts *results)
{
	for (size_t i = 0; i < results->n; i++) {
		str row = results->v[i], domain;

		if (s->has_reports_out && str_split(&row, '\t', &domain) && row.n &&
		    !is_ours(s, domain))
			reportsout_count(&s->reports_out, REPORTSOUT_TLS, domain, STR(""), row,
					 clock_wall());
	}
}

void reportdesk_write(struct store *s)
{
	uint64_t dropped = 0;
	struct why why;

	if (reportsout_flush(&s->reports_out, &dropped, &why) < 0)
		log_event("report.not_counted", F_C("why", why.text));
	if (dropped) {
		log_event("report.left_out", F_INT("messages", dropped));
		metrics_add(METRIC_store_reports_left_out, dropped);
	}
}

/* --- what is to be written */

/* Until a person closes one, the store stops, or the time is over. */
static void wait_for_close(struct store *s, deadline d)
{
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };

	pthread_mutex_lock(&s->lock);
	if (!s->stopping)
		(void)pthread_cond_timedwait(&s->closed, &s->lock, &until);
	pthread_mutex_unlock(&s->lock);
}

static int next(struct store *s, struct chan *c, const struct msg_report_next *m, struct arena *a)
{
	struct msg answer = { .type = MSG_report_due };
	deadline d = deadline_in((int64_t)(m->wait_ms & INT32_MAX));
	struct reportsout_one one = { 0 };
	struct why why;

	for (;;) {
		if (s->has_reports_out && reportsout_next(&s->reports_out, a, (int64_t)m->before,
							  (int64_t)m->after, &one, &why) < 0)
			log_event("report.not_counted", F_C("why", why.text));
		if (one.id || clock_left(d) == 0)
			break;
		wait_for_close(s, d);
	}
	answer.report_due = (struct msg_report_due){ .id = (uint64_t)one.id,
						     .kind = one.kind,
						     .domain = one.domain,
						     .head = str_sub(one.head, 0, 1024),
						     .day = (uint64_t)one.day,
						     .begin = (uint64_t)one.begin,
						     .end = (uint64_t)one.end,
						     .part = (uint64_t)one.part,
						     .rows = (uint64_t)one.rows,
						     .left_out = (uint64_t)one.left_out };
	return chan_send(c, &answer, NULL);
}

static int page(struct store *s, struct chan *c, const struct msg_report_rows *m, struct arena *a)
{
	struct msg answer = { .type = MSG_report_page };
	struct reportsout_row rows[REPORTDESK_PAGE];
	str texts[REPORTDESK_PAGE];
	uint64_t counts[REPORTDESK_PAGE];
	int64_t at = (int64_t)m->at;
	size_t n = 0;
	struct why why;
	int r = -ENOENT;

	if (s->has_reports_out)
		r = reportsout_rows(&s->reports_out, a, (int64_t)m->id, &at, rows, REPORTDESK_PAGE,
				    &n, &why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		texts[i] = rows[i].text;
		counts[i] = (uint64_t)rows[i].n;
	}
	answer.report_page = (struct msg_report_page){ { texts, n }, { counts, n }, (uint64_t)at };
	return chan_send(c, &answer, NULL);
}

/* --- a report on its way */

/* The same report always has the same name, so it is in the spool once. */
static struct spool_id name_of(const struct reportsout_one *one)
{
	struct spool_id id;

	snprintf(id.text, sizeof(id.text), "report-%s-%lld-%lld",
		 one->kind == REPORTSOUT_TLS ? "tls" : "dmarc", (long long)one->end,
		 (long long)one->id);
	return id;
}

static struct spoolmeta make_meta(struct arena *a, const struct conf *c,
				  const struct reportsout_one *one, struct msg_texts recipients)
{
	str *params = arena_array(a, str, recipients.n);

	for (size_t i = 0; i < recipients.n; i++)
		params[i] = STR("NOTIFY=NEVER"); /* who cannot be reported to is nobody's news */
	return (struct spoolmeta){
		.id = name_of(one),
		.client_ip = STR(""),
		.helo = STR(""),
		.reverse_path = c->reports.from,
		.recipients = recipients.v,
		.n_recipients = recipients.n,
		.received_at = clock_wall(),
		.queued_at = clock_wall(),
		/* RFC 8460 3: whatever the state of the TLS it reports about. */
		.tls_wish = one->kind == REPORTSOUT_TLS ? TLS_WISH_OPTIONAL : TLS_WISH_NONE,
		.mail_params = STR(""),
		.rcpt_params = params,
		.from = c->reports.from,
		.subject = arena_fmt(a, "Report Domain: %.*s", STR_ARG(one->domain)),
		.record = STR(""),
		.held_class = STR(""),
		.held_reason = STR("")
	};
}

/* Durable when it returns 0; *ret_fresh: it was not there before. */
static int put_in_spool(struct store *s, struct arena *a, struct spoolmeta *m, int fd,
			bool *ret_fresh, struct why *why)
{
	cleanup(fd_unmapp) str mail = STR_NULL;
	const struct store_settings *c = s->settings;
	const struct signer signer = signer_over(s->keys);
	str signature, domain = str_skip(m->reverse_path, str_rchr(m->reverse_path, '@') + 1);
	struct bodyparts body;
	int r;

	if (c->conf->reports.from.n == 0 || !conf_has_way_out(c->conf))
		return why_set(why, -EPERM, "reports.from is empty, or there is no way out");
	r = fd_map(fd, REPORTDESK_MAIL_MAX, &mail, why);
	if (r < 0)
		return r;
	r = signmail_own(a, c->conf, &signer, domain, mail, m->received_at, &signature, why);
	if (r < 0)
		return r;
	bug_if(!bodyparts_make(a, signature, mail, NULL, 0, &body));
	r = spool_commit(&s->spool, a, m, &body, why);
	*ret_fresh = r == SPOOL_OK;
	m->body_size = body.size;
	return r == -EEXIST || r == SPOOL_E_ALREADY ? 0 : r; /* sent before a restart */
}

static void tell_end(const struct reportsout_one *one, str detail, bool sent)
{
	const char *about = one->kind == REPORTSOUT_TLS ? "tls" : "dmarc";

	if (sent)
		log_event("report.sent", F_C("about", about), F_STR("domain", one->domain),
			  F_INT("rows", one->rows), F_STR("detail", detail),
			  F_C("mid", name_of(one).text));
	else if (one->kind == REPORTSOUT_DMARC) /* few domains ask for reports about TLS */
		log_event("report.unwanted", F_STR("domain", one->domain), F_INT("rows", one->rows),
			  F_STR("detail", detail));
}

/* Marked before it is on its way: once delivered its name is gone from the spool. */
static int send_one(struct store *s, struct arena *a, const struct reportsout_one *one,
		    const struct msg_report_settle *m, int fd, struct why *why)
{
	const struct store_settings *c = s->settings;
	struct spoolmeta meta = make_meta(a, c->conf, one, m->recipients);
	bool fresh = false;
	int r = put_in_spool(s, a, &meta, fd, &fresh, why);

	if (r == 0)
		r = reportsout_settle(&s->reports_out, one->id, REPORTSOUT_SENT, m->detail,
				      clock_wall(), why);
	if (fresh) {
		store_put_in_history(s, &meta);
		store_enqueue_new(s, &meta);
	}
	return r;
}

/* Into the spool first: after a crash in between it is found there by its name. */
static int settle(struct store *s, struct arena *a, const struct msg_report_settle *m, int fd,
		  struct why *why)
{
	struct reportsout_one one = { 0 };
	bool sent = m->recipients.n > 0;
	int r = -ENOENT;

	if (s->has_reports_out)
		r = reportsout_find(&s->reports_out, a, (int64_t)m->id, &one, why);
	if (r < 0)
		return r;
	if (one.id == 0 || (sent && (fd < 0 || !fd_is_sealed(fd))))
		return why_set(why, -EPROTO, "report_settle: no such report, or no sealed mail");
	r = sent ? send_one(s, a, &one, m, fd, why)
		 : reportsout_settle(&s->reports_out, one.id, REPORTSOUT_UNWANTED, m->detail,
				     clock_wall(), why);
	if (r < 0)
		return r;
	metrics_add(sent ? METRIC_store_reports_sent : METRIC_store_reports_unwanted, 1);
	tell_end(&one, m->detail, sent);
	return 0;
}

void reportdesk_found(struct store *s, struct spool_id id)
{
	cleanup(arena_freep) struct arena *a = arena_new("report found", 64 << 10);
	str name = str_c(id.text);
	struct reportsout_one one = { 0 };
	struct why why = { "" };
	uint64_t number;
	int r;

	if (!s->has_reports_out || !str_starts(name, STR("report-")) ||
	    !num_u64_max(str_skip(name, str_rchr(name, '-') + 1), INT64_MAX, &number))
		return;
	r = reportsout_find(&s->reports_out, a, (int64_t)number, &one, &why);
	if (r == 0 && one.id && str_eq(str_c(name_of(&one).text), name))
		r = reportsout_settle(&s->reports_out, one.id, REPORTSOUT_SENT,
				      STR("found in the spool"), clock_wall(), &why);
	if (r < 0)
		log_event("report.failed", F_INT("errno", -r), F_C("why", why.text));
}

int reportdesk_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	cleanup(fd_closep) int fd = msg_take_fd(m, 0);
	struct msg answer = { .type = MSG_report_settled };
	struct why why = { "" };
	int r;

	if (m->type == MSG_report_next)
		return next(ctx, c, &m->report_next, a);
	if (m->type == MSG_report_rows)
		return page(ctx, c, &m->report_rows, a);
	if (m->type != MSG_report_settle)
		return -EPROTO;
	r = settle(ctx, a, &m->report_settle, fd, &why);
	if (r < 0)
		log_event("report.failed", F_INT("errno", -r), F_C("why", why.text));
	if (r == -EPROTO)
		return r;
	answer.report_settled.status = (uint64_t)-r;
	answer.report_settled.why = str_sub(str_c(why.text), 0, 512);
	return chan_send(c, &answer, &why);
}
