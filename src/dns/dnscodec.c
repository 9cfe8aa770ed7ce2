#include "dns/dnscodec.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "dns/dnsname.h"

/*
 * questions = count:u16 *( type:u16 length:u16 name )
 * answers   = count:u16 *( status:u8 secure:u8 ttl:u32 length:u16 canonical
 *                          records:u16 *( pref:u16 length:u16 value ) )
 * All numbers little-endian.
 */
enum { COUNT_SIZE = 2, QUESTION_SIZE = 4, ANSWER_SIZE = 10, RECORD_SIZE = 4 };

static void put_u16(struct strbuf *b, size_t v)
{
	strbuf_char(b, (char)(v & 255));
	strbuf_char(b, (char)(v >> 8 & 255));
}

static void put_u32(struct strbuf *b, uint32_t v)
{
	put_u16(b, v & 0xffff);
	put_u16(b, v >> 16);
}

static void put_name(struct strbuf *b, str s)
{
	put_u16(b, s.n);
	strbuf_put(b, s);
}

static str get_bytes(struct reader *r)
{
	return reader_bytes(r, reader_u16le(r));
}

str dnscodec_put_questions(struct arena *a, const struct dns_question *q, size_t n)
{
	struct strbuf b = strbuf_make(a, DNSCODEC_MAX_BYTES);

	bug_if(n > DNSCODEC_MAX_QUESTIONS);
	put_u16(&b, n);
	for (size_t i = 0; i < n; i++) {
		bug_if(!dnsname_valid(q[i].name));
		put_u16(&b, q[i].type);
		put_name(&b, q[i].name);
	}
	bug_if(b.overflow);
	return strbuf_str(&b);
}

bool dnscodec_get_questions(struct arena *a, str in, struct dns_question **ret, size_t *ret_n)
{
	struct reader r = reader_make(in);
	size_t n = reader_u16le(&r);
	struct dns_question *q;

	if (r.bad || n > DNSCODEC_MAX_QUESTIONS)
		return false;
	q = arena_array(a, struct dns_question, n);
	for (size_t i = 0; i < n; i++) {
		uint16_t type = reader_u16le(&r);
		str name = get_bytes(&r);

		if (r.bad || !dns_type_known(type) || !dnsname_valid(name))
			return false;
		q[i] = (struct dns_question){ .name = name, .type = (enum dns_type)type };
	}
	if (reader_left(&r))
		return false;
	*ret = q;
	*ret_n = n;
	return true;
}

size_t dnscodec_size(const struct dns_answer *answer)
{
	size_t size = ANSWER_SIZE + answer->canonical.n;

	for (size_t i = 0; i < answer->n; i++)
		size += RECORD_SIZE + answer->records[i].value.n;
	return size;
}

static void drop_largest(struct dns_answer *answers, size_t n)
{
	size_t largest = 0;

	for (size_t i = 1; i < n; i++)
		if (dnscodec_size(&answers[i]) > dnscodec_size(&answers[largest]))
			largest = i;
	answers[largest] = dns_no_answer(DNS_SERVFAIL, STR(""));
}

static void make_fit(struct dns_answer *answers, size_t n)
{
	for (size_t dropped = 0; dropped < n; dropped++) {
		size_t size = COUNT_SIZE;

		for (size_t i = 0; i < n; i++)
			size += dnscodec_size(&answers[i]);
		if (size <= DNSCODEC_MAX_BYTES)
			return;
		drop_largest(answers, n);
	}
}

str dnscodec_put_answers(struct arena *a, struct dns_answer *answers, size_t n)
{
	struct strbuf b = strbuf_make(a, DNSCODEC_MAX_BYTES);

	bug_if(n > DNSCODEC_MAX_QUESTIONS);
	make_fit(answers, n);
	put_u16(&b, n);
	for (size_t i = 0; i < n; i++) {
		const struct dns_answer *w = &answers[i];

		strbuf_char(&b, (char)w->status);
		strbuf_char(&b, (char)w->secure);
		put_u32(&b, w->ttl);
		put_name(&b, w->canonical);
		put_u16(&b, w->n);
		for (size_t k = 0; k < w->n; k++) {
			put_u16(&b, w->records[k].pref);
			put_name(&b, w->records[k].value);
		}
	}
	bug_if(b.overflow);
	return strbuf_str(&b);
}

bool dnscodec_record_fits(enum dns_type type, str value)
{
	switch (type) {
	case DNS_A:
		return value.n == IP_V4;
	case DNS_AAAA:
		return value.n == IP_V6;
	case DNS_CNAME:
	case DNS_PTR:
	case DNS_MX:
		return dnsname_valid(value) && !str_ends(value, STR("."));
	case DNS_TLSA: /* RFC 6698 2.1: three numbers, then at least one byte */
		return value.n > 3 && value.n <= DNS_MAX_RDATA;
	case DNS_TXT:
		return value.n <= DNS_MAX_RDATA;
	}
	return false;
}

static bool get_answer(struct reader *r, struct arena *a, enum dns_type type,
		       struct dns_answer *ret)
{
	struct dns_answer w = { 0 };
	uint8_t status = reader_u8(r), secure = reader_u8(r);

	w.ttl = reader_u32le(r);
	w.canonical = get_bytes(r);
	w.n = reader_u16le(r);
	if (r->bad || status >= DNS_STATUSES || secure > 1 || !dnsname_valid(w.canonical))
		return false;
	if (w.n > DNS_MAX_RECORDS || (status == DNS_OK) != (w.n > 0))
		return false;
	w.status = (enum dns_status)status;
	w.secure = secure;
	w.records = arena_array(a, struct dns_record, w.n);
	for (size_t i = 0; i < w.n; i++) {
		w.records[i].pref = reader_u16le(r);
		w.records[i].value = get_bytes(r);
		if (r->bad || !dnscodec_record_fits(type, w.records[i].value))
			return false;
	}
	*ret = w;
	return true;
}

bool dnscodec_get_answers(struct arena *a, str in, const struct dns_question *q, size_t n,
			  struct dns_answer *ret)
{
	struct reader r = reader_make(in);
	struct dns_answer *answers = arena_array(a, struct dns_answer, n);

	if (reader_u16le(&r) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!get_answer(&r, a, q[i].type, &answers[i]))
			return false;
	if (reader_left(&r) || r.bad)
		return false;
	if (n)
		memcpy(ret, answers, n * sizeof(*answers));
	return true;
}
