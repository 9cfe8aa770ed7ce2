#include "store/delivery.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "store/parts.h"
#include "store/report.h"
#include "store/reportdesk.h"

#include <errno.h>
#include <time.h>

enum { ARENA_BUDGET = 64 << 20 };

/* Something to do: a part of a message, or the sender of one to tell of a delay. */
struct task {
	struct queue_entry *e;
	enum queue_job job;
	bool too_old; /* its next failure is the last */
	struct queue_message *late;
};

/* One attempt for one part of a message. */
struct attempt {
	struct store *s;
	const struct store_settings *settings;
	struct arena *a;
	struct queue_entry *e;
	struct spool_message m;
	const str *destinations; /* of each recipient */
	size_t *asked;		 /* the recipients of this part */
	uint8_t *became;	 /* enum spool_recipient, of each of them */
	bool *expired;		 /* of each: it is the age that ends it */
	size_t n_asked;
	str next_hop, reply;
	bool too_old;  /* this attempt is the last */
	bool told;     /* the relay was given the question */
	bool took_dsn; /* the next hop sends what reports were asked for */
	bool answered; /* something was learned: it counts as an attempt */
};

static void leave(struct attempt *t)
{
	pthread_mutex_lock(&t->s->lock);
	queue_remove(&t->s->queue, t->e, store_time());
	pthread_cond_signal(&t->s->changed);
	pthread_mutex_unlock(&t->s->lock);
}

static void put_back(struct attempt *t, int64_t pause, uint32_t attempts)
{
	pthread_mutex_lock(&t->s->lock);
	queue_put_back(&t->s->queue, t->e, deadline_in(pause), attempts, store_time());
	pthread_cond_signal(&t->s->changed);
	pthread_mutex_unlock(&t->s->lock);
}

/* The recipients this part is for. */
static void choose(struct attempt *t)
{
	const struct spoolmeta *m = &t->m.meta;
	str mine = queue_name(t->e->to);

	t->destinations = parts_destinations(t->a, t->settings, m);
	t->asked = arena_array(t->a, size_t, m->n_recipients);
	t->became = arena_array(t->a, uint8_t, m->n_recipients);
	t->expired = arena_array(t->a, bool, m->n_recipients);
	t->n_asked = 0;
	for (size_t i = 0; i < m->n_recipients; i++) {
		if (parts_is_open(&t->m.state, i) && str_eq(t->destinations[i], mine)) {
			t->became[t->n_asked] = t->m.state.recipients[i];
			t->asked[t->n_asked++] = i;
		}
	}
}

static bool has_pending(const struct attempt *t)
{
	for (size_t i = 0; i < t->n_asked; i++) {
		if (t->became[i] == SPOOL_PENDING)
			return true;
	}
	return false;
}

static struct msg make_question(struct attempt *t)
{
	const struct spoolmeta *m = &t->m.meta;
	str *recipients = arena_array(t->a, str, t->n_asked);
	str *params = m->rcpt_params ? arena_array(t->a, str, t->n_asked) : NULL;
	struct msg q = { .type = MSG_deliver, .n_fds = 1 };
	size_t n = 0;

	for (size_t i = 0; i < t->n_asked; i++) {
		if (t->became[i] != SPOOL_PENDING)
			continue;
		recipients[n] = m->recipients[t->asked[i]];
		if (params)
			params[n] = m->rcpt_params[t->asked[i]];
		n++;
	}
	q.fds[0] = t->m.fd;
	q.deliver = (struct msg_deliver){ .id = str_c(m->id.text),
					  .offset = t->m.offset,
					  .size = m->body_size,
					  .reverse_path = m->reverse_path,
					  .recipients = { recipients, n },
					  .body_8bit = m->body_8bit,
					  .smtputf8 = m->smtputf8,
					  .tls_wish = m->tls_wish,
					  .mail_params = m->mail_params,
					  .rcpt_params = { params, params ? n : 0 },
					  .destination = queue_name(t->e->to) };
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
	if (r == 0 && (answer->type != MSG_delivered ||
		       answer->delivered.outcome.n != question.deliver.recipients.n)) {
		msg_close(answer);
		r = why_set(why, -EPROTO, "poterne-relay answered nonsense");
	}
	if (r < 0)
		lanes_close(t->s->relay, c, r);
	else
		lanes_give(t->s->relay, c, id);
	return r;
}

static void give_up(struct attempt *t, size_t i)
{
	t->became[i] = SPOOL_FAILED;
	t->expired[i] = true;
}

static void give_up_pending(struct attempt *t)
{
	for (size_t i = 0; i < t->n_asked; i++) {
		if (t->became[i] == SPOOL_PENDING)
			give_up(t, i);
	}
}

static void take_answer(struct attempt *t, const struct msg_delivered *d)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_asked; i++) {
		uint64_t outcome;

		if (t->became[i] != SPOOL_PENDING)
			continue;
		outcome = d->outcome.v[n++];
		if (outcome == 0)
			t->became[i] = SPOOL_DONE;
		else if (outcome == 5)
			t->became[i] = SPOOL_FAILED;
		else if (t->too_old)
			give_up(t, i);
	}
	t->answered = true;
	t->took_dsn = d->dsn;
	t->next_hop = d->next_hop;
	t->reply = d->reply;
	reportdesk_count_tls(t->s, &d->tls_results);
	pthread_mutex_lock(&t->s->lock);
	queue_learn(&t->s->queue, t->e, store_time(),
		    d->unreachable ? QUEUE_UNREACHABLE : QUEUE_REACHED, d->reply);
	pthread_mutex_unlock(&t->s->lock);
}

static size_t count(const struct attempt *t, enum spool_recipient which)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_asked; i++)
		n += t->became[i] == which;
	return n;
}

/* The usual case: this part is the whole message, and it is delivered. */
static bool is_all_done(struct attempt *t)
{
	bool alone;

	pthread_mutex_lock(&t->s->lock);
	alone = t->e->message->parts.next == t->e->message->parts.prev;
	pthread_mutex_unlock(&t->s->lock);
	return alone && t->n_asked == t->m.meta.n_recipients && count(t, SPOOL_DONE) == t->n_asked;
}

/* Into the state as it is now: other parts of the message, or a person, may have written it
 * meanwhile. */
static void apply(struct attempt *t)
{
	struct spool_state *state = &t->m.state, now;
	struct spoolmeta meta;
	struct why why;

	if (!is_all_done(t) &&
	    spool_peek(&t->s->spool, t->a, t->m.meta.id, &meta, &now, &why) == SPOOL_OK)
		*state = now;
	pthread_mutex_lock(&t->s->lock);
	state->held = t->e->message->held;
	pthread_mutex_unlock(&t->s->lock);
	for (size_t i = 0; i < t->n_asked; i++) {
		struct spool_progress *p = &state->progress[t->asked[i]];

		state->recipients[t->asked[i]] = t->became[i];
		if (!t->answered)
			continue;
		p->attempts = t->e->attempts + 1;
		p->reply = t->reply;
		p->next_hop = t->next_hop;
	}
}

/* Of those of this part that are in state which, who is to be told that; the rest of those
 * that failed want no word of it. */
static size_t who_to_tell(struct attempt *t, enum spool_recipient which, enum dsn_action action,
			  size_t *ret, bool *ret_expired)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_asked; i++) {
		if (t->became[i] != which)
			continue;
		if (report_is_wanted(&t->m.meta, t->asked[i], action)) {
			ret[n] = t->asked[i];
			ret_expired[n++] = t->expired[i];
		} else if (which == SPOOL_FAILED) {
			t->m.state.recipients[t->asked[i]] = SPOOL_TOLD;
		}
	}
	return n;
}

static int tell_failure(struct attempt *t, struct why *why)
{
	size_t *who = arena_array(t->a, size_t, t->n_asked);
	bool *expired = arena_array(t->a, bool, t->n_asked);
	size_t n = who_to_tell(t, SPOOL_FAILED, DSN_FAILED, who, expired);
	int r = n ? report_send(t->s, t->a, &t->m, DSN_FAILED, who, expired, n, why) : 0;

	for (size_t i = 0; r == 0 && i < n; i++)
		t->m.state.recipients[who[i]] = SPOOL_TOLD;
	return r;
}

/* The last server that sends reports tells of what it handed to one that does not
 * (RFC 3461 5.2.2); a mailbox of ours is the end of the way. */
static int tell_success(struct attempt *t, struct why *why)
{
	bool is_mailbox =
		str_eq(t->next_hop, STR("maildir")) || str_starts(t->next_hop, STR("lmtp:"));
	enum dsn_action action = is_mailbox ? DSN_DELIVERED : DSN_RELAYED;
	size_t *who = arena_array(t->a, size_t, t->n_asked);
	bool *expired = arena_array(t->a, bool, t->n_asked);
	size_t n = t->took_dsn ? 0 : who_to_tell(t, SPOOL_DONE, action, who, expired);

	return n ? report_send(t->s, t->a, &t->m, action, who, NULL, n, why) : 0;
}

/* Negative: somebody who failed could not be told so; it is tried again. */
static int tell_sender(struct attempt *t)
{
	struct why why;
	int r = 0;

	if (!report_may_send(t->settings, &t->m.meta))
		return 0;
	if (tell_success(t, &why) < 0)
		log_event("dsn.failed", F_C("mid", t->m.meta.id.text), F_C("why", why.text));
	r = tell_failure(t, &why);
	if (r < 0)
		log_event("dsn.failed", F_C("mid", t->m.meta.id.text), F_C("why", why.text));
	return r;
}

/* The recipients that were refused for good, in quarantine, where people look. */
static int hold_failed(struct attempt *t, struct why *why)
{
	cleanup(fd_unmapp) str file = STR_NULL;
	struct spoolmeta m = t->m.meta;
	struct bodyparts body;
	str reply = STR("");
	int r = fd_map(t->m.fd, SIZE_MAX, &file, why);

	if (r < 0)
		return r;
	bug_if(!bodyparts_make(t->a, STR(""), str_skip(file, t->m.offset), NULL, 0, &body));
	m.recipients = arena_array(t->a, str, t->m.meta.n_recipients);
	m.n_recipients = 0;
	m.rcpt_params = NULL; /* a released message notifies nobody */
	for (size_t i = 0; i < t->m.meta.n_recipients; i++) {
		if (t->m.state.recipients[i] != SPOOL_FAILED)
			continue;
		m.recipients[m.n_recipients++] = t->m.meta.recipients[i];
		reply = t->m.state.progress[i].reply;
	}
	return store_hold(t->s, t->a, m, &body, STR("undeliverable"), reply, why);
}

static bool save_state(struct attempt *t)
{
	struct why why;

	if (spool_put_state(&t->s->spool, t->a, t->m.meta.id, &t->m.state, &why) == 0)
		return true;
	log_event("spool.state_failed", F_C("mid", t->m.meta.id.text), F_C("why", why.text));
	return false;
}

static void try_later(struct attempt *t)
{
	uint32_t attempts = t->e->attempts + 1;
	int64_t pause, next_at;

	pthread_mutex_lock(&t->s->lock);
	pause = queue_pause(&t->s->queue, t->e->attempts);
	t->s->results.deferred++;
	pthread_mutex_unlock(&t->s->lock);
	next_at = (clock_wall_ms() + pause) / 1000;
	for (size_t i = 0; i < t->n_asked; i++) {
		t->m.state.progress[t->asked[i]].next_at = next_at;
		t->m.state.progress[t->asked[i]].attempts = attempts;
	}
	(void)save_state(t);
	log_event("delivery.deferred", F_C("mid", t->m.meta.id.text),
		  F_STR("next_hop", t->next_hop), F_STR("reply", t->reply),
		  F_INT("done", count(t, SPOOL_DONE)), F_INT("pending", count(t, SPOOL_PENDING)),
		  F_INT("attempts", attempts), F_INT("next_s", pause / 1000));
	store_note(t->s, t->m.meta.id, STR("deferred"), t->next_hop, t->reply);
	put_back(t, pause, attempts);
}

static void tell_end(struct attempt *t)
{
	int64_t age = clock_wall() - t->m.meta.queued_at;
	size_t done = count(t, SPOOL_DONE), failed = count(t, SPOOL_FAILED);

	if (failed)
		log_event("delivery.failed", F_C("mid", t->m.meta.id.text),
			  F_STR("next_hop", t->next_hop), F_STR("reply", t->reply),
			  F_INT("done", done), F_INT("failed", failed),
			  F_INT("attempts", t->e->attempts + 1), F_INT("age_s", age));
	else
		log_event("delivery.done", F_C("mid", t->m.meta.id.text),
			  F_STR("next_hop", t->next_hop), F_STR("reply", t->reply),
			  F_INT("done", done), F_INT("attempts", t->e->attempts + 1),
			  F_INT("age_s", age));
	store_note(t->s, t->m.meta.id, failed ? STR("failed") : STR("delivered"), t->next_hop,
		   t->reply);
	pthread_mutex_lock(&t->s->lock);
	t->s->results.failed += failed != 0;
	t->s->results.delivered += failed == 0;
	pthread_mutex_unlock(&t->s->lock);
}

/* No recipient of the whole message is pending. False: what failed could not be held. */
static bool finish(struct attempt *t)
{
	struct why why;

	if (spoolstate_count(&t->m.state, SPOOL_FAILED)) {
		(void)save_state(
			t); /* a crash from here on repeats the holding, not the delivery */
		if (hold_failed(t, &why) < 0) {
			log_event("quarantine.failed", F_C("mid", t->m.meta.id.text),
				  F_C("why", why.text));
			return false;
		}
	}
	if (spool_done(&t->s->spool, t->m.meta.id, &why) < 0) {
		log_event("spool.failed", F_C("mid", t->m.meta.id.text), F_C("why", why.text));
		(void)save_state(t); /* the next start finds it settled */
	}
	return true;
}

/* After a reload recipients may belong to destinations for which there is no part. */
static void route_again(struct attempt *t)
{
	pthread_mutex_lock(&t->s->lock);
	if (t->e->message->routed_by != t->settings)
		parts_add(t->s, t->settings, t->e->message, &t->m.meta, &t->m.state,
			  t->destinations);
	pthread_mutex_unlock(&t->s->lock);
}

/* What was learned is written, and decides whether the part comes again. */
static void settle(struct attempt *t)
{
	bool later;

	store_lock_state(t->s, t->m.meta.id);
	apply(t);
	if (count(t, SPOOL_FAILED) && report_may_send(t->settings, &t->m.meta))
		(void)save_state(t); /* a crash from here on repeats the report, not the delivery */
	later = tell_sender(t) < 0 || has_pending(t);
	if (!later && spoolstate_count(&t->m.state, SPOOL_PENDING) == 0)
		later = !finish(t);
	else if (!later)
		later = !save_state(t); /* nobody else would come back to these recipients */
	if (later) {
		try_later(t);
	} else {
		route_again(t);
		if (t->n_asked)
			tell_end(t);
		leave(t);
	}
	store_unlock_state(t->s, t->m.meta.id);
}

/* No answer. When the relay had the question it may have died of this message, or after
 * delivering it: every such attempt is followed by a longer pause, and age ends them, too. */
static void without_answer(struct attempt *t, const struct why *why)
{
	unsigned lost = t->e->lost;

	log_event("delivery.no_relay", F_C("mid", t->m.meta.id.text), F_C("why", why->text));
	if (t->told && t->too_old) {
		t->answered = true;
		t->reply = STR("451 4.3.0 every attempt ended without an answer");
		give_up_pending(t);
		settle(t);
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

	if (ask_relay(t, &answer, &why) < 0) {
		without_answer(t, &why);
		return;
	}
	t->e->lost = 0;
	take_answer(t, &answer.delivered);
	msg_close(&answer);
	settle(t);
}

/* Its destination does not answer anybody: what it said last is the reason. */
static void expire(struct attempt *t)
{
	pthread_mutex_lock(&t->s->lock);
	t->reply = arena_str(t->a, queue_reply(t->e->to));
	pthread_mutex_unlock(&t->s->lock);
	t->answered = true;
	give_up_pending(t);
	settle(t);
}

static bool goes_the_same_way(struct attempt *t, const struct store_settings *before)
{
	const str *then = parts_destinations(t->a, before, &t->m.meta);

	for (size_t i = 0; i < t->m.meta.n_recipients; i++) {
		if (!str_eq(then[i], t->destinations[i]))
			return false;
	}
	return true;
}

/* Is no other part of the message out? Whoever comes from now on waits, by whatever routes. */
static bool go_alone(struct attempt *t)
{
	struct queue_message *m = t->e->message;
	bool alone;

	pthread_mutex_lock(&t->s->lock);
	alone = m->taken == 1;
	if (alone)
		m->routed_by = NULL;
	pthread_mutex_unlock(&t->s->lock);
	return alone;
}

/* Between two configurations a recipient can belong to two parts. As long as the parts of a
 * message are not made anew, one that goes by other routes goes alone, and by what those before
 * it came to. */
static bool must_wait(struct attempt *t)
{
	const struct store_settings *before;
	struct spoolmeta meta;
	struct why why;

	pthread_mutex_lock(&t->s->lock);
	before = t->e->message->routed_by;
	pthread_mutex_unlock(&t->s->lock);
	if (before == t->settings || (before && goes_the_same_way(t, before)))
		return false;
	if (!go_alone(t) ||
	    spool_peek(&t->s->spool, t->a, t->e->message->id, &meta, &t->m.state, &why) != SPOOL_OK)
		return true;
	choose(t);
	return false;
}

static void attempt(struct store *s, struct arena *a, const struct task *task)
{
	struct queue_entry *e = task->e;
	struct attempt t = { .s = s,
			     .settings = s->settings,
			     .a = a,
			     .e = e,
			     .too_old = task->too_old,
			     .reply = STR(""),
			     .next_hop = STR("") };
	struct why why = { "" };
	int r = spool_read(&s->spool, a, e->message->id, &t.m, &why);

	if (r == SPOOL_OK) {
		choose(&t);
		if (must_wait(&t))
			put_back(&t, DELIVERY_AGAIN_MS, e->attempts);
		else if (!has_pending(&t)) /* settled before, and the rest could not be done then */
			settle(&t);
		else if (task->job == QUEUE_EXPIRE)
			expire(&t);
		else
			deliver(&t);
		fd_close(t.m.fd);
		return;
	}
	if (r == SPOOL_E_CORRUPT)
		log_event("spool.corrupt", F_C("file", e->message->id.text), F_C("why", why.text));
	else if (r < 0)
		log_event("spool.failed", F_C("mid", e->message->id.text), F_C("why", why.text));
	if (r < 0)
		put_back(&t, DELIVERY_UNREADABLE_MS, e->attempts);
	else
		leave(&t);
}

static bool take(struct store *s, struct task *ret)
{
	struct queue_time t = store_time();

	*ret = (struct task){ 0 };
	if (s->stopping)
		return false;
	ret->late = queue_take_warning(&s->queue, t.wall);
	if (!ret->late)
		ret->e = queue_take(&s->queue, t, &ret->job);
	if (!ret->late && !ret->e)
		return false;
	ret->too_old = ret->e && queue_expired(&s->queue, ret->e->message, t.wall);
	s->delivering++;
	/* Whoever takes one no longer waits for the next one: another worker does. */
	if (queue_next(&s->queue, t) != INT64_MAX)
		pthread_cond_signal(&s->changed);
	return true;
}

static void work_on(struct store *s, struct arena *a, const struct task *task)
{
	if (task->late)
		report_delay(s, a, task->late->id);
	else
		attempt(s, a, task);
	arena_reset(a);
	pthread_mutex_lock(&s->lock);
	if (task->late)
		queue_warned(&s->queue, task->late);
	s->delivering--;
	if (s->stopping)
		pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

bool delivery_step(struct store *s, struct arena *a)
{
	struct task task;
	bool found;

	pthread_mutex_lock(&s->lock);
	found = take(s, &task);
	pthread_mutex_unlock(&s->lock);
	if (found)
		work_on(s, a, &task);
	return found;
}

/* With the lock held: until something may be due. */
static void wait_for_work(struct store *s)
{
	deadline d = queue_next(&s->queue, store_time());
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
	struct task task;

	pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		if (!take(s, &task)) {
			wait_for_work(s);
			continue;
		}
		pthread_mutex_unlock(&s->lock);
		work_on(s, a, &task);
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	arena_free(a);
}
