#include "mail/bodyparts.h"

#define XXH_STATIC_LINKING_ONLY /* the state is on the stack */
#include <xxhash.h>

uint64_t bodyparts_hash(str body)
{
	return XXH64(body.n ? body.p : "", body.n, 0);
}

static void add_piece(struct bodyparts *b, XXH64_state_t *hash, str piece)
{
	if (piece.n == 0)
		return;
	b->v[b->n++] = (struct iovec){ (void *)(uintptr_t)piece.p, piece.n };
	b->size += piece.n;
	XXH64_update(hash, piece.p, piece.n);
}

bool bodyparts_make(struct arena *a, str prepend, str message, const uint64_t *cuts, size_t n,
		    struct bodyparts *ret)
{
	struct bodyparts b = { 0 };
	XXH64_state_t hash;
	size_t at = 0;

	if (n % 2 || n / 2 > BODYPARTS_MAX_CUTS)
		return false;
	b.v = arena_array(a, struct iovec, n / 2 + 2);
	XXH64_reset(&hash, 0);
	add_piece(&b, &hash, prepend);
	for (size_t i = 0; i < n; i += 2) {
		if (cuts[i] < at || cuts[i] > message.n || cuts[i + 1] > message.n - cuts[i])
			return false;
		add_piece(&b, &hash, str_sub(message, at, cuts[i]));
		at = cuts[i] + cuts[i + 1];
	}
	add_piece(&b, &hash, str_skip(message, at));
	b.hash = XXH64_digest(&hash);
	*ret = b;
	return true;
}
