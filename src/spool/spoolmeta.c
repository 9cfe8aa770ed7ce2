#include "spool/spoolmeta.h"

#include "base/reader.h"
#include "spool/frame.h"

enum {
	FLAG_8BIT = 1,
	FLAG_SMTPUTF8 = 2,
	FLAG_RCPT_PARAMS = 4,
	FLAGS = FLAG_8BIT | FLAG_SMTPUTF8 | FLAG_RCPT_PARAMS,
	TLS_WISH_SHIFT = 8, /* two bits above the flags */
};

static uint32_t flags_of(const struct spoolmeta *m)
{
	return (m->body_8bit ? FLAG_8BIT : 0) | (m->smtputf8 ? FLAG_SMTPUTF8 : 0) |
	       (m->rcpt_params ? FLAG_RCPT_PARAMS : 0) | (uint32_t)m->tls_wish << TLS_WISH_SHIFT;
}

/* False: bits that nobody sets. */
static bool take_flags(struct spoolmeta *m, uint32_t flags, bool *ret_rcpt_params)
{
	uint32_t wish = flags >> TLS_WISH_SHIFT;

	m->body_8bit = flags & FLAG_8BIT;
	m->smtputf8 = flags & FLAG_SMTPUTF8;
	m->tls_wish = (enum tls_wish)wish;
	*ret_rcpt_params = flags & FLAG_RCPT_PARAMS;
	return wish < TLS_WISHES && !(flags & ~(uint32_t)FLAGS & ((1 << TLS_WISH_SHIFT) - 1));
}

static bool within_limits(const struct spoolmeta *m)
{
	const str texts[] = { m->client_ip, m->helo,	   m->reverse_path, m->from,
			      m->subject,   m->held_class, m->held_reason,  m->mail_params };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (texts[i].n > SPOOLMETA_MAX_TEXT)
			return false;
	}
	for (size_t i = 0; i < m->n_recipients; i++) {
		if (m->recipients[i].n > SPOOLMETA_MAX_TEXT ||
		    (m->rcpt_params && m->rcpt_params[i].n > SPOOLMETA_MAX_PARAMS))
			return false;
	}
	return m->n_recipients > 0 && m->n_recipients <= SPOOLMETA_MAX_RECIPIENTS &&
	       m->record.n <= SPOOLMETA_MAX_RECORD && m->id.text[0];
}

bool spoolmeta_encode(const struct spoolmeta *m, struct strbuf *out)
{
	if (!within_limits(m))
		return false;
	frame_put_lstr(out, str_c(m->id.text));
	frame_put_lstr(out, m->client_ip);
	frame_put_lstr(out, m->helo);
	frame_put_lstr(out, m->reverse_path);
	frame_put_u64(out, (uint64_t)m->received_at);
	frame_put_u64(out, (uint64_t)m->queued_at);
	frame_put_u32(out, flags_of(m));
	frame_put_u64(out, m->body_size);
	frame_put_u64(out, m->body_hash);
	frame_put_u32(out, (uint32_t)m->n_recipients);
	for (size_t i = 0; i < m->n_recipients; i++) {
		frame_put_lstr(out, m->recipients[i]);
		if (m->rcpt_params)
			frame_put_lstr(out, m->rcpt_params[i]);
	}
	frame_put_lstr(out, m->mail_params);
	frame_put_lstr(out, m->from);
	frame_put_lstr(out, m->subject);
	frame_put_lstr(out, m->record);
	frame_put_lstr(out, m->held_class);
	frame_put_lstr(out, m->held_reason);
	return !out->overflow;
}

static bool decode_recipients(struct arena *a, struct reader *r, bool params, struct spoolmeta *m)
{
	m->n_recipients = reader_u32le(r);
	if (r->bad || m->n_recipients == 0 || m->n_recipients > SPOOLMETA_MAX_RECIPIENTS)
		return false;
	m->recipients = arena_array(a, str, m->n_recipients);
	m->rcpt_params = params ? arena_array(a, str, m->n_recipients) : NULL;
	for (size_t i = 0; i < m->n_recipients; i++) {
		m->recipients[i] = reader_lstr(r, SPOOLMETA_MAX_TEXT);
		if (params)
			m->rcpt_params[i] = reader_lstr(r, SPOOLMETA_MAX_PARAMS);
	}
	m->mail_params = reader_lstr(r, SPOOLMETA_MAX_TEXT);
	return !r->bad;
}

bool spoolmeta_decode(struct arena *a, str payload, struct spoolmeta *ret)
{
	struct reader r = reader_make(payload);
	struct spoolmeta m = { 0 };
	str id = reader_lstr(&r, SPOOLID_MAX);
	bool known, params;

	m.client_ip = reader_lstr(&r, SPOOLMETA_MAX_TEXT);
	m.helo = reader_lstr(&r, SPOOLMETA_MAX_TEXT);
	m.reverse_path = reader_lstr(&r, SPOOLMETA_MAX_TEXT);
	m.received_at = (int64_t)reader_u64le(&r);
	m.queued_at = (int64_t)reader_u64le(&r);
	known = take_flags(&m, reader_u32le(&r), &params);
	m.body_size = reader_u64le(&r);
	m.body_hash = reader_u64le(&r);
	if (!decode_recipients(a, &r, params, &m))
		return false;
	m.from = reader_lstr(&r, SPOOLMETA_MAX_TEXT);
	m.subject = reader_lstr(&r, SPOOLMETA_MAX_TEXT);
	m.record = reader_lstr(&r, SPOOLMETA_MAX_RECORD);
	m.held_class = reader_lstr(&r, SPOOLMETA_MAX_TEXT);
	m.held_reason = reader_lstr(&r, SPOOLMETA_MAX_TEXT);
	if (r.bad || reader_left(&r) || !known || !spoolid_parse(id, &m.id))
		return false;
	*ret = m;
	return true;
}
