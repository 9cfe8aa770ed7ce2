#include "cli/learnstatus.h"

#include "base/clock.h"
#include "cli/cli.h"
#include "learn/learnstate.h"
#include "learn/tastestate.h"

enum { BUDGET = 2047 << 20, TIME_MAX = 64, DAY_S = 24 * 3600 };

struct status {
	struct model model;
	int64_t oldest, newest; /* of what was learned, wall clock; 0: nothing */
	size_t expired;
	const char *silence;
	struct tastestate_counts tastes;
};

static void find_ages(const struct examples *e, struct status *ret)
{
	for (size_t i = 0; i < e->v.n; i++) {
		int64_t at = e->v.v[i]->at;

		if (e->v.v[i]->kind == EXAMPLE_FORGOTTEN)
			continue;
		if (ret->oldest == 0 || at < ret->oldest)
			ret->oldest = at;
		if (at > ret->newest)
			ret->newest = at;
	}
}

static str time_text(struct arena *a, int64_t at)
{
	struct strbuf b = strbuf_make(a, TIME_MAX);

	if (at)
		clock_put_rfc3339(&b, at);
	return strbuf_str(&b);
}

static void put(struct arena *a, const struct status *s, int64_t keep_s, bool json)
{
	const struct model *m = &s->model;
	str oldest = time_text(a, s->oldest), newest = time_text(a, s->newest);

	if (json) {
		printf("{\"ham\":%u,\"spam\":%u,\"oldest\":\"%.*s\",\"newest\":\"%.*s\","
		       "\"keep_days\":%lld,\"expired\":%zu,"
		       "\"wrong\":%u,\"tried\":%u,\"state\":\"%s\",\"recipients\":%zu,"
		       "\"recipients_heard\":%zu,\"lessons\":%zu}\n",
		       m->good, m->bad, STR_ARG(oldest), STR_ARG(newest),
		       (long long)(keep_s / DAY_S), s->expired, m->wrong, m->tried, s->silence,
		       s->tastes.people, s->tastes.speak, s->tastes.lessons);
		return;
	}
	printf("wanted     %u\nspam       %u\n", m->good, m->bad);
	if (s->oldest)
		printf("learned    from %.*s to %.*s\n", STR_ARG(oldest), STR_ARG(newest));
	if (s->expired)
		printf("expired    %zu are older than %lld days and go with the next lesson\n",
		       s->expired, (long long)(keep_s / DAY_S));
	if (m->tried)
		printf("newest     %u of %u judged wrong before they were learned\n", m->wrong,
		       m->tried);
	printf("state      %s\n", s->silence);
	if (s->tastes.people)
		printf("recipients %zu with %zu lessons of their own; those of %zu count\n",
		       s->tastes.people, s->tastes.lessons, s->tastes.speak);
}

static int read_state(struct arena *a, const char *dir, int64_t keep_s, struct status *ret,
		      struct why *why)
{
	struct learnstate state;
	int r = learnstate_open(&state, a, dir, why);

	if (r == 0) {
		find_ages(&state.examples, ret);
		ret->expired = examples_expired(&state.examples, clock_wall() - keep_s);
		if (state.trouble.text[0])
			fprintf(stderr, "poterne: learn: %s: %s\n", dir, state.trouble.text);
	}
	learnstate_close(&state);
	return r;
}

static int read_tastes(const char *dir, struct status *ret, struct why *why)
{
	cleanup(fd_unmapp) str map = STR_NULL;
	struct tastetable t;
	int r = tastestate_load(dir, &map, &t, why);

	if (r == STATEDIR_OK)
		ret->tastes = tastestate_count(&t);
	return r == STATEDIR_E_ABSENT ? 0 : r;
}

int learnstatus_show(const struct conf *conf, const char *dir, bool json)
{
	cleanup(arena_freep) struct arena *a = arena_new("learn status", BUDGET);
	cleanup(fd_unmapp) str map = STR_NULL;
	struct status s = { .silence = "nothing was learned" };
	struct why why = { "" };
	int64_t keep_s = conf->learn.keep / 1000;
	int r = learnstate_load(dir, &map, &s.model, &why);

	if (r == STATEDIR_OK) {
		s.silence = model_silence_name(model_state(&s.model));
		r = read_state(a, dir, keep_s, &s, &why);
	} else if (r == STATEDIR_E_ABSENT) {
		r = 0;
	}
	if (r == 0)
		r = read_tastes(dir, &s, &why);
	if (r != 0) {
		fprintf(stderr, "poterne: learn: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	put(a, &s, keep_s, json);
	return CLI_DONE;
}
