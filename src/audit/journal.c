#include "audit/journal.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

enum { SYNC_EVERY = 16, LINE_MAX_BYTES = 1 << 20, HEAD_VERSION = 1 };

static const char *const whats[] = {
	[JOURNAL_SENT] = "sent", [JOURNAL_ARRIVED] = "arrived", [JOURNAL_DIALOGUE] = "dialogue"
};

static void freep(json_t **j)
{
	json_decref(*j);
}

static str text_of(struct arena *a, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return v && json_is_string(v)
		       ? arena_str(a, str_of(json_string_value(v), json_string_length(v)))
		       : STR("");
}

static int64_t number_of(const json_t *o, const char *key, int64_t max)
{
	const json_t *v = json_object_get(o, key);
	int64_t n = v && json_is_integer(v) ? json_integer_value(v) : 0;

	return n < 0 || n > max ? 0 : n;
}

static bool flag_of(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static bool read_what(struct arena *a, const json_t *o, enum journal_what *ret)
{
	str what = text_of(a, o, "what");

	for (size_t i = 0; i < ARRAY_LEN(whats); i++) {
		if (str_eq(what, str_c(whats[i]))) {
			*ret = (enum journal_what)i;
			return true;
		}
	}
	return false;
}

static bool read_entry(struct arena *a, const json_t *o, struct journal_entry *ret)
{
	*ret = (struct journal_entry){
		.id = text_of(a, o, "id"),
		.posting = { .code = (int)number_of(o, "code", 999),
			     .text = text_of(a, o, "text"),
			     .transcript = text_of(a, o, "transcript"),
			     .as_client = flag_of(o, "as_client"),
			     .tls = flag_of(o, "tls") },
		.arrival = { .marked = flag_of(o, "marked"),
			     .hinted = flag_of(o, "hinted"),
			     .altered = flag_of(o, "altered"),
			     .defused = flag_of(o, "defused"),
			     .bare = flag_of(o, "bare"),
			     .kept = (size_t)number_of(o, "kept", ARRIVAL_PIECES),
			     .pieces = (size_t)number_of(o, "pieces", ARRIVAL_PIECES),
			     .marks = text_of(a, o, "marks") },
		.judgement = (enum fate_judgement)number_of(o, "judgement", FATE_JUDGEMENTS - 1),
		.transcript = text_of(a, o, "transcript"),
		.note = text_of(a, o, "note"),
	};
	if (!ret->id.n || !read_what(a, o, &ret->what))
		return false;
	return ret->what != JOURNAL_SENT ||
	       posting_stage_parse(text_of(a, o, "stage"), &ret->posting.stage);
}

static int check_head(struct arena *a, const json_t *o, struct journal_head *head, struct why *why)
{
	if (number_of(o, "poterne_audit", INT32_MAX) != HEAD_VERSION)
		return why_set(why, -EINVAL, "is no journal of an audit");
	if (!str_eq(text_of(a, o, "target"), head->target) ||
	    !str_eq(text_of(a, o, "from"), head->from) ||
	    !str_eq(text_of(a, o, "rcpt"), head->rcpt) ||
	    (uint64_t)number_of(o, "seed", INT64_MAX) != head->seed)
		return why_set(why, -EEXIST, "is of another audit (%.*s); choose another file",
			       STR_ARG(text_of(a, o, "target")));
	head->run = text_of(a, o, "run");
	return 0;
}

static int read_all(struct arena *a, str file, struct journal_head *head, journal_take_fn *take,
		    void *ctx, struct why *why)
{
	bool first = true;
	str line;

	while (file.n && str_split(&file, '\n', &line)) {
		cleanup(freep) json_t *o = json_loadb(line.p, line.n, 0, NULL);
		struct journal_entry e;

		if (first) {
			int r = check_head(a, o, head, why);

			if (r < 0)
				return r;
			first = false;
		} else if (o && read_entry(a, o, &e)) {
			take(ctx, &e);
		}
	}
	return 0;
}

static void put_text(struct strbuf *b, const char *key, str value)
{
	if (!value.n)
		return;
	strbuf_fmt(b, ", \"%s\": ", key);
	strbuf_json(b, value);
}

static void put_flag(struct strbuf *b, const char *key, bool on)
{
	if (on)
		strbuf_fmt(b, ", \"%s\": true", key);
}

static int write_head(struct journal *j, struct arena *a, const struct journal_head *head,
		      struct why *why)
{
	struct strbuf b = strbuf_make(a, LINE_MAX_BYTES);

	strbuf_fmt(&b, "{\"poterne_audit\": %d, \"seed\": %llu", HEAD_VERSION,
		   (unsigned long long)head->seed);
	put_text(&b, "run", head->run);
	put_text(&b, "target", head->target);
	put_text(&b, "from", head->from);
	put_text(&b, "rcpt", head->rcpt);
	strbuf_put(&b, STR("}\n"));
	return fd_write_all(j->fd, strbuf_str(&b), why);
}

int journal_open(const char *path, struct arena *a, struct journal_head *head,
		 journal_take_fn *take, void *ctx, struct journal *ret, struct why *why)
{
	str file = STR("");
	int r;

	*ret = (struct journal){ .fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600) };
	if (ret->fd < 0)
		return why_set(why, -errno, "%s: %m", path);
	r = fd_read_all(ret->fd, a, JOURNAL_MAX, &file, why);
	if (r == 0)
		r = file.n ? read_all(a, file, head, take, ctx, why)
			   : write_head(ret, a, head, why);
	/* What follows a torn line must not become part of it. */
	if (r == 0 && file.n && file.p[file.n - 1] != '\n')
		r = fd_write_all(ret->fd, STR("\n"), why);
	if (r < 0) {
		journal_close(ret);
		return why_prefix(why, r, "%s", path);
	}
	return 0;
}

static void put_sent(struct strbuf *b, const struct posting *p)
{
	put_text(b, "stage", str_c(posting_stage_name(p->stage)));
	strbuf_fmt(b, ", \"code\": %d", p->code);
	put_text(b, "text", p->text);
	put_text(b, "transcript", p->transcript);
	put_flag(b, "as_client", p->as_client);
	put_flag(b, "tls", p->tls);
}

static void put_arrived(struct strbuf *b, const struct arrival *r)
{
	put_flag(b, "marked", r->marked);
	put_flag(b, "hinted", r->hinted);
	put_flag(b, "altered", r->altered);
	put_flag(b, "defused", r->defused);
	put_flag(b, "bare", r->bare);
	strbuf_fmt(b, ", \"kept\": %zu, \"pieces\": %zu", r->kept, r->pieces);
	put_text(b, "marks", r->marks);
}

int journal_add(struct journal *j, struct arena *a, const struct journal_entry *e, struct why *why)
{
	struct strbuf b = strbuf_make(a, LINE_MAX_BYTES);
	int r;

	if (j->fd < 0)
		return 0;
	strbuf_fmt(&b, "{\"what\": \"%s\"", whats[e->what]);
	put_text(&b, "id", e->id);
	if (e->what == JOURNAL_SENT) {
		put_sent(&b, &e->posting);
	} else if (e->what == JOURNAL_ARRIVED) {
		put_arrived(&b, &e->arrival);
	} else {
		strbuf_fmt(&b, ", \"judgement\": %d", e->judgement);
		put_text(&b, "transcript", e->transcript);
		put_text(&b, "note", e->note);
	}
	strbuf_put(&b, STR("}\n"));
	r = fd_write_all(j->fd, strbuf_str(&b), why);
	if (r == 0 && ++j->unsynced >= SYNC_EVERY) {
		j->unsynced = 0;
		if (fdatasync(j->fd) < 0)
			return why_set(why, -errno, "journal: %m");
	}
	return r;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		(void)fdatasync(j->fd);
	j->fd = fd_close(j->fd);
}
