#include "keys/keyring.h"

#include "sys/keybundle.h"

#include <errno.h>

struct row {
	str domain, selector;
	struct keyfile *key;
};

struct keyring {
	struct arena *arena;
	ARENA_VEC(struct row) rows;
};

static int add(struct keyring *ring, const struct keybundle_entry *e, struct why *why)
{
	struct keyfile *key;
	struct row *row;
	int r = keyfile_read(ring->arena, e->key, &key, why);

	if (r < 0)
		return why_prefix(why, r, "%.*s", STR_ARG(e->file));
	row = arena_push(ring->arena, &ring->rows);
	*row = (struct row){ arena_str(ring->arena, e->domain), arena_str(ring->arena, e->selector),
			     key };
	return 0;
}

int keyring_new(str bundle, struct keyring **ret, struct why *why)
{
	struct arena *a = arena_new("keyring", KEYBUNDLE_MAX);
	struct keyring *ring = arena_make(a, struct keyring);
	struct keybundle_entry e;
	int r = 0;

	ring->arena = a;
	while (r == 0 && keybundle_next(&bundle, &e))
		r = add(ring, &e, why);
	if (r == 0 && bundle.n)
		r = why_set(why, -EPROTO, "malformed bundle of keys");
	if (r < 0)
		keyring_free(ring);
	else
		*ret = ring;
	return r;
}

struct keyring *keyring_free(struct keyring *r)
{
	for (size_t i = 0; r && i < r->rows.n; i++)
		keyfile_close(r->rows.v[i].key);
	if (r)
		arena_free(r->arena);
	return NULL;
}

size_t keyring_count(const struct keyring *r)
{
	return r->rows.n;
}

int keyring_sign(const struct keyring *r, struct arena *a, const struct signer_question *q,
		 struct signer_answer *ret, struct why *why)
{
	for (size_t i = 0; i < r->rows.n; i++) {
		const struct row *row = &r->rows.v[i];

		if (!str_caseeq(row->domain, q->domain) || !str_caseeq(row->selector, q->selector))
			continue;
		ret->algorithm = keyfile_algorithm(row->key);
		return keyfile_sign(row->key, a, q->digests[ret->algorithm], &ret->signature, why);
	}
	return why_set(why, -ENOENT, "there is no key %.*s of %.*s", STR_ARG(q->selector),
		       STR_ARG(q->domain));
}

static int sign_here(void *ctx, struct arena *a, const struct signer_question *q,
		     struct signer_answer *ret, struct why *why)
{
	return keyring_sign(ctx, a, q, ret, why);
}

struct signer keyring_signer(struct keyring *r)
{
	return (struct signer){ .sign = sign_here, .ctx = r };
}
