#include "store/reportcommands.h"

#include "base/clock.h"

#include <pthread.h>

enum { ROWS_AT_ONCE = 100, REPORT_ROW_TEXT = 64 << 10 };

/* What the words choose. */
struct choice {
	int64_t day; /* -1: all */
	str domain;  /* empty: all */
};

static bool read_day(struct arena *a, str s, int64_t *ret)
{
	int64_t wall;

	if (!clock_parse_rfc3339(arena_fmt(a, "%.*sT00:00:00Z", STR_ARG(s)), &wall))
		return false;
	*ret = wall / REPORTSOUT_DAY_S;
	return true;
}

/* False when the answer says why not. */
static bool choose(struct question *q, struct choice *ret)
{
	*ret = (struct choice){ .day = -1, .domain = STR("") };
	for (size_t i = 0; i < q->n; i++) {
		str word = q->ids[i];

		if (str_starts(word, STR("--domain="))) {
			ret->domain = str_skip(word, STR("--domain=").n);
		} else if (!str_starts(word, STR("--day=")) ||
			   !read_day(q->a, str_skip(word, STR("--day=").n), &ret->day)) {
			question_say(q, QUESTION_USAGE, STR("unknown words"));
			return false;
		}
	}
	if (q->s->has_reports_out)
		return true;
	question_say(q, QUESTION_ENVIRONMENT,
		     STR("the record of reports cannot be used; see the log"));
	return false;
}

struct listing {
	struct question *q;
	ARENA_VEC(struct listed {
		int64_t id;
		str line;
	})
	all;
};

static void on_report(void *ctx, int64_t id, str line)
{
	struct listing *l = ctx;

	*arena_push(l->q->a, &l->all) = (struct listed){ id, arena_str(l->q->a, line) };
}

/* False when the answer says why not. */
static bool list(struct question *q, struct listing *ret)
{
	struct choice c;

	*ret = (struct listing){ .q = q };
	if (!choose(q, &c))
		return false;
	if (reportsout_list(&q->s->reports_out, c.day, c.domain, on_report, ret, &q->why) == 0)
		return true;
	question_fail(q);
	return false;
}

void reportcommands_list(struct question *q)
{
	struct listing l;

	if (!list(q, &l))
		return;
	for (size_t i = 0; i < l.all.n; i++)
		question_on_line(q, l.all.v[i].line);
	question_hand_over(q);
}

static int put_rows(struct question *q, int64_t id)
{
	cleanup(arena_freep) struct arena *a = arena_new("rows", 256 << 20);
	struct reportsout_row rows[ROWS_AT_ONCE];
	int64_t at = 0;
	size_t n;
	int r;

	do {
		r = reportsout_rows(&q->s->reports_out, a, id, &at, rows, ROWS_AT_ONCE, &n,
				    &q->why);
		for (size_t i = 0; r == 0 && i < n; i++) {
			struct strbuf line = strbuf_make(a, REPORT_ROW_TEXT);

			strbuf_fmt(&line, "{\"count\":%lld,\"row\":", (long long)rows[i].n);
			strbuf_json(&line, rows[i].text);
			strbuf_char(&line, '}');
			r = question_put_line(q, strbuf_str(&line));
		}
		arena_reset(a);
	} while (r == 0 && n > 0);
	return r;
}

void reportcommands_show(struct question *q)
{
	struct listing l;
	int r = 0;

	if (!list(q, &l))
		return;
	for (size_t i = 0; i < l.all.n && r == 0; i++) {
		r = question_put_line(q, l.all.v[i].line);
		if (r == 0)
			r = put_rows(q, l.all.v[i].id);
	}
	if (r < 0)
		question_fail(q);
	else
		question_hand_over(q);
}

void reportcommands_send(struct question *q)
{
	const struct store_settings *s = q->s->settings;
	struct choice c;
	int n;

	if (!choose(q, &c))
		return;
	if (s->conf->reports.from.n == 0 || !conf_has_way_out(s->conf)) {
		question_say(q, QUESTION_NO,
			     STR("no reports are sent: reports.from is empty, or role is mx and "
				 "dsn.via is empty"));
		return;
	}
	if (reportsout_close_day(&q->s->reports_out, c.day, c.domain, clock_wall(), &n, &q->why) <
	    0) {
		question_fail(q);
		return;
	}
	pthread_mutex_lock(&q->s->lock);
	pthread_cond_broadcast(&q->s->closed);
	pthread_mutex_unlock(&q->s->lock);
	question_say(q, QUESTION_DONE, arena_fmt(q->a, "closed, to be sent: %d", n));
}
