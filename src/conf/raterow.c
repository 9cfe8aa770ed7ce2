#include "conf/raterow.h"

#include "base/num.h"
#include "conf/conf_value.h"

#include <errno.h>

enum { SECOND_MS = 1000, DAY_MS = 24 * 3600 * SECOND_MS };

static const str words[RATEROW_WHATS] = {
	[RATEROW_SENDER] = STR("sender"),
	[RATEROW_DOMAIN] = STR("domain"),
	[RATEROW_CLIENT] = STR("client"),
};

str raterow_word(enum raterow_what what)
{
	return words[what];
}

static bool take_what(str text, struct raterow *ret)
{
	size_t colon = str_chr(text, ':');
	str word = str_sub(text, 0, colon);

	ret->name = colon == STR_NONE ? STR("") : str_skip(text, colon + 1);
	for (int i = 0; i < RATEROW_WHATS; i++) {
		if (!str_eq(word, words[i]))
			continue;
		ret->what = (enum raterow_what)i;
		return colon == STR_NONE || ret->name.n > 0;
	}
	return false;
}

static bool take_limit(str text, struct raterow *ret)
{
	static const struct conf_key time = { .type = CONF_DURATION, .max = DAY_MS };
	size_t slash = str_chr(text, '/');
	uint64_t count;
	int64_t ms;

	if (str_eq(text, STR("unlimited")))
		return ret->name.n > 0;
	if (slash == STR_NONE || !num_u64_max(str_sub(text, 0, slash), RATEROW_COUNT_MAX, &count) ||
	    !conf_value_parse(NULL, &time, str_skip(text, slash + 1), &ms))
		return false;
	ret->count = (uint32_t)count;
	ret->period_s = ms / SECOND_MS;
	return count > 0 && ret->period_s > 0;
}

bool raterow_parse(str row, struct raterow *ret)
{
	struct raterow r = { .name = STR("") };
	size_t space = str_chr(row, ' ');
	str limit = space == STR_NONE ? STR("") : str_trim(str_skip(row, space));

	if (!take_what(str_sub(row, 0, space), &r) || !take_limit(limit, &r))
		return false;
	*ret = r;
	return true;
}

/* Name for name: as many as hold together, and none beside "unlimited". */
static bool fits(const struct conf *c, const struct raterow *row)
{
	size_t n = 0;
	bool unlimited = false;

	for (size_t i = 0; i < c->rates.limits.n; i++) {
		struct raterow other;

		if (!raterow_parse(c->rates.limits.v[i], &other) || other.what != row->what ||
		    !str_caseeq(other.name, row->name))
			continue;
		n++;
		unlimited |= other.count == 0;
	}
	return n <= (unlimited ? 1 : RATEROW_TOGETHER);
}

int raterow_check(const struct conf *c, struct why *why)
{
	for (size_t i = 0; i < c->rates.limits.n; i++) {
		str text = c->rates.limits.v[i];
		struct raterow row;

		if (!raterow_parse(text, &row))
			return why_set(why, -EINVAL,
				       "rates.limits: found \"%.*s\", expected sender, domain or "
				       "client, with or without :NAME, a space, and COUNT/TIME as "
				       "in 30/1m (behind a NAME also \"unlimited\")",
				       STR_ARG(text));
		if (!fits(c, &row))
			return why_set(
				why, -EINVAL,
				"rates.limits: found more rows beside \"%.*s\" than can hold "
				"together; at most %d, and none beside \"unlimited\"",
				STR_ARG(text), RATEROW_TOGETHER);
	}
	return 0;
}

static size_t with_name(const struct conf *c, enum raterow_what what, str name,
			struct raterow ret[RATEROW_TOGETHER])
{
	size_t n = 0;

	for (size_t i = 0; i < c->rates.limits.n && n < RATEROW_TOGETHER; i++) {
		struct raterow row;

		if (raterow_parse(c->rates.limits.v[i], &row) && row.what == what &&
		    str_caseeq(row.name, name))
			ret[n++] = row;
	}
	return n;
}

size_t raterow_of(const struct conf *c, enum raterow_what what, str name,
		  struct raterow ret[RATEROW_TOGETHER])
{
	size_t at = what == RATEROW_SENDER ? str_rchr(name, '@') : STR_NONE;
	size_t n = name.n ? with_name(c, what, name, ret) : 0;

	if (n == 0 && at != STR_NONE && at + 1 < name.n)
		n = with_name(c, what, str_skip(name, at + 1), ret);
	if (n == 0)
		n = with_name(c, what, STR(""), ret);
	return n == 1 && ret[0].count == 0 ? 0 : n;
}
