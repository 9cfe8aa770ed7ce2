#include "mime/cms.h"

#include "base/reader.h"
#include "base/strbuf.h"

enum {
	TAG_INTEGER = 0x02,
	TAG_OCTETS = 0x04,
	TAG_OID = 0x06,
	TAG_OCTETS_IN_PIECES = 0x24,
	TAG_SEQUENCE = 0x30,
	TAG_SET = 0x31,
	TAG_EXPLICIT_0 = 0xa0,
	CONSTRUCTED = 0x20,
	FIRST_BYTES = 24
};

/* id-data is 1.2.840.113549.1.7.1, the others follow; and those of S/MIME (1.9.16.1). */
static const str pkcs7 = STR("\x2a\x86\x48\x86\xf7\x0d\x01\x07");
static const str smime = STR("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01");

struct element {
	uint8_t tag;
	size_t size;
	bool indefinite; /* goes on to an end-of-contents element */
};

static bool next(struct reader *r, struct element *ret)
{
	struct element e = { .tag = reader_u8(r) };
	uint8_t first = reader_u8(r);

	if (first < 0x80) {
		e.size = first;
	} else if (first == 0x80) {
		e.indefinite = true;
	} else if (first <= 0x84) {
		for (int i = first & 7; i > 0; i--)
			e.size = e.size << 8 | reader_u8(r);
	} else {
		return false;
	}
	if (r->bad || e.size > reader_left(r) || (e.tag & 31) == 31 ||
	    (e.indefinite && !(e.tag & CONSTRUCTED)))
		return false;
	*ret = e;
	return true;
}

static bool enter(struct reader *r, uint8_t tag)
{
	struct element e;

	return next(r, &e) && e.tag == tag;
}

static bool skip(struct reader *r, uint8_t tag)
{
	struct element e;
	int open;

	if (!next(r, &e) || e.tag != tag)
		return false;
	reader_skip(r, e.size);
	for (open = e.indefinite; open;) {
		if (!next(r, &e))
			return false;
		if (!e.tag && !e.size && !e.indefinite)
			open--;
		else if (e.indefinite && ++open > CMS_DEPTH)
			return false;
		reader_skip(r, e.size);
	}
	return !r->bad;
}

/* An octet string, in one piece or in many. */
static bool octets(struct arena *a, struct reader *r, str *ret)
{
	struct strbuf b = strbuf_make(a, r->in.n);
	struct element e;
	size_t end;
	int open;

	if (!next(r, &e) || (e.tag != TAG_OCTETS && e.tag != TAG_OCTETS_IN_PIECES))
		return false;
	if (e.tag == TAG_OCTETS) {
		*ret = reader_bytes(r, e.size);
		return true;
	}
	end = e.indefinite ? r->in.n : r->at + e.size;
	open = e.indefinite;
	while (r->at < end && next(r, &e)) {
		if (e.tag == TAG_OCTETS)
			strbuf_put(&b, reader_bytes(r, e.size));
		else if (e.tag == TAG_OCTETS_IN_PIECES)
			open += e.indefinite;
		else if (e.tag || --open <= 0)
			break;
	}
	*ret = strbuf_str(&b);
	return true;
}

static enum cms_kind kind_of(str oid)
{
	uint8_t last = oid.n ? (uint8_t)oid.p[oid.n - 1] : 0;

	if (oid.n == pkcs7.n + 1 && str_starts(oid, pkcs7))
		return last == 2 || last == 5		     ? CMS_SIGNED
		       : last == 3 || last == 4 || last == 6 ? CMS_ENCRYPTED
							     : CMS_OTHER;
	if (oid.n == smime.n + 1 && str_starts(oid, smime))
		return last == 9 ? CMS_COMPRESSED : last == 23 ? CMS_ENCRYPTED : CMS_OTHER;
	return CMS_NONE;
}

static bool read_oid(struct reader *r, str *ret)
{
	struct element e;

	if (!next(r, &e) || e.tag != TAG_OID)
		return false;
	*ret = reader_bytes(r, e.size);
	return true;
}

bool cms_begins(str bytes)
{
	struct reader r = reader_make(bytes);
	str oid;

	/* The whole may be cut off: only the first lengths are believed. */
	if (bytes.n < FIRST_BYTES || (uint8_t)bytes.p[0] != TAG_SEQUENCE)
		return false;
	reader_skip(&r, (uint8_t)bytes.p[1] > 0x80 ? 2U + (bytes.p[1] & 7) : 2);
	return read_oid(&r, &oid) && kind_of(oid) != CMS_NONE;
}

void cms_open(struct arena *a, str bytes, struct cms *ret)
{
	struct reader r = reader_make(bytes);
	struct cms got = { 0 };
	str oid;

	*ret = got;
	reader_skip(&r, bytes.n > 1 && (uint8_t)bytes.p[1] > 0x80 ? 2U + (bytes.p[1] & 7) : 2);
	if (!cms_begins(bytes) || !read_oid(&r, &oid))
		return;
	got.kind = kind_of(oid);
	*ret = got;
	if (got.kind != CMS_SIGNED)
		return;
	if (!enter(&r, TAG_EXPLICIT_0) || !enter(&r, TAG_SEQUENCE) || !skip(&r, TAG_INTEGER) ||
	    !skip(&r, TAG_SET) || !enter(&r, TAG_SEQUENCE) || !read_oid(&r, &oid)) {
		ret->kind = CMS_OTHER;
		return;
	}
	/* Nothing follows when the content stands in another part. */
	if (enter(&r, TAG_EXPLICIT_0) && octets(a, &r, &got.content))
		ret->content = got.content;
}
