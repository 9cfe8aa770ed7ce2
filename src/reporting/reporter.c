#include "reporting/reporter.h"

#include "base/fd.h"
#include "base/log.h"
#include "reporting/reportdest.h"
#include "reporting/reportletter.h"
#include "url/urlorg.h"

#include <errno.h>

enum { REPORT_BUDGET = 512 << 20, DAY_S = 86400 };

/* Organizations whose DNS did not answer in this round: each costs the others one wait, however
 * many names it has. */
struct silent {
	uint64_t v[256];
	size_t n;
};

/* One report. */
struct work {
	struct reporter *r;
	const struct conf *conf;
	struct arena *a;
	const struct msg_report_due *due;
	struct reportdoc doc;
	struct reportdest dest;
};

int64_t reporter_due_before(str hostname, int64_t wall)
{
	uint32_t hash = 2166136261u; /* FNV-1a: the same hour each day */

	for (size_t i = 0; i < hostname.n; i++)
		hash = (hash ^ (unsigned char)hostname.p[i]) * 16777619u;
	return (wall - (int64_t)(hash % REPORTER_SPREAD_S)) / DAY_S;
}

static int ask(struct reporter *r, struct arena *a, const struct msg *question, enum msg_type want,
	       struct msg *answer, struct why *why)
{
	return lanes_ask_within(r->store, question, want, a, deadline_in(REPORTER_WAIT_MS),
				REPORTER_WAIT_MS + REPORTER_ANSWER_MS, answer, why);
}

static int find_dest(struct work *w, struct why *why)
{
	deadline d = deadline_in(REPORTER_DNS_MS);
	bool tls = w->due->kind == REPORTDOC_TLS;

	return (tls ? reportdest_tls : reportdest_dmarc)(w->a, &w->r->dns, w->due->domain,
							 w->conf->reports.from, d, &w->dest, why);
}

static uint64_t organization(str domain)
{
	str org = urlorg_domain(domain);

	return map_hash(org.n ? org : domain, true);
}

static int find_dest_once(struct work *w, struct silent *silent, struct why *why)
{
	uint64_t org = organization(w->due->domain);
	int r;

	for (size_t i = 0; i < silent->n; i++) {
		if (silent->v[i] == org)
			return why_set(why, REPORTDEST_LATER,
				       "the DNS of its organization does not "
				       "answer");
	}
	r = find_dest(w, why);
	if (r == REPORTDEST_LATER && silent->n < ARRAY_LEN(silent->v))
		silent->v[silent->n++] = org;
	return r;
}

/* All pages of its rows. */
static int write_doc(struct work *w, struct why *why)
{
	struct msg question = { .type = MSG_report_rows, .report_rows = { w->due->id, 0 } };
	struct msg answer;
	struct reportdoc_about about = { .kind = w->due->kind == REPORTDOC_TLS ? REPORTDOC_TLS
									       : REPORTDOC_DMARC,
					 .domain = w->due->domain,
					 .head = w->due->head,
					 .begin = (int64_t)w->due->begin,
					 .end = (int64_t)w->due->end,
					 .part = (int64_t)w->due->part,
					 .left_out = (int64_t)w->due->left_out };
	int r;

	reportdoc_sign(&about, w->conf);
	reportdoc_begin(&w->doc, w->a, &about);
	do {
		r = ask(w->r, w->a, &question, MSG_report_page, &answer, why);
		if (r < 0)
			return r;
		for (size_t i = 0; i < answer.report_page.rows.n && i < answer.report_page.counts.n;
		     i++)
			reportdoc_row(&w->doc, answer.report_page.rows.v[i],
				      answer.report_page.counts.v[i]);
		question.report_rows.at = answer.report_page.at;
	} while (answer.report_page.rows.n);
	return 0;
}

static int settle(struct work *w, str *to, size_t n, str detail, int fd, struct why *why)
{
	struct msg answer,
		question = { .type = MSG_report_settle, .fds = { fd }, .n_fds = fd >= 0 };
	int r;

	question.report_settle = (struct msg_report_settle){ .id = w->due->id,
							     .recipients = { to, n },
							     .detail = str_sub(detail, 0, 512) };
	r = ask(w->r, w->a, &question, MSG_report_settled, &answer, why);
	if (r == 0 && answer.report_settled.status)
		r = why_set(why, -(int)(answer.report_settled.status & INT16_MAX), "%.*s",
			    STR_ARG(answer.report_settled.why));
	return r;
}

static int make_mail(struct work *w, const str *to, size_t n, int *ret_fd, uint64_t *ret_size,
		     struct why *why)
{
	struct strbuf mail = strbuf_make(w->a, REPORTLETTER_MAX);
	int r;

	if (!reportletter_put(&mail, &w->doc, to, n, clock_wall()))
		return why_set(why, -E2BIG, "the mail would be larger than %d bytes",
			       REPORTLETTER_MAX);
	*ret_size = mail.n;
	*ret_fd = fd_memfd("report", why);
	if (*ret_fd < 0)
		return *ret_fd;
	r = fd_write_all(*ret_fd, strbuf_str(&mail), why);
	return r < 0 ? r : fd_seal(*ret_fd, why);
}

/* Whoever set a size below that of the mail gets none (return;C 7489 6.4). */
static size_t choose(const struct work *w, uint64_t size, str *to)
{
	size_t n = 0;

	for (size_t i = 0; i < w->dest.n; i++) {
		if (w->dest.v[i].limit == 0 || size <= w->dest.v[i].limit)
			to[n++] = w->dest.v[i].mailbox;
	}
	return n;
}

static int send_doc(struct work *w, struct why *why)
{
	cleanup(fd_closep) int all = -1, some = -1;
	struct strbuf detail = strbuf_make(w->a, 4096);
	str to[REPORTDEST_MAX];
	uint64_t size = 0;
	size_t n = choose(w, 0, to), left;
	int r = make_mail(w, to, n, &all, &size, why);

	if (r < 0)
		return r;
	left = choose(w, size, to);
	if (left == 0)
		return settle(w, NULL, 0, STR("larger than its addresses take"), -1, why);
	/* The header names those who get it. */
	if (left < n)
		r = make_mail(w, to, left, &some, &size, why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < left; i++)
		strbuf_fmt(&detail, "%s%.*s", i ? " " : "", STR_ARG(to[i]));
	return settle(w, to, left, strbuf_str(&detail), left < n ? some : all, why);
}

/* Negative: it is tried again later. */
static int do_one(struct reporter *r, const struct conf *conf, struct arena *a,
		  const struct msg_report_due *due, struct silent *silent, struct why *why)
{
	struct work w = { .r = r, .conf = conf, .a = a, .due = due };
	int64_t age = clock_wall() / DAY_S - (int64_t)due->day;
	int status = find_dest_once(&w, silent, why);

	if (status == REPORTDEST_NONE || (status == REPORTDEST_LATER && age > REPORTER_DAYS))
		return settle(&w, NULL, 0, arena_str(a, str_c(why->text)), -1, why);
	if (status == REPORTDEST_LATER)
		return -EAGAIN;
	status = write_doc(&w, why);
	if (status < 0)
		return status;
	if (!reportdoc_end(&w.doc))
		return settle(&w, NULL, 0, STR("it has no rows"), -1, why);
	return send_doc(&w, why);
}

/* The next report behind *after; what could not be done now is passed over. False: there was
 * none. */
static bool step(struct reporter *r, uint64_t *after, struct silent *silent)
{
	cleanup(arena_freep) struct arena *a = arena_new("report", REPORT_BUDGET);
	const struct conf *conf = r->conf;
	int64_t before = reporter_due_before(conf->hostname, clock_wall());
	struct msg answer, question = { .type = MSG_report_next };
	struct why why = { "" };
	int status;

	/* Without an address to write from there is nothing to do but wait. */
	question.report_next = (struct msg_report_next){
		.before = conf->reports.from.n ? (uint64_t)before : 0,
		.after = conf->reports.from.n ? *after : INT64_MAX,
		.wait_ms = REPORTER_WAIT_MS,
	};
	if (ask(r, a, &question, MSG_report_due, &answer, &why) < 0 || answer.report_due.id == 0)
		return false;
	status = do_one(r, conf, a, &answer.report_due, silent, &why);
	if (status < 0)
		log_event("report.later", F_STR("domain", answer.report_due.domain),
			  F_C("why", why.text));
	if (status < 0 && status != -EPIPE) /* a store that died is back at once */
		*after = answer.report_due.id;
	return true;
}

void reporter_run(void *reporter)
{
	struct reporter *r = reporter;
	deadline again = deadline_in(REPORTER_AGAIN_MS);
	struct silent silent = { .n = 0 };
	uint64_t after = 0;

	for (;;) {
		/* Only behind the last one: domains whose DNS is slow would have all time. */
		if (!step(r, &after, &silent) && clock_left(again) == 0) {
			after = silent.n = 0;
			again = deadline_in(REPORTER_AGAIN_MS);
		}
	}
}
