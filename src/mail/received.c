#include "mail/received.h"

#include "base/clock.h"
#include "base/ip.h"
#include "mail/header.h"

static bool ip_char(char c)
{
	return str_is_alnum(c) || c == '.' || c == ':';
}

/* The first run of address characters in s that is an address: "[192.0.2.1]",
 * "(192.0.2.1)", "[IPv6:2001:db8::1]". A bare word is a name, so it must be enclosed. */
static str find_ip(str s)
{
	size_t i = 0;
	struct ip ip;

	while (i < s.n) {
		bool enclosed = i > 0 && (s.p[i - 1] == '[' || s.p[i - 1] == '(');
		size_t start = i;
		str word;

		while (i < s.n && ip_char(s.p[i]))
			i++;
		word = str_sub(s, start, i);
		if (str_casestarts(word, STR("IPv6:")))
			word = str_skip(word, 5);
		if (enclosed && ip_parse(word, &ip))
			return word;
		if (i == start)
			i++;
	}
	return STR_NULL;
}

/* The from clause ends at the word "by" outside of comments. */
static str from_clause(str value)
{
	size_t depth = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '(')
			depth++;
		else if (value.p[i] == ')' && depth)
			depth--;
		else if (!depth && i && str_is_space(value.p[i - 1]) &&
			 str_casestarts(str_skip(value, i), STR("by ")))
			return str_sub(value, 0, i);
	}
	return value;
}

static str word_at(str s)
{
	size_t n = 0;

	s = str_trim(s);
	while (n < s.n && !str_is_space(s.p[n]) && s.p[n] != '(' && s.p[n] != ')')
		n++;
	return str_sub(s, 0, n);
}

bool received_parse(str value, str *ret_ip, str *ret_helo)
{
	str from, ip;
	size_t helo;

	value = str_trim(value);
	if (!str_casestarts(value, STR("from ")))
		return false;
	from = str_skip(from_clause(value), 5);
	ip = find_ip(from);
	if (!ip.n)
		return false;
	*ret_ip = ip;
	/* Some servers put the client's word in the comment: "from name ([ip] helo=word)". */
	helo = str_casefind(from, STR("helo="));
	*ret_helo = word_at(helo == STR_NONE ? from : str_skip(from, helo + 5));
	return true;
}

/* The date stands behind the last ";" (RFC 5321 4.4). */
static bool date_of(str value, int64_t *ret_at)
{
	size_t semicolon = str_rchr(value, ';');
	str date = semicolon == STR_NONE ? STR("") : str_skip(value, semicolon + 1);

	return clock_parse_rfc5322(str_sub(date, 0, str_chr(date, '(')), ret_at);
}

void received_read(struct arena *a, str message, struct received_envelope *ret)
{
	struct header_reader r = header_reader_make(message);
	struct received_envelope got = { 0 };
	struct header_field f;

	while (header_next(&r, &f) && !(got.ip.n && got.has_from)) {
		str value;

		if (!str_caseeq(f.name, STR("Received")) && !str_caseeq(f.name, STR("Return-Path")))
			continue;
		value = header_unfold(a, f.raw);
		if (str_caseeq(f.name, STR("Return-Path"))) {
			if (!got.has_from)
				got.has_from = address_parse_path(a, value, true, &got.from,
								  NULL) == ADDRESS_OK;
		} else if (!got.ip.n && !received_parse(value, &got.ip, &got.helo)) {
			continue;
		} else if (!got.has_at) {
			got.has_at = date_of(value, &got.at);
		}
	}
	*ret = got;
}
