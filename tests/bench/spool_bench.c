/* tests/bench/spool_bench.c - what the spool costs: spool_bench DIR MESSAGES [BYTES].
 *
 * Commits that many messages below DIR (which must exist, and loses its spool), 16 at a time;
 * opens the spool anew; then commits, reads and settles more while those are queued. Prints
 * wall and CPU time for each message; the cost of the last part must not depend on MESSAGES.
 */
#include "base/clock.h"
#include "base/fd.h"
#include "base/num.h"
#include "spool/recovery.h"
#include "spool/spool.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { COMMITTERS = 16, CYCLES = 16000, MOST = 10000000 };

struct bench {
	struct spool spool;
	str body;
	int messages;
	_Atomic int next;
	bool settle; /* read and settle what was committed */
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "spool_bench: %s: %s\n", what, why);
	exit(1);
}

static void one(struct bench *b, struct arena *a, int i)
{
	static str recipients[] = { { "someone@hopital.example", 23 } };
	struct spoolmeta m = { .client_ip = STR("192.0.2.1"),
			       .helo = STR("client.example"),
			       .reverse_path = STR("sender@example.org"),
			       .recipients = recipients,
			       .n_recipients = 1,
			       .record = STR("{\"action\":\"accept\"}") };
	struct spool_message got;
	struct bodyparts parts;
	struct why why;

	snprintf(m.id.text, sizeof(m.id.text), "%c%d", b->settle ? 'C' : 'M', i);
	if (!bodyparts_make(a, STR("Received: here\r\n"), b->body, NULL, 0, &parts) ||
	    spool_commit(&b->spool, a, &m, &parts, &why) != SPOOL_OK)
		die("commit", why.text);
	if (!b->settle)
		return;
	if (spool_read(&b->spool, a, m.id, &got, &why) != SPOOL_OK)
		die("read", why.text);
	fd_close(got.fd);
	if (spool_done(&b->spool, m.id, &why) < 0)
		die("done", why.text);
}

static void *work(void *arg)
{
	struct arena *a = arena_new("bench", 16 << 20);
	struct bench *b = arg;

	for (int i = b->next++; i < b->messages; i = b->next++) {
		one(b, a, i);
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

static int64_t cpu_us(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
	       u.ru_stime.tv_usec;
}

static void run(struct bench *b, int messages, const char *what)
{
	int64_t wall = clock_now_us(), cpu = cpu_us();
	pthread_t t[COMMITTERS];

	b->messages = messages;
	b->next = 0;
	for (int i = 0; i < COMMITTERS; i++)
		bug_if(pthread_create(&t[i], NULL, work, b));
	for (int i = 0; i < COMMITTERS; i++)
		pthread_join(t[i], NULL);
	wall = clock_now_us() - wall;
	cpu = cpu_us() - cpu;
	printf("%-24s %7d messages, %8.1f us wall, %6.1f us CPU each\n", what, messages,
	       (double)wall / messages, (double)cpu / messages);
}

static void count(void *ctx, const struct spoolmeta *m unused_arg,
		  const struct spool_state *state unused_arg)
{
	(*(int *)ctx)++;
}

static void complain(void *ctx unused_arg, const char *name, const char *reason)
{
	die(name, reason);
}

static void open_spool(struct bench *b, int dirfd, const char *what)
{
	int64_t wall = clock_now_us(), cpu = cpu_us();
	int n = 0;
	const struct recovery_visitor v = { &n, count, complain };
	struct why why;

	if (spool_open(&b->spool, dirfd, &why) < 0 || recovery_run(&b->spool, &v, &why) < 0)
		die("open", why.text);
	printf("%-24s %7d messages, %8.1f ms wall, %6.1f ms CPU in all\n", what, n,
	       (double)(clock_now_us() - wall) / 1000, (double)(cpu_us() - cpu) / 1000);
}

int main(int argc, char **argv)
{
	uint64_t messages = 0, size = 4096;
	int dirfd = argc > 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct bench *b = calloc(1, sizeof(*b));
	char *body;

	if (dirfd < 0 || !num_u64_max(str_c(argv[2]), MOST, &messages) || !messages ||
	    (argc > 3 && !num_u64_max(str_c(argv[3]), MOST, &size))) {
		fprintf(stderr, "usage: spool_bench DIR MESSAGES [BYTES]\n");
		return 2;
	}
	body = calloc(1, (size_t)size);
	bug_if(!b || !body);
	b->body = str_of(body, (size_t)size);
	open_spool(b, dirfd, "open");
	run(b, (int)messages, "commit");
	spool_close(&b->spool);
	open_spool(b, dirfd, "open again");
	b->settle = true;
	run(b, CYCLES, "commit, read, done");
	spool_close(&b->spool);
	return 0;
}
