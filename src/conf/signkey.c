#include "conf/signkey.h"

#include "conf/conf_value.h"
#include "conf/rowwords.h"

#include <errno.h>

bool signkey_parse(str row, struct signkey *ret)
{
	struct signkey k;
	str mark;

	k.domain = rowwords_next(&row);
	k.selector = rowwords_next(&row);
	k.file = rowwords_next(&row);
	mark = rowwords_next(&row);
	k.published = str_eq(mark, STR("published"));
	if (!conf_value_is_domain(k.domain) || !conf_value_is_domain(k.selector) ||
	    !str_starts(k.file, STR("/")) || (mark.n && !k.published) || row.n)
		return false;
	*ret = k;
	return true;
}

bool signkey_next(const struct conf *c, str domain, size_t *at, struct signkey *ret)
{
	while (*at < c->dkim.keys.n) {
		struct signkey k;

		bug_if(!signkey_parse(c->dkim.keys.v[(*at)++], &k)); /* signkey_check */
		if (k.published || !str_caseeq(k.domain, domain))
			continue;
		*ret = k;
		return true;
	}
	return false;
}

bool signkey_has(const struct conf *c, str domain)
{
	struct signkey k;
	size_t at = 0;

	return signkey_next(c, domain, &at, &k);
}

bool signkey_seal(const struct conf *c, str *ret_domain, str *ret_selector)
{
	str rest = c->arc.seal;

	*ret_domain = rowwords_next(&rest);
	*ret_selector = rowwords_next(&rest);
	return ret_selector->n && !rest.n;
}

static int check_seal(const struct conf *c, struct why *why)
{
	struct signkey k;
	str domain, selector;
	size_t at = 0;

	if (!c->arc.seal.n)
		return 0;
	if (!signkey_seal(c, &domain, &selector))
		return why_set(why, -EINVAL, "arc.seal: found \"%.*s\", expected DOMAIN SELECTOR",
			       STR_ARG(c->arc.seal));
	while (signkey_next(c, domain, &at, &k)) {
		if (str_caseeq(k.selector, selector))
			return 0;
	}
	return why_set(why, -EINVAL,
		       "arc.seal: found \"%.*s\", expected domain and selector of a row of "
		       "dkim.keys that signs",
		       STR_ARG(c->arc.seal));
}

static bool is_same(const struct signkey *a, const struct signkey *b)
{
	return str_caseeq(a->domain, b->domain) && str_caseeq(a->selector, b->selector);
}

int signkey_check(const struct conf *c, struct why *why)
{
	struct signkey k, other;

	if (c->dkim.keys.n > SIGNKEY_ROWS)
		return why_set(why, -EINVAL, "dkim.keys: found %zu rows, expected at most %d",
			       c->dkim.keys.n, SIGNKEY_ROWS);
	for (size_t i = 0; i < c->dkim.keys.n; i++) {
		if (!signkey_parse(c->dkim.keys.v[i], &k))
			return why_set(why, -EINVAL,
				       "dkim.keys: found \"%.*s\", expected DOMAIN SELECTOR FILE "
				       "[published], FILE an absolute path",
				       STR_ARG(c->dkim.keys.v[i]));
		for (size_t j = 0; j < i; j++) {
			if (signkey_parse(c->dkim.keys.v[j], &other) && is_same(&k, &other))
				return why_set(why, -EINVAL,
					       "dkim.keys: %.*s %.*s has two rows; give the other "
					       "key another selector",
					       STR_ARG(k.domain), STR_ARG(k.selector));
		}
	}
	return check_seal(c, why);
}
