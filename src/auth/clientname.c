#include "auth/clientname.h"

#include "dns/dnsname.h"

bool clientname_inside(struct ip ip)
{
	static const struct {
		struct ip net;
		unsigned prefix;
	} inside[] = {
		{ { IP_V4, { 10 } }, 8 },	  { { IP_V4, { 127 } }, 8 },
		{ { IP_V4, { 100, 64 } }, 10 },	  { { IP_V4, { 169, 254 } }, 16 },
		{ { IP_V4, { 172, 16 } }, 12 },	  { { IP_V4, { 192, 168 } }, 16 },
		{ { IP_V6, { 0xfc } }, 7 },	  { { IP_V6, { 0xfe, 0x80 } }, 10 },
		{ { IP_V6, { [15] = 1 } }, 128 },
	};

	for (size_t i = 0; i < ARRAY_LEN(inside); i++) {
		if (ip_in(ip, inside[i].net, inside[i].prefix))
			return true;
	}
	return false;
}

/* --- what a name looks like --- */

/* Words that providers put into the names of lines. Of what is handed out anew, of access at
 * home, of customers in general; and of servers, which take the suspicion away. */
enum kind { WORD_NONE, WORD_DYNAMIC, WORD_ACCESS, WORD_CUSTOMER, WORD_FIXED, WORD_SERVER };

static const struct {
	str word;
	enum kind kind;
} words[] = {
	{ STR("dyn"), WORD_DYNAMIC },	     { STR("dynamic"), WORD_DYNAMIC },
	{ STR("dynip"), WORD_DYNAMIC },	     { STR("dynamicip"), WORD_DYNAMIC },
	{ STR("dhcp"), WORD_DYNAMIC },	     { STR("dial"), WORD_DYNAMIC },
	{ STR("dialup"), WORD_DYNAMIC },     { STR("dialin"), WORD_DYNAMIC },
	{ STR("ppp"), WORD_DYNAMIC },	     { STR("pppoe"), WORD_DYNAMIC },
	{ STR("pool"), WORD_DYNAMIC },	     { STR("pools"), WORD_DYNAMIC },
	{ STR("ipool"), WORD_DYNAMIC },	     { STR("dsl"), WORD_ACCESS },
	{ STR("adsl"), WORD_ACCESS },	     { STR("sdsl"), WORD_ACCESS },
	{ STR("vdsl"), WORD_ACCESS },	     { STR("xdsl"), WORD_ACCESS },
	{ STR("cable"), WORD_ACCESS },	     { STR("catv"), WORD_ACCESS },
	{ STR("ftth"), WORD_ACCESS },	     { STR("fttx"), WORD_ACCESS },
	{ STR("fttb"), WORD_ACCESS },	     { STR("fiber"), WORD_ACCESS },
	{ STR("fbx"), WORD_ACCESS },	     { STR("abo"), WORD_ACCESS },
	{ STR("broadband"), WORD_ACCESS },   { STR("wimax"), WORD_ACCESS },
	{ STR("wifi"), WORD_ACCESS },	     { STR("mobile"), WORD_ACCESS },
	{ STR("gprs"), WORD_ACCESS },	     { STR("nat"), WORD_ACCESS },
	{ STR("residential"), WORD_ACCESS }, { STR("unused"), WORD_ACCESS },
	{ STR("unassigned"), WORD_ACCESS },  { STR("client"), WORD_CUSTOMER },
	{ STR("clients"), WORD_CUSTOMER },   { STR("customer"), WORD_CUSTOMER },
	{ STR("customers"), WORD_CUSTOMER }, { STR("cust"), WORD_CUSTOMER },
	{ STR("user"), WORD_CUSTOMER },	     { STR("home"), WORD_CUSTOMER },
	{ STR("static"), WORD_FIXED },	     { STR("fixed"), WORD_FIXED },
	{ STR("business"), WORD_FIXED },     { STR("mail"), WORD_SERVER },
	{ STR("mx"), WORD_SERVER },	     { STR("mta"), WORD_SERVER },
	{ STR("smtp"), WORD_SERVER },	     { STR("relay"), WORD_SERVER },
	{ STR("out"), WORD_SERVER },	     { STR("outbound"), WORD_SERVER },
	{ STR("mailout"), WORD_SERVER },     { STR("smtpout"), WORD_SERVER },
	{ STR("mailer"), WORD_SERVER },
};

static enum kind kind_of(str word)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_caseeq(words[i].word, word))
			return words[i].kind;
	}
	return WORD_NONE;
}

struct look {
	bool has[WORD_SERVER + 1];
	size_t numbers; /* runs of digits; a run of twelve or more is an address */
};

/* Runs of letters and runs of digits, in all labels but the two last, which name the provider. */
static struct look look_at(str name)
{
	size_t end = str_rchr(name, '.');
	struct look l = { .numbers = 0 };

	end = end == STR_NONE ? STR_NONE : str_rchr(str_sub(name, 0, end), '.');
	name = end == STR_NONE ? STR("") : str_sub(name, 0, end);
	for (size_t i = 0; i < name.n;) {
		size_t start = i;

		while (i < name.n && str_is_digit(name.p[i]))
			i++;
		if (i > start)
			l.numbers += i - start >= 12 ? 4 : 1;
		start = i;
		while (i < name.n && str_is_alpha(name.p[i]))
			i++;
		if (i > start)
			l.has[kind_of(str_sub(name, start, i))] = true;
		while (i < name.n && !str_is_alnum(name.p[i]))
			i++;
	}
	return l;
}

int clientname_grade(str name)
{
	struct look l = look_at(name);

	if (l.has[WORD_SERVER])
		return 0;
	if (l.has[WORD_FIXED])
		return l.numbers >= 3 ? 1 : 0;
	if (l.has[WORD_DYNAMIC])
		return l.numbers >= 2 ? 5 : (l.numbers ? 3 : 1);
	if (l.has[WORD_ACCESS])
		return l.numbers >= 2 ? 4 : (l.numbers ? 2 : 0);
	if (l.numbers >= 4)
		return 3;
	return l.has[WORD_CUSTOMER] && l.numbers >= 2 ? 2 : 0;
}

/* --- the name given --- */

static bool is_own_machine(str helo)
{
	static const str names[] = { STR("localhost"), STR("localdomain") };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_caseeq(helo, names[i]) || dnsname_within(helo, names[i]))
			return true;
	}
	return false;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 4.1.3), or without the brackets. */
static bool is_address(str helo, struct ip *ret, bool *ret_literal)
{
	*ret_literal = helo.n > 2 && helo.p[0] == '[' && helo.p[helo.n - 1] == ']';
	if (*ret_literal)
		helo = str_sub(helo, 1, helo.n - 1);
	if (str_casestarts(helo, STR("IPv6:")))
		helo = str_skip(helo, 5);
	return ip_parse(helo, ret);
}

/* What needs no DNS; GOOD when that is still to be asked. */
static enum clientname_helo spelling(str helo, struct ip client)
{
	struct ip ip;
	bool literal;

	if (!helo.n)
		return CLIENTNAME_HELO_OPEN;
	if (is_own_machine(helo))
		return CLIENTNAME_HELO_BADIP;
	if (is_address(helo, &ip, &literal)) {
		if (clientname_inside(ip))
			return CLIENTNAME_HELO_BADIP;
		if (!literal)
			return CLIENTNAME_HELO_BAREIP;
		return ip_eq(ip, client) ? CLIENTNAME_HELO_OPEN : CLIENTNAME_HELO_OTHER;
	}
	if (str_chr(str_sub(helo, 0, helo.n - 1), '.') == STR_NONE || !dnsname_valid(helo))
		return CLIENTNAME_HELO_NOT_FQDN;
	return CLIENTNAME_HELO_GOOD;
}

static bool has_address(const struct dns_answer *w, struct ip ip)
{
	for (size_t i = 0; i < w->n; i++) {
		if (ip_eq(ip_of(w->records[i].value.p, w->records[i].value.n), ip))
			return true;
	}
	return false;
}

/* Does the name lead to that address? */
static bool leads_to(struct arena *a, const struct dns_resolver *dns, str name, struct ip ip,
		     deadline d, bool *ret_any, bool *ret_open)
{
	enum dns_type type = ip.n == IP_V6 ? DNS_AAAA : DNS_A;
	const struct dns_question q[] = { { name, DNS_A }, { name, DNS_AAAA } };
	struct dns_answer w[2];

	dns->lookup(dns->ctx, a, q, 2, d, w);
	*ret_any |= w[0].n || w[1].n;
	*ret_open |= dns_temporary(w[0].status) || dns_temporary(w[1].status);
	return has_address(&w[type == DNS_AAAA], ip);
}

static enum clientname_helo check_helo(struct arena *a, const struct dns_resolver *dns,
				       struct ip client, str helo, deadline d)
{
	enum clientname_helo said = spelling(helo, client);
	bool any = false, open = false;

	if (said != CLIENTNAME_HELO_GOOD || leads_to(a, dns, helo, client, d, &any, &open))
		return said;
	if (open)
		return CLIENTNAME_HELO_OPEN;
	if (any)
		return CLIENTNAME_HELO_OTHER;
	switch (mxcheck_run(a, dns, helo, d).code) {
	case MXCHECK_UNKNOWN:
	case MXCHECK_MISSING:
		return CLIENTNAME_HELO_NOTHING;
	case MXCHECK_INVALID:
		return CLIENTNAME_HELO_NORESOLVE;
	default:
		return CLIENTNAME_HELO_OPEN;
	}
}

/* --- the name of its address --- */

static enum clientname_host check_host(struct arena *a, const struct dns_resolver *dns,
				       struct ip client, deadline d, str *ret_name)
{
	struct dns_answer w = dns_ask(dns, a, dnsname_reverse(a, client), DNS_PTR, d);
	bool any = false, open = dns_temporary(w.status);

	for (size_t i = 0; i < w.n && i < CLIENTNAME_NAMES; i++) {
		str name = w.records[i].value;

		if (!ret_name->n)
			*ret_name = name;
		if (leads_to(a, dns, name, client, d, &any, &open)) {
			*ret_name = name;
			return CLIENTNAME_CONFIRMED;
		}
	}
	return open ? CLIENTNAME_DNSFAIL : CLIENTNAME_UNKNOWN;
}

size_t clientname_questions(struct arena *a, struct ip client, str helo,
			    struct dns_question q[CLIENTNAME_QUESTIONS])
{
	q[0] = (struct dns_question){ dnsname_reverse(a, client), DNS_PTR };
	if (spelling(helo, client) != CLIENTNAME_HELO_GOOD)
		return 1;
	mxcheck_questions(helo, &q[1]);
	return CLIENTNAME_QUESTIONS;
}

struct clientname_result clientname_check(struct arena *a, const struct dns_resolver *dns,
					  struct ip client, str helo, deadline d)
{
	struct clientname_result r = { .name = STR("") };
	int given = 0, own;

	r.helo = check_helo(a, dns, client, helo, d);
	r.host = check_host(a, dns, client, d, &r.name);
	if (spelling(helo, client) == CLIENTNAME_HELO_GOOD)
		given = clientname_grade(helo);
	own = clientname_grade(r.name);
	r.grade_of_helo = given >= own;
	r.grade = r.grade_of_helo ? given : own;
	return r;
}
