#include "smtp/transaction.h"

#include "base/fd.h"
#include "sys/msg.h"

struct transaction *transaction_new(void)
{
	struct arena *a = arena_new("smtp transaction", TRANSACTION_BUDGET);
	struct transaction *t = arena_make(a, struct transaction);

	t->arena = a;
	t->bytes = strbuf_make(a, MSG_INLINE_MAX);
	t->fd = -1;
	return t;
}

struct transaction *transaction_free(struct transaction *t)
{
	if (!t)
		return NULL;
	fd_close(t->fd);
	arena_free(t->arena);
	return NULL;
}
