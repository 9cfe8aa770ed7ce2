#include "audit/auditrun.h"

#include "audit/journal.h"
#include "base/fd.h"
#include "base/ident.h"
#include "base/map.h"

#include <errno.h>
#include <fnmatch.h>
#include <poll.h>
#include <sys/eventfd.h>

enum { RUN_BUDGET = 1 << 30, ONE_BUDGET = 1 << 29, LOOK_MS = 500, LISTEN_MS = 2000, ID_MAX = 64 };

/* What is known of a row while it is under way. */
struct entry {
	size_t row;
	bool is_wanted; /* to be sent, now or in the run that is taken up */
	bool has_posting, has_arrival;
	struct posting posting;
	struct arrival arrival;
	struct arrival_print *print;
	str symbols;
};

struct work {
	const struct auditrun_spec *spec;
	struct auditrun *run;
	struct arena *arena;
	struct map by_id; /* struct entry */
	ARENA_VEC(struct entry *) entries;
	struct journal journal;
	struct letter_world world;
	int never; /* an eventfd that nobody writes to: something to wait for */
	deadline next;
	size_t done;
	bool awaits_earlier; /* messages of the run that is taken up */
	int error;
	struct why *why;
};

static struct fate_row *row_of(struct work *w, const struct entry *e)
{
	return &w->run->rows.v[e->row];
}

static bool fits(const char *const *patterns, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++) {
		if (fnmatch(patterns[i], id, 0) == 0)
			return true;
	}
	return false;
}

static bool chosen(const struct auditrun_spec *s, str id)
{
	char text[ID_MAX];

	snprintf(text, sizeof(text), "%.*s", STR_ARG(id));
	return (!s->n_only || fits(s->only, s->n_only, text)) && !fits(s->skip, s->n_skip, text);
}

/* True when a message of that case may fit one of the patterns: those of the others, which take
 * long to make, are left unmade. */
static bool may_be_chosen(const struct auditrun_spec *s, str case_id)
{
	for (size_t i = 0; i < s->n_only; i++) {
		str fixed = str_sub(str_c(s->only[i]), 0, strcspn(s->only[i], "*?[\\"));
		size_t n = fixed.n < case_id.n ? fixed.n : case_id.n;

		if (str_eq(str_sub(fixed, 0, n), str_sub(case_id, 0, n)))
			return true;
	}
	return s->n_only == 0;
}

static void make_chosen(struct work *w, battery_take_fn *take)
{
	const struct battery_case *c;

	for (size_t i = 0; (c = battery_case_at(i)); i++) {
		if (may_be_chosen(w->spec, battery_case_id(c)))
			battery_make(battery_case_id(c), w->spec->seed, take, w);
	}
}

static struct entry *add(struct work *w, struct fate_row row)
{
	struct entry *e = arena_make(w->arena, struct entry);

	bug_if(w->run->rows.n == AUDITRUN_ROWS);
	e->row = w->run->rows.n;
	*arena_push(w->arena, &w->run->rows) = row;
	*arena_push(w->arena, &w->entries) = e;
	map_set(&w->by_id, row.id, e);
	return e;
}

/* Why it cannot be tested from here; NULL: it can. */
static const char *untestable(const struct work *w, const struct battery_message *m)
{
	if (letter_needs_zone(&w->world, m))
		return "needs the DNS of the battery: poterne audit --zone, then without --from";
	if (letter_needs_client(m) && !w->run->xclient)
		return "needs the client's address: have the gateway allow XCLIENT from here";
	return NULL;
}

static void plan_one(void *ctx, const struct battery_message *m)
{
	struct work *w = ctx;
	const char *reason;
	struct entry *e;

	if (!chosen(w->spec, m->id))
		return;
	e = add(w, (struct fate_row){
			   .id = arena_str(w->arena, m->id),
			   .case_id = arena_str(w->arena, m->case_id),
			   .group = arena_str(w->arena, m->group),
			   .title = arena_str(w->arena, m->title),
			   .allowed = m->allowed,
			   .malicious = m->malicious,
			   .judgement = FATE_UNCLEAR,
		   });
	e->symbols = arena_str(w->arena, m->symbols);
	reason = untestable(w, m);
	e->is_wanted = !reason;
	if (reason) {
		row_of(w, e)->judgement = FATE_SKIPPED;
		row_of(w, e)->note = str_c(reason);
	}
}

static void plan_dialogue(struct work *w)
{
	const struct dialogue_case *c;

	for (size_t i = 0; (c = dialogue_at(i)); i++) {
		if (!chosen(w->spec, dialogue_id(c)))
			continue;
		add(w, (struct fate_row){ .id = dialogue_id(c),
					  .case_id = dialogue_case_id(c),
					  .group = dialogue_group(c),
					  .title = dialogue_title(c),
					  .fate = FATE_DIALOGUE,
					  .judgement = FATE_UNCLEAR })
			->is_wanted = true;
	}
}

/* What the gateway offers, before anything else: it decides what can be tested. */
static int probe(struct work *w)
{
	cleanup(arena_freep) struct arena *a = arena_new("probe", 1 << 20);
	const struct talk_target *to = &w->spec->target;
	struct smtpreply reply = { 0 };
	struct talk t;
	int r = talk_open(&t, to, a);

	if (r == TALK_OK)
		r = talk_greeting(&t, &reply);
	if (r == TALK_OK && reply.code == 220)
		r = talk_hello(&t, to->name, &reply);
	w->run->greeting = arena_str(w->arena, smtpreply_text(&t.greeting));
	w->run->xclient = t.ext & TALK_XCLIENT;
	w->run->starttls = t.ext & TALK_STARTTLS;
	talk_close(&t);
	if (r != TALK_OK)
		return why_set(w->why, -ECONNREFUSED, "%.*s: %s", STR_ARG(w->spec->target_name),
			       talk_trouble(r));
	if (reply.code / 100 != 2)
		return why_set(w->why, -EPROTO, "%.*s: %.*s", STR_ARG(w->spec->target_name),
			       STR_ARG(smtpreply_text(&reply)));
	return 0;
}

static void restore(void *ctx, const struct journal_entry *j)
{
	struct work *w = ctx;
	struct entry *e = map_get(&w->by_id, j->id);
	struct fate_row *row;

	if (!e)
		return;
	row = row_of(w, e);
	if (j->what == JOURNAL_ARRIVED) {
		e->has_arrival = true;
		e->arrival = j->arrival;
	} else if (j->what == JOURNAL_SENT && j->posting.code / 100 != 4 && j->posting.code) {
		/* What was deferred or got no answer is tried again. */
		e->has_posting = true;
		e->posting = j->posting;
		w->awaits_earlier = true;
	} else if (j->what == JOURNAL_DIALOGUE) {
		e->has_posting = true;
		row->judgement = j->judgement;
		row->note = j->note;
		row->transcript = j->transcript;
	}
}

static void note(struct work *w, const struct journal_entry *j)
{
	cleanup(arena_freep) struct arena *a = arena_new("journal", 8 << 20);

	if (!w->error && journal_add(&w->journal, a, j, w->why) < 0)
		w->error = -EIO;
}

static struct entry *unmarked(struct work *w, struct arena *a, str message)
{
	struct arrival_print *p = arena_make(a, struct arrival_print);

	arrival_print(a, message, p);
	for (size_t i = 0; i < w->entries.n; i++) {
		struct entry *e = w->entries.v[i];

		if (e->print && !e->has_arrival && e->print->body == p->body)
			return e;
	}
	return NULL;
}

static void arrived_dialogue(struct work *w, struct entry *e, str id, struct arena *a, str message)
{
	struct fate_row *row = row_of(w, e);
	struct arrival_print *sent = arena_make(a, struct arrival_print);
	struct arrival r;

	arrival_print(a, STR("Subject: " DIALOGUE_SUBJECT "\r\n\r\n"), sent);
	/* filters that name what they found say it in such names. */
	arrival_compare(a, sent, STR("HELO"), message, &r);
	if (str_ends(id, STR("-second"))) {
		row->judgement = FATE_DANGER;
		row->note = STR("the second message arrived");
	} else {
		dialogue_arrived(row, w->arena, message, &r);
	}
	e->has_arrival = true;
	note(w, &(struct journal_entry){ .what = JOURNAL_DIALOGUE,
					 .id = row->id,
					 .judgement = row->judgement,
					 .transcript = row->transcript,
					 .note = row->note });
}

static void arrived(void *ctx, str message)
{
	cleanup(arena_freep) struct arena *a = arena_new("arrival", ONE_BUDGET);
	struct work *w = ctx;
	str id = letter_marked(a, w->run->run, message), base = id;
	struct entry *e;

	if (str_ends(id, STR("-second")))
		base.n -= 7;
	e = id.n ? map_get(&w->by_id, base) : unmarked(w, a, message);
	if (!e) {
		w->run->strays++;
		return;
	}
	if (row_of(w, e)->fate == FATE_DIALOGUE) {
		arrived_dialogue(w, e, id, a, message);
		return;
	}
	if (e->has_arrival || !e->print)
		return;
	arrival_compare(a, e->print, e->symbols, message, &e->arrival);
	e->arrival.marks = arena_str(w->arena, e->arrival.marks);
	e->has_arrival = true;
	note(w, &(struct journal_entry){
			.what = JOURNAL_ARRIVED, .id = row_of(w, e)->id, .arrival = e->arrival });
}

static void look(struct work *w)
{
	if (!w->error && w->spec->watch.ctx &&
	    w->spec->watch.look(w->spec->watch.ctx, arrived, w, w->why) < 0)
		w->error = -EIO;
}

static void wait_until(struct work *w, deadline d)
{
	(void)!stream_wait(w->never, POLLIN, d, NULL);
}

static void wait_for_turn(struct work *w)
{
	wait_until(w, w->next);
	w->next = deadline_in(w->spec->pause_ms);
}

static void progress(struct work *w, const struct fate_row *row)
{
	if (w->spec->progress)
		w->spec->progress(w->spec->progress_ctx, w->done, w->run->rows.n, row);
}

static void keep_posting(struct work *w, struct entry *e, const struct posting *p)
{
	e->posting = *p;
	e->posting.text = arena_str(w->arena, p->text);
	e->posting.transcript = arena_str(w->arena, p->transcript);
	e->has_posting = true;
	note(w, &(struct journal_entry){
			.what = JOURNAL_SENT, .id = row_of(w, e)->id, .posting = e->posting });
}

/* What an earlier run sent may arrive at any time: it must be known before the first look. */
static void remember_one(void *ctx, const struct battery_message *m)
{
	cleanup(arena_freep) struct arena *a = NULL;
	struct work *w = ctx;
	struct entry *e = map_get(&w->by_id, m->id);
	struct posting_letter letter;

	if (!e || !e->has_posting || e->has_arrival)
		return;
	a = arena_new("letter", ONE_BUDGET);
	letter_make(a, &w->world, m, &letter);
	e->print = arena_make(w->arena, struct arrival_print);
	arrival_print(a, letter.bytes, e->print);
}

static void send_one(void *ctx, const struct battery_message *m)
{
	cleanup(arena_freep) struct arena *a = NULL;
	struct work *w = ctx;
	struct entry *e = map_get(&w->by_id, m->id);
	struct posting_letter letter;
	struct posting p;

	if (w->error || !e || !e->is_wanted)
		return;
	w->done++;
	if (e->has_posting)
		return;
	a = arena_new("letter", ONE_BUDGET);
	letter_make(a, &w->world, m, &letter);
	e->print = arena_make(w->arena, struct arrival_print);
	arrival_print(a, letter.bytes, e->print);
	wait_for_turn(w);
	posting_send(&w->spec->target, a, &letter, &p);
	keep_posting(w, e, &p);
	look(w);
	row_of(w, e)->fate = fate_of(&p, false, NULL);
	progress(w, row_of(w, e));
}

static void dialogue_one(struct work *w, const struct dialogue_case *c, struct entry *e)
{
	cleanup(arena_freep) struct arena *a = arena_new("dialogue", 64 << 20);
	const struct auditrun_spec *s = w->spec;
	const struct dialogue_setting setting = {
		.to = &s->target,
		.run = w->run->run,
		.from = s->world.from.n ? s->world.from : STR("marie.martin@partner.example"),
		.rcpt = s->world.rcpt,
		.loopback = s->loopback,
		.listen_ms = LISTEN_MS,
		.wishes = &s->dialogue,
	};
	struct fate_row *row = row_of(w, e), got = *row;

	wait_for_turn(w);
	dialogue_run(c, &setting, a, &got);
	row->judgement = got.judgement;
	row->code = got.code;
	row->text = arena_str(w->arena, got.text);
	row->note = arena_str(w->arena, got.note);
	row->transcript = arena_str(w->arena, got.transcript);
	note(w, &(struct journal_entry){ .what = JOURNAL_DIALOGUE,
					 .id = row->id,
					 .judgement = row->judgement,
					 .transcript = row->transcript,
					 .note = row->note });
}

static void talk_all(struct work *w)
{
	const struct dialogue_case *c;

	for (size_t i = 0; (c = dialogue_at(i)); i++) {
		struct entry *e = map_get(&w->by_id, dialogue_id(c));

		if (w->error || !e)
			continue;
		w->done++;
		if (e->has_posting)
			continue;
		dialogue_one(w, c, e);
		look(w);
		progress(w, row_of(w, e));
	}
}

static bool is_awaited(struct work *w, const struct entry *e)
{
	const struct fate_row *row = row_of(w, e);

	if (e->has_arrival)
		return false;
	if (row->fate == FATE_DIALOGUE)
		return row->judgement == FATE_UNCLEAR && row->code / 100 == 2;
	return e->has_posting && e->posting.stage == POSTING_END && e->posting.code / 100 == 2;
}

static size_t awaited(struct work *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->entries.n; i++)
		n += is_awaited(w, w->entries.v[i]);
	return n;
}

static void wait_for_arrivals(struct work *w)
{
	deadline end = deadline_in(w->spec->wait_ms);

	if (!w->spec->watch.ctx)
		return;
	look(w);
	while (!w->error && awaited(w) && clock_left(end)) {
		progress(w, NULL);
		wait_until(w, clock_sooner(end, deadline_in(LOOK_MS)));
		look(w);
	}
}

static void judge(struct work *w)
{
	for (size_t i = 0; i < w->entries.n; i++) {
		struct entry *e = w->entries.v[i];
		struct fate_row *row = row_of(w, e);
		const struct arrival *arrival = e->has_arrival ? &e->arrival : NULL;

		if (row->fate == FATE_DIALOGUE || !e->has_posting)
			continue;
		row->fate = fate_of(&e->posting, w->spec->watch.ctx, arrival);
		row->judgement = fate_judge(row->fate, row->allowed, row->malicious, arrival);
		row->stage = e->posting.stage;
		row->code = e->posting.code;
		row->text = e->posting.text;
		row->transcript = e->posting.transcript;
		if (arrival)
			row->note = arrival->marks;
	}
}

static int open_journal(struct work *w)
{
	struct journal_head head = { .run = w->run->run,
				     .target = w->spec->target_name,
				     .from = w->world.from,
				     .rcpt = w->world.rcpt,
				     .seed = w->spec->seed };
	int r;

	w->journal.fd = -1;
	if (!w->spec->journal)
		return 0;
	r = journal_open(w->spec->journal, w->arena, &head, restore, w, &w->journal, w->why);
	w->run->run = head.run;
	return r;
}

static int work_on(struct work *w)
{
	int r = probe(w);

	if (r < 0)
		return r;
	make_chosen(w, plan_one);
	plan_dialogue(w);
	if (w->spec->dry)
		return 0;
	r = open_journal(w);
	if (r < 0)
		return r;
	w->world.run = w->run->run;
	if (w->awaits_earlier)
		make_chosen(w, remember_one);
	/* What lay there before is nobody's. */
	look(w);
	w->run->strays = 0;
	/* The dialogue first: a gateway that has had enough of us may not let us speak later. */
	talk_all(w);
	make_chosen(w, send_one);
	wait_for_arrivals(w);
	journal_close(&w->journal);
	judge(w);
	return w->error;
}

int auditrun(const struct auditrun_spec *spec, struct auditrun **ret, struct why *why)
{
	struct arena *a = arena_new("audit run", RUN_BUDGET);
	struct auditrun *run = arena_make(a, struct auditrun);
	struct ident id = ident_make(clock_wall_ms());
	struct work w = { .spec = spec,
			  .run = run,
			  .arena = a,
			  .by_id = map_make(a),
			  .world = spec->world,
			  .never = eventfd(0, EFD_CLOEXEC),
			  .why = why };
	int r;

	bug_if(w.never < 0);
	*run = (struct auditrun){ .arena = a, .run = arena_str(a, ident_str(&id)) };
	w.journal.fd = -1;
	r = work_on(&w);
	fd_close(w.never);
	if (r < 0)
		auditrun_free(run);
	else
		*ret = run;
	return r;
}

void auditrun_free(struct auditrun *r)
{
	if (r)
		arena_free(r->arena);
}
