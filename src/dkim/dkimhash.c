#include "dkim/dkimhash.h"

#include "base/map.h"
#include "dkim/taglist.h"

#include <openssl/evp.h>

/* A digest being made */

struct dkimhash {
	EVP_MD_CTX *ctx;
};

struct dkimhash *dkimhash_begin(struct arena *a, enum dkimsig_algorithm algorithm)
{
	const EVP_MD *md = algorithm == DKIMSIG_RSA_SHA1 ? EVP_sha1() : EVP_sha256();
	struct dkimhash *h = arena_make(a, struct dkimhash);

	h->ctx = EVP_MD_CTX_new();
	bug_if(!h->ctx || !EVP_DigestInit_ex(h->ctx, md, NULL));
	return h;
}

static void update(void *ctx, str bytes)
{
	struct dkimhash *h = ctx;

	bug_if(!EVP_DigestUpdate(h->ctx, bytes.p, bytes.n));
}

struct dkimcanon_sink dkimhash_sink(struct dkimhash *h)
{
	return (struct dkimcanon_sink){ update, h };
}

str dkimhash_finish(struct arena *a, struct dkimhash *h)
{
	unsigned char *digest = arena_alloc(a, DKIMHASH_MAX_DIGEST);
	unsigned n = 0;

	_Static_assert(DKIMHASH_MAX_DIGEST == 32, "SHA-256");
	bug_if(!EVP_DigestFinal_ex(h->ctx, digest, &n));
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
	return str_of(digest, n);
}

/* A message */

/* The fields of one name, from the top; unused counts those that the signature at hand has
 * not selected yet. */
struct group {
	ARENA_VEC(uint32_t) at;
	size_t unused;
	uint64_t round;
};

struct body_hash {
	enum dkimcanon_kind kind;
	bool sha1;
	uint64_t length, whole;
	str digest;
};

struct dkimhash_message {
	struct arena *arena;
	ARENA_VEC(struct header_field) fields;
	struct map groups;
	bool cut; /* there are more fields: the last ones are not known */
	uint64_t round;
	str body;
	struct body_hash bodies[DKIMHASH_MAX_BODIES];
	size_t n_bodies;
};

static void add_to_group(struct dkimhash_message *m, const struct header_field *f)
{
	struct group *g = map_get(&m->groups, f->name);

	if (!g) {
		g = arena_make(m->arena, struct group);
		(void)map_set(&m->groups, f->name, g);
	}
	*arena_push(m->arena, &g->at) = (uint32_t)m->fields.n;
}

struct dkimhash_message *dkimhash_open(struct arena *a, str message)
{
	struct dkimhash_message *m = arena_make(a, struct dkimhash_message);
	struct header_reader r = header_reader_make(message);
	struct header_field f;

	m->arena = a;
	m->groups = map_make_caseless(a);
	while (header_next(&r, &f)) {
		if (m->fields.n == DKIMHASH_MAX_FIELDS) {
			m->cut = true;
			continue;
		}
		add_to_group(m, &f);
		*arena_push(a, &m->fields) = f;
	}
	m->body = header_body(&r);
	return m;
}

const struct header_field *dkimhash_fields(const struct dkimhash_message *m, size_t *ret_n)
{
	*ret_n = m->fields.n;
	return m->fields.v;
}

str dkimhash_body(struct dkimhash_message *m, enum dkimcanon_kind kind,
		  enum dkimsig_algorithm algorithm, uint64_t length, uint64_t *ret_whole)
{
	bool sha1 = algorithm == DKIMSIG_RSA_SHA1;
	struct dkimcanon_sink sink;
	struct dkimhash *h;
	struct body_hash *b;

	for (size_t i = 0; i < m->n_bodies; i++) {
		b = &m->bodies[i];
		if (b->kind == kind && b->sha1 == sha1 && b->length == length) {
			*ret_whole = b->whole;
			return b->digest;
		}
	}
	if (m->n_bodies == DKIMHASH_MAX_BODIES)
		return STR_NULL;
	b = &m->bodies[m->n_bodies++];
	h = dkimhash_begin(m->arena, algorithm);
	sink = dkimhash_sink(h);
	b->kind = kind;
	b->sha1 = sha1;
	b->length = length;
	b->whole = *ret_whole = dkimcanon_body(kind, m->body, length, &sink);
	b->digest = dkimhash_finish(m->arena, h);
	return b->digest;
}

/* The lowest field of that name that was not selected yet and is not the signature's own; NULL
 * is no error: the signer says that there was none (RFC 6376 5.4.2). */
static const struct header_field *next_selected(struct dkimhash_message *m, str name,
						const struct header_field *own)
{
	struct group *g = map_get(&m->groups, name);
	const struct header_field *f = NULL;

	if (!g)
		return NULL;
	if (g->round != m->round) {
		g->round = m->round;
		g->unused = g->at.n;
	}
	while (g->unused && (!f || f->whole.p == own->whole.p))
		f = &m->fields.v[g->at.v[--g->unused]];
	return f && f->whole.p != own->whole.p ? f : NULL;
}

str dkimhash_signed(struct dkimhash_message *m, const struct dkimsig *sig,
		    const struct header_field *own)
{
	struct dkimhash *h = dkimhash_begin(m->arena, sig->algorithm);
	struct dkimcanon_sink sink = dkimhash_sink(h);
	str rest = sig->fields, name;

	m->round++;
	while (taglist_item(&rest, &name)) {
		const struct header_field *f = next_selected(m, name, own);

		if (f)
			dkimcanon_field(sig->header_canon, f->whole, false, &sink);
	}
	dkimcanon_own_field(sig->header_canon, own->whole, true, &sink);
	return dkimhash_finish(m->arena, h);
}

/* Signatures */

static void copy_tags(const struct dkimsig *s, struct dkim_facts *ret)
{
	*ret = (struct dkim_facts){
		.problem = STR(""),
		.algorithm = s->algorithm,
		.algorithm_text = s->algorithm_text,
		.domain = s->domain,
		.selector = s->selector,
		.identity = s->identity,
		.signature = s->signature,
		.signature_start = str_sub(s->signature_text, 0, DKIMHASH_START),
		.digest = STR(""),
		.no_version = s->no_version,
		.signs_from = s->signs_from,
		.has_length = s->has_length,
		.has_time = s->has_time,
		.has_expiry = s->has_expiry,
		.time = s->time,
		.expiry = s->expiry,
	};
}

static const char *hash(struct dkimhash_message *m, const struct dkimsig *s,
			const struct header_field *own, struct dkim_facts *ret)
{
	uint64_t length = s->has_length ? s->length : UINT64_MAX, whole = 0;
	str body;

	if (s->algorithm == DKIMSIG_UNKNOWN)
		return "a= is no algorithm we know";
	if (m->cut)
		return "the message has too many fields";
	body = dkimhash_body(m, s->body_canon, s->algorithm, length, &whole);
	if (!body.p)
		return "too many hashes of the body are asked for";
	/* l= must not say more than there is (RFC 6376 3.5). */
	ret->body_matches = str_eq(body, s->body_hash) && (!s->has_length || length <= whole);
	ret->uncovered = whole > length ? whole - length : 0;
	ret->digest = dkimhash_signed(m, s, own);
	return NULL;
}

static void read_signature(struct dkimhash_message *m, enum dkimsig_kind kind,
			   const struct header_field *field, bool try, struct dkim_facts *ret)
{
	struct dkimsig s;
	const char *bad = dkimsig_parse(m->arena, kind, field->raw, &s);

	copy_tags(&s, ret);
	ret->malformed = bad != NULL;
	ret->body_matches = kind == DKIMSIG_ARC_SEAL;
	ret->signs_from |= kind == DKIMSIG_ARC_SEAL;
	if (!bad && !try)
		bad = "there are too many signatures";
	if (!bad && kind != DKIMSIG_ARC_SEAL)
		bad = hash(m, &s, field, ret);
	ret->problem = bad ? str_c(bad) : STR("");
}

void dkimhash_signature(struct dkimhash_message *m, enum dkimsig_kind kind,
			const struct header_field *field, struct dkim_facts *ret)
{
	read_signature(m, kind, field, true, ret);
}

struct dkim_facts *dkimhash_signatures(struct dkimhash_message *m, size_t *ret_n)
{
	const struct group *g = map_get(&m->groups, STR("DKIM-Signature"));
	struct dkim_facts *facts;
	size_t n = g ? g->at.n : 0;

	if (n > DKIMHASH_MAX_SIGNATURES)
		n = DKIMHASH_MAX_SIGNATURES;
	facts = arena_array(m->arena, struct dkim_facts, n);
	for (size_t i = 0; i < n; i++)
		read_signature(m, DKIMSIG_DKIM, &m->fields.v[g->at.v[i]], i < DKIMHASH_MAX_TRIED,
			       &facts[i]);
	*ret_n = n;
	return facts;
}
