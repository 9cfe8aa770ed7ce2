#include "store/storereports.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/num.h"
#include "store/upkeep.h"

#include <errno.h>

enum { DAYS_DEFAULT = 30, DAYS_MAX = 3660, DAY = 86400 };

void storereports_open(struct store *s)
{
	static const char path[] = "records/reports-in.db";
	struct why why;
	int r = reportsin_open(&s->reports, path, &why);

	if (r == RECORDSDB_E_BROKEN) {
		log_event("records.set_aside", F_C("file", path), F_C("why", why.text));
		r = recordsdb_set_aside(path, &why);
		if (r == 0)
			r = reportsin_open(&s->reports, path, &why);
	}
	if (r != RECORDSDB_OK)
		log_event("records.failed", F_C("file", path), F_C("why", why.text));
	s->has_reports = r == RECORDSDB_OK;
}

static int keep(struct store *s, struct arena *a, const struct reportset *set,
		const struct reportsin_origin *origin, struct reportsin_result *ret,
		struct why *why)
{
	int r = -ENOENT;

	if (s->has_reports)
		r = reportsin_add(&s->reports, a, set, origin, ret, why);
	else
		(void)why_set(why, r, "records/reports-in.db cannot be used; see the log");
	if (r < 0)
		log_event("reports.failed", F_STR("mid", origin->mid), F_C("why", why->text));
	else
		log_event(
			"reports.kept", F_STR("mid", origin->mid), F_STR("sender", origin->sender),
			F_C("trusted", origin->trusted ? "yes" : "no"), F_INT("added", ret->added),
			F_INT("known", ret->known), F_INT("failure_reports", set->failures));
	return r;
}

int storereports_take(struct store *s, struct arena *a, const struct msg_reported *m, int fd)
{
	cleanup(fd_view_closep) struct fd_view bytes = { 0 };
	cleanup(fd_closep) int owned = fd;
	struct reportsin_origin origin = { m->mid, m->sender, m->authenticated == 1,
					   (int64_t)m->received_at };
	struct reportsin_result result;
	struct reportset set;
	struct why why;
	int r = msg_mail(m->bytes, owned, a, REPORTSET_MAX_BYTES, &bytes, &why);

	if (r < 0)
		return r;
	if (m->authenticated > 1 || m->received_at > INT32_MAX ||
	    !reportset_decode(a, bytes.bytes, &set))
		return -EPROTO;
	(void)keep(s, a, &set, &origin, &result, &why); /* said in the log; nobody waits */
	return 0;
}

void storereports_expire(struct store *s, int64_t now)
{
	const struct store_settings *c = s->settings;
	struct why why;
	int n = 0;

	if (!s->has_reports)
		return;
	if (reportsin_expire(&s->reports, now - c->conf->reports.keep / 1000, UPKEEP_BATCH, &n,
			     &why) < 0)
		log_event("reports.failed", F_STR("mid", STR("")), F_C("why", why.text));
	if (n)
		log_event("reports.expired", F_INT("reports", n));
}

/* False: an unknown word, or no database; the answer says so. */
static bool read_choice(struct question *q, struct reportsin_choice *ret)
{
	struct reportsin_choice c = { .domain = STR("") };
	uint64_t days = DAYS_DEFAULT;
	bool known = true;

	for (size_t i = 0; i < q->n; i++) {
		str w = q->ids[i];

		if (str_eq(w, STR("--all")))
			c.untrusted = true;
		else if (str_starts(w, STR("--domain=")))
			c.domain = str_skip(w, 9);
		else
			known &= str_starts(w, STR("--days=")) &&
				 num_u64_max(str_skip(w, 7), DAYS_MAX, &days);
	}
	c.since = clock_wall() - (int64_t)days * DAY;
	if (!known)
		question_say(q, QUESTION_USAGE, STR("unknown words"));
	else if (!q->s->has_reports)
		question_say(q, QUESTION_ENVIRONMENT,
			     STR("the database of reports cannot be used; see the log"));
	*ret = c;
	return known && q->s->has_reports;
}

void storereports_show(struct question *q)
{
	struct reportsin_choice c;

	if (!read_choice(q, &c))
		return;
	if (reportsin_dmarc(&q->s->reports, &c, question_on_line, q, &q->why) < 0)
		question_fail(q);
	else
		question_hand_over(q);
}

void storereports_tls(struct question *q)
{
	struct reportsin_choice c;

	if (!read_choice(q, &c))
		return;
	if (reportsin_tls(&q->s->reports, &c, question_on_line, q, &q->why) < 0)
		question_fail(q);
	else
		question_hand_over(q);
}

void storereports_import(struct question *q)
{
	static const struct reportsin_origin none = { { "", 0 }, { "import", 6 }, true, 0 };
	cleanup(fd_unmapp) str bytes = STR_NULL;
	struct reportsin_origin origin = none;
	struct reportsin_result result;
	struct reportset set;

	if (q->given < 0 || !fd_is_sealed(q->given) ||
	    fd_map(q->given, REPORTSET_MAX_BYTES, &bytes, &q->why) < 0 ||
	    !reportset_decode(q->a, bytes, &set)) {
		question_say(q, QUESTION_USAGE, STR("no reports came with the question"));
		return;
	}
	origin.received_at = clock_wall();
	if (keep(q->s, q->a, &set, &origin, &result, &q->why) < 0)
		question_fail(q);
	else
		question_say(q, QUESTION_DONE,
			     arena_fmt(q->a, "{\"added\":%zu,\"known\":%zu}", result.added,
				       result.known));
}
