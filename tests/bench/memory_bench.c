/* tests/bench/memory_bench.c - what asking and telling the memory costs for one message.
 *
 * memory_bench DIR   fills a memory of ROWS rows in DIR and prints microseconds of CPU of a
 * question about NAMES names, rows known and in memory (warm), known and in the file only (cold),
 * unknown (new); of the same question over a lane to another thread; and of a note about as many.
 */
#include "memory/memorylane.h"
#include "memory/memorystore.h"

#include <stdio.h>
#include <time.h>

enum { ROWS = 600000, NAMES = 30, ROUNDS = 2000, NOW = 1800000000 };

static const struct memory_limits limits = { .keep_s = { [MEMORY_FUZZY] = 1 << 30 },
					     .max_rows = { [MEMORY_FUZZY] = ROWS } };

struct batch {
	struct memory_name names[NAMES];
	char texts[NAMES][32];
};

/* Of all threads. */
static int64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Names of rows from that number on. */
static void fill(struct batch *b, unsigned from)
{
	for (unsigned i = 0; i < NAMES; i++) {
		snprintf(b->texts[i], sizeof(b->texts[i]), "%u.bench.example", from + i);
		b->names[i] = (struct memory_name){ MEMORY_FUZZY, str_c(b->texts[i]) };
	}
}

static void note(const struct memory *m, const struct batch *b)
{
	struct memory_change c[NAMES];
	struct why why;

	for (unsigned i = 0; i < NAMES; i++)
		c[i] = (struct memory_change){ .name = b->names[i], .good = 1 };
	bug_if(memory_note(m, c, NAMES, NOW, &why) < 0);
}

static void recall(const struct memory *m, const struct batch *b, bool known)
{
	cleanup(arena_freep) struct arena *a = arena_new("recall", 1 << 20);
	struct memory_fact f[NAMES];
	struct why why;

	bug_if(memory_recall(m, a, b->names, NAMES, NOW, deadline_in(1000), f, &why) < 0);
	bug_if((f[NAMES - 1].last_seen != 0) != known);
}

/* Microseconds of one question; step: how far the next one is from it. */
static void measure(const char *what, const struct memory *m, unsigned from, unsigned step,
		    bool known)
{
	struct batch b;
	int64_t total = 0;

	for (unsigned i = 0; i < ROUNDS; i++) {
		int64_t began;

		fill(&b, from + i * step);
		began = cpu_us();
		recall(m, &b, known);
		total += cpu_us() - began;
	}
	printf("%s %.1f\n", what, (double)total / ROUNDS);
}

static int answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	struct why why;

	return memorylane_answer(ctx, c, m, a, &why);
}

static struct memory over_lane(struct memory *m)
{
	struct lanes *lanes = lanes_new(PROCESS_SCAN, PROCESS_MEMORY);
	struct why why;
	int ends[2];

	bug_if(chan_pair(ends, &why) < 0);
	bug_if(lanes_serve(ends[1], PROCESS_MEMORY, PROCESS_SCAN, answer, m, &why) < 0);
	lanes_add(lanes, ends[0], 0);
	return memorylane_over(lanes);
}

int main(int argc, char **argv)
{
	struct memorystore *s;
	struct memory m, far;
	struct batch b;
	struct why why;
	char path[512];
	int64_t began;
	size_t n;

	snprintf(path, sizeof(path), "%s/memory.db", argc > 1 ? argv[1] : ".");
	if (memorystore_open(path, &limits, &s, &why) < 0) {
		fprintf(stderr, "memory_bench: %s\n", why.text);
		return 1;
	}
	m = memorystore_memory(s);
	began = cpu_us();
	for (unsigned i = 0; i < ROWS; i += NAMES) {
		fill(&b, i);
		note(&m, &b);
		if (i % 6000 == 0)
			bug_if(memorystore_flush(s, &n, &why) < 0);
	}
	bug_if(memorystore_flush(s, &n, &why) < 0);
	printf("note and write %.1f\n", (double)(cpu_us() - began) / (ROWS / NAMES));
	measure("cold", &m, 0, NAMES, true);
	measure("warm", &m, 0, 0, true);
	measure("new", &m, ROWS, NAMES, false);
	far = over_lane(&m);
	measure("warm, over a lane", &far, 0, 0, true);
	memorystore_close(s);
	return 0;
}
