/* tests/evaluate/classifier_answers.c - what the classifier itself costs, for
 * tests/evaluate/classifier.py.
 *
 *	classifier_answers HAM SPAM	learns all messages of two folders in this process and
 *judges them. Lines "NAME MICROSECONDS" of CPU a message: features (to collect them while
 *inspecting), pass (to put them into facts and take them out), learn, score, recipient (a taste of
 *50 lessons among those of 10 000 recipients), nobody (one without); then "table BYTES
 *MICROSECONDS" to take over that file
 */
#include "cli/messages.h"
#include "inspect/inspect.h"
#include "learn/tastetable.h"
#include "learn/trainer.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { KEY = 42, PEOPLE = 10000, LESSONS_EACH = 10 };

struct bench {
	struct arena *a;
	struct examples e;
	struct model model;
	struct strbuf log;
	double features, pass;
	size_t n;
};

/* Of this process only: others share the machine. */
static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double inspect(struct arena *a, str message, uint64_t key, struct facts *ret)
{
	struct inspect_limits limits = inspect_default_limits;
	double began = cpu_us();

	limits.features_key = key;
	inspect_message(a, message, NULL, &limits, ret);
	return cpu_us() - began;
}

static double passed_on(struct arena *a, const struct facts *f)
{
	double began = cpu_us();
	struct facts got;

	if (!facts_decode(a, facts_encode(a, f), &got))
		exit(1);
	return cpu_us() - began;
}

static void take(struct bench *b, const struct message_file *file, enum example_kind kind)
{
	cleanup(arena_freep) struct arena *a = arena_new("message", 1u << 30);
	struct facts with = { 0 }, without = { 0 };
	struct features none = { 0 };
	double more;
	struct why why;
	str message;

	if (messages_read(file, a, &message, &why) < 0)
		return;
	inspect(a, message, 0, &without);
	more = inspect(a, message, KEY, &with) - inspect(a, message, 0, &without);
	b->features += more;
	more = passed_on(a, &with);
	examples_add(&b->e, &with.features, kind, 1, &b->log);
	with.features = none;
	b->pass += more - passed_on(a, &with);
	b->n++;
}

static void take_folder(struct bench *b, const char *path, enum example_kind kind)
{
	struct messages m = { 0 };
	struct why why;

	if (messages_add(&m, b->a, path, &why) < 0) {
		fprintf(stderr, "%s\n", why.text);
		exit(1);
	}
	for (size_t i = 0; i < m.files.n; i++)
		take(b, &m.files.v[i], kind);
}

/* Adding each once more, as to a new file, and training. */
static double learn(struct bench *b)
{
	struct strbuf log = strbuf_make(b->a, EXAMPLES_MAX_BYTES);
	double began = cpu_us();
	struct examples e;

	if (!examples_read(b->a, examples_head(b->a, KEY), &e))
		exit(1);
	for (size_t i = 0; i < b->e.v.n; i++)
		examples_add(&e, &b->e.v.v[i]->features, b->e.v.v[i]->kind, 1, &log);
	trainer_run(b->a, &e, &b->model);
	return (cpu_us() - began) / (double)e.v.n;
}

static double score(const struct bench *b)
{
	double began = cpu_us();
	size_t silent = 0;

	for (size_t i = 0; i < b->e.v.n; i++) {
		struct model_opinion o;

		model_judge(&b->model, &b->e.v.v[i]->features, &o);
		silent += o.silence != MODEL_SPEAKS;
	}
	fprintf(stderr, "silent about %zu\n", silent);
	return (cpu_us() - began) / (double)b->e.v.n;
}

static str address_of(struct arena *a, uint32_t i)
{
	return arena_fmt(a, "user%u@hopital.example", i);
}

static int by_who(const void *a, const void *b)
{
	const struct tastetable_person *x = a, *y = b;

	return x->who[0] < y->who[0] ? -1 : x->who[0] > y->who[0];
}

/* The first by number of all digests has TASTE_LESSONS, everybody else LESSONS_EACH. */
static str table_of(const struct bench *b)
{
	struct tastetable t = { .key = KEY,
				.n_people = PEOPLE,
				.n_lessons = TASTE_LESSONS + (PEOPLE - 1) * LESSONS_EACH };
	struct tastetable_person *people = arena_array(b->a, struct tastetable_person, PEOPLE);
	struct taste_lesson *lessons = arena_array(b->a, struct taste_lesson, t.n_lessons);

	for (uint32_t i = 0; i < t.n_lessons; i++) {
		const struct example *x = b->e.v.v[i * 7 % b->e.v.n];

		taste_sample(&x->features, &lessons[i].codes);
		lessons[i].bad = x->kind == EXAMPLE_BAD;
		lessons[i].digest = i;
	}
	for (uint32_t i = 0; i < PEOPLE; i++)
		tastetable_who(t.secret, address_of(b->a, i), people[i].who);
	qsort(people, PEOPLE, sizeof(*people), by_who);
	for (uint32_t i = 0, at = 0; i < PEOPLE; at += people[i++].n) {
		people[i].first = at;
		people[i].n = i ? LESSONS_EACH : TASTE_LESSONS;
		(void)!taste_fit(&lessons[at], people[i].n);
		people[i].speaks = true; /* whatever it is worth */
	}
	t.people = people;
	t.lessons = lessons;
	return tastetable_encode(b->a, &t);
}

static double ask(const struct bench *b, const struct tastetable *t, str address)
{
	double began = cpu_us(), sum = 0;

	for (size_t i = 0; i < b->e.v.n; i++) {
		const struct tastetable_person *p = tastetable_find(t, address);
		struct taste_codes codes;

		if (!p)
			continue;
		taste_sample(&b->e.v.v[i]->features, &codes);
		sum += tastetable_weigh(t, p, &codes);
	}
	fprintf(stderr, "sum %f\n", sum);
	return (cpu_us() - began) / (double)b->e.v.n;
}

static void ask_recipients(const struct bench *b)
{
	double began = cpu_us(), fitted;
	str bytes = table_of(b), who = STR("");
	struct tastetable t;

	fitted = cpu_us();
	if (!tastetable_decode(bytes, &t))
		exit(1);
	printf("table\t%zu\t%.0f\n", bytes.n, cpu_us() - fitted);
	printf("fit\t%.1f\n", (fitted - began) / PEOPLE);
	for (uint32_t i = 0; i < PEOPLE; i++) {
		uint64_t id[2];

		who = address_of(b->a, i);
		tastetable_who(t.secret, who, id);
		if (id[0] == t.people[0].who[0])
			break;
	}
	printf("recipient\t%.1f\nnobody\t%.1f\n", ask(b, &t, who),
	       ask(b, &t, STR("nobody@hopital.example")));
}

int main(int argc, char **argv)
{
	struct bench b = { .a = arena_new("bench", SIZE_MAX) };

	setlocale(LC_CTYPE, "C.UTF-8");
	b.log = strbuf_make(b.a, EXAMPLES_MAX_BYTES);
	if (argc != 3 || !examples_read(b.a, examples_head(b.a, KEY), &b.e))
		return 1;
	take_folder(&b, argv[1], EXAMPLE_GOOD);
	take_folder(&b, argv[2], EXAMPLE_BAD);
	printf("features\t%.1f\npass\t%.1f\n", b.features / (double)b.n, b.pass / (double)b.n);
	printf("learn\t%.1f\n", learn(&b));
	printf("score\t%.1f\n", score(&b));
	ask_recipients(&b);
	return 0;
}
