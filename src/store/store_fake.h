/* store/store_fake.h - for tests: a store on disk between a scan that commits and a relay
 * that answers as it is told. A test file includes it once.
 */
#ifndef STORE_STORE_FAKE_H
#define STORE_STORE_FAKE_H

#include "base/clock.h"
#include "base/fd.h"
#include "base/testdir.h"
#include "store/delivery.h"
#include "store/storecommands.h"
#include "store/storecommit.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The store with a scan that commits and a relay that answers as it is told. */
struct world {
	pthread_mutex_t lock; /* of the relay's part */
	char path[TESTDIR_MAX];
	struct arena *a;
	struct store *s;
	const struct conf *conf;
	struct lanes *scan;
	uint64_t outcome[4];	   /* what the relay says next */
	size_t asked;		   /* recipients of the last attempt */
	char first[64];		   /* its first recipient */
	bool dies;		   /* it takes the question and never answers */
	uint64_t unreachable, dsn; /* what it says besides */
	const char *reply, *next_hop;
	char destination[64]; /* of the last attempt */
	const char *config;   /* further lines, NULL: none */
	const char *sender;   /* of what is committed */
	str *recipients, *rcpt_params;
	size_t n_recipients;
	const char *mail_params;
	uint64_t tls_wish;
};

/* Lanes and their threads live as long as a process, so what they point to must, too. */
static const void *kept[256];
static size_t n_kept;

unused_arg static int relay_says(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct world *w = ctx;
	struct msg answer = { .type = MSG_delivered };
	struct why why;
	int r;

	(void)a;
	if (w->dies)
		return -EPIPE;
	pthread_mutex_lock(&w->lock);
	w->asked = m->deliver.recipients.n;
	snprintf(w->first, sizeof(w->first), "%.*s", STR_ARG(m->deliver.recipients.v[0]));
	answer.delivered.outcome = (struct msg_nums){ w->outcome, w->asked };
	snprintf(w->destination, sizeof(w->destination), "%.*s", STR_ARG(m->deliver.destination));
	answer.delivered.next_hop = w->next_hop ? str_c(w->next_hop) : STR("test");
	answer.delivered.reply = w->reply ? str_c(w->reply) : STR("said the relay");
	answer.delivered.unreachable = w->unreachable;
	answer.delivered.dsn = w->dsn;
	r = chan_send(c, &answer, &why);
	pthread_mutex_unlock(&w->lock);
	return r;
}

unused_arg static void add_relay(struct world *w)
{
	struct why why;
	int fds[2];

	assert_int_equal(chan_pair(fds, &why), 0);
	lanes_add(w->s->relay, fds[0], 0);
	assert_int_equal(lanes_serve(fds[1], PROCESS_RELAY, PROCESS_STORE, relay_says, w, &why), 0);
}

unused_arg static void open_store(struct world *w)
{
	struct why why = { "" };
	int here = open(".", O_RDONLY | O_DIRECTORY);
	int fds[2];

	memset(w->s, 0, sizeof(*w->s));
	w->s->relay = lanes_new(PROCESS_STORE, PROCESS_RELAY);
	w->scan = lanes_new(PROCESS_SCAN, PROCESS_STORE);
	kept[n_kept++] = w->s->relay;
	kept[n_kept++] = w->scan;
	if (store_set_config(w->s,
			     arena_fmt(w->a, "delivery.max_age=1h\n%s", w->config ? w->config : ""),
			     &w->conf, &why) < 0 ||
	    store_open(w->s, here, &why) < 0)
		fail_msg("%s", why.text);
	close(here);
	assert_int_equal(chan_pair(fds, &why), 0);
	lanes_add(w->scan, fds[0], 0);
	assert_int_equal(
		lanes_serve(fds[1], PROCESS_STORE, PROCESS_SCAN, storecommit_answer, w->s, &why),
		0);
}

unused_arg static void close_store(struct world *w)
{
	store_stop(w->s, 1000);
	spool_close(&w->s->spool);
	quarantine_close(&w->s->quarantine);
	quarantineindex_close(&w->s->index);
	history_close(&w->s->history);
	reportsin_close(&w->s->reports);
	reportsout_close(&w->s->reports_out);
	arena_free(w->s->queue.arena);
	arena_free(w->conf->arena);
}

unused_arg static int setup(void **state)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);

	w->a = a;
	w->s = arena_make(a, struct store);
	pthread_mutex_init(&w->lock, NULL);
	testdir_make(w->path);
	assert_int_equal(chdir(w->path), 0);
	open_store(w);
	*state = w;
	return 0;
}

unused_arg static int teardown(void **state)
{
	struct world *w = *state;

	close_store(w);
	assert_int_equal(chdir("/"), 0);
	testdir_remove(w->path);
	kept[n_kept++] = w->a;
	return 0;
}

unused_arg static int memory_of(str text, bool sealed)
{
	struct why why;
	int fd = fd_memfd("message", &why);

	assert_int_equal(fd_write_all(fd, text, &why), 0);
	if (sealed)
		assert_int_equal(fd_seal(fd, &why), 0);
	return fd;
}

/* The status, or negative when the lane was closed. */
unused_arg static int commit_as(struct world *w, const char *mid, uint64_t disposition, bool sealed)
{
	str usual[] = { STR("a@hopital.example"), STR("b@hopital.example") };
	struct msg m = { .type = MSG_commit, .n_fds = 1 }, answer;
	struct why why;
	int r;

	m.commit = (struct msg_commit){
		.mid = str_c(mid),
		.disposition = disposition,
		.client_ip = STR("192.0.2.1"),
		.reverse_path = w->sender ? str_c(w->sender) : STR("s@example.org"),
		.recipients = { w->recipients ? w->recipients : usual,
				w->recipients ? w->n_recipients : 2 },
		.rcpt_params = { w->rcpt_params, w->rcpt_params ? w->n_recipients : 0 },
		.mail_params = w->mail_params ? str_c(w->mail_params) : STR(""),
		.tls_wish = w->tls_wish,
		.received_at = (uint64_t)clock_wall(),
		.prepend = STR("Received: here\r\n"),
		.subject = STR("essai"),
		.record = STR("{\"action\":\"accept\",\"explanation\":{\"en\":\"fine\"}}")
	};
	m.fds[0] = memory_of(STR("Subject: essai\r\n\r\nx\r\n"), sealed);
	r = lanes_ask(w->scan, &m, MSG_committed, w->a, deadline_in(5000), &answer, &why);
	close(m.fds[0]);
	return r < 0 ? r : (int)answer.committed.status;
}

unused_arg static bool step(struct world *w)
{
	struct arena *a = arena_new("step", 64 << 20);
	bool worked = delivery_step(w->s, a);

	arena_free(a);
	return worked;
}

unused_arg static struct ctlserver_answer
command(struct world *w, const char *group, const char *name, const char *id, str *ret_document)
{
	struct ctlserver_answer answer = { .fd = -1 };
	str words[3];
	size_t n = 0;
	struct why why;

	words[n++] = str_c(group);
	if (name)
		words[n++] = str_c(name);
	if (id)
		words[n++] = str_c(id);
	storecommands_handle(w->s, w->a, &(struct ctlserver_question){ words, n, -1 }, &answer);
	*ret_document = STR("");
	if (answer.fd >= 0) {
		assert_int_equal(fd_read_all(answer.fd, w->a, 1 << 20, ret_document, &why), 0);
		close(answer.fd);
	}
	return answer;
}

unused_arg static str document(struct world *w, const char *group, const char *name, const char *id)
{
	str doc;

	assert_int_equal(command(w, group, name, id, &doc).status, QUESTION_DONE);
	return doc;
}

unused_arg static bool has(str s, const char *what)
{
	return str_find(s, str_c(what)) != STR_NONE;
}

/* Messages that are promised. */
unused_arg static size_t in_spool(struct world *w)
{
	return spool_count(&w->s->spool);
}

unused_arg static struct queue_message *queued(struct world *w, const char *id)
{
	struct spool_id name = { { 0 } };

	assert_true(spoolid_parse(str_c(id), &name));
	return queue_find(&w->s->queue, name);
}

unused_arg static struct queue_entry *part_of(struct world *w, const char *id)
{
	struct queue_message *m = queued(w, id);

	assert_non_null(m);
	assert_false(list_empty(&m->parts));
	return list_entry(m->parts.next, struct queue_entry, link);
}

unused_arg static int64_t pause_of(struct world *w, const char *id)
{
	return part_of(w, id)->due_at - clock_now_ms();
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
