#include "scan/scannerevidence.h"

#include "inspect/inspect.h"
#include "inspect/magic.h"
#include "rules/rules.h"
#include "sys/metrics.h"

#include <errno.h>
#include <signal.h>

/* QUESTION_BUDGET: buffers and an answer, however long it is. */
enum { TASK_BUDGET = 32 << 20, QUESTION_BUDGET = 64 << 20 };
enum { TASK_STACK = 1 << 20 /* jansson takes most of it, for nested answers */ };

void scannerevidence_gates_init(struct scannerevidence_gates *g)
{
	for (size_t i = 0; i < SCANNERROW_ROWS; i++)
		gate_init(&g->of[i]);
}

uint32_t scannerevidence_wants(const struct scannerrows *rows)
{
	uint32_t wants = 0;

	for (size_t i = 0; i < rows->n; i++) {
		if (rows->v[i].send == SCANNERROW_ATTACHMENTS)
			wants |= INSPECT_WANTS_ATTACHMENTS;
		if (rows->v[i].send == SCANNERROW_DOCUMENTS)
			wants |= INSPECT_WANTS_DOCUMENTS;
	}
	return wants;
}

/* --- asking, in a thread --- */

/* What stays of an answer are its words: a message may have many files with long answers. */
static void keep_words(struct scannerevidence_task *t, size_t i, const struct scanner_answer *said)
{
	struct scanner_answer *answer = &t->answers[i];

	for (size_t k = 0; k < said->words.n; k++)
		*arena_push(t->arena, &answer->words) =
			(struct scanner_word){ arena_str(t->arena, said->words.v[k].word),
					       arena_str(t->arena, said->words.v[k].text) };
}

static void ask_one(struct scannerevidence_task *t, size_t i)
{
	cleanup(arena_freep) struct arena *a = NULL;
	struct scanner_answer said;
	struct why why = { "" };

	if (!gate_enter(t->gate, t->row->connections, t->until)) {
		t->whys[i] = STR("too many questions wait for it");
		return;
	}
	a = arena_new("scanner question", QUESTION_BUDGET);
	if (scanner_ask(a, t->row, &t->subjects[i], t->until, &said, &why) < 0)
		t->whys[i] = arena_str(t->arena, str_c(why.text[0] ? why.text : "no answer"));
	else
		keep_words(t, i, &said);
	gate_leave(t->gate);
}

static void *ask(void *ctx)
{
	struct scannerevidence_task *t = ctx;

	for (size_t i = 0; i < t->n; i++)
		ask_one(t, i);
	return NULL;
}

static bool start_thread(struct scannerevidence_task *t)
{
	sigset_t all, before;
	pthread_attr_t attr;
	bool made;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, TASK_STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	made = pthread_create(&t->thread, &attr, ask, t) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return made;
}

static void start(struct scannerevidence *s, const struct scannerrow *row,
		  struct scanner_subject *subjects, str *places, size_t n, bool missing)
{
	struct scannerevidence_task *t = &s->tasks[s->n++];

	*t = (struct scannerevidence_task){
		.row = row,
		.gate = &s->gates->of[row - s->rows->v],
		.subjects = subjects,
		.places = places,
		.n = n,
		.until = clock_sooner(s->until, deadline_in(row->timeout)),
		.missing = missing,
		.arena = arena_new("scanner", TASK_BUDGET),
	};
	t->answers = arena_array(t->arena, struct scanner_answer, n);
	t->whys = arena_array(t->arena, str, n);
	if (n > 0)
		t->has_thread = start_thread(t);
	if (n > 0 && !t->has_thread)
		(void)ask(t);
}

void scannerevidence_begin(struct scannerevidence *s, struct scannerevidence_gates *gates,
			   const struct scannerrows *rows, struct arena *a, str hostname,
			   const struct envelope *env, str message, deadline d)
{
	s->gates = gates;
	s->rows = rows;
	s->n = 0;
	s->until = d;
	s->envelope =
		(struct scanner_envelope){ hostname,	     env->mid,		env->client_ip,
					   env->helo,	     env->reverse_path, env->recipients,
					   env->n_recipients };
	for (size_t i = 0; i < rows->n; i++) {
		struct scanner_subject *about;

		if (rows->v[i].send != SCANNERROW_MESSAGE)
			continue;
		about = arena_make(a, struct scanner_subject);
		*about = (struct scanner_subject){ .envelope = &s->envelope,
						   .bytes = message,
						   .whole = true,
						   .filename = STR(""),
						   .type = STR("") };
		start(s, &rows->v[i], about, arena_make(a, str), 1, false);
	}
}

/* The inspector extracted for all services together. */
static bool is_for(const struct scannerrow *row, const struct facts_part *p)
{
	if (row->send == SCANNERROW_DOCUMENTS)
		return magic_family_of(p->detected) == MAGIC_OFFICE;
	return p->flags & FACTS_PART_ATTACHMENT && str_chr(p->path, '/') == STR_NONE;
}

static void start_files(struct scannerevidence *s, const struct scannerrow *row, struct arena *a,
			const struct facts *f, bool missing)
{
	struct scanner_subject *about = arena_array(a, struct scanner_subject, f->extracts.n);
	str *places = arena_array(a, str, f->extracts.n);
	size_t n = 0;

	for (size_t i = 0; i < f->extracts.n; i++) {
		const struct facts_extract *x = &f->extracts.v[i];
		const struct facts_part *p;

		if (x->kind != FACTS_EXTRACT_SCANNER || x->part >= f->parts.n)
			continue;
		p = &f->parts.v[x->part];
		if (!is_for(row, p))
			continue;
		places[n] = p->path;
		about[n++] = (struct scanner_subject){ .envelope = &s->envelope,
						       .bytes = x->bytes,
						       .filename = p->filename,
						       .type = p->detected };
	}
	if (n > 0 || missing)
		start(s, row, about, places, n, missing);
}

void scannerevidence_files(struct scannerevidence *s, struct arena *a, const struct facts *f)
{
	bool missing = false;

	for (size_t i = 0; i < f->limits_hit.n; i++)
		missing |= str_eq(f->limits_hit.v[i], STR(FACTS_LIMIT_SCANNER));
	for (size_t i = 0; i < s->rows->n; i++) {
		if (s->rows->v[i].send != SCANNERROW_MESSAGE)
			start_files(s, &s->rows->v[i], a, f, missing);
	}
}

/* --- what they said --- */

static void say(struct arena *a, struct evidence *e, const struct scannerrow *row, str word,
		str text, str place)
{
	str protocol = scannerrow_protocol_name(row->protocol);
	str seen = arena_fmt(a, "%.*s%s%.*s%s%.*s", STR_ARG(row->name), text.n ? ": " : "",
			     STR_ARG(text), place.n ? " in " : "", STR_ARG(place));

	evidence_add(a, e, rules_scanner_finding(a, row->name, STR(""), word), seen);
	evidence_add(a, e, rules_scanner_finding(a, STR(""), protocol, word), seen);
	evidence_add(a, e, rules_scanner_finding(a, STR(""), STR(""), word), seen);
}

static void say_failed(struct arena *a, struct evidence *e, const struct scannerrow *row, str why,
		       str place)
{
	metrics_add(METRIC_scan_scanners_failed, 1);
	e->temporary = true;
	say(a, e, row, STR("failed"), why, place);
	if (!row->weigh)
		say(a, e, row, STR("down"), why, place);
}

static void collect(struct scannerevidence_task *t, struct arena *a, struct evidence *e)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct scanner_answer *answer = &t->answers[i];

		if (t->whys[i].p) {
			say_failed(a, e, t->row, t->whys[i], t->places[i]);
			continue;
		}
		metrics_add(METRIC_scan_scanners_done, 1);
		for (size_t k = 0; k < answer->words.n; k++)
			say(a, e, t->row, arena_str(a, answer->words.v[k].word),
			    answer->words.v[k].text, t->places[i]);
	}
	if (t->missing)
		say(a, e, t->row, STR("limits"), STR("too many or too large files"), STR(""));
}

void scannerevidence_end(struct scannerevidence *s, struct arena *a, struct evidence *e)
{
	for (size_t i = 0; i < s->n; i++) {
		struct scannerevidence_task *t = &s->tasks[i];

		if (t->has_thread)
			pthread_join(t->thread, NULL);
		collect(t, a, e);
		t->arena = arena_free(t->arena);
	}
}
