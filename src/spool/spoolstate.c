#include "spool/spoolstate.h"

#include "base/reader.h"
#include "spool/frame.h"

#define MAGIC "POTSTAT2"

enum { FLAG_HELD = 1, FLAG_WARNED = 2, FLAGS = FLAG_HELD | FLAG_WARNED };

struct spool_state spoolstate_fresh(struct arena *a, size_t n_recipients)
{
	return (struct spool_state){ .recipients = arena_array(a, uint8_t, n_recipients),
				     .progress =
					     arena_array(a, struct spool_progress, n_recipients),
				     .n_recipients = n_recipients };
}

size_t spoolstate_count(const struct spool_state *s, enum spool_recipient which)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_recipients; i++)
		n += s->recipients[i] == which;
	return n;
}

static bool same_progress(const struct spool_progress *a, const struct spool_progress *b)
{
	return a->attempts == b->attempts && a->next_at == b->next_at &&
	       str_eq(a->reply, b->reply) && str_eq(a->next_hop, b->next_hop);
}

/* Behind the states one number a recipient: 1, as the one before it (those of one destination
 * mostly are), or 0 and his own. */
void spoolstate_encode(const struct spool_state *s, struct strbuf *out)
{
	struct strbuf b = strbuf_make(out->arena, FRAME_MAX);
	struct spool_progress last = { 0 };

	frame_put_u32(&b, (s->held ? FLAG_HELD : 0) | (s->warned ? FLAG_WARNED : 0));
	frame_put_lstr(&b, str_of(s->recipients, s->n_recipients));
	for (size_t i = 0; i < s->n_recipients; i++) {
		struct spool_progress p = s->progress[i];

		p.reply = str_sub(p.reply, 0, SPOOLMETA_MAX_TEXT);
		p.next_hop = str_sub(p.next_hop, 0, SPOOLMETA_MAX_TEXT);
		frame_put_u32(&b, same_progress(&p, &last));
		if (same_progress(&p, &last))
			continue;
		frame_put_u32(&b, p.attempts);
		frame_put_u64(&b, (uint64_t)p.next_at);
		frame_put_lstr(&b, p.reply);
		frame_put_lstr(&b, p.next_hop);
		last = p;
	}
	frame_put(out, MAGIC, strbuf_str(&b));
}

static bool take_progress(struct reader *r, struct spool_state *s)
{
	struct spool_progress last = { 0 };

	for (size_t i = 0; i < s->n_recipients && !r->bad; i++) {
		struct spool_progress p = last;
		uint32_t same = reader_u32le(r);

		if (same == 0) {
			p.attempts = reader_u32le(r);
			p.next_at = (int64_t)reader_u64le(r);
			p.reply = reader_lstr(r, SPOOLMETA_MAX_TEXT);
			p.next_hop = reader_lstr(r, SPOOLMETA_MAX_TEXT);
		}
		if (same > 1 || (!same && same_progress(&p, &last)))
			return false;
		s->progress[i] = last = p;
	}
	return !r->bad;
}

bool spoolstate_decode(struct arena *a, str file, size_t n_recipients, struct spool_state *ret)
{
	struct spool_state s = spoolstate_fresh(a, n_recipients);
	struct reader r;
	str payload, states;
	uint32_t flags;
	size_t end;

	if (frame_get(file, MAGIC, &payload, &end) != FRAME_OK || end != file.n)
		return false;
	r = reader_make(payload);
	flags = reader_u32le(&r);
	states = reader_lstr(&r, SPOOLMETA_MAX_RECIPIENTS);
	if (r.bad || flags & ~(uint32_t)FLAGS || states.n != n_recipients)
		return false;
	s.held = flags & FLAG_HELD;
	s.warned = flags & FLAG_WARNED;
	for (size_t i = 0; i < states.n; i++) {
		s.recipients[i] = (uint8_t)states.p[i];
		if (s.recipients[i] >= SPOOL_RECIPIENT_STATES)
			return false;
	}
	if (!take_progress(&r, &s) || reader_left(&r))
		return false;
	*ret = s;
	return true;
}
