/* Image workers that read, die, lie and dawdle: each picture gets its facts or a finding. */
#include "scan/images.h"

#include "image/image.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum manner { READS, DIES, LIES, DAWDLES, TOO_LARGE };
enum { PATIENCE_MS = 300 };

static _Atomic unsigned kills, shown;

struct fake {
	int fd;
	enum manner manner;
};

static void read_picture(struct chan *c, enum manner manner)
{
	str code = STR("https://qr.example/");
	struct msg m = { .type = MSG_image_read };

	if (manner == TOO_LARGE)
		m.image_read.result = IMAGE_E_TOO_LARGE;
	else if (manner == READS)
		m.image_read.codes = (struct msg_texts){ &code, 1 };
	m.image_read.shape = 5;
	if (manner == LIES)
		defs_ignore((int)write(chan_fd(c), "nonsense", 8));
	else if (manner != DAWDLES)
		defs_ignore(chan_send(c, &m, NULL));
}

static void *image_worker(void *ctx)
{
	struct fake *k = ctx;
	struct arena *a = arena_new("worker", 4 << 20);
	struct chan *c = chan_new(k->fd, PROCESS_IMAGE, PROCESS_SCAN);
	struct msg m;

	while (chan_receive(c, a, CHAN_FOREVER, &m, NULL) == 0) {
		msg_close(&m);
		shown++;
		if (k->manner == DIES)
			break;
		read_picture(c, k->manner);
	}
	chan_free(c);
	arena_free(a);
	return NULL;
}

/* Makes one finding of what it is told that a code says. */
static void *inspector(void *ctx)
{
	struct arena *a = arena_new("inspector", 16 << 20);
	struct chan *c = chan_new(*(int *)ctx, PROCESS_INSPECT, PROCESS_SCAN);
	char *memory = NULL;
	struct msg m;

	while (chan_receive(c, a, CHAN_FOREVER, &m, NULL) == 0) {
		struct msg told = { .type = MSG_inspected };
		struct facts f = { 0 };
		str encoded;

		if (m.type == MSG_inspect_setup) {
			memory = mmap(NULL, FACTS_MAX_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
				      m.fds[1], 0);
			msg_close(&m);
			continue;
		}
		*arena_push(a, &f.findings) =
			(struct facts_finding){ STR("IMAGE_QR_CODE"), m.inspect_codes.codes.v[0], 0,
						0 };
		encoded = facts_encode(a, &f);
		memcpy(memory, encoded.p, encoded.n);
		told.inspected.length = encoded.n;
		defs_ignore(chan_send(c, &told, NULL));
	}
	if (memory)
		munmap(memory, FACTS_MAX_BYTES);
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
	struct arena *arena;
	struct images images;
	struct workers *inspectors;
	struct fake fakes[4];
	pthread_t threads[4], inspector;
	int inspector_fd;
	size_t n;
	struct facts facts;
};

static void open_scene(struct scene *s, const enum manner *manners, size_t n, size_t pictures)
{
	struct workers_host host = { NULL, count_kill };
	int fds[2];

	*s = (struct scene){ .n = n, .arena = arena_new("scene", 16 << 20) };
	kills = shown = 0;
	s->images = (struct images){ lanes_new(PROCESS_SCAN, PROCESS_IMAGE), host, PATIENCE_MS };
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(chan_pair(fds, NULL), 0);
		s->fakes[i] = (struct fake){ fds[1], manners[i] };
		assert_int_equal(pthread_create(&s->threads[i], NULL, image_worker, &s->fakes[i]),
				 0);
		lanes_add(s->images.lanes, fds[0], i);
	}
	s->inspectors = workers_new(host);
	assert_int_equal(workers_set_patterns(s->inspectors, STR(""), &s->images.generation, NULL),
			 0);
	assert_int_equal(chan_pair(fds, NULL), 0);
	s->inspector_fd = fds[1];
	assert_int_equal(pthread_create(&s->inspector, NULL, inspector, &s->inspector_fd), 0);
	workers_add(s->inspectors, fds[0], 9);
	for (size_t i = 0; i <= pictures; i++)
		*arena_push(s->arena, &s->facts.parts) =
			(struct facts_part){ .path = STR("1.2"), .detected = STR("image/png") };
	for (size_t i = 1; i <= pictures; i++)
		*arena_push(s->arena, &s->facts.extracts) =
			(struct facts_extract){ FACTS_EXTRACT_IMAGE, (uint32_t)i, 7,
						STR("picture") };
}

static void look(struct scene *s)
{
	images_look(&s->images, s->inspectors, s->arena, &s->facts, 5000, deadline_in(2000));
}

static void close_scene(struct scene *s)
{
	lanes_free(s->images.lanes);
	workers_free(s->inspectors);
	for (size_t i = 0; i < s->n; i++)
		pthread_join(s->threads[i], NULL);
	pthread_join(s->inspector, NULL);
	arena_free(s->arena);
}

static bool found(const struct scene *s, size_t i, const char *name, uint32_t part)
{
	const struct facts_finding *f = &s->facts.findings.v[i];

	return i < s->facts.findings.n && str_eq(f->name, str_c(name)) && f->part == part;
}

static void what_codes_say_becomes_facts_about_their_picture(void **state)
{
	enum manner manners[] = { READS };
	struct scene s;

	(void)state;
	open_scene(&s, manners, 1, 2);
	look(&s);
	assert_int_equal(s.facts.findings.n, 2);
	assert_true(found(&s, 0, "IMAGE_QR_CODE", 1) && found(&s, 1, "IMAGE_QR_CODE", 2));
	assert_true(str_eq(s.facts.findings.v[0].evidence, STR("https://qr.example/")));
	assert_int_equal(kills, 0);
	close_scene(&s);
}

static void a_picture_without_words_is_what_the_message_is_known_by(void **state)
{
	enum manner manners[] = { READS };
	struct scene s;

	(void)state;
	open_scene(&s, manners, 1, 1);
	look(&s);
	assert_int_equal(s.facts.fuzzy.n, 1);
	assert_true(s.facts.fuzzy.v[0].kind == FUZZY_IMAGE && s.facts.fuzzy.v[0].v[0] == 5);
	close_scene(&s);
	open_scene(&s, manners, 1, 1);
	arena_push(s.arena, &s.facts.fuzzy)->kind = FUZZY_TEXT;
	look(&s);
	assert_int_equal(s.facts.fuzzy.n, 1);
	close_scene(&s);
}

static void without_a_picture_nobody_is_asked(void **state)
{
	enum manner manners[] = { READS };
	struct scene s;

	(void)state;
	open_scene(&s, manners, 1, 0);
	*arena_push(s.arena, &s.facts.extracts) =
		(struct facts_extract){ FACTS_EXTRACT_ANTIVIRUS, 0, 1, STR("x") };
	look(&s);
	assert_int_equal(shown, 0);
	close_scene(&s);
}

/* The last lane added is used first. */
static void a_picture_that_ends_its_worker_is_named_and_the_next_goes_to_another(void **state)
{
	static const enum manner bad[] = { DIES, LIES, DAWDLES };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		enum manner manners[] = { READS, bad[i] };
		struct scene s;

		open_scene(&s, manners, 2, 2);
		look(&s);
		assert_int_equal(s.facts.findings.n, 2);
		assert_true(found(&s, 0, "IMAGE_UNINSPECTED", 1));
		assert_true(str_starts(s.facts.findings.v[0].evidence, STR("image/png in 1.2: ")));
		assert_true(found(&s, 1, "IMAGE_QR_CODE", 2));
		assert_int_equal(kills, 1);
		assert_int_equal(shown, 2);
		close_scene(&s);
	}
}

static void what_is_not_looked_at_is_said(void **state)
{
	enum manner manners[] = { TOO_LARGE };
	struct scene s;

	(void)state;
	open_scene(&s, manners, 1, 1);
	look(&s);
	assert_true(found(&s, 0, "IMAGE_UNREAD", 1));
	close_scene(&s);
	open_scene(&s, NULL, 0, 1);
	images_look(&s.images, s.inspectors, s.arena, &s.facts, 5000, deadline_in(20));
	assert_true(found(&s, 0, "IMAGE_UNINSPECTED", 1));
	close_scene(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_codes_say_becomes_facts_about_their_picture),
		cmocka_unit_test(a_picture_without_words_is_what_the_message_is_known_by),
		cmocka_unit_test(without_a_picture_nobody_is_asked),
		cmocka_unit_test(
			a_picture_that_ends_its_worker_is_named_and_the_next_goes_to_another),
		cmocka_unit_test(what_is_not_looked_at_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
