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
	p->smtputf8 = true;
	return value.p ? ESMTP_E_SYNTAX : ESMTP_OK;
}

static int take_requiretls(struct esmtp *p, str value)
{
	p->requiretls = true;
	return value.p ? ESMTP_E_SYNTAX : ESMTP_OK;
}

static const struct {
	str keyword;
	int (*take)(struct esmtp *p, str value);
} known[] = {
	{ { "SIZE", 4 }, take_size },
	{ { "BODY", 4 }, take_body },
	{ { "SMTPUTF8", 8 }, take_smtputf8 },
	{ { "REQUIRETLS", 10 }, take_requiretls },
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

static int of_dsnparams(int r)
{
	if (r == DSNPARAMS_OK)
		return ESMTP_OK;
	return r == DSNPARAMS_E_UNKNOWN ? ESMTP_E_UNKNOWN : ESMTP_E_SYNTAX;
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
	return of_dsnparams(dsnparams_take_mail(&p->dsn, keyword, value));
}

/* Cuts the next parameter off rest; false after the last, and when it is none: *ret_error
 * tells them apart. */
static bool next_param(str *rest, str *ret_keyword, str *ret_value, int *ret_error)
{
	size_t eq;
	str word;

	*ret_error = ESMTP_OK;
	do {
		if (!rest->p || !str_split(rest, ' ', &word))
			return false;
	} while (word.n == 0);
	eq = str_chr(word, '=');
	*ret_keyword = str_sub(word, 0, eq);
	*ret_value = eq == STR_NONE ? STR_NULL : str_skip(word, eq + 1);
	if (!keyword_valid(*ret_keyword))
		*ret_error = ESMTP_E_SYNTAX;
	return *ret_error == ESMTP_OK;
}

int esmtp_parse_mail(str rest, struct esmtp *ret)
{
	struct esmtp got = { 0 };
	unsigned seen = 0;
	str keyword, value;
	int r;

	if (rest.n && rest.p[0] != ' ')
		return ESMTP_E_SYNTAX;
	while (next_param(&rest, &keyword, &value, &r)) {
		r = take_param(&got, &seen, keyword, value);
		if (r != ESMTP_OK)
			return r;
	}
	if (r == ESMTP_OK)
		*ret = got;
	return r;
}

int esmtp_parse_rcpt(str rest, bool utf8, struct dsnparams_rcpt *ret)
{
	struct dsnparams_rcpt got = { 0 };
	str keyword, value;
	int r;

	if (rest.n && rest.p[0] != ' ')
		return ESMTP_E_SYNTAX;
	while (next_param(&rest, &keyword, &value, &r)) {
		r = of_dsnparams(dsnparams_take_rcpt(&got, utf8, keyword, value));
		if (r != ESMTP_OK)
			return r;
	}
	if (r == ESMTP_OK)
		*ret = got;
	return r;
}
