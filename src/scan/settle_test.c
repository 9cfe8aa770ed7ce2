/* What becomes of a judged message, with a relay and a store that answer as they are told:
 * 250 only for what the next hop or the disk has, the spool gets exactly what is left. */
#include "scan/settle.h"

#include "base/fd.h"
#include "mail/tlswish.h"
#include "spool/disposition.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

enum { RECIPIENTS = 3, SILENT_MS = 3000 };

struct world {
	struct arena *a;
	struct conduct_policy policy;
	struct msg_submit submit;
	struct passage p;
	struct settler settler;
	struct lanes *store, *relay;

	pthread_mutex_t lock;
	/* How they answer. */
	uint64_t outcome[RECIPIENTS];
	const char *reply;
	bool untried; /* its recipients go different ways */
	bool unreachable;
	int64_t delay_ms;
	uint64_t store_status;
	/* What they were asked. */
	unsigned handovers, commits, notes;
	struct arena *heard;
	str committed[RECIPIENTS], committed_params[RECIPIENTS];
	size_t n_committed, n_params;
	str noted_state;
	uint64_t wish, noted_disposition;
};

static int be_relay(void *ctx, struct chan *c, struct msg *m, struct arena *a unused_arg)
{
	struct world *w = ctx;
	struct msg answer = { .type = MSG_handed };
	uint64_t outcome[RECIPIENTS];
	int64_t delay_ms;

	pthread_mutex_lock(&w->lock);
	w->handovers++;
	w->wish = m->handover.tls_wish;
	memcpy(outcome, w->outcome, sizeof(outcome));
	answer.handed.outcome =
		(struct msg_nums){ outcome, w->untried ? 0 : m->handover.recipients.n };
	answer.handed.next_hop = STR("smtp:10.0.0.1:25");
	answer.handed.reply = str_c(w->reply);
	answer.handed.unreachable = w->unreachable;
	delay_ms = w->delay_ms;
	pthread_mutex_unlock(&w->lock);
	if (delay_ms)
		usleep((useconds_t)delay_ms * 1000);
	return chan_send(c, &answer, NULL);
}

static int be_store(void *ctx, struct chan *c, struct msg *m, struct arena *a unused_arg)
{
	struct world *w = ctx;
	struct msg answer = { .type = MSG_committed };

	pthread_mutex_lock(&w->lock);
	if (m->type == MSG_noted) {
		w->notes++;
		w->noted_disposition = m->noted.disposition;
		w->noted_state = arena_str(w->heard, m->noted.next_hop);
	} else {
		w->commits++;
		w->n_committed = m->commit.recipients.n;
		w->n_params = m->commit.rcpt_params.n;
		for (size_t i = 0; i < w->n_committed; i++)
			w->committed[i] = arena_str(w->heard, m->commit.recipients.v[i]);
		for (size_t i = 0; i < w->n_params; i++)
			w->committed_params[i] = arena_str(w->heard, m->commit.rcpt_params.v[i]);
		answer.committed.status = w->store_status;
	}
	pthread_mutex_unlock(&w->lock);
	return m->type == MSG_noted ? 0 : chan_send(c, &answer, NULL);
}

static void connect_to(struct lanes *l, enum process peer, lanes_answer_fn *answer, void *ctx)
{
	for (int i = 0; i < 3; i++) {
		int fds[2];

		assert_int_equal(chan_pair(fds, NULL), 0);
		assert_int_equal(lanes_serve(fds[1], peer, PROCESS_SCAN, answer, ctx, NULL), 0);
		lanes_add(l, fds[0], 0);
	}
}

static int set_up(void **state)
{
	static str recipients[] = { STR("a@hopital.example"), STR("b@hopital.example"),
				    STR("c@hopital.example") };
	static str params[] = { STR("NOTIFY=NEVER"), STR(""), STR("NOTIFY=FAILURE,DELAY") };
	struct arena *a = arena_new("test", 16 << 20);
	struct world *w = arena_make(a, struct world);
	struct conf *conf = conf_new_default(a);

	w->a = a;
	w->heard = arena_new("heard", 1 << 20);
	pthread_mutex_init(&w->lock, NULL);
	w->reply = "250 2.0.0 done";
	conf->delivery.patience = 1000;
	w->policy.conf = conf;
	w->submit = (struct msg_submit){ .reverse_path = STR("s@example.org"),
					 .recipients = { recipients, RECIPIENTS },
					 .rcpt_params = { params, RECIPIENTS } };
	w->p = (struct passage){ .policy = &w->policy,
				 .arena = a,
				 .submit = &w->submit,
				 .message = STR("Subject: x\r\n\r\nx\r\n"),
				 .began = clock_now_ms() };
	w->p.env.mid = STR("M1");
	w->p.fd = fd_memfd("message", NULL);
	assert_int_equal(fd_write_all(w->p.fd, w->p.message, NULL), 0);
	assert_int_equal(fd_seal(w->p.fd, NULL), 0);
	w->store = lanes_new(PROCESS_SCAN, PROCESS_STORE);
	w->relay = lanes_new(PROCESS_SCAN, PROCESS_RELAY);
	connect_to(w->store, PROCESS_STORE, be_store, w);
	connect_to(w->relay, PROCESS_RELAY, be_relay, w);
	w->settler.store = w->store;
	direct_init(&w->settler.direct, w->relay);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	lanes_free(w->store);
	lanes_free(w->relay);
	close(w->p.fd);
	usleep(20000);		      /* the threads of the lanes see their end */
	pthread_mutex_lock(&w->lock); /* what they did is before what follows */
	pthread_mutex_unlock(&w->lock);
	arena_free(w->heard);
	arena_free(w->a);
	return 0;
}

static struct verdict_reply run(struct world *w)
{
	struct verdict_reply taken = { 250, "2.0.0", STR("taken") };
	struct why why = { "" };

	return settle(&w->settler, &w->p, taken, &why);
}

/* The history has no answer: it is waited for here. */
static void wait_for_note(struct world *w)
{
	for (int i = 0; i < 500; i++) {
		unsigned n;

		pthread_mutex_lock(&w->lock);
		n = w->notes;
		pthread_mutex_unlock(&w->lock);
		if (n)
			return;
		usleep(10000);
	}
	fail_msg("the history was not told");
}

static void all(struct world *w, uint64_t outcome, const char *reply)
{
	for (size_t i = 0; i < RECIPIENTS; i++)
		w->outcome[i] = outcome;
	w->reply = reply;
}

static void what_the_next_hop_took_is_not_kept(void **state)
{
	struct world *w = *state;

	assert_int_equal(run(w).code, 250);
	wait_for_note(w);
	assert_int_equal(w->commits, 0);
	assert_int_equal(w->noted_disposition, SPOOL_HANDED_OVER);
	assert_true(str_eq(w->noted_state, STR("smtp:10.0.0.1:25")));
	assert_true(str_eq(w->p.next_hop, STR("smtp:10.0.0.1:25")));
}

static void a_refusal_inside_is_told_without_its_words(void **state)
{
	struct world *w = *state;
	struct verdict_reply reply;

	all(w, 5, "550 5.1.1 no mailbox on srv-exch01.interne.local");
	reply = run(w);
	wait_for_note(w);
	assert_int_equal(reply.code, 550);
	assert_string_equal(reply.enhanced, "5.1.1");
	assert_true(str_find(reply.text, STR("exch01")) == STR_NONE);
	assert_int_equal(w->commits, 0);
	assert_int_equal(w->noted_disposition, SPOOL_RECORD_ONLY);
}

static void strange_codes_of_the_next_hop_stay_inside(void **state)
{
	static const char *const replies[] = { "550",
					       "550 ",
					       "550 5.x.1 no",
					       "550 no such user",
					       "550 5.1.1.1.1.1.1.1 no",
					       "550 5.1.1.1 no",
					       "550 5.1. no",
					       "550 5..11 no",
					       "550 5.1.1234 no",
					       "550 5.1" };
	struct world *w = *state;

	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		all(w, 5, replies[i]);
		assert_string_equal(run(w).enhanced, "5.0.0");
	}
}

static void what_is_refused_for_now_is_spooled(void **state)
{
	struct world *w = *state;

	all(w, 4, "451 4.3.0 later");
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->commits, 1);
	assert_int_equal(w->n_committed, RECIPIENTS);
	assert_int_equal(w->notes, 0);
}

static void the_spool_gets_only_the_recipients_that_are_left(void **state)
{
	struct world *w = *state;

	w->outcome[0] = 4;
	w->outcome[2] = 5;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->n_committed, 2);
	assert_true(str_eq(w->committed[0], STR("a@hopital.example")));
	assert_true(str_eq(w->committed[1], STR("c@hopital.example")));
	assert_int_equal(w->n_params, 2);
	assert_true(str_eq(w->committed_params[0], STR("NOTIFY=NEVER")));
	assert_true(str_eq(w->committed_params[1], STR("NOTIFY=FAILURE,DELAY")));
}

static void a_slow_next_hop_costs_the_sender_only_our_patience(void **state)
{
	struct world *w = *state;
	int64_t began = clock_now_ms();

	w->delay_ms = SILENT_MS;
	assert_int_equal(run(w).code, 250);
	assert_true(clock_now_ms() - began < SILENT_MS);
	assert_int_equal(w->commits, 1);
	assert_int_equal(w->n_committed, RECIPIENTS);
	usleep((SILENT_MS - 500) * 1000); /* the relay's thread still has our world */
}

/* One mailbox over its quota is no trouble of its domain. */
static void a_refusal_for_now_makes_nobody_rest(void **state)
{
	struct world *w = *state;

	all(w, 4, "452 4.2.2 over quota");
	assert_int_equal(run(w).code, 250);
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 2);
	assert_int_equal(w->commits, 2);
}

static void a_next_hop_that_is_slower_than_it_may_be_rests(void **state)
{
	struct world *w = *state;

	w->policy.conf = conf_new_default(w->a); /* patience enough */
	w->delay_ms = DIRECT_SLOW_MS + 200;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->commits, 0);
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 1);
	assert_int_equal(w->commits, 1);
}

static void a_domain_in_trouble_rests_and_others_do_not(void **state)
{
	static str elsewhere[] = { STR("x@ville.example"), STR("y@ville.example"),
				   STR("z@ville.example") };
	struct world *w = *state;

	all(w, 4, "451 4.3.0 nobody there");
	w->unreachable = true;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 1);
	assert_int_equal(w->commits, 2);
	w->submit.recipients.v = elsewhere;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 2);
}

static void what_goes_different_ways_is_spooled_and_troubles_nobody(void **state)
{
	struct world *w = *state;

	w->untried = true;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->commits, 1);
	w->untried = false;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 2);
	assert_int_equal(w->commits, 1);
}

static void who_wants_to_be_told_goes_through_the_spool(void **state)
{
	static str told[] = { STR(""), STR("NOTIFY=SUCCESS,FAILURE"), STR("") };
	struct world *w = *state;

	w->submit.rcpt_params.v = told;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 0);
	assert_int_equal(w->commits, 1);
	w->submit.handover = CONF_HANDOVER_DIRECT;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 1);
}

static void the_listener_says_how(void **state)
{
	struct world *w = *state;

	w->submit.handover = CONF_HANDOVER_SPOOL;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 0);
	assert_int_equal(w->commits, 1);
	w->submit.handover = CONF_HANDOVER_DIRECT;
	all(w, 4, "451 4.3.0 later");
	assert_int_equal(run(w).code, 451);
	assert_int_equal(w->handovers, 1);
	assert_int_equal(w->commits, 1);
}

/* It may be delivered yet: were the sender told to come again, each try would be a copy more. */
static void what_may_be_delivered_yet_is_spooled_whatever_the_listener_says(void **state)
{
	struct world *w = *state;

	w->submit.handover = CONF_HANDOVER_DIRECT;
	w->delay_ms = SILENT_MS;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->commits, 1);
	assert_int_equal(w->n_committed, RECIPIENTS);
	usleep((SILENT_MS - 500) * 1000); /* the relay's thread still has our world */
}

/* One that is too long for the relay's memory says nothing about the next hop. */
static void what_the_relay_does_not_try_is_spooled_and_no_trouble(void **state)
{
	struct world *w = *state;

	w->submit.handover = CONF_HANDOVER_DIRECT;
	w->untried = true;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->commits, 1);
	w->untried = false;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 2);
	assert_int_equal(w->commits, 1);
}

static void without_disk_and_next_hop_the_sender_keeps_it(void **state)
{
	struct world *w = *state;

	all(w, 4, "451 4.3.0 later");
	w->store_status = ENOSPC;
	assert_int_equal(run(w).code, 451);
	w->p.j.verdict.action = ACTION_QUARANTINE;
	assert_int_equal(run(w).code, 451);
	assert_int_equal(w->handovers, 1);
}

static void what_is_held_never_sees_the_next_hop(void **state)
{
	struct world *w = *state;

	w->p.j.verdict.action = ACTION_QUARANTINE;
	assert_int_equal(run(w).code, 250);
	assert_int_equal(w->handovers, 0);
	assert_int_equal(w->commits, 1);
	w->p.j.verdict.action = ACTION_REJECT;
	(void)run(w);
	wait_for_note(w);
	assert_int_equal(w->handovers, 0);
	assert_int_equal(w->commits, 1);
}

/* RFC 8689: REQUIRETLS in the envelope is above "TLS-Required: No" in the header. */
static void the_wish_for_tls_comes_from_envelope_then_header(void **state)
{
	struct world *w = *state;

	w->p.cuts.tls_optional = true;
	(void)run(w);
	assert_int_equal(w->wish, TLS_WISH_OPTIONAL);
	w->submit.tls_wish = TLS_WISH_REQUIRED;
	(void)run(w);
	assert_int_equal(w->wish, TLS_WISH_REQUIRED);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_the_next_hop_took_is_not_kept),
		T(a_refusal_inside_is_told_without_its_words),
		T(strange_codes_of_the_next_hop_stay_inside),
		T(what_is_refused_for_now_is_spooled),
		T(the_spool_gets_only_the_recipients_that_are_left),
		T(a_slow_next_hop_costs_the_sender_only_our_patience),
		T(a_refusal_for_now_makes_nobody_rest),
		T(a_next_hop_that_is_slower_than_it_may_be_rests),
		T(a_domain_in_trouble_rests_and_others_do_not),
		T(what_goes_different_ways_is_spooled_and_troubles_nobody),
		T(who_wants_to_be_told_goes_through_the_spool),
		T(the_listener_says_how),
		T(what_may_be_delivered_yet_is_spooled_whatever_the_listener_says),
		T(what_the_relay_does_not_try_is_spooled_and_no_trouble),
		T(without_disk_and_next_hop_the_sender_keeps_it),
		T(what_is_held_never_sees_the_next_hop),
		T(the_wish_for_tls_comes_from_envelope_then_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
