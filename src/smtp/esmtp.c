#include "smtp/esmtp.h"

#include "base/num.h"

enum { SIZE_DIGITS_MAX = 20 }; /* RFC 1870 3 */

static int take_size(struct esmtp *p, str value)
{
	uint64_t size;

	if (value.n > SIZE_DIGITS_MAX || value.n == 0)
		return ESMTP_E_SYNTAX;
	for (size_t i = 0; i < value.n; i++) {
		if (!str_is_digit(value.p[i]))
			return ESMTP_E_SYNTAX;
	}
	/* Twenty digits can be more than 64 bits: then it is too large for anyone. */
	p->size = num_u64(value, &size) ? size : UINT64_MAX;
	return ESMTP_OK;
}

static int take_body(struct esmtp *p, str value)
{
	if (!str_caseeq(value, STR("7BIT")) && !str_caseeq(value, STR("8BITMIME")))
		return ESMTP_E_SYNTAX;
	p->body_8bit = value.n == 8;
	return ESMTP_OK;
}

static int take_smtputf8(struct esmtp *p, str value)
{
	if (value.p)
		return ESMTP_E_SYNTAX;
	p->smtputf8 = true;
	return ESMTP_OK;
}

static const struct {
	str keyword;
	int (*take)(struct esmtp *p, str value);
} known[] = {
	{ { "SIZE", 4 }, take_size },
	{ { "BODY", 4 }, take_body },
	{ { "SMTPUTF8", 8 }, take_smtputf8 },
};

/* esmtp-keyword = (ALPHA / DIGIT) *(ALPHA / DIGIT / "-") */
static bool keyword_valid(str k)
{
	for (size_t i = 0; i < k.n; i++) {
		if (!str_is_alnum(k.p[i]) && (i == 0 || k.p[i] != '-'))
			return false;
	}
	return k.n > 0;
}

/* value.p is NULL when there is no "=". */
static int take_param(struct esmtp *p, unsigned *seen, str keyword, str value)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (!str_caseeq(keyword, known[i].keyword))
			continue;
		if (*seen & 1U << i)
			return ESMTP_E_SYNTAX;
		*seen |= 1U << i;
		return known[i].take(p, value);
	}
	return ESMTP_E_UNKNOWN;
}

int esmtp_parse_mail(str rest, struct esmtp *ret)
{
	struct esmtp got = { 0 };
	unsigned seen = 0;
	str word;

	if (rest.n && rest.p[0] != ' ')
		return ESMTP_E_SYNTAX;
	while (str_split(&rest, ' ', &word)) {
		size_t eq = str_chr(word, '=');
		str keyword = str_sub(word, 0, eq);
		int r;

		if (word.n == 0)
			continue;
		if (!keyword_valid(keyword))
			return ESMTP_E_SYNTAX;
		r = take_param(&got, &seen, keyword,
			       eq == STR_NONE ? STR_NULL : str_skip(word, eq + 1));
		if (r != ESMTP_OK)
			return r;
	}
	*ret = got;
	return ESMTP_OK;
}

int esmtp_parse_rcpt(str rest)
{
	str word;

	if (rest.n && rest.p[0] != ' ')
		return ESMTP_E_SYNTAX;
	while (str_split(&rest, ' ', &word)) {
		if (word.n == 0)
			continue;
		return keyword_valid(str_sub(word, 0, str_chr(word, '='))) ? ESMTP_E_UNKNOWN
									   : ESMTP_E_SYNTAX;
	}
	return ESMTP_OK;
}
