/* spool/spoolworld.h - a spool in a directory of its own, for the tests of this room. */
#ifndef SPOOL_SPOOLWORLD_H
#define SPOOL_SPOOLWORLD_H

#include "base/fd.h"
#include "spool/recovery.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char path[64];
	int dirfd;
	struct arena *a;
};

static inline int setup_in(void **state, const char *dir)
{
	struct arena *a = arena_new("test", 64 << 20);
	struct world *w = arena_make(a, struct world);

	snprintf(w->path, sizeof(w->path), "%s/spool_test.XXXXXX", dir);
	assert_non_null(mkdtemp(w->path));
	w->dirfd = open(w->path, O_RDONLY | O_DIRECTORY);
	assert_true(w->dirfd >= 0);
	w->a = a;
	*state = w;
	return 0;
}

static inline int setup(void **state)
{
	return setup_in(state, "/tmp");
}

/* In memory where that can be had: for tests that are their own disk. */
static inline int setup_in_memory(void **state)
{
	return setup_in(state, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
}

static inline void remove_tree(int dirfd)
{
	DIR *d = fdopendir(dup(dirfd));
	struct dirent *e;

	rewinddir(d);
	while ((e = readdir(d))) {
		int fd;

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dirfd, e->d_name, 0) == 0)
			continue;
		fd = openat(dirfd, e->d_name, O_RDONLY | O_DIRECTORY);
		remove_tree(fd);
		close(fd);
		unlinkat(dirfd, e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
}

static inline int teardown(void **state)
{
	struct world *w = *state;

	remove_tree(w->dirfd);
	close(w->dirfd);
	rmdir(w->path);
	arena_free(w->a);
	return 0;
}

static inline struct spoolmeta a_message(const char *id)
{
	static str recipients[] = { { "a@hopital.example", 17 }, { "b@hopital.example", 17 } };
	struct spoolmeta m = { .client_ip = STR("192.0.2.1"),
			       .helo = STR("client.example"),
			       .reverse_path = STR("s@example.org"),
			       .recipients = recipients,
			       .n_recipients = 2,
			       .received_at = 1700000000,
			       .queued_at = 1700000001,
			       .body_8bit = true,
			       .subject = STR("bonjour"),
			       .record = STR("{}") };

	assert_true(spoolid_parse(str_c(id), &m.id));
	return m;
}

static inline int commit_text(struct world *w, struct spool *s, const char *id, str body)
{
	struct spoolmeta m = a_message(id);
	struct bodyparts parts;
	struct why why;

	assert_true(bodyparts_make(w->a, STR("Received: here\r\n"), body, NULL, 0, &parts));
	return spool_commit(s, w->a, &m, &parts, &why);
}

static inline void open_spool(struct world *w, struct spool *s)
{
	struct why why = { { 0 } };

	if (spool_open(s, w->dirfd, &why) < 0)
		fail_msg("%s", why.text);
}

/* Small segments, so that few messages fill them. */
enum { SMALL = 16 << 10 };

static inline void open_small(struct world *w, struct spool *s)
{
	struct why why = { { 0 } };

	if (spool_open_on(s, w->dirfd, &spoolio_disk, SMALL, &why) < 0)
		fail_msg("%s", why.text);
}

static inline int count_entries(struct world *w, const char *sub)
{
	int fd = openat(w->dirfd, sub, O_RDONLY | O_DIRECTORY);
	DIR *d = fdopendir(fd);
	struct dirent *e;
	int n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

struct found {
	int messages, bad;
	uint32_t attempts;
	char reason[200];
};

static inline void on_message(void *ctx, const struct spoolmeta *m, const struct spool_state *state)
{
	struct found *f = ctx;

	assert_int_equal(m->n_recipients, 2);
	f->messages++;
	f->attempts = state->progress[0].attempts;
}

static inline void on_bad(void *ctx, const char *name, const char *reason)
{
	struct found *f = ctx;

	f->bad++;
	snprintf(f->reason, sizeof(f->reason), "%s: %s", name, reason);
}

static inline struct found recover(struct spool *s)
{
	struct found f = { 0 };
	struct recovery_visitor v = { &f, on_message, on_bad };
	struct why why;

	assert_int_equal(recovery_run(s, &v, &why), 0);
	return f;
}

static inline struct spool_id id_of(const char *text)
{
	struct spool_id id;

	assert_true(spoolid_parse(str_c(text), &id));
	return id;
}

static inline void commit_first(struct world *w)
{
	struct spool s;

	open_small(w, &s);
	assert_int_equal(commit_text(w, &s, "M1", STR("first")), SPOOL_OK);
	spool_close(&s);
}

static inline void assert_readable(struct world *w, struct spool *s, const char *id)
{
	struct spool_message m;
	struct why why;

	assert_int_equal(spool_read(s, w->a, id_of(id), &m, &why), SPOOL_OK);
	close(m.fd);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define T_IN_MEMORY(f) cmocka_unit_test_setup_teardown(f, setup_in_memory, teardown)

#endif
