#include "learn/learnstate.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

static const char examples_name[] = "examples", model_name[] = "model";

static int new_key(uint64_t *ret, struct why *why)
{
	do {
		if (getrandom(ret, sizeof(*ret), 0) != sizeof(*ret))
			return why_set(why, -errno, "no random key: %m");
	} while (*ret == 0);
	return 0;
}

static int begin_file(struct learnstate *s, struct why *why)
{
	uint64_t key;
	int r = new_key(&key, why);

	s->fd = fd_close(s->fd);
	if (r == 0)
		r = statedir_replace(s->dirfd, examples_name, examples_head(s->arena, key), &s->fd,
				     why);
	return r;
}

static int map_file(struct learnstate *s, struct why *why)
{
	fd_unmap(&s->file);
	return fd_map(s->fd, EXAMPLES_MAX_BYTES, &s->file, why);
}

static int read_file(struct learnstate *s, struct why *why)
{
	int r = map_file(s, why);

	if (r < 0)
		return r;
	if (!examples_read(s->arena, s->file, &s->examples)) {
		if (s->file.n) {
			why_set(&s->trouble, 0, "%s is damaged and was put aside", examples_name);
			if (renameat(s->dirfd, examples_name, s->dirfd, "examples.broken") < 0)
				return why_set(why, -errno, "%s: %m", examples_name);
		}
		r = begin_file(s, why);
		if (r == 0)
			r = map_file(s, why);
		if (r == 0 && !examples_read(s->arena, s->file, &s->examples))
			return why_set(why, -EIO, "%s cannot be read again", examples_name);
	}
	if (s->examples.damaged)
		why_set(&s->trouble, 0, "%s is damaged: what was learned last is lost",
			examples_name);
	return r;
}

int learnstate_open(struct learnstate *s, struct arena *a, const char *dir, struct why *why)
{
	int r;

	*s = (struct learnstate){ .arena = a, .dirfd = -1, .fd = -1 };
	s->fresh = strbuf_make(a, EXAMPLES_ADD_BYTES);
	s->dirfd = statedir_open(dir, why);
	if (s->dirfd < 0)
		return s->dirfd;
	/* On the directory, since the files in it are replaced. */
	if (flock(s->dirfd, LOCK_EX) < 0)
		return why_set(why, -errno, "%s: lock: %m", dir);
	s->fd = openat(s->dirfd, examples_name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->fd < 0)
		return why_set(why, -errno, "%s/%s: %m", dir, examples_name);
	r = read_file(s, why);
	return r < 0 ? why_prefix(why, r, "%s", dir) : 0;
}

enum examples_news learnstate_add(struct learnstate *s, const struct features *f,
				  enum example_kind kind, int64_t at)
{
	return examples_add(&s->examples, f, kind, at, &s->fresh);
}

static int append(struct learnstate *s, struct why *why)
{
	int r;

	if (s->examples.damaged && ftruncate(s->fd, (off_t)s->examples.sound) < 0)
		return why_set(why, -errno, "%s: %m", examples_name);
	if (lseek(s->fd, (off_t)s->examples.sound, SEEK_SET) < 0)
		return why_set(why, -errno, "%s: %m", examples_name);
	r = fd_write_all(s->fd, strbuf_str(&s->fresh), why);
	if (r == 0 && fdatasync(s->fd) < 0)
		r = why_set(why, -errno, "%s: %m", examples_name);
	return r;
}

static int write_anew(struct learnstate *s, struct why *why)
{
	struct strbuf out = strbuf_make(s->arena, EXAMPLES_MAX_BYTES);

	/* Growing would take several times as much of the arena. */
	strbuf_reserve(&out, 2 * EXAMPLES_KEEP_BYTES + EXAMPLES_KEEP_BYTES / 16);
	strbuf_put(&out, examples_head(s->arena, s->examples.key));
	for (size_t i = 0; i < s->examples.v.n; i++) {
		if (s->examples.v.v[i]->kind != EXAMPLE_FORGOTTEN)
			examples_put(&out, s->examples.v.v[i]);
	}
	if (out.overflow)
		return why_set(why, -EFBIG, "%s: too large", examples_name);
	return statedir_replace(s->dirfd, examples_name, strbuf_str(&out), NULL, why);
}

int learnstate_commit(struct learnstate *s, int64_t not_before, struct model *ret, struct why *why)
{
	int r;

	if (s->fresh.overflow)
		return why_set(why, -EFBIG, "%s: too much at once", examples_name);
	r = examples_trim(&s->examples, not_before) ? write_anew(s, why) : append(s, why);
	if (r < 0)
		return r;
	trainer_run(s->arena, &s->examples, ret);
	return statedir_replace(s->dirfd, model_name, model_encode(s->arena, ret), NULL, why);
}

void learnstate_close(struct learnstate *s)
{
	fd_unmap(&s->file);
	s->fd = fd_close(s->fd);
	s->dirfd = fd_close(s->dirfd);
}

int learnstate_load(const char *dir, str *ret_map, struct model *ret, struct why *why)
{
	int r = statedir_map(dir, model_name, 2 * MODEL_BYTES, ret_map, why);

	if (r != STATEDIR_OK || model_decode(*ret_map, ret))
		return r;
	fd_unmap(ret_map);
	return why_set(why, STATEDIR_E_BROKEN, "%s/%s is damaged: learn once more to make it anew",
		       dir, model_name);
}
