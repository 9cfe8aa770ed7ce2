#include "super/listwatch.h"

#include "conf/feedrow.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

static uint64_t mix(uint64_t sum, uint64_t v)
{
	return (sum ^ v) * 0x9e3779b97f4a7c15 + (v >> 32);
}

static uint64_t stamp_of(const struct stat *st)
{
	return mix(
		mix(mix(mix(1, st->st_ino), (uint64_t)st->st_size), (uint64_t)st->st_mtim.tv_sec),
		(uint64_t)st->st_mtim.tv_nsec);
}

static uint64_t stamp_of_file(DIR *dir, const char *name)
{
	struct stat st;

	return fstatat(dirfd(dir), name, &st, 0) < 0 ? 0 : stamp_of(&st);
}

static bool is_read(str name)
{
	static const str suffixes[] = {
		{ ".txt", 4 }, { ".set", 4 }, { ".yaml", 5 }, { ".cf", 3 }
	};

	for (size_t i = 0; i < ARRAY_LEN(suffixes) && name.p[0] != '.'; i++) {
		if (str_ends(name, suffixes[i]))
			return true;
	}
	return false;
}

/* A sum, since the order of a directory is not that of names. */
static uint64_t stamp_of_dir(str path)
{
	cleanup(arena_freep) struct arena *a = arena_new("stamp", 1 << 20);
	DIR *dir = path.n ? opendir(arena_cz(a, path)) : NULL;
	const struct dirent *d;
	uint64_t sum = 0;

	while (dir && (d = readdir(dir))) {
		if (is_read(str_c(d->d_name)))
			sum += stamp_of_file(dir, d->d_name);
	}
	if (dir)
		closedir(dir);
	return sum;
}

static uint64_t stamp_of_feeds(const struct conf *conf)
{
	cleanup(arena_freep) struct arena *a = arena_new("stamp", 1 << 24);
	str home = feedrow_home(a, conf);
	uint64_t sum = 0;

	for (size_t i = 0; i < conf->feeds.sources.n; i++) {
		struct feedrow f;
		struct stat st;

		if (feedrow_parse(conf->feeds.sources.v[i], &f) &&
		    lstat(feedrow_file(a, home, &f).p, &st) == 0)
			sum += stamp_of(&st);
	}
	return sum;
}

uint64_t listwatch_stamp(const struct conf *conf)
{
	return mix(mix(stamp_of_dir(conf->paths.lists), stamp_of_dir(conf->paths.site_lists)),
		   mix(stamp_of_feeds(conf), mix(stamp_of_dir(conf->paths.overlay),
						 stamp_of_dir(conf->paths.candidate))));
}

uint64_t listwatch_recipients_stamp(const struct conf *conf)
{
	cleanup(arena_freep) struct arena *a = arena_new("stamp", 64 << 10);
	struct stat st = { 0 };

	if (!conf_has_recipients(conf))
		return 0;
	/* One that has vanished has changed. */
	if (stat(arena_cz(a, conf->recipients.file), &st) < 0)
		st.st_size = -1;
	return stamp_of(&st);
}

uint64_t listwatch_learned_stamp(const struct conf *conf)
{
	cleanup(arena_freep) struct arena *a = arena_new("stamp", 1 << 20);
	DIR *dir = opendir(arena_fmt(a, "%.*s/classifier", STR_ARG(conf->paths.state)).p);
	uint64_t stamp = 0;

	if (dir) {
		stamp = stamp_of_file(dir, "model") + stamp_of_file(dir, "fuzzy") +
			stamp_of_file(dir, "tastes");
		closedir(dir);
	}
	return stamp;
}
