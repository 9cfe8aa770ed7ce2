#include "spool/spoolstate.h"

#include "base/reader.h"
#include "spool/frame.h"

#define MAGIC "POTSTAT1"

struct spool_state spoolstate_fresh(struct arena *a, size_t n_recipients)
{
	return (struct spool_state){ .recipients = arena_array(a, uint8_t, n_recipients),
				     .n_recipients = n_recipients,
				     .reply = STR("") };
}

size_t spoolstate_count(const struct spool_state *s, enum spool_recipient which)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_recipients; i++)
		n += s->recipients[i] == which;
	return n;
}

void spoolstate_encode(const struct spool_state *s, struct strbuf *out)
{
	struct strbuf b = strbuf_make(out->arena, FRAME_MAX);

	frame_put_u32(&b, s->attempts);
	frame_put_u64(&b, (uint64_t)s->next_at);
	frame_put_lstr(&b, str_of(s->recipients, s->n_recipients));
	frame_put_lstr(&b, str_sub(s->reply, 0, SPOOLMETA_MAX_TEXT));
	frame_put(out, MAGIC, strbuf_str(&b));
}

bool spoolstate_decode(struct arena *a, str file, size_t n_recipients, struct spool_state *ret)
{
	struct spool_state s;
	struct reader r;
	str payload, states;
	size_t end;

	if (frame_get(file, MAGIC, &payload, &end) != FRAME_OK || end != file.n)
		return false;
	r = reader_make(payload);
	s.attempts = reader_u32le(&r);
	s.next_at = (int64_t)reader_u64le(&r);
	states = reader_lstr(&r, SPOOLMETA_MAX_RECIPIENTS);
	s.reply = reader_lstr(&r, SPOOLMETA_MAX_TEXT);
	if (r.bad || reader_left(&r) || states.n != n_recipients)
		return false;
	s.n_recipients = states.n;
	s.recipients = arena_array(a, uint8_t, states.n);
	for (size_t i = 0; i < states.n; i++) {
		s.recipients[i] = (uint8_t)states.p[i];
		if (s.recipients[i] >= SPOOL_RECIPIENT_STATES)
			return false;
	}
	*ret = s;
	return true;
}
