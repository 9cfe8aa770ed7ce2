#include "resolver/dnswire.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "dns/dnsname.h"
#include "resolver/rdata.h"

enum {
	CLASS_IN = 1,
	TYPE_SOA = 6,
	TYPE_OPT = 41,
	FLAG_QR = 0x8000,
	FLAG_TC = 0x0200,
	FLAG_RD = 0x0100,
	FLAG_AD = 0x0020,
	RCODE_MASK = 0x000f,
	RCODE_NOERROR = 0,
	RCODE_NXDOMAIN = 3,
	NEGATIVE_TTL = 60, /* without a SOA */
};

static void put_u16(struct strbuf *b, unsigned v)
{
	strbuf_char(b, (char)(v >> 8));
	strbuf_char(b, (char)v);
}

static void put_name(struct strbuf *b, str name)
{
	str label;

	while (name.n && str_split(&name, '.', &label)) {
		strbuf_char(b, (char)label.n);
		strbuf_put(b, label);
	}
	strbuf_char(b, '\0');
}

str dnswire_query(struct arena *a, uint16_t id, const struct dns_question *q)
{
	struct strbuf b = strbuf_make(a, 512);

	put_u16(&b, id);
	put_u16(&b, FLAG_RD | FLAG_AD);
	put_u16(&b, 1); /* one question, */
	put_u16(&b, 0);
	put_u16(&b, 0);
	put_u16(&b, 1); /* one additional record: */
	put_name(&b, q->name);
	put_u16(&b, q->type);
	put_u16(&b, CLASS_IN);
	strbuf_char(&b, '\0'); /* OPT of the root (RFC 6891 6.1.2) */
	put_u16(&b, TYPE_OPT);
	put_u16(&b, DNSWIRE_UDP_BYTES);
	put_u16(&b, 0);
	put_u16(&b, 0);
	put_u16(&b, 0);
	bug_if(b.overflow);
	return strbuf_str(&b);
}

/* A name at the reader's place, uncompressed into out (RFC 1035 4.1.4). Pointers must
 * lead backwards, so they end. */
static bool read_name(struct reader *r, struct strbuf *out)
{
	struct reader at = *r;
	size_t lowest = at.at, labels = 0;
	bool jumped = false;

	for (;;) {
		uint8_t n = reader_u8(&at);

		if (n >= 0xc0) {
			size_t to = (size_t)(n & 0x3f) << 8 | reader_u8(&at);

			if (!jumped)
				*r = at;
			jumped = true;
			if (at.bad || to >= lowest)
				return false;
			lowest = to;
			at.at = to;
			continue;
		}
		if (at.bad || n > DNSNAME_MAX_LABEL || ++labels > DNSWIRE_MAX_LABELS)
			return false;
		strbuf_char(out, (char)n);
		strbuf_put(out, reader_bytes(&at, n));
		if (at.bad || out->overflow)
			return false;
		if (n == 0)
			break;
	}
	if (!jumped)
		*r = at;
	return true;
}

static bool read_wire_name(struct reader *r, struct arena *a, str *ret)
{
	struct strbuf b = strbuf_make(a, DNS_MAX_NAME + 2);

	if (!read_name(r, &b))
		return false;
	*ret = strbuf_str(&b);
	return true;
}

/* One resource record; name and data still as on the wire, but uncompressed. */
struct record {
	str name; /* normalised, or "" with odd when it cannot be written with dots */
	bool odd;
	uint16_t type, class;
	uint32_t ttl;
	str data;
};

/* Names inside data may be compressed in MX, CNAME, PTR (RFC 3597 4). */
static bool read_data(struct reader *r, struct arena *a, uint16_t type, size_t n, str *ret)
{
	size_t end = r->at + n;
	struct strbuf b = strbuf_make(a, DNS_MAX_NAME + 4);
	struct reader in = *r;

	*ret = reader_bytes(r, n);
	if (r->bad || (type != DNS_MX && type != DNS_CNAME && type != DNS_PTR))
		return !r->bad;
	if (type == DNS_MX)
		strbuf_put(&b, reader_bytes(&in, 2));
	if (in.bad || !read_name(&in, &b) || in.at != end)
		return false;
	*ret = strbuf_str(&b);
	return true;
}

static bool read_record(struct reader *r, struct arena *a, struct record *ret)
{
	str wire;
	size_t n;

	*ret = (struct record){ 0 };
	if (!read_wire_name(r, a, &wire))
		return false;
	ret->odd = !dnsname_from_wire(a, wire, &ret->name);
	ret->type = reader_u16be(r);
	ret->class = reader_u16be(r);
	ret->ttl = reader_u32be(r);
	n = reader_u16be(r);
	return read_data(r, a, ret->type, n, &ret->data);
}

struct section {
	struct record *v;
	size_t n;
};

static bool read_section(struct reader *r, struct arena *a, size_t n, struct section *ret)
{
	struct section s = { 0 };

	if (n > reader_left(r) / 11) /* the smallest record */
		return false;
	s.v = arena_array(a, struct record, n);
	for (; s.n < n; s.n++)
		if (!read_record(r, a, &s.v[s.n]))
			return false;
	*ret = s;
	return true;
}

static bool is_of(const struct record *rec, str name, unsigned type)
{
	return !rec->odd && rec->class == CLASS_IN && rec->type == type && str_eq(rec->name, name);
}

/* Where the aliases lead. TTLs shrink to the smallest on the way. False on a loop. */
static bool follow(struct arena *a, const struct section *answers, enum dns_type type,
		   struct dns_answer *w)
{
	for (int hop = 0; hop <= DNSWIRE_MAX_CNAMES; hop++) {
		struct dns_record alias = { 0 };
		size_t i = 0;

		while (i < answers->n && !is_of(&answers->v[i], w->canonical, DNS_CNAME))
			i++;
		if (i == answers->n || type == DNS_CNAME)
			return true;
		if (!rdata_read(a, DNS_CNAME, answers->v[i].data, &alias))
			return false;
		w->canonical = alias.value;
		if (answers->v[i].ttl < w->ttl)
			w->ttl = answers->v[i].ttl;
	}
	return false;
}

static void take_records(struct arena *a, const struct section *answers, enum dns_type type,
			 struct dns_answer *w)
{
	size_t most = answers->n < DNS_MAX_RECORDS ? answers->n : DNS_MAX_RECORDS;

	w->records = arena_array(a, struct dns_record, most);
	for (size_t i = 0; i < answers->n && w->n < most; i++) {
		const struct record *rec = &answers->v[i];

		if (!is_of(rec, w->canonical, type) ||
		    !rdata_read(a, type, rec->data, &w->records[w->n]))
			continue;
		w->n++;
		if (rec->ttl < w->ttl)
			w->ttl = rec->ttl;
	}
}

/* RFC 2308 5: the lesser of the SOA's own TTL and its last field. */
static uint32_t negative_ttl(const struct section *authority)
{
	for (size_t i = 0; i < authority->n; i++) {
		const struct record *rec = &authority->v[i];
		struct reader r = reader_make(rec->data);
		uint32_t minimum;

		if (rec->type != TYPE_SOA || rec->data.n < 4)
			continue;
		reader_skip(&r, rec->data.n - 4);
		minimum = reader_u32be(&r);
		return minimum < rec->ttl ? minimum : rec->ttl;
	}
	return NEGATIVE_TTL;
}

static bool is_our_question(struct reader *r, struct arena *a, const struct dns_question *q)
{
	str wire, name;

	return read_wire_name(r, a, &wire) && dnsname_from_wire(a, wire, &name) &&
	       str_eq(name, q->name) && reader_u16be(r) == q->type && reader_u16be(r) == CLASS_IN &&
	       !r->bad;
}

static struct dns_answer judge(struct arena *a, unsigned flags, const struct section *answers,
			       const struct section *authority, const struct dns_question *q)
{
	struct dns_answer w = dns_no_answer(DNS_SERVFAIL, q->name);
	unsigned rcode = flags & RCODE_MASK;

	if (rcode != RCODE_NOERROR && rcode != RCODE_NXDOMAIN)
		return w;
	w.ttl = UINT32_MAX;
	if (!follow(a, answers, q->type, &w))
		return dns_no_answer(DNS_SERVFAIL, q->name);
	w.secure = flags & FLAG_AD;
	if (rcode == RCODE_NOERROR)
		take_records(a, answers, q->type, &w);
	w.status = w.n ? DNS_OK : rcode == RCODE_NXDOMAIN ? DNS_NXDOMAIN : DNS_NODATA;
	if (!w.n)
		w.ttl = negative_ttl(authority);
	return w;
}

int dnswire_read(struct arena *a, str message, uint16_t id, const struct dns_question *q,
		 struct dns_answer *ret)
{
	struct reader r = reader_make(message);
	struct section answers = { 0 }, authority = { 0 };
	unsigned flags, n_answers, n_authority;

	if (reader_u16be(&r) != id)
		return DNSWIRE_E_FOREIGN;
	flags = reader_u16be(&r);
	if (!(flags & FLAG_QR) || reader_u16be(&r) != 1)
		return DNSWIRE_E_FOREIGN;
	n_answers = reader_u16be(&r);
	n_authority = reader_u16be(&r);
	reader_skip(&r, 2);
	if (r.bad || !is_our_question(&r, a, q))
		return DNSWIRE_E_FOREIGN;
	if (flags & FLAG_TC)
		return DNSWIRE_E_TRUNCATED;
	if (!read_section(&r, a, n_answers, &answers) ||
	    !read_section(&r, a, n_authority, &authority))
		return DNSWIRE_E_FOREIGN;
	*ret = judge(a, flags, &answers, &authority, q);
	return DNSWIRE_OK;
}
