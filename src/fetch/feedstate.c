#include "fetch/feedstate.h"

#include "base/clock.h"
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

static const char *path_of(struct arena *a, str home, str name, const char *suffix)
{
	return arena_fmt(a, "%.*s/%.*s/state%s", STR_ARG(home), STR_ARG(name), suffix).p;
}

static str text(struct arena *a, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? arena_str(a, str_of(json_string_value(v), json_string_length(v)))
				 : STR("");
}

static int64_t number(const json_t *o, const char *key)
{
	int64_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? n : 0;
}

static struct feedstate decode(struct arena *a, const json_t *o)
{
	return (struct feedstate){
		.version = (uint64_t)number(o, "version"),
		.fetched_at = number(o, "fetched_at"),
		.changed_at = number(o, "changed_at"),
		.next_at = number(o, "next_at"),
		.failures = (uint64_t)number(o, "failures"),
		.entries = (uint64_t)number(o, "entries"),
		.left_out = (uint64_t)number(o, "left_out"),
		.why = text(a, o, "why"),
		.etag = text(a, o, "etag"),
		.modified = text(a, o, "modified"),
		.added_after = text(a, o, "added_after"),
	};
}

/* Neither a link nor a pipe that somebody else laid there is opened. */
struct feedstate feedstate_read(struct arena *a, str home, str name)
{
	cleanup(fd_closep) int fd =
		open(path_of(a, home, name, ""), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct feedstate s = { 0 };
	json_t *o = NULL;
	str in;

	if (fd >= 0 && fd_read_all(fd, a, FEEDSTATE_MAX, &in, NULL) == 0)
		o = json_loadb(in.p ? in.p : "", in.n, 0, NULL);
	s = decode(a, o);
	json_decref(o);
	return s;
}

static void put_text(struct strbuf *out, const char *key, str value)
{
	strbuf_fmt(out, ",\"%s\":", key);
	strbuf_json(out, value);
}

void feedstate_put(struct strbuf *out, const struct feedstate *s)
{
	strbuf_fmt(out,
		   "\"version\":%llu,\"entries\":%llu,\"left_out\":%llu,\"fetched_at\":%lld,"
		   "\"changed_at\":%lld,\"next_at\":%lld,\"failures\":%llu",
		   (unsigned long long)s->version, (unsigned long long)s->entries,
		   (unsigned long long)s->left_out, (long long)s->fetched_at,
		   (long long)s->changed_at, (long long)s->next_at,
		   (unsigned long long)s->failures);
	put_text(out, "why", s->why);
}

int feedstate_write(struct arena *a, str home, str name, const struct feedstate *s, struct why *why)
{
	const char *path = path_of(a, home, name, ""), *fresh = path_of(a, home, name, ".new");
	cleanup(fd_closep) int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct strbuf b = strbuf_make(a, FEEDSTATE_MAX);
	int r;

	if (fd < 0)
		return why_set(why, -errno, "%s: %m", fresh);
	strbuf_char(&b, '{');
	feedstate_put(&b, s);
	put_text(&b, "etag", s->etag);
	put_text(&b, "modified", s->modified);
	put_text(&b, "added_after", s->added_after);
	strbuf_put(&b, STR("}\n"));
	r = fd_write_all(fd, strbuf_str(&b), why);
	if (r == 0 && rename(fresh, path) < 0)
		r = why_set(why, -errno, "%s: %m", path);
	return r;
}

bool feedstate_stale(const struct feedstate *s, const struct feedrow *row, int64_t now)
{
	return now - s->fetched_at > FEEDROW_STALE_PERIODS * row->every / 1000;
}
