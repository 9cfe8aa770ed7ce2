/* Workers that behave, die, and lie: a message is tried on two, never on three. */
#include "scan/workers.h"

#include "base/fd.h"
#include "sys/chan.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum manner { GOOD, DIES, LIES, TOO_LONG };

#define NOTE "application/\xffpdf in 1.2"
#define EXTRACT "bytes of a picture"

struct fake {
	int fd;
	enum manner manner;
};

static _Atomic unsigned attempts, kills;
static _Atomic uint64_t patterns; /* that a fake worker has */

static void answer(struct chan *c, enum manner manner, char *memory)
{
	cleanup(arena_freep) struct arena *a = arena_new("fake", 1 << 20);
	struct facts f = { .message_size = 42 };
	struct msg m = { .type = MSG_inspected };
	str encoded;

	*arena_push(a, &f.extracts) =
		(struct facts_extract){ FACTS_EXTRACT_IMAGE, 0, sizeof(EXTRACT), STR_NULL };
	encoded = facts_encode(a, &f);

	memcpy(memory, encoded.p, encoded.n);
	m.inspected.length = manner == TOO_LONG ? (uint64_t)FACTS_MAX_BYTES + 1 : encoded.n;
	if (manner == LIES)
		memset(memory, 0xff, encoded.n);
	defs_ignore(chan_send(c, &m, NULL));
}

static void *fake_worker(void *ctx)
{
	struct fake *k = ctx;
	struct arena *a = arena_new("worker", 4 << 20);
	struct chan *c = chan_new(k->fd, PROCESS_INSPECT, PROCESS_SCAN);
	char *memory = NULL, *shared = NULL;
	struct msg m;

	while (chan_receive(c, a, CHAN_FOREVER, &m, NULL) == 0) {
		if (m.type == MSG_inspect_setup) {
			patterns = m.inspect_setup.generation;
			memory = mmap(NULL, FACTS_MAX_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
				      m.fds[1], 0);
			shared = mmap(NULL, FACTS_SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
				      m.fds[2], 0);
		} else {
			attempts++;
		}
		msg_close(&m);
		if (m.type == MSG_inspect && k->manner == DIES) {
			memcpy(shared, NOTE, sizeof(NOTE));
			break;
		}
		if (shared)
			memcpy(shared + FACTS_NOTE_BYTES, EXTRACT, sizeof(EXTRACT));
		if (m.type == MSG_inspect)
			answer(c, k->manner, memory);
	}
	if (memory)
		munmap(memory, FACTS_MAX_BYTES);
	if (shared)
		munmap(shared, FACTS_SHARED_BYTES);
	chan_free(c);
	arena_free(a);
	return NULL;
}

static void count_kill(void *ctx, uint64_t id, const char *why)
{
	(void)ctx;
	(void)id;
	(void)why;
	kills++;
}

struct scene {
	struct workers *workers;
	struct arena *arena;
	struct fake fakes[4];
	pthread_t threads[4];
	size_t n;
	int message;
	uint64_t generation;
};

static void open_scene(struct scene *s, const enum manner *manners, size_t n)
{
	*s = (struct scene){ .n = n, .arena = arena_new("scene", 16 << 20) };
	attempts = kills = 0;
	s->workers = workers_new((struct workers_host){ NULL, count_kill });
	assert_int_equal(workers_set_patterns(s->workers, STR(""), &s->generation, NULL), 0);
	for (size_t i = 0; i < n; i++) {
		int fds[2];

		assert_int_equal(chan_pair(fds, NULL), 0);
		s->fakes[i] = (struct fake){ fds[1], manners[i] };
		assert_int_equal(pthread_create(&s->threads[i], NULL, fake_worker, &s->fakes[i]),
				 0);
		workers_add(s->workers, fds[0], i);
	}
	s->message = fd_memfd("message", NULL);
	assert_int_equal(fd_seal(s->message, NULL), 0);
}

static int inspect(struct scene *s, struct facts *ret, struct why *why)
{
	struct inspection in;

	workers_begin(s->workers, s->generation, STR("mid"), s->message, STR(""), 0, 5000,
		      deadline_in(10000), &in);
	return workers_end(&in, s->arena, ret, why);
}

static void close_scene(struct scene *s)
{
	s->workers = workers_free(s->workers);
	for (size_t i = 0; i < s->n; i++)
		pthread_join(s->threads[i], NULL);
	close(s->message);
	arena_free(s->arena);
}

static void a_good_worker_gives_facts_again_and_again(void **state)
{
	enum manner manners[] = { GOOD };
	struct facts f;
	struct scene s;
	struct why why;

	(void)state;
	open_scene(&s, manners, 1);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(inspect(&s, &f, &why), WORKERS_OK);
		assert_int_equal(f.message_size, 42);
		assert_true(str_eq(f.extracts.v[0].bytes, str_of(EXTRACT, sizeof(EXTRACT))));
	}
	assert_int_equal(kills, 0);
	close_scene(&s);
}

static void a_message_that_kills_one_worker_is_tried_on_another(void **state)
{
	enum manner manners[] = { GOOD, DIES }; /* the last one added is used first */
	struct facts f;
	struct scene s;
	struct why why;

	(void)state;
	open_scene(&s, manners, 2);
	assert_int_equal(inspect(&s, &f, &why), WORKERS_OK);
	assert_int_equal(attempts, 2);
	assert_int_equal(kills, 1);
	close_scene(&s);
}

static void a_message_that_kills_two_workers_is_not_tried_again(void **state)
{
	enum manner manners[] = { GOOD, DIES, DIES };
	struct facts f;
	struct scene s;
	struct why why;

	(void)state;
	open_scene(&s, manners, 3);
	assert_int_equal(inspect(&s, &f, &why), WORKERS_E_FAILED);
	assert_int_equal(attempts, 2);
	/* What it was looking at is told, in harmless characters. */
	assert_non_null(strstr(why.text, "pdf in 1.2: "));
	assert_null(strchr(why.text, '\xff'));
	assert_int_equal(inspect(&s, &f, &why), WORKERS_OK);
	close_scene(&s);
}

static void nonsense_from_a_worker_is_not_believed(void **state)
{
	enum manner manners[] = { LIES, TOO_LONG };
	struct facts f;
	struct scene s;
	struct why why;

	(void)state;
	open_scene(&s, manners, 2);
	assert_int_equal(inspect(&s, &f, &why), WORKERS_E_FAILED);
	assert_int_equal(kills, 2);
	close_scene(&s);
}

static void without_workers_it_is_our_trouble_and_not_the_message(void **state)
{
	struct inspection in;
	struct facts f;
	struct scene s;
	struct why why;

	(void)state;
	open_scene(&s, NULL, 0);
	workers_begin(s.workers, s.generation, STR("mid"), s.message, STR(""), 0, 100,
		      deadline_in(20), &in);
	assert_int_equal(workers_end(&in, s.arena, &f, &why), -ETIMEDOUT);
	close_scene(&s);
}

/* A reload may come between a message and its inspection. */
static void a_message_is_inspected_by_the_patterns_of_its_own_rules(void **state)
{
	enum manner manners[] = { GOOD };
	uint64_t old, fresh, again;
	struct facts f;
	struct scene s;
	struct why why;

	(void)state;
	open_scene(&s, manners, 1);
	old = s.generation;
	assert_int_equal(workers_set_patterns(s.workers, STR("fresh"), &fresh, NULL), 0);
	assert_int_equal(inspect(&s, &f, &why), WORKERS_OK);
	assert_true(patterns == old);
	s.generation = fresh;
	assert_int_equal(inspect(&s, &f, &why), WORKERS_OK);
	assert_true(patterns == fresh && fresh != old);
	/* A reload that changes nothing in them takes none away. */
	assert_int_equal(workers_set_patterns(s.workers, STR("fresh"), &again, NULL), 0);
	assert_true(again == fresh);
	s.generation = old;
	assert_int_equal(inspect(&s, &f, &why), WORKERS_OK);
	assert_true(patterns == old);
	assert_int_equal(workers_set_patterns(s.workers, STR("third"), &again, NULL), 0);
	assert_int_equal(inspect(&s, &f, &why), -ESTALE);
	s.generation = again;
	assert_int_equal(inspect(&s, &f, &why), WORKERS_OK);
	assert_true(patterns == again && kills == 0);
	close_scene(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_worker_gives_facts_again_and_again),
		cmocka_unit_test(a_message_that_kills_one_worker_is_tried_on_another),
		cmocka_unit_test(a_message_that_kills_two_workers_is_not_tried_again),
		cmocka_unit_test(nonsense_from_a_worker_is_not_believed),
		cmocka_unit_test(without_workers_it_is_our_trouble_and_not_the_message),
		cmocka_unit_test(a_message_is_inspected_by_the_patterns_of_its_own_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
