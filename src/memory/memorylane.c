#include "memory/memorylane.h"

#include <errno.h>
#include <math.h>

/* Counts travel in thousandths. */
enum { NOTE_MS = 100, UNIT = 1000, TIME_MAX = UINT32_MAX };

static uint64_t to_units(double n)
{
	return n > 0 ? (uint64_t)(fmin(n, MEMORY_COUNT_MAX) * UNIT + 0.5) : 0;
}

static double from_units(uint64_t n)
{
	return (double)(n < (uint64_t)MEMORY_COUNT_MAX * UNIT ? n
							      : (uint64_t)MEMORY_COUNT_MAX * UNIT) /
	       UNIT;
}

static int64_t to_time(uint64_t n)
{
	return n < TIME_MAX ? (int64_t)n : TIME_MAX;
}

/* --- who asks */

static str cut(str text)
{
	return str_sub(text, 0, MEMORY_MAX_TEXT);
}

static bool take_facts(const struct msg_recalled *m, size_t n, struct memory_fact *ret)
{
	if (m->first.n != n || m->last.n != n || m->good.n != n || m->bad.n != n || m->value.n != n)
		return false;
	for (size_t i = 0; i < n; i++)
		ret[i] = (struct memory_fact){ .first_seen = to_time(m->first.v[i]),
					       .last_seen = to_time(m->last.v[i]),
					       .good = from_units(m->good.v[i]),
					       .bad = from_units(m->bad.v[i]),
					       .value = (uint32_t)m->value.v[i] };
	return true;
}

static int recall(void *ctx, struct arena *a, const struct memory_name *names, size_t n,
		  int64_t now, deadline d, struct memory_fact *ret, struct why *why)
{
	uint64_t kinds[MEMORY_MAX_NAMES];
	str texts[MEMORY_MAX_NAMES];
	struct msg q = { .type = MSG_recall }, answer;
	int r;

	for (size_t i = 0; i < n; i++) {
		kinds[i] = names[i].kind;
		texts[i] = cut(names[i].text);
	}
	q.recall = (struct msg_recall){ (uint64_t)now, { kinds, n }, { texts, n } };
	r = lanes_ask(ctx, &q, MSG_recalled, a, d, &answer, why);
	if (r == 0 && !take_facts(&answer.recalled, n, ret))
		r = why_set(why, -EPROTO, "memory: the answer does not fit the question");
	return r;
}

static int note(void *ctx, const struct memory_change *changes, size_t n, int64_t now,
		struct why *why)
{
	uint64_t kinds[MEMORY_MAX_NAMES], good[MEMORY_MAX_NAMES], bad[MEMORY_MAX_NAMES];
	uint64_t values[MEMORY_MAX_NAMES], forget[MEMORY_MAX_NAMES];
	str texts[MEMORY_MAX_NAMES];
	struct msg m = { .type = MSG_remember };

	for (size_t i = 0; i < n; i++) {
		kinds[i] = changes[i].name.kind;
		texts[i] = cut(changes[i].name.text);
		good[i] = to_units(changes[i].good);
		bad[i] = to_units(changes[i].bad);
		values[i] = changes[i].value;
		forget[i] = changes[i].forget;
	}
	m.remember = (struct msg_remember){ (uint64_t)now, { kinds, n },  { texts, n }, { good, n },
					    { bad, n },	   { values, n }, { forget, n } };
	return lanes_tell(ctx, &m, deadline_in(NOTE_MS), why);
}

struct memory memorylane_over(struct lanes *lanes)
{
	return (struct memory){ recall, note, lanes };
}

/* --- who answers */

static bool take_names(const struct msg_nums *kinds, const struct msg_texts *texts,
		       struct memory_name *ret)
{
	if (kinds->n != texts->n)
		return false;
	for (size_t i = 0; i < kinds->n; i++) {
		if (kinds->v[i] >= MEMORY_KINDS)
			return false;
		ret[i] = (struct memory_name){ (enum memory_kind)kinds->v[i], texts->v[i] };
	}
	return true;
}

static int answer_recall(const struct memory *m, struct chan *c, const struct msg_recall *q,
			 struct arena *a, struct why *why)
{
	struct memory_name names[MEMORY_MAX_NAMES];
	struct memory_fact facts[MEMORY_MAX_NAMES];
	uint64_t numbers[5][MEMORY_MAX_NAMES];
	struct msg answer = { .type = MSG_recalled };
	size_t n = q->kinds.n;

	if (!take_names(&q->kinds, &q->texts, names))
		return why_set(why, -EPROTO, "recall: names and kinds do not fit");
	/* An error leaves all absent, which is an answer. */
	defs_ignore(
		memory_recall(m, a, names, n, to_time(q->at), deadline_in(MEMORY_MS), facts, why));
	for (size_t i = 0; i < n; i++) {
		numbers[0][i] = (uint64_t)facts[i].first_seen;
		numbers[1][i] = (uint64_t)facts[i].last_seen;
		numbers[2][i] = to_units(facts[i].good);
		numbers[3][i] = to_units(facts[i].bad);
		numbers[4][i] = facts[i].value;
	}
	answer.recalled = (struct msg_recalled){ { numbers[0], n },
						 { numbers[1], n },
						 { numbers[2], n },
						 { numbers[3], n },
						 { numbers[4], n } };
	return chan_send(c, &answer, why);
}

static int take_note(const struct memory *m, const struct msg_remember *q, struct why *why)
{
	struct memory_name names[MEMORY_MAX_NAMES];
	struct memory_change changes[MEMORY_MAX_NAMES];
	size_t n = q->kinds.n;

	if (!take_names(&q->kinds, &q->texts, names) || q->good.n != n || q->bad.n != n ||
	    q->value.n != n || q->forget.n != n)
		return why_set(why, -EPROTO, "remember: names and numbers do not fit");
	for (size_t i = 0; i < n; i++)
		changes[i] = (struct memory_change){ .name = names[i],
						     .good = from_units(q->good.v[i]),
						     .bad = from_units(q->bad.v[i]),
						     .value = (uint32_t)q->value.v[i],
						     .forget = q->forget.v[i] != 0 };
	return memory_note(m, changes, n, to_time(q->at), why);
}

int memorylane_answer(const struct memory *m, struct chan *c, const struct msg *q, struct arena *a,
		      struct why *why)
{
	if (q->type == MSG_recall)
		return answer_recall(m, c, &q->recall, a, why);
	if (q->type == MSG_remember)
		return take_note(m, &q->remember, why);
	return why_set(why, -EPROTO, "memory knows no such message");
}
