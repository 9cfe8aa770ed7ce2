#include "inspect/facts.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "inspect/findings.h"

/* The encoding: a magic, the scalars, then each list as a count and its elements; all
 * numbers little-endian, each string a u32 length and its bytes. limits_hit comes last
 * and has room of its own, so that it can say what was cut. */
enum {
	MAGIC = 0x39534650, /* "PFS9" */
	ROOM_FOR_LIMITS = 16 << 10,
	NAME_MAX_BYTES = 1024, /* of a header name, path, type, address part, file name */
	URL_MAX_BYTES = 2048,
	HOST_MAX_BYTES = 255,
	LIMITS_MAX = 100,
	LIMIT_NAME_MAX = 64,
	LANGUAGE_MAX_BYTES = 8,
	TAG_MAX_BYTES = 1024, /* of a signature's tag but b= */
	CV_MAX_BYTES = 16,
};

const struct facts_header *facts_header(const struct facts *f, str name)
{
	for (size_t i = 0; i < f->headers.n; i++) {
		if (str_caseeq(f->headers.v[i].name, name))
			return &f->headers.v[i];
	}
	return NULL;
}

bool facts_has_finding(const struct facts *f, str name)
{
	for (size_t i = 0; i < f->findings.n; i++) {
		if (str_eq(f->findings.v[i].name, name))
			return true;
	}
	return false;
}

/* Writing */

static void put_u32(struct strbuf *b, uint32_t v)
{
	strbuf_le(b, v, 4);
}

/* At most max bytes; text keeps whole characters. */
static void put_bytes(struct strbuf *b, str s, size_t max)
{
	s = str_sub(s, 0, max);
	put_u32(b, (uint32_t)s.n);
	strbuf_put(b, s);
}

static str cut_utf8(str s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max > 0 && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	return str_sub(s, 0, max);
}

static void put_text(struct strbuf *b, str s, size_t max)
{
	put_bytes(b, cut_utf8(s, max), max);
}

static void put_header(struct strbuf *b, const struct facts *f, size_t i)
{
	const struct facts_header *h = &f->headers.v[i];

	put_bytes(b, h->name, NAME_MAX_BYTES);
	put_text(b, h->value, FACTS_MAX_VALUE);
	put_u32(b, h->line);
}

static void put_address(struct strbuf *b, const struct facts *f, size_t i)
{
	const struct facts_address *a = &f->addresses.v[i];

	put_u32(b, a->where);
	put_text(b, a->display, NAME_MAX_BYTES);
	put_bytes(b, a->local, NAME_MAX_BYTES);
	put_bytes(b, a->domain, NAME_MAX_BYTES);
	put_text(b, a->folded, NAME_MAX_BYTES);
	put_text(b, a->skeleton, NAME_MAX_BYTES);
}

static void put_hop(struct strbuf *b, const struct facts *f, size_t i)
{
	put_bytes(b, f->hops.v[i].ip, HOST_MAX_BYTES);
	put_bytes(b, f->hops.v[i].helo, HOST_MAX_BYTES);
}

static void put_part(struct strbuf *b, const struct facts *f, size_t i)
{
	const struct facts_part *p = &f->parts.v[i];

	put_u32(b, p->parent);
	put_bytes(b, p->path, NAME_MAX_BYTES);
	put_bytes(b, p->type, NAME_MAX_BYTES);
	put_bytes(b, p->detected, NAME_MAX_BYTES);
	put_text(b, p->filename, NAME_MAX_BYTES);
	strbuf_le(b, p->size, 8);
	strbuf_put(b, str_of(p->sha256, sizeof(p->sha256)));
	put_u32(b, p->flags);
	strbuf_le(b, p->offset, 8);
}

/* A part that was cut is spoken of as the message. */
static uint32_t part_or_root(const struct facts *f, uint32_t part)
{
	return part < f->parts.n ? part : 0;
}

static void put_finding(struct strbuf *b, const struct facts *f, size_t i)
{
	put_bytes(b, f->findings.v[i].name, NAME_MAX_BYTES);
	put_bytes(b, f->findings.v[i].evidence, FACTS_MAX_EVIDENCE);
	put_u32(b, part_or_root(f, f->findings.v[i].part));
	strbuf_le(b, f->findings.v[i].offset, 8);
}

static void put_url(struct strbuf *b, const struct facts *f, size_t i)
{
	const struct facts_url *u = &f->urls.v[i];

	put_u32(b, u->where);
	put_u32(b, part_or_root(f, u->part));
	put_text(b, u->url, URL_MAX_BYTES);
	put_text(b, u->host, NAME_MAX_BYTES);
	put_text(b, u->domain, NAME_MAX_BYTES);
	put_text(b, u->shown, NAME_MAX_BYTES);
}

static void put_one_hit(struct strbuf *b, const struct facts *f, const struct facts_hit *h)
{
	put_u32(b, h->pattern);
	put_bytes(b, h->evidence, FACTS_MAX_EVIDENCE);
	put_u32(b, part_or_root(f, h->part));
}

static void put_hit(struct strbuf *b, const struct facts *f, size_t i)
{
	put_one_hit(b, f, &f->hits.v[i]);
}

static void put_candidate_hit(struct strbuf *b, const struct facts *f, size_t i)
{
	put_one_hit(b, f, &f->candidate.hits.v[i]);
}

static void put_limit(struct strbuf *b, const struct facts *f, size_t i)
{
	put_bytes(b, f->limits_hit.v[i], LIMIT_NAME_MAX);
}

static void put_extract(struct strbuf *b, const struct facts *f, size_t i)
{
	put_u32(b, f->extracts.v[i].kind);
	put_u32(b, part_or_root(f, f->extracts.v[i].part));
	put_u32(b, f->extracts.v[i].size);
}

static void put_fuzzy(struct strbuf *b, const struct facts *f, size_t i)
{
	const struct fuzzy_digest *d = &f->fuzzy.v[i];

	put_u32(b, d->kind);
	put_u32(b, part_or_root(f, d->part));
	for (size_t k = 0; k < FUZZY_VALUES; k++)
		strbuf_le(b, d->v[k], 2);
}

enum signature_flags {
	MALFORMED = 1 << 0,
	BODY_MATCHES = 1 << 1,
	NO_VERSION = 1 << 2,
	SIGNS_FROM = 1 << 3,
	HAS_LENGTH = 1 << 4,
	HAS_TIME = 1 << 5,
	HAS_EXPIRY = 1 << 6,
	ALL_SIGNATURE_FLAGS = (1 << 7) - 1,
};

static uint32_t signature_flags(const struct dkim_facts *s)
{
	uint32_t flags = 0;

	flags |= s->malformed ? MALFORMED : 0;
	flags |= s->body_matches ? BODY_MATCHES : 0;
	flags |= s->no_version ? NO_VERSION : 0;
	flags |= s->signs_from ? SIGNS_FROM : 0;
	flags |= s->has_length ? HAS_LENGTH : 0;
	flags |= s->has_time ? HAS_TIME : 0;
	flags |= s->has_expiry ? HAS_EXPIRY : 0;
	return flags;
}

static void put_one_signature(struct strbuf *b, const struct dkim_facts *s)
{
	put_u32(b, signature_flags(s));
	put_u32(b, s->algorithm);
	put_text(b, s->problem, TAG_MAX_BYTES);
	put_text(b, s->algorithm_text, TAG_MAX_BYTES);
	put_text(b, s->domain, TAG_MAX_BYTES);
	put_text(b, s->selector, TAG_MAX_BYTES);
	put_text(b, s->identity, TAG_MAX_BYTES);
	put_bytes(b, s->signature, DKIMSIG_MAX_SIGNATURE);
	put_text(b, s->signature_start, DKIMHASH_START);
	put_bytes(b, s->digest, DKIMHASH_MAX_DIGEST);
	strbuf_le(b, s->uncovered, 8);
	strbuf_le(b, s->time, 8);
	strbuf_le(b, s->expiry, 8);
}

static void put_signature(struct strbuf *b, const struct facts *f, size_t i)
{
	put_one_signature(b, &f->signatures.v[i]);
}

static void put_arc_set(struct strbuf *b, const struct facts *f, size_t i)
{
	const struct arcset *s = &f->arc.sets[i];

	put_one_signature(b, &s->message);
	put_one_signature(b, &s->seal);
	put_bytes(b, s->cv, CV_MAX_BYTES);
	put_bytes(b, s->results, FACTS_MAX_VALUE);
}

enum arc_flags { ARC_PRESENT = 1 << 0, ARC_SEALED_FAIL = 1 << 1, ALL_ARC_FLAGS = (1 << 2) - 1 };

static void put_arc(struct strbuf *b, const struct arcset_facts *arc)
{
	put_u32(b, (arc->present ? ARC_PRESENT : 0) | (arc->sealed_fail ? ARC_SEALED_FAIL : 0));
	put_u32(b, arc->highest);
	put_text(b, arc->problem, TAG_MAX_BYTES);
	put_bytes(b, arc->chain, ARCSET_MAX_CHAIN);
}

static void put_signing(struct strbuf *b, const struct facts_signing *s)
{
	put_text(b, s->problem, TAG_MAX_BYTES);
	put_bytes(b, s->material.names, DKIMSIGN_MAX_NAME_BYTES);
	put_bytes(b, s->material.headers, DKIMSIGN_MAX_HEADERS);
	put_bytes(b, s->material.body_hash, DKIMSIGN_HASH);
}

typedef void put_fn(struct strbuf *b, const struct facts *f, size_t i);

/* A count and as many elements as fit; returns that count. */
static size_t put_list(struct strbuf *b, const struct facts *f, size_t n, size_t max, put_fn *put)
{
	size_t count_at = b->n, done;

	b->max += 4; /* the count itself always fits */
	put_u32(b, 0);
	for (done = 0; done < n && done < max && !b->overflow; done++) {
		size_t before = b->n;

		put(b, f, done);
		if (b->overflow) {
			b->n = before;
			b->overflow = false;
			break;
		}
	}
	for (size_t i = 0; i < 4; i++)
		b->p[count_at + i] = (char)(done >> (8 * i));
	return done;
}

/* Behind all that judges, in what room is left: half of it is worth nothing. */
static void put_candidate(struct strbuf *b, const struct facts *f)
{
	size_t before = b->n, n = f->candidate.set ? f->candidate.hits.n : 0;
	bool whole = put_list(b, f, n, FACTS_MAX_HITS, put_candidate_hit) == n;

	if (!whole) {
		b->n = before;
		put_u32(b, 0);
	}
	b->max += 8;
	strbuf_le(b, whole ? f->candidate.set : 0, 8);
}

/* Parts first, since findings and hits refer to them. */
str facts_encode(struct arena *a, const struct facts *f)
{
	struct strbuf b = strbuf_make(a, FACTS_MAX_BYTES - ROOM_FOR_LIMITS);
	struct facts kept = *f;
	bool cut = false;

	put_u32(&b, MAGIC);
	strbuf_le(&b, f->message_size, 8);
	put_u32(&b, f->time_us);
	put_text(&b, f->error, NAME_MAX_BYTES);
	put_text(&b, f->language, LANGUAGE_MAX_BYTES);
	put_bytes(&b, f->origin_ip, HOST_MAX_BYTES);
	put_bytes(&b, f->msgid_host, HOST_MAX_BYTES);
	put_text(&b, f->text, FACTS_MAX_TEXT);
	put_arc(&b, &f->arc);
	put_signing(&b, &f->signing);
	cut |= put_list(&b, f, f->arc.n, ARCSET_MAX, put_arc_set) < f->arc.n;
	put_bytes(&b, reportset_encode(a, &f->reports), REPORTSET_MAX_BYTES);
	for (int v = 0; v < FEATURES_VIEWS; v++)
		put_bytes(&b, f->features.view[v], FEATURES_MAX_BYTES);
	kept.parts.n = put_list(&b, f, f->parts.n, FACTS_MAX_PARTS, put_part);
	cut |= kept.parts.n < f->parts.n;
	cut |= put_list(&b, &kept, f->findings.n, FACTS_MAX_FINDINGS, put_finding) < f->findings.n;
	cut |= put_list(&b, &kept, f->hits.n, FACTS_MAX_HITS, put_hit) < f->hits.n;
	cut |= put_list(&b, &kept, f->urls.n, FACTS_MAX_URLS, put_url) < f->urls.n;
	cut |= put_list(&b, &kept, f->extracts.n, FACTS_MAX_EXTRACTS, put_extract) < f->extracts.n;
	cut |= put_list(&b, &kept, f->fuzzy.n, FUZZY_DIGESTS_MAX, put_fuzzy) < f->fuzzy.n;
	cut |= put_list(&b, f, f->addresses.n, FACTS_MAX_ADDRESSES, put_address) < f->addresses.n;
	cut |= put_list(&b, f, f->hops.n, FACTS_MAX_HOPS, put_hop) < f->hops.n;
	cut |= put_list(&b, f, f->headers.n, FACTS_MAX_HEADERS, put_header) < f->headers.n;
	cut |= put_list(&b, f, f->signatures.n, FACTS_MAX_SIGNATURES, put_signature) <
	       f->signatures.n;
	put_candidate(&b, &kept);
	if (cut) {
		kept.limits_hit.v = arena_array(a, str, f->limits_hit.n + 1);
		kept.limits_hit.v[0] = STR("facts.bytes");
		for (size_t i = 0; i < f->limits_hit.n; i++)
			kept.limits_hit.v[i + 1] = f->limits_hit.v[i];
		kept.limits_hit.n++;
	}
	b.max = FACTS_MAX_BYTES;
	put_list(&b, &kept, kept.limits_hit.n, LIMITS_MAX, put_limit);
	return strbuf_str(&b);
}

/* Reading: from a worker that may be taken over, so every number is checked. */

struct source {
	struct reader r;
	struct arena *arena;
};

static void refuse_if(struct source *s, bool cond)
{
	s->r.bad |= cond;
}

static str get_bytes(struct source *s, size_t max)
{
	return reader_lstr(&s->r, max);
}

static str get_text(struct source *s, size_t max)
{
	str text = reader_lstr(&s->r, max);

	refuse_if(s, !utf8_valid(text));
	return text;
}

/* An element takes at least least bytes, so a count can never ask for much memory. */
static size_t get_count(struct source *s, size_t max, size_t least)
{
	uint32_t n = reader_u32le(&s->r);

	refuse_if(s, n > max || n > reader_left(&s->r) / least);
	return s->r.bad ? 0 : n;
}

static uint32_t get_part_index(struct source *s, size_t parts)
{
	uint32_t part = reader_u32le(&s->r);

	refuse_if(s, part >= parts && part != 0);
	return part;
}

static void get_parts(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_PARTS, 4 * 6 + 8 + 32 + 8);

	for (size_t i = 0; i < n && !s->r.bad; i++) {
		struct facts_part *p = arena_push(s->arena, &f->parts);
		str hash;

		p->parent = reader_u32le(&s->r);
		refuse_if(s, p->parent >= i && p->parent != 0);
		p->path = get_text(s, NAME_MAX_BYTES);
		p->type = get_bytes(s, NAME_MAX_BYTES);
		p->detected = get_text(s, NAME_MAX_BYTES);
		p->filename = get_text(s, NAME_MAX_BYTES);
		p->size = reader_u64le(&s->r);
		hash = reader_bytes(&s->r, sizeof(p->sha256));
		if (hash.n)
			memcpy(p->sha256, hash.p, hash.n);
		p->flags = reader_u32le(&s->r);
		refuse_if(s, p->flags >= FACTS_PART_MESSAGE << 1);
		p->offset = reader_u64le(&s->r);
	}
}

static void get_findings(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_FINDINGS, 20);

	for (size_t i = 0; i < n && !s->r.bad; i++) {
		struct facts_finding *q = arena_push(s->arena, &f->findings);

		q->name = get_bytes(s, NAME_MAX_BYTES);
		refuse_if(s, !findings_known(q->name));
		q->evidence = get_bytes(s, FACTS_MAX_EVIDENCE);
		q->part = get_part_index(s, f->parts.n);
		q->offset = reader_u64le(&s->r);
	}
}

static void get_urls(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_URLS, 24);

	for (size_t i = 0; i < n && !s->r.bad; i++) {
		struct facts_url *u = arena_push(s->arena, &f->urls);
		uint32_t where = reader_u32le(&s->r);

		refuse_if(s, where >= FACTS_URL_WHERES);
		u->where = (enum facts_url_where)where;
		u->part = get_part_index(s, f->parts.n);
		u->url = get_text(s, URL_MAX_BYTES);
		u->host = get_text(s, NAME_MAX_BYTES);
		u->domain = get_text(s, NAME_MAX_BYTES);
		u->shown = get_text(s, NAME_MAX_BYTES);
	}
}

static struct facts_hit get_hit(struct source *s, size_t parts)
{
	struct facts_hit h = { .pattern = reader_u32le(&s->r) };

	h.evidence = get_bytes(s, FACTS_MAX_EVIDENCE);
	h.part = get_part_index(s, parts);
	return h;
}

static void get_hits(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_HITS, 12);

	for (size_t i = 0; i < n && !s->r.bad; i++)
		*arena_push(s->arena, &f->hits) = get_hit(s, f->parts.n);
}

static void get_candidate(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_HITS, 12);

	for (size_t i = 0; i < n && !s->r.bad; i++)
		*arena_push(s->arena, &f->candidate.hits) = get_hit(s, f->parts.n);
	f->candidate.set = reader_u64le(&s->r);
	refuse_if(s, n && !f->candidate.set);
}

static void get_extracts(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_EXTRACTS, 12);
	uint64_t sum = 0;

	for (size_t i = 0; i < n && !s->r.bad; i++) {
		struct facts_extract *x = arena_push(s->arena, &f->extracts);
		uint32_t kind = reader_u32le(&s->r);

		refuse_if(s, kind >= FACTS_EXTRACT_KINDS);
		x->kind = (enum facts_extract_kind)kind;
		x->part = get_part_index(s, f->parts.n);
		x->size = reader_u32le(&s->r);
		sum += x->size;
		refuse_if(s, sum > FACTS_MAX_EXTRACT_BYTES);
	}
}

static void get_fuzzy(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FUZZY_DIGESTS_MAX, 8 + 2 * FUZZY_VALUES);

	for (size_t i = 0; i < n && !s->r.bad; i++) {
		struct fuzzy_digest *d = arena_push(s->arena, &f->fuzzy);
		uint32_t kind = reader_u32le(&s->r);

		refuse_if(s, kind >= FUZZY_KINDS);
		d->kind = (enum fuzzy_kind)kind;
		d->part = get_part_index(s, f->parts.n);
		for (size_t k = 0; k < FUZZY_VALUES; k++)
			d->v[k] = reader_u16le(&s->r);
	}
}

static void get_addresses(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_ADDRESSES, 16);

	for (size_t i = 0; i < n && !s->r.bad; i++) {
		struct facts_address *q = arena_push(s->arena, &f->addresses);
		uint32_t where = reader_u32le(&s->r);

		refuse_if(s, where > FACTS_CC);
		q->where = (enum facts_where)where;
		q->display = get_text(s, NAME_MAX_BYTES);
		q->local = get_bytes(s, NAME_MAX_BYTES);
		q->domain = get_bytes(s, NAME_MAX_BYTES);
		q->folded = get_text(s, NAME_MAX_BYTES);
		q->skeleton = get_text(s, NAME_MAX_BYTES);
	}
}

static void get_hops(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_HOPS, 8);

	for (size_t i = 0; i < n && !s->r.bad; i++) {
		struct facts_hop *h = arena_push(s->arena, &f->hops);

		h->ip = get_bytes(s, HOST_MAX_BYTES);
		h->helo = get_bytes(s, HOST_MAX_BYTES);
	}
}

static void get_headers(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_HEADERS, 12);

	for (size_t i = 0; i < n && !s->r.bad; i++) {
		struct facts_header *h = arena_push(s->arena, &f->headers);

		h->name = get_bytes(s, NAME_MAX_BYTES);
		h->value = get_text(s, FACTS_MAX_VALUE);
		h->line = reader_u32le(&s->r);
	}
}

/* A digest is of the length that its algorithm makes, or not there for a reason. */
static void get_one_signature(struct source *s, struct dkim_facts *ret)
{
	uint32_t flags = reader_u32le(&s->r), algorithm = reader_u32le(&s->r);
	size_t digest = algorithm == DKIMSIG_RSA_SHA1 ? 20 : DKIMHASH_MAX_DIGEST;

	refuse_if(s, flags > ALL_SIGNATURE_FLAGS || algorithm >= DKIMSIG_ALGORITHMS);
	ret->malformed = flags & MALFORMED;
	ret->body_matches = flags & BODY_MATCHES;
	ret->no_version = flags & NO_VERSION;
	ret->signs_from = flags & SIGNS_FROM;
	ret->has_length = flags & HAS_LENGTH;
	ret->has_time = flags & HAS_TIME;
	ret->has_expiry = flags & HAS_EXPIRY;
	ret->algorithm = (enum dkimsig_algorithm)algorithm;
	ret->problem = get_text(s, TAG_MAX_BYTES);
	ret->algorithm_text = get_text(s, TAG_MAX_BYTES);
	ret->domain = get_text(s, TAG_MAX_BYTES);
	ret->selector = get_text(s, TAG_MAX_BYTES);
	ret->identity = get_text(s, TAG_MAX_BYTES);
	ret->signature = get_bytes(s, DKIMSIG_MAX_SIGNATURE);
	ret->signature_start = get_text(s, DKIMHASH_START);
	ret->digest = get_bytes(s, DKIMHASH_MAX_DIGEST);
	refuse_if(s, ret->digest.n != (ret->problem.n ? 0 : digest));
	ret->uncovered = reader_u64le(&s->r);
	ret->time = reader_u64le(&s->r);
	ret->expiry = reader_u64le(&s->r);
}

static void get_signatures(struct source *s, struct facts *f)
{
	size_t n = get_count(s, FACTS_MAX_SIGNATURES, 4 * 10 + 24);

	for (size_t i = 0; i < n && !s->r.bad; i++)
		get_one_signature(s, arena_push(s->arena, &f->signatures));
}

static void get_arc(struct source *s, struct arcset_facts *ret)
{
	uint32_t flags = reader_u32le(&s->r);

	refuse_if(s, flags > ALL_ARC_FLAGS);
	ret->present = flags & ARC_PRESENT;
	ret->sealed_fail = flags & ARC_SEALED_FAIL;
	ret->highest = reader_u32le(&s->r);
	refuse_if(s, ret->highest > ARCSET_MAX);
	ret->problem = get_text(s, TAG_MAX_BYTES);
	ret->chain = get_bytes(s, ARCSET_MAX_CHAIN);
}

/* All sets up to the highest, or none for a reason. */
static void get_arc_sets(struct source *s, struct arcset_facts *ret)
{
	ret->n = get_count(s, ARCSET_MAX, 2 * (4 * 10 + 24) + 8);
	refuse_if(s, ret->n != (ret->problem.n ? 0 : ret->highest) || (ret->n && !ret->present));
	ret->sets = arena_array(s->arena, struct arcset, ret->n);
	for (size_t i = 0; i < ret->n && !s->r.bad; i++) {
		get_one_signature(s, &ret->sets[i].message);
		get_one_signature(s, &ret->sets[i].seal);
		ret->sets[i].cv = get_bytes(s, CV_MAX_BYTES);
		ret->sets[i].results = get_bytes(s, FACTS_MAX_VALUE);
	}
}

/* What is signed is a worker's word for a message that it was to read anyway; only its form can
 * be looked at. */
static void get_signing(struct source *s, struct facts_signing *ret)
{
	struct dkimsign_material *m = &ret->material;

	ret->problem = get_text(s, TAG_MAX_BYTES);
	m->names = get_bytes(s, DKIMSIGN_MAX_NAME_BYTES);
	m->headers = get_bytes(s, DKIMSIGN_MAX_HEADERS);
	m->body_hash = get_bytes(s, DKIMSIGN_HASH);
	refuse_if(s, m->body_hash.n && m->body_hash.n != DKIMSIGN_HASH);
	for (size_t i = 0; i < m->names.n; i++)
		refuse_if(s, !str_is_alpha(m->names.p[i]) && m->names.p[i] != '-' &&
				     m->names.p[i] != ':');
}

static void get_limits(struct source *s, struct facts *f)
{
	size_t n = get_count(s, LIMITS_MAX, 4);

	for (size_t i = 0; i < n && !s->r.bad; i++)
		*arena_push(s->arena, &f->limits_hit) = get_text(s, LIMIT_NAME_MAX);
}

bool facts_decode(struct arena *a, str in, struct facts *ret)
{
	struct source s = { .r = reader_make(in), .arena = a };
	struct facts f = { 0 };

	refuse_if(&s, in.n > FACTS_MAX_BYTES || reader_u32le(&s.r) != MAGIC);
	f.message_size = reader_u64le(&s.r);
	f.time_us = reader_u32le(&s.r);
	f.error = get_text(&s, NAME_MAX_BYTES);
	f.language = get_text(&s, LANGUAGE_MAX_BYTES);
	f.origin_ip = get_bytes(&s, HOST_MAX_BYTES);
	f.msgid_host = get_bytes(&s, HOST_MAX_BYTES);
	f.text = get_text(&s, FACTS_MAX_TEXT);
	get_arc(&s, &f.arc);
	get_signing(&s, &f.signing);
	get_arc_sets(&s, &f.arc);
	refuse_if(&s, !reportset_decode(a, get_bytes(&s, REPORTSET_MAX_BYTES), &f.reports));
	for (int v = 0; v < FEATURES_VIEWS; v++) {
		f.features.view[v] = get_bytes(&s, FEATURES_MAX_BYTES);
		refuse_if(&s, !features_valid(f.features.view[v]));
	}
	get_parts(&s, &f);
	get_findings(&s, &f);
	get_hits(&s, &f);
	get_urls(&s, &f);
	get_extracts(&s, &f);
	get_fuzzy(&s, &f);
	get_addresses(&s, &f);
	get_hops(&s, &f);
	get_headers(&s, &f);
	get_signatures(&s, &f);
	get_candidate(&s, &f);
	get_limits(&s, &f);
	if (s.r.bad || s.r.at != in.n)
		return false;
	*ret = f;
	return true;
}
