#include "store/keptdesk.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/num.h"
#include "spool/spoolfile.h"
#include "sys/metrics.h"

#include <errno.h>

/* What is kept for replay is never why the spool has no room. */
enum { DAY_S = 24 * 3600, LEFT_TO_MAIL = 256 << 20 };

static void say_failed(const struct why *why)
{
	log_event("replay.not_kept", F_C("why", why->text));
}

void keptdesk_open(struct store *s, int dirfd)
{
	struct why why = { "" };

	s->has_kept = daybook_open(&s->kept, dirfd, "replay", &why) == 0;
	if (!s->has_kept)
		say_failed(&why);
}

int keptdesk_take(struct store *s, struct arena *a, const struct msg_kept *m, int fd)
{
	cleanup(fd_view_closep) struct fd_view bytes = { 0 };
	cleanup(fd_closep) int owned = fd;
	struct why why;
	int r = msg_mail(m->bytes, owned, a, DAYBOOK_RECORD, &bytes, &why);

	if (r < 0)
		return r;
	if (bytes.bytes.n != m->size)
		return -EPROTO;
	if (!s->has_kept)
		return 0;
	if (s->kept_full) {
		metrics_add(METRIC_store_kept_dropped, 1);
		return 0;
	}
	daybook_add(&s->kept, bytes.bytes);
	metrics_add(METRIC_store_kept_kept, 1);
	return 0;
}

static void look_at_disk(struct store *s)
{
	struct why why = { "" };
	bool full = spoolfile_check_space(s->kept.dir_fd, LEFT_TO_MAIL, &why) < 0;

	if (full && !s->kept_full)
		say_failed(&why);
	s->kept_full = full;
}

static void write_some(struct store *s, bool all)
{
	struct why why = { "" };
	uint64_t dropped = 0;

	if (!s->has_kept)
		return;
	look_at_disk(s);
	if (daybook_write(&s->kept, clock_wall(), all, &dropped, &why) < 0)
		say_failed(&why);
	if (dropped)
		metrics_add(METRIC_store_kept_dropped, dropped);
}

void keptdesk_write(struct store *s)
{
	write_some(s, false);
}

void keptdesk_write_all(struct store *s)
{
	write_some(s, true);
}

void keptdesk_expire(struct store *s, int64_t now)
{
	const struct store_settings *c = s->settings;
	int64_t keep = c->conf->replay.keep / 1000;
	struct why why = { "" };

	if (s->has_kept && daybook_expire(&s->kept, keep ? (now - keep) / DAY_S : INT64_MAX,
					  c->conf->replay.max_bytes, &why) < 0)
		say_failed(&why);
}

static bool has_kept(struct question *q)
{
	if (!q->s->has_kept)
		question_say(q, QUESTION_ENVIRONMENT,
			     STR("nothing is kept for it; see the log for replay.not_kept"));
	return q->s->has_kept;
}

void keptdesk_files(struct question *q)
{
	struct daybook_file *files;
	size_t n;

	if (!has_kept(q))
		return;
	keptdesk_write_all(q->s);
	if (daybook_list(&q->s->kept, q->a, &files, &n, &q->why) < 0) {
		question_fail(q);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		struct strbuf line = strbuf_make(q->a, 256);

		strbuf_fmt(&line, "{\"file\":\"%s\",\"day\":%lld,\"bytes\":%llu}", files[i].name,
			   (long long)files[i].day, (unsigned long long)files[i].size);
		question_on_line(q, strbuf_str(&line));
	}
	question_hand_over(q);
}

void keptdesk_read(struct question *q)
{
	cleanup(arena_freep) struct arena *a = arena_new("kept", 128 << 20);
	uint64_t offset, next = 0;
	str bytes;
	int r;

	if (!has_kept(q))
		return;
	if (!num_u64(q->ids[1], &offset)) {
		question_say(q, QUESTION_USAGE, STR("offset"));
		return;
	}
	r = daybook_read(&q->s->kept, a, q->ids[0], offset, &bytes, &next, &q->why);
	if (r == 0)
		r = question_put(q, bytes);
	if (r < 0) {
		question_fail(q);
		return;
	}
	question_say(q, QUESTION_DONE, arena_fmt(q->a, "%llu", (unsigned long long)next));
	question_hand_over(q);
}
