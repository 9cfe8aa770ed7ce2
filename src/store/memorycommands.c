#include "store/memorycommands.h"

#include "base/log.h"
#include "memory/memorylane.h"

enum { PATIENCE_MS = 2000, LINE_BYTES = 4096 };

/* What a name may be the name of: all kinds, and the network of an address. */
struct found {
	struct memory_name names[MEMORY_KINDS + 1];
	struct memory_fact facts[MEMORY_KINDS + 1];
	size_t n;
};

static int find(struct question *q, str text, struct found *ret)
{
	struct memory m = memorylane_over(q->s->memory);
	str network = memory_network(q->a, text);

	ret->n = 0;
	for (int k = 0; k < MEMORY_KINDS; k++)
		ret->names[ret->n++] = (struct memory_name){ (enum memory_kind)k, text };
	if (network.n)
		ret->names[ret->n++] = (struct memory_name){ MEMORY_NETWORK, network };
	return memory_recall(&m, q->a, ret->names, ret->n, clock_wall(), deadline_in(PATIENCE_MS),
			     ret->facts, &q->why);
}

static int put_fact(struct question *q, const struct memory_name *name, const struct memory_fact *f)
{
	struct strbuf line = strbuf_make(q->a, LINE_BYTES);

	strbuf_fmt(&line, "{\"kind\":\"%.*s\",\"name\":", STR_ARG(memory_kind_name(name->kind)));
	strbuf_json(&line, name->text);
	strbuf_put(&line, STR(",\"first_seen\":\""));
	clock_put_rfc3339(&line, f->first_seen);
	strbuf_put(&line, STR("\",\"last_seen\":\""));
	clock_put_rfc3339(&line, f->last_seen);
	strbuf_fmt(&line, "\",\"good\":%.3f,\"bad\":%.3f,\"value\":%u}", f->good, f->bad, f->value);
	return question_put_line(q, strbuf_str(&line));
}

static void say_unknown(struct question *q)
{
	question_say(q, QUESTION_NO, STR("nothing is remembered under that name"));
}

void memorycommands_show(struct question *q)
{
	size_t shown = 0;
	struct found f;

	for (size_t i = 0; i < q->n; i++) {
		int r = find(q, q->ids[i], &f);

		for (size_t k = 0; r == 0 && k < f.n; k++) {
			if (!f.facts[k].last_seen)
				continue;
			r = put_fact(q, &f.names[k], &f.facts[k]);
			shown++;
		}
		if (r < 0) {
			question_fail(q);
			return;
		}
	}
	if (shown)
		question_hand_over(q);
	else
		say_unknown(q);
}

static int forget(struct question *q, const struct found *f, size_t *ret_n)
{
	struct memory m = memorylane_over(q->s->memory);
	struct memory_change changes[MEMORY_KINDS + 1];
	size_t n = 0;

	for (size_t k = 0; k < f->n; k++) {
		if (f->facts[k].last_seen)
			changes[n++] =
				(struct memory_change){ .name = f->names[k], .forget = true };
	}
	*ret_n += n;
	return memory_note(&m, changes, n, clock_wall(), &q->why);
}

void memorycommands_forget(struct question *q)
{
	size_t forgotten = 0;
	struct found f;

	for (size_t i = 0; i < q->n; i++) {
		int r = find(q, q->ids[i], &f);

		if (r == 0)
			r = forget(q, &f, &forgotten);
		if (r < 0) {
			question_fail(q);
			return;
		}
	}
	log_event("memory.forgotten", F_INT("rows", forgotten));
	if (forgotten)
		question_say(q, QUESTION_DONE, arena_fmt(q->a, "forgotten: %zu", forgotten));
	else
		say_unknown(q);
}
