#include "smtp/chunk.h"

#include "smtp/reception.h"

/* The last line of the message need not have an end, but the next server wants one. */
static void end_last_line(struct smtpsession *s)
{
	struct data *d = &s->mail->data;

	if (d->state == DATA_CR)
		d->bare++;
	else if (d->state == DATA_TEXT)
		reception_keep(s, STR("\r\n"));
}

static void refuse_stray(struct smtpsession *s)
{
	if (s->state == SMTPSESSION_MAIL)
		smtpsession_refuse(s, 503, STR("5.5.1"), STR("No valid recipients"),
				   s->mail->reverse_path);
	else
		smtpsession_refuse_order(s, STR("BDAT"));
}

static void answer(struct smtpsession *s, uint64_t bytes)
{
	char text[64];

	snprintf(text, sizeof(text), "%llu bytes so far", (unsigned long long)bytes);
	smtpsession_reply(s, 250, STR("2.0.0"), str_c(text));
}

static void finish(struct smtpsession *s)
{
	s->state = s->chunk.after;
	if (s->chunk.stray) {
		refuse_stray(s);
		return;
	}
	if (s->chunk.last)
		end_last_line(s);
	if (s->chunk.last || reception_failed(s)) {
		reception_finish(s);
		return;
	}
	s->state = SMTPSESSION_CHUNKS;
	answer(s, s->mail->data.bytes);
}

void chunk_begin(struct smtpsession *s, uint64_t size, bool last)
{
	struct transaction *t = s->mail;
	uint64_t max = s->policy->conf->smtp.max_message_bytes;

	s->chunk = (struct chunk){ size, last, true, s->state };
	if (s->state & (SMTPSESSION_RCPT | SMTPSESSION_CHUNKS)) {
		s->chunk.stray = false;
		if (t->until == 0)
			reception_open(s);
		if (size > max || t->data.bytes > max - size)
			t->too_large = true;
	}
	s->state = SMTPSESSION_CHUNK;
	if (size == 0)
		finish(s);
}

void chunk_take(struct smtpsession *s)
{
	str have;

	if (!reception_peek(s, &have))
		return;
	if (have.n > s->chunk.left)
		have.n = (size_t)s->chunk.left;
	if (!s->chunk.stray)
		reception_keep(s, have);
	stream_consume(s->io, have.n);
	s->chunk.left -= have.n;
	if (s->chunk.left == 0)
		finish(s);
}
