#include "mail/dsnparams.h"

#include "base/num.h"
#include "base/utf8.h"

/* xchar: "!" to "~" without "+" and "=" (RFC 3461 4). */
static bool is_xchar(char c)
{
	return c > ' ' && c <= '~' && c != '+' && c != '=';
}

static bool is_upper_hex(char c)
{
	return str_is_digit(c) || (c >= 'A' && c <= 'F');
}

/* The next byte of an xtext at *at, or -1 when there is no valid one. */
static int next_byte(str xtext, size_t *at)
{
	char c = xtext.p[*at];

	if (c != '+') {
		*at += 1;
		return is_xchar(c) ? (unsigned char)c : -1;
	}
	if (xtext.n - *at < 3 || !is_upper_hex(xtext.p[*at + 1]) || !is_upper_hex(xtext.p[*at + 2]))
		return -1;
	*at += 3;
	return num_hex_digit(xtext.p[*at - 2]) * 16 + num_hex_digit(xtext.p[*at - 1]);
}

bool dsnparams_decode(str xtext, struct strbuf *out)
{
	for (size_t at = 0; at < xtext.n;) {
		int byte = (unsigned char)xtext.p[at];

		if (byte < 0x80)
			byte = next_byte(xtext, &at);
		else
			at++;
		if (byte < 0)
			return false;
		strbuf_char(out, (char)byte);
	}
	return true;
}

/* An xtext of one or more printable ASCII characters or spaces, which is what a report may
 * repeat (RFC 3461 4.2, 4.4); and UTF-8 as it is, where that may be. */
static bool is_printable_xtext(str xtext, bool utf8)
{
	for (size_t at = 0; at < xtext.n;) {
		int byte;

		if ((unsigned char)xtext.p[at] >= 0x80 && utf8) {
			at++;
			continue;
		}
		byte = next_byte(xtext, &at);
		if (byte < ' ' || byte > '~')
			return false;
	}
	return xtext.n > 0 && utf8_valid(xtext);
}

static int take_ret(struct dsnparams_mail *p, str value)
{
	if (p->ret != DSNPARAMS_RET_NONE)
		return DSNPARAMS_E_SYNTAX;
	if (str_caseeq(value, STR("FULL")))
		p->ret = DSNPARAMS_RET_FULL;
	else if (str_caseeq(value, STR("HDRS")))
		p->ret = DSNPARAMS_RET_HDRS;
	else
		return DSNPARAMS_E_SYNTAX;
	return DSNPARAMS_OK;
}

static int take_envid(struct dsnparams_mail *p, str value)
{
	if (p->envid.p || value.n > DSNPARAMS_ENVID_MAX || !is_printable_xtext(value, false))
		return DSNPARAMS_E_SYNTAX;
	p->envid = value;
	return DSNPARAMS_OK;
}

int dsnparams_take_mail(struct dsnparams_mail *p, str keyword, str value)
{
	if (str_caseeq(keyword, STR("RET")))
		return take_ret(p, value);
	if (str_caseeq(keyword, STR("ENVID")))
		return take_envid(p, value);
	return DSNPARAMS_E_UNKNOWN;
}

static const struct {
	str word;
	enum dsnparams_notify bit;
} notify_words[] = {
	{ STR("NEVER"), DSNPARAMS_NOTIFY_NEVER },
	{ STR("SUCCESS"), DSNPARAMS_NOTIFY_SUCCESS },
	{ STR("FAILURE"), DSNPARAMS_NOTIFY_FAILURE },
	{ STR("DELAY"), DSNPARAMS_NOTIFY_DELAY },
};

static unsigned notify_bit(str word)
{
	for (size_t i = 0; i < ARRAY_LEN(notify_words); i++) {
		if (str_caseeq(word, notify_words[i].word))
			return notify_words[i].bit;
	}
	return 0;
}

/* "NEVER" / 1#( "SUCCESS" / "FAILURE" / "DELAY" ) (RFC 3461 4.1). */
static int take_notify(struct dsnparams_rcpt *p, str value)
{
	unsigned notify = 0;
	str word;

	if (p->notify)
		return DSNPARAMS_E_SYNTAX;
	while (value.p && str_split(&value, ',', &word)) {
		unsigned bit = notify_bit(word);

		if (bit == 0)
			return DSNPARAMS_E_SYNTAX;
		notify |= bit;
	}
	if (notify == 0 || (notify & DSNPARAMS_NOTIFY_NEVER && notify != DSNPARAMS_NOTIFY_NEVER))
		return DSNPARAMS_E_SYNTAX;
	p->notify = notify;
	return DSNPARAMS_OK;
}

/* The registered types are words of letters, digits and hyphens. */
static bool is_type(str type)
{
	for (size_t i = 0; i < type.n; i++) {
		if (!str_is_alnum(type.p[i]) && type.p[i] != '-')
			return false;
	}
	return type.n > 0;
}

/* addr-type ";" xtext (RFC 3461 4.2), or UTF-8 for the xtext (RFC 6533 3). */
static int take_orcpt(struct dsnparams_rcpt *p, bool utf8, str value)
{
	size_t semicolon = str_chr(value, ';');
	str type = str_sub(value, 0, semicolon);

	if (p->orcpt.p || value.n > DSNPARAMS_ORCPT_MAX || semicolon == STR_NONE || !is_type(type))
		return DSNPARAMS_E_SYNTAX;
	if (!is_printable_xtext(str_skip(value, semicolon + 1),
				utf8 && str_caseeq(type, STR("utf-8"))))
		return DSNPARAMS_E_SYNTAX;
	p->orcpt = value;
	return DSNPARAMS_OK;
}

int dsnparams_take_rcpt(struct dsnparams_rcpt *p, bool utf8, str keyword, str value)
{
	if (str_caseeq(keyword, STR("NOTIFY")))
		return take_notify(p, value);
	if (str_caseeq(keyword, STR("ORCPT")))
		return take_orcpt(p, utf8, value);
	return DSNPARAMS_E_UNKNOWN;
}

/* Cuts the next "keyword=value" off text; false after the last. */
static bool next_param(str *text, str *ret_keyword, str *ret_value)
{
	size_t eq;
	str word;

	do {
		if (!text->p || !str_split(text, ' ', &word))
			return false;
	} while (word.n == 0);
	eq = str_chr(word, '=');
	*ret_keyword = str_sub(word, 0, eq);
	*ret_value = eq == STR_NONE ? STR_NULL : str_skip(word, eq + 1);
	return true;
}

int dsnparams_parse_mail(str text, struct dsnparams_mail *ret)
{
	struct dsnparams_mail got = { 0 };
	str keyword, value;

	while (next_param(&text, &keyword, &value)) {
		int r = dsnparams_take_mail(&got, keyword, value);

		if (r != DSNPARAMS_OK)
			return r;
	}
	*ret = got;
	return DSNPARAMS_OK;
}

int dsnparams_parse_rcpt(str text, struct dsnparams_rcpt *ret)
{
	struct dsnparams_rcpt got = { 0 };
	str keyword, value;

	while (next_param(&text, &keyword, &value)) {
		int r = dsnparams_take_rcpt(&got, true, keyword, value);

		if (r != DSNPARAMS_OK)
			return r;
	}
	*ret = got;
	return DSNPARAMS_OK;
}

void dsnparams_put_mail(struct strbuf *out, struct dsnparams_mail p)
{
	if (p.ret != DSNPARAMS_RET_NONE)
		strbuf_put(out, p.ret == DSNPARAMS_RET_FULL ? STR("RET=FULL") : STR("RET=HDRS"));
	if (p.envid.p)
		strbuf_fmt(out, "%sENVID=%.*s", p.ret != DSNPARAMS_RET_NONE ? " " : "",
			   STR_ARG(p.envid));
}

void dsnparams_put_rcpt(struct strbuf *out, struct dsnparams_rcpt p)
{
	const char *separator = "NOTIFY=";

	for (size_t i = 0; i < ARRAY_LEN(notify_words); i++) {
		if (!(p.notify & notify_words[i].bit))
			continue;
		strbuf_fmt(out, "%s%.*s", separator, STR_ARG(notify_words[i].word));
		separator = ",";
	}
	if (p.orcpt.p)
		strbuf_fmt(out, "%sORCPT=%.*s", p.notify ? " " : "", STR_ARG(p.orcpt));
}
