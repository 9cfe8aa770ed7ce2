#include "cli/feeds.h"

#include "cli/dnssource.h"
#include "cli/table.h"
#include "fetch/feeder.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUTPUT_MAX = 4 << 20 };

static void put_time(struct strbuf *out, struct arena *a, const char *key, int64_t wall)
{
	struct strbuf b = strbuf_make(a, 64);

	strbuf_fmt(out, ",\"%s\":", key);
	if (wall)
		clock_put_rfc3339(&b, wall);
	if (wall)
		strbuf_json(out, strbuf_str(&b));
	else
		strbuf_put(out, STR("null"));
}

static void put_feed(struct strbuf *out, struct arena *a, const struct feedrow *row,
		     const struct feedstate *s, int64_t now)
{
	strbuf_put(out, STR("{\"feed\":"));
	strbuf_json(out, row->name);
	strbuf_put(out, STR(",\"format\":"));
	strbuf_json(out, row->format);
	strbuf_put(out, STR(",\"list\":"));
	strbuf_json(out, arena_fmt(a, "%.*s.txt", STR_ARG(row->list)));
	strbuf_fmt(out, ",\"version\":%llu,\"entries\":%llu,\"left_out\":%llu",
		   (unsigned long long)s->version, (unsigned long long)s->entries,
		   (unsigned long long)s->left_out);
	put_time(out, a, "fetched_at", s->fetched_at);
	put_time(out, a, "changed_at", s->changed_at);
	put_time(out, a, "next_at", s->next_at);
	strbuf_fmt(out, ",\"failures\":%llu,\"why\":", (unsigned long long)s->failures);
	strbuf_json(out, s->why);
	strbuf_fmt(out, ",\"stale\":%s}\n", feedstate_stale(s, row, now) ? "true" : "false");
}

static int print(struct arena *a, const struct strbuf *lines, bool json)
{
	static const struct table_column columns[] = {
		{ "FEED", "feed", 20 },		 { "LIST", "list", 30 },
		{ "ENTRIES", "entries", 12 },	 { "LEFT OUT", "left_out", 12 },
		{ "FETCHED", "fetched_at", 20 }, { "CHANGED", "changed_at", 20 },
		{ "STALE", "stale", 5 },	 { "FAILURE", "why", 60 },
	};
	struct strbuf out = strbuf_make(a, OUTPUT_MAX);

	if (json)
		strbuf_put(&out, strbuf_str(lines));
	else if (!table_put(&out, strbuf_str(lines), columns, ARRAY_LEN(columns)))
		return -EIO;
	if (out.n)
		fwrite(out.p, 1, out.n, stdout);
	return 0;
}

int feeds_status(struct arena *a, const struct conf *conf, int64_t now, bool json,
		 struct why *why unused_arg)
{
	struct strbuf lines = strbuf_make(a, OUTPUT_MAX);
	bool stale = false;
	int r = feedrow_check(conf, why);

	for (size_t i = 0; r == 0 && i < conf->feeds.sources.n; i++) {
		struct feedrow row;
		struct feedstate s;

		bug_if(!feedrow_parse(conf->feeds.sources.v[i], &row));
		s = feedstate_read(a, feedrow_home(a, conf), row.name);
		put_feed(&lines, a, &row, &s, now);
		stale |= feedstate_stale(&s, &row, now);
	}
	if (r == 0)
		r = print(a, &lines, json);
	return r < 0 ? r : stale;
}

/* As the supervisor makes it (super/prepare.h). */
static int make_home(const char *home, const char *user, struct why *why)
{
	unsigned uid, gid;

	if (mkdir(home, 0755) == 0 && geteuid() == 0) {
		sandbox_ids(user, &uid, &gid);
		if (lchown(home, uid, gid) < 0)
			return why_set(why, -errno, "%s: %m", home);
	} else if (access(home, X_OK) < 0) {
		return why_set(why, -errno, "%s: %m", home);
	}
	return 0;
}

static int enter(struct arena *a, const struct conf *conf, struct why *why)
{
	struct sandbox_spec spec = { .user = arena_cz(a, conf->users.fetch),
				     .rights = SANDBOX_THREADS | SANDBOX_CONNECT | SANDBOX_FILES,
				     .home = feedrow_home(a, conf).p };
	int r = make_home(spec.home, spec.user, why);

	return r < 0 ? r : sandbox_enter(&spec, why);
}

static int prepare(struct arena *a, const struct conf *conf, str name, struct feeder *feeder,
		   struct why *why)
{
	struct dns_resolver dns;
	struct feedrow row;
	int r = feedrow_check(conf, why);

	if (r == 0 && !feedrow_find(conf, name, &row))
		return why_set(why, -EINVAL, "feeds.sources has no feed %.*s", STR_ARG(name));
	if (r == 0)
		r = httpget_begin(why);
	if (r == 0)
		r = feeder_prepare(feeder, conf, ".", why);
	if (r == 0)
		r = dnssource_open(a, conf, NULL, STR_NULL, &dns, why);
	if (r == 0)
		feeder_set_ways(feeder, dns);
	return r < 0 ? r : enter(a, conf, why);
}

int feeds_fetch(struct arena *a, const struct conf *conf, str name, bool json, struct why *why)
{
	struct strbuf lines = strbuf_make(a, OUTPUT_MAX);
	const struct feedfetch *f;
	enum feedfetch_result result;
	struct feedstate s;
	struct feeder feeder;
	uint64_t seed = 0;
	int r = prepare(a, conf, name, &feeder, why);

	if (r < 0)
		return r;
	f = feeder_find(&feeder, name);
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = 0; /* only less spread */
	result = feedfetch_run(f, a, clock_wall(), seed, &s, why);
	put_feed(&lines, a, &f->row, &s, clock_wall());
	r = print(a, &lines, json);
	return r < 0 ? r : result == FEEDFETCH_FAILED;
}
