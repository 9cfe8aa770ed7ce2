#include "fetch/feedfetch.h"

#include "base/fd.h"
#include "lists/listcompile.h"
#include "lists/listfeed.h"
#include "url/url.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY_S = 24 * 3600, LIST_BYTES = 8 /* of text for one of the feed */ };

/* One feed on its way. */
struct fetch {
	const struct feedfetch *f;
	struct arena *arena;
	struct feedstate *state;
	int64_t now;
	deadline until;
	size_t left; /* bytes */
	str days_end;
	struct strbuf list;
	struct listfeed_count count;
};

/* --- asking --- */

static void add_field(struct fetch *t, struct httpget *q, const char *name, str value)
{
	if (value.n)
		q->fields[q->n_fields++] = arena_fmt(t->arena, "%s: %.*s", name, STR_ARG(value));
}

/* The key is for the host of the row only. */
static bool same_site(struct arena *a, str one, str other)
{
	struct url u, v;

	return url_parse(a, one, NULL, &u) && url_parse(a, other, NULL, &v) &&
	       str_eq(u.host.text, v.host.text) && u.port == v.port && str_eq(u.scheme, v.scheme);
}

static bool is_redirection(long code)
{
	return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

static int follow(struct fetch *t, str *url, str location, struct why *why)
{
	struct url base, next;

	if (!url_parse(t->arena, *url, NULL, &base) || !url_parse(t->arena, location, &base, &next))
		return why_set(why, -EPROTO, "redirected to what is no URL");
	*url = next.href;
	return 0;
}

/* Follows redirections, each to an address that is looked at anew. fields is for all of them but
 * the key. */
static int ask(struct fetch *t, str url, const struct httpget *with, struct httpget_answer *ret,
	       struct why *why)
{
	str first = url;

	for (int hop = 0; hop <= FEEDFETCH_REDIRECTS; hop++) {
		struct httpget q = *with;
		int r;

		q.url = url;
		if (t->f->key.n && same_site(t->arena, first, url))
			q.fields[q.n_fields++] = t->f->key;
		r = httpget_run(&t->f->ways, t->arena, &q, ret, why);
		if (r == HTTPGET_E_INTERNAL)
			return why_set(why, -EACCES,
				       "the server has an address that is not the Internet's; see "
				       "fetch.allow_private");
		if (r < 0 || !is_redirection(ret->code))
			return r;
		r = follow(t, &url, ret->location, why);
		if (r < 0)
			return r;
	}
	return why_set(why, -ELOOP, "more than %d redirections", FEEDFETCH_REDIRECTS);
}

static struct httpget question(const struct fetch *t)
{
	return (struct httpget){
		.plain = t->f->row.http, .max_bytes = t->left, .ca = t->f->ca, .until = t->until
	};
}

/* --- a file --- */

/* Entries end by themselves, so the list is made anew in time although the feed is the same. */
static bool may_be_same(const struct fetch *t)
{
	return t->state->version && t->now - t->state->changed_at < t->f->row.keep / 1000 / 2 &&
	       access(feedrow_file(t->arena, t->f->home, &t->f->row).p, R_OK) == 0;
}

static int read_list(struct fetch *t, str body, struct why *why)
{
	enum listfeed_format format;
	int r;

	bug_if(!listfeed_of_name(t->f->row.format, &format)); /* feedrow_test */
	r = listfeed_read(t->arena, format, body, t->days_end, &t->list, &t->count, why);
	/* What begins anew with nothing is an accident more often than news. */
	if (r == 0 && t->count.entries == 0 && format != LISTFEED_MAP)
		return why_set(why, -ENODATA, "the feed is empty");
	return r;
}

static int fetch_file(struct fetch *t, bool *ret_same, struct why *why)
{
	struct httpget q = question(t);
	struct httpget_answer answer;
	int r;

	if (may_be_same(t)) {
		add_field(t, &q, "If-None-Match", t->state->etag);
		add_field(t, &q, "If-Modified-Since", t->state->modified);
	}
	r = ask(t, t->f->row.url, &q, &answer, why);
	if (r < 0)
		return r;
	*ret_same = answer.code == 304;
	if (*ret_same)
		return 0;
	if (answer.code != 200)
		return why_set(why, -EPROTO, "the server answers %ld", answer.code);
	t->state->etag = answer.etag;
	t->state->modified = answer.modified;
	return read_list(t, answer.body, why);
}

/* --- a TAXII collection (TAXII 2.1 5.5) --- */

static void put_escaped(struct strbuf *b, str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (str_is_alnum(s.p[i]) || strchr("-._~", s.p[i]))
			strbuf_char(b, s.p[i]);
		else
			strbuf_fmt(b, "%%%02X", (unsigned char)s.p[i]);
	}
}

static str page_url(struct fetch *t, str added_after, str next)
{
	const struct feedrow *row = &t->f->row;
	struct strbuf b = strbuf_make(t->arena, 64 << 10);

	strbuf_fmt(&b, "%.*s%scollections/%.*s/objects/?added_after=", STR_ARG(row->url),
		   str_ends(row->url, STR("/")) ? "" : "/", STR_ARG(row->collection));
	put_escaped(&b, added_after);
	if (next.n) {
		strbuf_put(&b, STR("&next="));
		put_escaped(&b, next);
	}
	return strbuf_str(&b);
}

static int ask_page(struct fetch *t, str added_after, str next, struct strbuf *list,
		    struct listfeed_page *page, str *ret_last, struct why *why)
{
	struct httpget q = question(t);
	struct httpget_answer answer;
	int r;

	add_field(t, &q, "Accept", STR("application/taxii+json;version=2.1"));
	r = ask(t, page_url(t, added_after, next), &q, &answer, why);
	if (r < 0)
		return r;
	if (answer.code != 200)
		return why_set(why, -EPROTO, "the server answers %ld", answer.code);
	t->left -= answer.body.n;
	if (answer.added_last.n)
		*ret_last = answer.added_last;
	return listfeed_taxii(t->arena, answer.body, t->days_end, list, &t->count, page, why);
}

/* All that was added within the days that an entry holds: so what was taken back since goes. */
static int fetch_window(struct fetch *t, struct why *why)
{
	struct strbuf since = strbuf_make(t->arena, 64);
	struct listfeed_page page = { .more = true };
	str last = t->state->added_after, next = STR("");

	clock_put_rfc3339(&since, t->now - t->f->row.keep / 1000);
	for (int i = 0; page.more; i++) {
		int r;

		if (i == FEEDFETCH_PAGES)
			return why_set(why, -EFBIG, "more than %d pages", FEEDFETCH_PAGES);
		r = ask_page(t, strbuf_str(&since), next, &t->list, &page, &last, why);
		if (r < 0)
			return r;
		/* Without a next the pages go on behind what was added last (5.5). */
		next = page.next;
		if (page.more && !next.n && str_eq(last, strbuf_str(&since)))
			return why_set(why, -EPROTO, "the pages do not go on");
		if (page.more && !next.n) {
			strbuf_clear(&since);
			strbuf_put(&since, last);
		}
	}
	t->state->added_after = last;
	return 0;
}

/* Has anything been added since the last time? Then all is fetched anew. */
static int fetch_collection(struct fetch *t, bool *ret_same, struct why *why)
{
	struct strbuf ignored = strbuf_make(t->arena, 1 << 30);
	struct listfeed_page page;
	str last = STR("");
	int r;

	if (may_be_same(t) && t->state->added_after.n) {
		r = ask_page(t, t->state->added_after, STR(""), &ignored, &page, &last, why);
		*ret_same = r == 0 && page.objects == 0;
		if (r < 0 || *ret_same)
			return r;
		t->count = (struct listfeed_count){ 0 };
	}
	return fetch_window(t, why);
}

/* --- keeping --- */

static int write_text(const char *path, str text, struct why *why)
{
	cleanup(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	return fd < 0 ? why_set(why, -errno, "%s: %m", path) : fd_write_all(fd, text, why);
}

static int publish(struct fetch *t, struct why *why)
{
	const struct feedfetch *f = t->f;
	const char *from =
		arena_fmt(t->arena, "%.*s/%.*s/list.text", STR_ARG(f->home), STR_ARG(f->row.name))
			.p;
	struct listcompile_count count;
	int r = write_text(from, strbuf_str(&t->list), why);

	if (r == 0)
		r = listcompile_run(from, feedrow_file(t->arena, f->home, &f->row).p, false, t->now,
				    &count, why);
	unlink(from);
	if (r < 0)
		return r;
	t->state->version++;
	t->state->changed_at = t->now;
	t->state->entries = count.entries;
	t->state->left_out = t->count.left_out;
	return 0;
}

/* poterne-fetch and a person may want the same feed: one after the other. */
static int lock(const struct feedfetch *f, struct arena *a, struct why *why)
{
	const char *dir = arena_fmt(a, "%.*s/%.*s", STR_ARG(f->home), STR_ARG(f->row.name)).p;
	struct flock whole = { .l_type = F_WRLCK };
	cleanup(fd_closep) int fd = -1;
	const char *path = arena_fmt(a, "%s/lock", dir).p;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return why_set(why, -errno, "%s: %m", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fcntl(fd, F_OFD_SETLKW, &whole) < 0)
		return why_set(why, -errno, "%s: %m", path);
	return take_fd(fd);
}

static int fetch_all(struct fetch *t, bool *ret_same, struct why *why)
{
	int r;

	r = str_eq(t->f->row.format, STR("taxii")) ? fetch_collection(t, ret_same, why)
						   : fetch_file(t, ret_same, why);
	return r < 0 || *ret_same ? r : publish(t, why);
}

/* A tenth earlier or later; after failures sooner, but ever less so. */
static int64_t pause_s(const struct feedfetch *f, uint64_t failures, uint64_t seed)
{
	int64_t every = f->row.every / 1000, pause = every;

	if (failures)
		pause = (int64_t)FEEDFETCH_RETRY_S << (failures < 12 ? failures - 1 : 11);
	if (pause > every)
		pause = every;
	return pause - pause / 10 + (int64_t)(seed % (uint64_t)(pause / 5 + 1));
}

static int run(const struct feedfetch *f, struct arena *a, int64_t now, struct feedstate *state,
	       bool *ret_same, struct why *why)
{
	struct fetch t = { .f = f,
			   .arena = a,
			   .state = state,
			   .now = now,
			   .until = deadline_in(f->timeout_ms),
			   .left = f->max_bytes };
	struct strbuf end = strbuf_make(a, 64);

	clock_put_rfc3339(&end, now + f->row.keep / 1000 + DAY_S);
	t.days_end = str_sub(strbuf_str(&end), 0, 10);
	t.list = strbuf_make(a, LIST_BYTES * f->max_bytes);
	return fetch_all(&t, ret_same, why);
}

enum feedfetch_result feedfetch_run(const struct feedfetch *f, struct arena *a, int64_t now,
				    uint64_t seed, struct feedstate *ret, struct why *why)
{
	cleanup(fd_closep) int held = lock(f, a, why);
	struct feedstate before = feedstate_read(a, f->home, f->row.name), after = before;
	bool same = false;
	int r = held < 0 ? held : run(f, a, now, &after, &same, why);

	if (r < 0) {
		after = before;
		after.failures++;
		after.why = arena_str(a, str_c(why->text));
	} else {
		after.failures = 0;
		after.why = STR("");
		after.fetched_at = now;
	}
	after.next_at = now + pause_s(f, after.failures, seed);
	*ret = after;
	if (feedstate_write(a, f->home, f->row.name, &after, r < 0 ? NULL : why) < 0 || r < 0)
		return FEEDFETCH_FAILED;
	return same ? FEEDFETCH_SAME : FEEDFETCH_CHANGED;
}
