#include "relay/stspolicy.h"

#include "base/num.h"

#include <errno.h>

enum { HOST_MAX = 255 };

/* sts-id = 1*32(ALPHA / DIGIT) */
static bool is_id(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]))
			return false;
	}
	return s.n > 0 && s.n <= STSPOLICY_ID_MAX;
}

bool stspolicy_record_id(str txt, str *ret_id)
{
	str field, id = STR_NULL;

	if (!str_split(&txt, ';', &field) || !str_eq(str_trim(field), STR("v=STSv1")))
		return false;
	while (str_split(&txt, ';', &field)) {
		field = str_trim(field);
		if (str_starts(field, STR("id=")) && !id.p)
			id = str_trim(str_skip(field, 3));
	}
	if (!is_id(id))
		return false;
	*ret_id = id;
	return true;
}

static bool is_host(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '.' && s.p[i] != '_')
			return false;
	}
	return s.n > 0 && s.n <= HOST_MAX && str_chr(s, '.') != 0;
}

static bool add_mx(struct arena *a, struct stspolicy *p, str value)
{
	str host = str_starts(value, STR("*.")) ? str_skip(value, 2) : value;

	if (!is_host(host) || p->n_mx == STSPOLICY_MX_MAX)
		return false;
	p->mx[p->n_mx++] = arena_str(a, value);
	return true;
}

static bool read_mode(str value, enum stspolicy_mode *ret)
{
	static const char *const words[] = { [STSPOLICY_NONE] = "none",
					     [STSPOLICY_TESTING] = "testing",
					     [STSPOLICY_ENFORCE] = "enforce" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(value, str_c(words[i]))) {
			*ret = (enum stspolicy_mode)i;
			return true;
		}
	}
	return false;
}

/* Which of the fields that count only once were there. */
struct seen {
	bool version, mode, max_age;
};

/* RFC 8461 3.2: of a field that is there twice the first counts; unknown ones are skipped. */
static bool read_field(struct arena *a, str name, str value, struct seen *seen, struct stspolicy *p)
{
	uint64_t age;

	if (str_eq(name, STR("mx")))
		return add_mx(a, p, value);
	if (str_eq(name, STR("version")) && !seen->version) {
		seen->version = true;
		return str_eq(value, STR("STSv1"));
	}
	if (str_eq(name, STR("mode")) && !seen->mode) {
		seen->mode = true;
		return read_mode(value, &p->mode);
	}
	if (str_eq(name, STR("max_age")) && !seen->max_age) {
		seen->max_age = num_u64_max(value, INT64_MAX, &age);
		if (seen->max_age)
			p->max_age = age < STSPOLICY_AGE_MAX ? (int64_t)age : STSPOLICY_AGE_MAX;
		return seen->max_age;
	}
	return true;
}

int stspolicy_parse(struct arena *a, str text, struct stspolicy *ret, struct why *why)
{
	struct stspolicy p = { 0 };
	struct seen seen = { 0 };
	str line;

	if (text.n > STSPOLICY_BYTES)
		return why_set(why, -EFBIG, "MTA-STS policy: more than 64 KiB");
	while (str_split(&text, '\n', &line)) {
		size_t colon = str_chr(line, ':');
		str name = str_trim(str_sub(line, 0, colon));

		if (colon != STR_NONE &&
		    !read_field(a, name, str_trim(str_skip(line, colon + 1)), &seen, &p))
			return why_set(why, -EINVAL, "MTA-STS policy: field %.*s is malformed",
				       STR_ARG(str_sub(name, 0, 20)));
	}
	if (!seen.version || !seen.mode || !seen.max_age)
		return why_set(why, -EINVAL,
			       "MTA-STS policy: version, mode and max_age must all be there");
	if (p.mode != STSPOLICY_NONE && p.n_mx == 0)
		return why_set(why, -EINVAL, "MTA-STS policy: it names no mx");
	*ret = p;
	return 0;
}

bool stspolicy_matches(const struct stspolicy *p, str host)
{
	for (size_t i = 0; i < p->n_mx; i++) {
		str pattern = p->mx[i];
		size_t dot = str_chr(host, '.');

		if (!str_starts(pattern, STR("*."))) {
			if (str_caseeq(pattern, host))
				return true;
		} else if (dot != STR_NONE && dot > 0 &&
			   str_caseeq(str_skip(pattern, 1), str_skip(host, dot))) {
			return true;
		}
	}
	return false;
}
