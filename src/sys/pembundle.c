#include "sys/pembundle.h"

#include "base/num.h"

/* FILE LF, the lengths of chain and key in decimal digits with a space between, LF, chain, key. */
void pembundle_put(struct strbuf *b, const struct pembundle_entry *e)
{
	bug_if(str_chr(e->file, '\n') != STR_NONE);
	strbuf_put(b, e->file);
	strbuf_fmt(b, "\n%zu %zu\n", e->chain.n, e->key.n);
	strbuf_put(b, e->chain);
	strbuf_put(b, e->key);
}

static bool take_line(str *at, char end, str *ret)
{
	size_t n = str_chr(*at, end);

	if (n == STR_NONE)
		return false;
	*ret = str_sub(*at, 0, n);
	*at = str_skip(*at, n + 1);
	return true;
}

static bool take_bytes(str *at, uint64_t n, str *ret)
{
	if (n > at->n)
		return false;
	*ret = str_sub(*at, 0, n);
	*at = str_skip(*at, n);
	return true;
}

bool pembundle_next(str *rest, struct pembundle_entry *ret)
{
	struct pembundle_entry e;
	uint64_t chain, key;
	str at = *rest, digits;

	if (!take_line(&at, '\n', &e.file) || !take_line(&at, ' ', &digits) ||
	    !num_u64_max(digits, PEMBUNDLE_MAX, &chain) || !take_line(&at, '\n', &digits) ||
	    !num_u64_max(digits, PEMBUNDLE_MAX, &key) || !take_bytes(&at, chain, &e.chain) ||
	    !take_bytes(&at, key, &e.key))
		return false;
	*rest = at;
	*ret = e;
	return true;
}
