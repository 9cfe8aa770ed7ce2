#include "sys/keybundle.h"

#include "base/num.h"

/* DOMAIN SP SELECTOR SP LENGTH SP FILE LF, then LENGTH bytes of key. */
void keybundle_put(struct strbuf *b, const struct keybundle_entry *e)
{
	bug_if(str_chr(e->domain, ' ') != STR_NONE || str_chr(e->selector, ' ') != STR_NONE ||
	       str_chr(e->file, '\n') != STR_NONE);
	strbuf_fmt(b, "%.*s %.*s %zu %.*s\n", STR_ARG(e->domain), STR_ARG(e->selector), e->key.n,
		   STR_ARG(e->file));
	strbuf_put(b, e->key);
}

static bool take_until(str *at, char end, str *ret)
{
	size_t n = str_chr(*at, end);

	if (n == STR_NONE)
		return false;
	*ret = str_sub(*at, 0, n);
	*at = str_skip(*at, n + 1);
	return true;
}

bool keybundle_next(str *rest, struct keybundle_entry *ret)
{
	struct keybundle_entry e;
	str at = *rest, digits;
	uint64_t n;

	if (!take_until(&at, ' ', &e.domain) || !take_until(&at, ' ', &e.selector) ||
	    !take_until(&at, ' ', &digits) || !num_u64_max(digits, KEYBUNDLE_FILE_MAX, &n) ||
	    !take_until(&at, '\n', &e.file) || n > at.n)
		return false;
	e.key = str_sub(at, 0, n);
	*rest = str_skip(at, n);
	*ret = e;
	return true;
}
