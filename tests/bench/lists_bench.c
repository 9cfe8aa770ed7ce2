/* tests/bench/lists_bench.c - what a list of millions costs: to compile, to hold, to ask.
 *
 *	lists_bench DIR ENTRIES
 *
 * Writes a text list of domains, URLs, addresses and mailboxes into DIR, compiles it and looks up
 * entries that are there and others, in an order that no cache foresees; prints one line each. */
#include "base/clock.h"
#include "lists/listcompile.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOOKUPS = 1000000 };

static void die(const char *what)
{
	fprintf(stderr, "lists_bench: %s\n", what);
	exit(1);
}

/* The i-th entry: mostly domains and URLs, as feeds are. */
static int entry(char *out, size_t size, unsigned long i)
{
	switch (i % 8) {
	case 0:
		return snprintf(out, size, "user%lu@mail%lu.example", i, i % 1000);
	case 1:
		return snprintf(out, size, "%lu.%lu.%lu.%lu", 11 + (i >> 24) % 200, i >> 16 & 255,
				i >> 8 & 255, i & 255);
	case 2:
	case 3:
	case 4:
		return snprintf(out, size, "http://host%lu.example/path/%lx/login.php", i / 3, i);
	default:
		return snprintf(out, size, "bad-domain-%lu.example", i);
	}
}

static void write_text(const char *path, unsigned long n)
{
	FILE *f = fopen(path, "we");
	char line[200];

	if (!f)
		die(path);
	for (unsigned long i = 0; i < n; i++) {
		entry(line, sizeof(line), i);
		fprintf(f, "%s\n", line);
	}
	fclose(f);
}

/* The keys of an entry as a message would bring it. */
static void query(struct arena *a, unsigned long i, struct listkey_set *keys)
{
	char text[200];
	str s = str_of(text, (size_t)entry(text, sizeof(text), i));
	size_t at = str_chr(s, '@');
	struct ip ip;

	s = arena_str(a, s);
	if (at != STR_NONE)
		listkey_address(a, str_sub(s, 0, at), str_skip(s, at + 1), keys);
	else if (ip_parse(s, &ip))
		listkey_client(ip, keys);
	else if (str_find(s, STR("://")) != STR_NONE)
		listkey_url(a, s, keys);
	else
		listkey_domain(a, s, keys);
}

/* Of the processor: others may be at work here. */
static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

struct round {
	double ns; /* a question */
	unsigned long found, keys;
};

/* Makes the keys of each question, and looks them up when there is a list. */
static struct round run(const struct lists_list *list, unsigned long from, unsigned long n)
{
	struct arena *a = arena_new("bench", 1ul << 30);
	struct listkey_set keys;
	struct listset_hit hit;
	struct round r = { 0 };
	unsigned long at = 7;
	double began = now_ns();

	for (unsigned long i = 0; i < LOOKUPS; i++) {
		at = at * 6364136223846793005ul + 1442695040888963407ul;
		query(a, from + (at >> 20) % n, &keys);
		r.keys += keys.n + (keys.ip.n > 0);
		r.found += list && lists_has(list, &keys, 0, &hit);
		if (i % 1000 == 0)
			arena_reset(a);
	}
	r.ns = (now_ns() - began) / LOOKUPS;
	arena_free(a);
	return r;
}

/* Once before the clock runs, so that the pages are there. */
static void measure(const struct lists_list *list, const char *what, unsigned long from,
		    unsigned long n, bool expected)
{
	struct round first = run(list, from, n), alone = run(NULL, from, n);
	struct round r = run(list, from, n);
	double keys = (double)r.keys / LOOKUPS;

	printf("%-12s %5.0f ns a question, %4.0f ns a key (%.1f keys), making the keys %4.0f ns\n",
	       what, r.ns - alone.ns, (r.ns - alone.ns) / keys, keys, alone.ns);
	if (first.found != (expected ? LOOKUPS : 0))
		die("wrong answers");
}

static long resident_kb(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long pages = 0, all = 0;

	if (f && fscanf(f, "%ld %ld", &all, &pages) != 2)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

int main(int argc, char **argv)
{
	unsigned long n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	struct arena *a = arena_new("bench", 1 << 20);
	struct listcompile_count count;
	struct lists lists = { 0 };
	struct why why = { "" };
	const char *text, *set;
	struct stat st;
	double began;
	long before;

	if (n == 0)
		die("usage: lists_bench DIR ENTRIES");
	text = arena_fmt(a, "%s/bench.list", argv[1]).p;
	set = arena_fmt(a, "%s/bench.set", argv[1]).p;
	write_text(text, n);
	began = now_ns();
	if (listcompile_run(text, set, true, clock_wall(), &count, &why) < 0)
		die(why.text);
	if (stat(set, &st) < 0)
		die(set);
	printf("compiled %llu entries in %.1f s (CPU): %lld bytes, %.1f an entry, %.1f of them "
	       "slots\n",
	       (unsigned long long)count.entries, (now_ns() - began) / 1e9, (long long)st.st_size,
	       (double)st.st_size / (double)count.entries, 8 * 4.0 / 3);
	unlink(text);
	began = now_ns();
	before = resident_kb();
	if (lists_load_dir(&lists, a, argv[1], &why) < 0 || lists.list.n != 1)
		die(why.text);
	printf("mapped in %.0f us\n", (now_ns() - began) / 1e3);
	measure(lists.list.v[0], "not listed", 1000000000, 1000000000, false);
	printf("resident     %ld KB more\n", resident_kb() - before);
	measure(lists.list.v[0], "listed", 0, n, true);
	lists_close(&lists);
	unlink(set);
	return 0;
}
