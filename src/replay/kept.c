#include "replay/kept.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "replay/ruleprint.h"

enum { MAGIC = 0x324d4b50 /* "PKM2" */, NAME_MAX_BYTES = 64, TLS_MAX_BYTES = 64 };
enum flags {
	ESMTP = 1 << 0,
	HAS_REVERSE_PATH = 1 << 1,
	TEMPORARY = 1 << 2,
	ALL_FLAGS = (1 << 3) - 1,
};

/* Signatures are long, compress badly, and what they proved is evidence. */
static bool is_worth_keeping(str name)
{
	return !str_caseeq(name, STR("DKIM-Signature")) &&
	       !str_caseeq(str_sub(name, 0, 4), STR("ARC-"));
}

static struct facts without_content(struct arena *a, const struct facts *f)
{
	struct facts kept = {
		.addresses = { f->addresses.v, f->addresses.n, f->addresses.n },
		.parts = { f->parts.v, f->parts.n, f->parts.n },
		.findings = { f->findings.v, f->findings.n, f->findings.n },
		.urls = { f->urls.v, f->urls.n, f->urls.n },
		.limits_hit = { f->limits_hit.v, f->limits_hit.n, f->limits_hit.n },
		.language = f->language,
		.error = f->error,
		.message_size = f->message_size,
	};

	for (size_t i = 0; i < f->headers.n; i++) {
		if (is_worth_keeping(f->headers.v[i].name))
			*arena_push(a, &kept.headers) = f->headers.v[i];
	}
	return kept;
}

static void keep_hits(struct arena *a, const struct rules *rules, const struct facts_hit *hits,
		      size_t n, struct kept *ret)
{
	for (size_t i = 0; i < n; i++) {
		const struct facts_hit *h = &hits[i];
		const struct rules_symbol *s =
			h->pattern < rules->symbols.n ? rules->symbols.v[h->pattern] : NULL;

		if (s && ruleprint_is_of_worker(s))
			*arena_push(a, &ret->hits) =
				(struct kept_hit){ s->name, ruleprint_pattern(s), h->evidence,
						   h->part };
	}
}

void kept_make(struct arena *a, const struct rules *rules, uint64_t pattern_set, int64_t at,
	       const struct envelope *envelope, const struct facts *facts,
	       const struct evidence *evidence, const struct verdict *v, struct kept *ret)
{
	*ret = (struct kept){
		.at = at,
		.pattern_set = pattern_set,
		.envelope = *envelope,
		.facts = without_content(a, facts),
		.evidence = { evidence->symbols.v, evidence->symbols.n, evidence->symbols.n },
		.temporary = evidence->temporary,
		.intended = v->intended,
		.score = v->score,
		.decision = v->decision ? v->decision->name : STR(""),
	};
	keep_hits(a, rules, facts->hits.v, facts->hits.n, ret);
	for (size_t i = 0; i < evidence->replies.n; i++) {
		const struct evidence_reply *r = &evidence->replies.v[i];

		*arena_push(a, &ret->replies) =
			(struct kept_reply){ r->list->name, r->code, r->refused, r->asked };
	}
}

void kept_add_candidate(struct arena *a, const struct rules *candidate,
			const struct facts_candidate *found, struct kept *k)
{
	k->candidate_set = found->set;
	keep_hits(a, candidate, found->hits.v, found->hits.n, k);
}

/* Writing: as inspect/facts.c does. */

static void put_u32(struct strbuf *b, uint64_t v)
{
	strbuf_le(b, v, 4);
}

static void put_text(struct strbuf *b, str s, size_t max)
{
	s = str_sub(s, 0, max);
	put_u32(b, s.n);
	strbuf_put(b, s);
}

static size_t at_most(size_t n, size_t max)
{
	return n < max ? n : max;
}

static void put_envelope(struct strbuf *b, const struct envelope *e)
{
	size_t n = at_most(e->n_recipients, KEPT_MAX_RECIPIENTS);

	put_text(b, e->sid, NAME_MAX_BYTES);
	put_text(b, e->mid, NAME_MAX_BYTES);
	put_text(b, e->client_ip, NAME_MAX_BYTES);
	put_text(b, e->helo, KEPT_MAX_TEXT);
	put_text(b, e->reverse_path, KEPT_MAX_TEXT);
	put_text(b, e->tls_version, TLS_MAX_BYTES);
	put_text(b, e->tls_cipher, TLS_MAX_BYTES);
	strbuf_le(b, (uint64_t)e->received_at, 8);
	put_u32(b, n);
	for (size_t i = 0; i < n; i++)
		put_text(b, e->recipients[i], KEPT_MAX_TEXT);
}

static void put_evidence(struct strbuf *b, const struct kept *k)
{
	size_t n = at_most(k->evidence.n, KEPT_MAX_EVIDENCE);

	put_u32(b, n);
	for (size_t i = 0; i < n; i++) {
		put_text(b, k->evidence.v[i].name, NAME_MAX_BYTES);
		put_text(b, k->evidence.v[i].text, KEPT_MAX_TEXT);
	}
	n = at_most(k->replies.n, KEPT_MAX_EVIDENCE);
	put_u32(b, n);
	for (size_t i = 0; i < n; i++) {
		put_text(b, k->replies.v[i].list, NAME_MAX_BYTES);
		put_u32(b, k->replies.v[i].code);
		put_u32(b, k->replies.v[i].refused);
		put_text(b, k->replies.v[i].asked, KEPT_MAX_TEXT);
	}
}

static void put_hits(struct strbuf *b, const struct kept *k)
{
	size_t n = at_most(k->hits.n, KEPT_MAX_HITS);

	put_u32(b, n);
	for (size_t i = 0; i < n; i++) {
		put_text(b, k->hits.v[i].symbol, NAME_MAX_BYTES);
		strbuf_le(b, k->hits.v[i].print, 8);
		put_text(b, k->hits.v[i].evidence, FACTS_MAX_EVIDENCE);
		put_u32(b, k->hits.v[i].part);
	}
}

bool kept_encode(struct arena *a, const struct kept *k, str *ret)
{
	struct strbuf b = strbuf_make(a, KEPT_MAX_BYTES);
	uint32_t flags = (k->envelope.esmtp ? ESMTP : 0) | (k->temporary ? TEMPORARY : 0) |
			 (k->envelope.has_reverse_path ? HAS_REVERSE_PATH : 0);

	put_u32(&b, MAGIC);
	strbuf_le(&b, (uint64_t)k->at, 8);
	strbuf_le(&b, k->pattern_set, 8);
	strbuf_le(&b, k->candidate_set, 8);
	put_u32(&b, flags);
	put_u32(&b, k->intended);
	put_u32(&b, (uint32_t)k->score);
	put_text(&b, k->decision, NAME_MAX_BYTES);
	put_envelope(&b, &k->envelope);
	put_evidence(&b, k);
	put_hits(&b, k);
	put_text(&b, facts_encode(a, &k->facts), KEPT_MAX_BYTES);
	*ret = strbuf_str(&b);
	return !b.overflow;
}

/* Reading */

struct source {
	struct reader r;
	struct arena *arena;
};

/* An element takes at least least bytes, so a count can never ask for much memory. */
static size_t get_count(struct source *s, size_t max, size_t least)
{
	uint32_t n = reader_u32le(&s->r);

	s->r.bad |= n > max || n > reader_left(&s->r) / least;
	return s->r.bad ? 0 : n;
}

static uint32_t get_u32(struct source *s, uint32_t below)
{
	uint32_t v = reader_u32le(&s->r);

	s->r.bad |= v >= below;
	return v;
}

static void get_envelope(struct source *s, uint32_t flags, struct envelope *ret)
{
	ret->sid = reader_lstr(&s->r, NAME_MAX_BYTES);
	ret->mid = reader_lstr(&s->r, NAME_MAX_BYTES);
	ret->client_ip = reader_lstr(&s->r, NAME_MAX_BYTES);
	ret->helo = reader_lstr(&s->r, KEPT_MAX_TEXT);
	ret->reverse_path = reader_lstr(&s->r, KEPT_MAX_TEXT);
	ret->tls_version = reader_lstr(&s->r, TLS_MAX_BYTES);
	ret->tls_cipher = reader_lstr(&s->r, TLS_MAX_BYTES);
	ret->received_at = (int64_t)reader_u64le(&s->r);
	ret->esmtp = flags & ESMTP;
	ret->has_reverse_path = flags & HAS_REVERSE_PATH;
	ret->n_recipients = get_count(s, KEPT_MAX_RECIPIENTS, 4);
	ret->recipients = arena_array(s->arena, str, ret->n_recipients);
	for (size_t i = 0; i < ret->n_recipients; i++)
		ret->recipients[i] = reader_lstr(&s->r, KEPT_MAX_TEXT);
}

static void get_evidence(struct source *s, struct kept *ret)
{
	size_t n = get_count(s, KEPT_MAX_EVIDENCE, 8);

	for (size_t i = 0; i < n; i++) {
		struct evidence_symbol *e = arena_push(s->arena, &ret->evidence);

		e->name = reader_lstr(&s->r, NAME_MAX_BYTES);
		e->text = reader_lstr(&s->r, KEPT_MAX_TEXT);
	}
	n = get_count(s, KEPT_MAX_EVIDENCE, 16);
	for (size_t i = 0; i < n; i++) {
		struct kept_reply *r = arena_push(s->arena, &ret->replies);

		r->list = reader_lstr(&s->r, NAME_MAX_BYTES);
		r->code = reader_u32le(&s->r);
		r->refused = get_u32(s, 2);
		r->asked = reader_lstr(&s->r, KEPT_MAX_TEXT);
	}
}

static void get_hits(struct source *s, struct kept *ret)
{
	size_t n = get_count(s, KEPT_MAX_HITS, 20);

	for (size_t i = 0; i < n; i++) {
		struct kept_hit *h = arena_push(s->arena, &ret->hits);

		h->symbol = reader_lstr(&s->r, NAME_MAX_BYTES);
		h->print = reader_u64le(&s->r);
		h->evidence = reader_lstr(&s->r, FACTS_MAX_EVIDENCE);
		h->part = reader_u32le(&s->r);
	}
}

bool kept_decode(struct arena *a, str in, struct kept *ret)
{
	struct source s = { .r = reader_make(in), .arena = a };
	struct kept k = { 0 };
	uint32_t flags;

	s.r.bad |= in.n > KEPT_MAX_BYTES || reader_u32le(&s.r) != MAGIC;
	k.at = (int64_t)reader_u64le(&s.r);
	k.pattern_set = reader_u64le(&s.r);
	k.candidate_set = reader_u64le(&s.r);
	flags = get_u32(&s, ALL_FLAGS + 1);
	k.temporary = flags & TEMPORARY;
	k.intended = (enum action)get_u32(&s, ACTIONS);
	k.score = (int32_t)reader_u32le(&s.r);
	k.decision = reader_lstr(&s.r, NAME_MAX_BYTES);
	get_envelope(&s, flags, &k.envelope);
	get_evidence(&s, &k);
	get_hits(&s, &k);
	if (!facts_decode(a, reader_lstr(&s.r, KEPT_MAX_BYTES), &k.facts) || s.r.bad ||
	    s.r.at != in.n)
		return false;
	*ret = k;
	return true;
}
