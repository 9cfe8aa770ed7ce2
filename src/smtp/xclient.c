#include "smtp/xclient.h"

#include "base/num.h"
#include "base/utf8.h"
#include "mail/dsnparams.h"

static bool is_unavailable(str value)
{
	return str_caseeq(value, STR("[UNAVAILABLE]")) || str_caseeq(value, STR("[TEMPUNAVAIL]"));
}

/* One word: as the commands of the client itself would have to be. */
static bool is_word(str value)
{
	for (size_t i = 0; i < value.n; i++) {
		if ((unsigned char)value.p[i] <= ' ' || value.p[i] == 0x7f)
			return false;
	}
	return value.n > 0 && utf8_valid(value);
}

static bool take_addr(struct xclient *x, str value)
{
	bool v6 = str_casestarts(value, STR("IPV6:"));

	x->has_addr = true;
	if (is_unavailable(value))
		return true;
	if (v6)
		value = str_skip(value, 5);
	return v6 == (str_chr(value, ':') != STR_NONE) && ip_parse(value, &x->addr);
}

static bool take_port(struct xclient *x, str value)
{
	uint64_t port = 0;

	if (!is_unavailable(value) && !num_u64_max(value, 65535, &port))
		return false;
	x->port = (uint16_t)port;
	return true;
}

static bool take_proto(struct xclient *x, str value)
{
	x->has_proto = true;
	x->esmtp = str_caseeq(value, STR("ESMTP"));
	return x->esmtp || str_caseeq(value, STR("SMTP"));
}

static bool take_helo(struct xclient *x, str value)
{
	x->has_helo = true;
	x->helo = is_unavailable(value) ? STR("") : value;
	return true;
}

static bool take_login(struct xclient *x, str value)
{
	x->has_login = true;
	x->login = is_unavailable(value) ? STR("") : value;
	return x->login.n <= XCLIENT_LOGIN_MAX;
}

static bool take_nothing(struct xclient *x, str value)
{
	(void)x;
	(void)value;
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct xclient *x, str value);
} attributes[] = {
	{ "NAME", take_nothing },     { "ADDR", take_addr },	    { "PORT", take_port },
	{ "PROTO", take_proto },      { "HELO", take_helo },	    { "LOGIN", take_login },
	{ "DESTADDR", take_nothing }, { "DESTPORT", take_nothing },
};

static bool take_attribute(struct xclient *x, unsigned *seen, str name, str value)
{
	for (size_t i = 0; i < ARRAY_LEN(attributes); i++) {
		if (!str_caseeq(name, str_c(attributes[i].name)))
			continue;
		if (*seen & 1U << i)
			return false;
		*seen |= 1U << i;
		return is_word(value) && attributes[i].take(x, value);
	}
	return false;
}

bool xclient_parse(str args, struct arena *a, struct xclient *ret)
{
	struct xclient x = { 0 };
	unsigned seen = 0;
	str word;

	while (args.p && str_split(&args, ' ', &word)) {
		struct strbuf value = strbuf_make(a, XCLIENT_VALUE_MAX);
		size_t eq = str_chr(word, '=');

		if (word.n == 0)
			continue;
		if (eq == STR_NONE || !dsnparams_decode(str_skip(word, eq + 1), &value) ||
		    value.overflow)
			return false;
		if (!take_attribute(&x, &seen, str_sub(word, 0, eq), strbuf_str(&value)))
			return false;
	}
	if (seen == 0)
		return false;
	*ret = x;
	return true;
}
