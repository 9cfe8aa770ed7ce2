#include "store/delivery.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"

#include <errno.h>
#include <time.h>

enum { ARENA_BUDGET = 64 << 20 };

/* One attempt for one message. */
struct attempt {
	struct store *s;
	struct arena *a;
	struct queue_entry *e;
	struct spool_message m;
	size_t *asked; /* which recipients the relay was asked for */
	size_t n_asked;
	str next_hop, reply;
	bool expired;
	bool told; /* the relay was given the question */
};

static void forget(struct attempt *t)
{
	pthread_mutex_lock(&t->s->lock);
	queue_remove(&t->s->queue, t->e);
	pthread_mutex_unlock(&t->s->lock);
}

static void put_back(struct attempt *t, int64_t pause, uint32_t attempts)
{
	pthread_mutex_lock(&t->s->lock);
	queue_put_back(&t->s->queue, t->e, deadline_in(pause), attempts);
	pthread_cond_signal(&t->s->changed);
	pthread_mutex_unlock(&t->s->lock);
}

static struct msg make_question(struct attempt *t)
{
	const struct spoolmeta *m = &t->m.meta;
	str *recipients = arena_array(t->a, str, m->n_recipients);
	str *params = m->rcpt_params ? arena_array(t->a, str, m->n_recipients) : NULL;
	struct msg q = { .type = MSG_deliver, .n_fds = 1 };

	t->asked = arena_array(t->a, size_t, m->n_recipients);
	t->n_asked = 0;
	for (size_t i = 0; i < m->n_recipients; i++) {
		if (t->m.state.recipients[i] != SPOOL_PENDING)
			continue;
		recipients[t->n_asked] = m->recipients[i];
		if (params)
			params[t->n_asked] = m->rcpt_params[i];
		t->asked[t->n_asked++] = i;
	}
	q.fds[0] = t->m.fd;
	q.deliver = (struct msg_deliver){ .id = str_c(m->id.text),
					  .offset = t->m.offset,
					  .size = m->body_size,
					  .reverse_path = m->reverse_path,
					  .recipients = { recipients, t->n_asked },
					  .body_8bit = m->body_8bit,
					  .smtputf8 = m->smtputf8,
					  .tls_wish = m->tls_wish,
					  .mail_params = m->mail_params,
					  .rcpt_params = { params, params ? t->n_asked : 0 } };
	return q;
}

/* A lane whose relay died while idle has not seen the question: the next one is taken. */
static int ask_relay(struct attempt *t, struct msg *answer, struct why *why)
{
	struct msg question = make_question(t);
	struct chan *c;
	uint64_t id;
	int r;

	for (;;) {
		c = lanes_take(t->s->relay, deadline_in(DELIVERY_AGAIN_MS), &id);
		if (!c)
			return why_set(why, -EPIPE, "poterne-relay is not there");
		r = chan_send(c, &question, why);
		if (r != -EPIPE)
			break;
		chan_free(c);
	}
	t->told = r == 0;
	if (r == 0)
		r = chan_receive(c, t->a, deadline_in(DELIVERY_MS), answer, why);
	if (r == 0 &&
	    (answer->type != MSG_delivered || answer->delivered.outcome.n != t->n_asked)) {
		msg_close(answer);
		r = why_set(why, -EPROTO, "poterne-relay answered nonsense");
	}
	if (r < 0)
		lanes_close(t->s->relay, c, r);
	else
		lanes_give(t->s->relay, c, id);
	return r;
}

static void apply(struct attempt *t, const struct msg_delivered *d)
{
	struct spool_state *state = &t->m.state;

	for (size_t i = 0; i < t->n_asked; i++) {
		if (d->outcome.v[i] == 0)
			state->recipients[t->asked[i]] = SPOOL_DONE;
		else if (d->outcome.v[i] == 5 || t->expired)
			state->recipients[t->asked[i]] = SPOOL_FAILED;
	}
	t->next_hop = d->next_hop;
	t->reply = state->reply = d->reply;
}

/* The recipients that were refused for good, in quarantine, where people look. */
static int hold_failed(struct attempt *t, struct why *why)
{
	cleanup(fd_unmapp) str file = STR_NULL;
	struct spoolmeta m = t->m.meta;
	struct bodyparts body;
	int r = fd_map(t->m.fd, SIZE_MAX, &file, why);

	if (r < 0)
		return r;
	bug_if(!bodyparts_make(t->a, STR(""), str_skip(file, t->m.offset), NULL, 0, &body));
	m.recipients = arena_array(t->a, str, t->m.meta.n_recipients);
	m.n_recipients = 0;
	m.rcpt_params = NULL; /* a released message notifies nobody */
	for (size_t i = 0; i < t->m.meta.n_recipients; i++) {
		if (t->m.state.recipients[i] == SPOOL_FAILED)
			m.recipients[m.n_recipients++] = t->m.meta.recipients[i];
	}
	return store_hold(t->s, t->a, m, &body, STR("undeliverable"), t->reply, why);
}

static void save_state(struct attempt *t)
{
	struct why why;

	if (spool_put_state(&t->s->spool, t->a, t->m.meta.id, &t->m.state, &why) < 0)
		log_event("spool.state_failed", F_C("mid", t->m.meta.id.text),
			  F_C("why", why.text));
}

static void try_later(struct attempt *t)
{
	struct spool_state *state = &t->m.state;
	int64_t pause;

	pthread_mutex_lock(&t->s->lock);
	pause = queue_pause(&t->s->queue, &t->s->settings->retry, t->e->attempts);
	pthread_mutex_unlock(&t->s->lock);
	state->attempts = t->e->attempts + 1;
	state->next_at = (clock_wall_ms() + pause) / 1000;
	save_state(t);
	log_event(
		"delivery.deferred", F_C("mid", t->m.meta.id.text), F_STR("next_hop", t->next_hop),
		F_STR("reply", t->reply), F_INT("done", spoolstate_count(state, SPOOL_DONE)),
		F_INT("pending", spoolstate_count(state, SPOOL_PENDING)),
		F_INT("attempts", state->attempts), F_INT("next_s", state->next_at - clock_wall()));
	store_note(t->s, t->m.meta.id, STR("deferred"), t->next_hop, t->reply);
	put_back(t, pause, state->attempts);
}

static void tell_end(const struct attempt *t, size_t failed)
{
	int64_t age = clock_wall() - t->m.meta.queued_at;

	if (failed)
		log_event("delivery.failed", F_C("mid", t->m.meta.id.text),
			  F_STR("next_hop", t->next_hop), F_STR("reply", t->reply),
			  F_INT("done", spoolstate_count(&t->m.state, SPOOL_DONE)),
			  F_INT("failed", failed), F_INT("attempts", t->e->attempts + 1),
			  F_INT("age_s", age));
	else
		log_event("delivery.done", F_C("mid", t->m.meta.id.text),
			  F_STR("next_hop", t->next_hop), F_STR("reply", t->reply),
			  F_INT("done", t->m.state.n_recipients),
			  F_INT("attempts", t->e->attempts + 1), F_INT("age_s", age));
}

/* Every recipient is settled. */
static void finish(struct attempt *t)
{
	size_t failed = spoolstate_count(&t->m.state, SPOOL_FAILED);
	struct why why;

	if (failed)
		save_state(t); /* a crash from here on repeats the holding, not the delivery */
	if (failed && hold_failed(t, &why) < 0) {
		log_event("quarantine.failed", F_C("mid", t->m.meta.id.text), F_C("why", why.text));
		try_later(t);
		return;
	}
	if (spool_done(&t->s->spool, t->m.meta.id, &why) < 0) {
		log_event("spool.failed", F_C("mid", t->m.meta.id.text), F_C("why", why.text));
		save_state(t); /* the next start finds it settled */
	}
	tell_end(t, failed);
	store_note(t->s, t->m.meta.id, failed ? STR("failed") : STR("delivered"), t->next_hop,
		   t->reply);
	forget(t);
}

/* No answer. When the relay had the question it may have died of this message, or after
 * delivering it: every such attempt is followed by a longer pause, and age ends them, too. */
static void without_answer(struct attempt *t, const struct why *why)
{
	unsigned lost = t->e->lost;

	log_event("delivery.no_relay", F_C("mid", t->m.meta.id.text), F_C("why", why->text));
	if (t->told && t->expired) {
		for (size_t i = 0; i < t->n_asked; i++)
			t->m.state.recipients[t->asked[i]] = SPOOL_FAILED;
		t->reply = t->m.state.reply =
			STR("451 4.3.0 every attempt ended without an answer");
		finish(t);
		return;
	}
	if (t->told)
		t->e->lost++;
	put_back(t,
		 (int64_t)DELIVERY_AGAIN_MS
			 << (lost < DELIVERY_DOUBLINGS ? lost : DELIVERY_DOUBLINGS),
		 t->e->attempts);
}

static void deliver(struct attempt *t)
{
	struct msg answer;
	struct why why;

	if (spoolstate_count(&t->m.state, SPOOL_PENDING) == 0) {
		/* Settled before a restart, or the quarantine was full then. */
		t->reply = t->m.state.reply;
		finish(t);
		return;
	}
	if (ask_relay(t, &answer, &why) < 0) {
		without_answer(t, &why);
		return;
	}
	t->e->lost = 0;
	apply(t, &answer.delivered);
	msg_close(&answer);
	if (spoolstate_count(&t->m.state, SPOOL_PENDING) > 0)
		try_later(t);
	else
		finish(t);
}

static void attempt(struct store *s, struct arena *a, struct queue_entry *e)
{
	struct attempt t = { .s = s, .a = a, .e = e, .reply = STR(""), .next_hop = STR("") };
	struct why why = { "" };
	int r = spool_read(&s->spool, a, e->id, &t.m, &why);

	if (r == SPOOL_OK) {
		t.expired = queue_expired(e, &s->settings->retry, clock_wall_ms());
		deliver(&t);
		fd_close(t.m.fd);
		return;
	}
	if (r == SPOOL_E_CORRUPT)
		log_event("spool.corrupt", F_C("file", e->id.text), F_C("why", why.text));
	else
		log_event("spool.failed", F_C("mid", e->id.text), F_C("why", why.text));
	if (r < 0)
		put_back(&t, DELIVERY_UNREADABLE_MS, e->attempts);
	else
		forget(&t);
}

static struct queue_entry *take(struct store *s)
{
	struct queue_entry *e = s->stopping ? NULL : queue_take(&s->queue, clock_now_ms());

	if (!e)
		return NULL;
	s->delivering++;
	/* Whoever takes one no longer waits for the next one: another worker does. */
	if (queue_next(&s->queue) != INT64_MAX)
		pthread_cond_signal(&s->changed);
	return e;
}

static void work_on(struct store *s, struct arena *a, struct queue_entry *e)
{
	attempt(s, a, e);
	arena_reset(a);
	pthread_mutex_lock(&s->lock);
	s->delivering--;
	if (s->stopping)
		pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

bool delivery_step(struct store *s, struct arena *a)
{
	struct queue_entry *e;

	pthread_mutex_lock(&s->lock);
	e = take(s);
	pthread_mutex_unlock(&s->lock);
	if (e)
		work_on(s, a, e);
	return e != NULL;
}

/* With the lock held: until something may be due. */
static void wait_for_work(struct store *s)
{
	deadline d = queue_next(&s->queue);
	struct timespec until = { .tv_sec = d / 1000, .tv_nsec = d % 1000 * 1000000 };

	if (d == INT64_MAX)
		pthread_cond_wait(&s->changed, &s->lock);
	else
		(void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
}

void delivery_work(void *store)
{
	struct arena *a = arena_new("delivery", ARENA_BUDGET);
	struct store *s = store;

	pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		struct queue_entry *e = take(s);

		if (!e) {
			wait_for_work(s);
			continue;
		}
		pthread_mutex_unlock(&s->lock);
		work_on(s, a, e);
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	arena_free(a);
}
