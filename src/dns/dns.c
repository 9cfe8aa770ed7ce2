#include "dns/dns.h"

static const struct {
	enum dns_type type;
	str name;
} dns_types[] = {
	{ DNS_A, { "A", 1 } },	     { DNS_CNAME, { "CNAME", 5 } }, { DNS_PTR, { "PTR", 3 } },
	{ DNS_MX, { "MX", 2 } },     { DNS_TXT, { "TXT", 3 } },	    { DNS_AAAA, { "AAAA", 4 } },
	{ DNS_TLSA, { "TLSA", 4 } },
};

static const char *const dns_statuses[DNS_STATUSES] = {
	[DNS_OK] = "ok",
	[DNS_NODATA] = "nodata",
	[DNS_NXDOMAIN] = "nxdomain",
	[DNS_SERVFAIL] = "servfail",
	[DNS_TIMEOUT] = "timeout",
	[DNS_BOGUS] = "bogus",
};

struct dns_answer dns_ask(const struct dns_resolver *r, struct arena *a, str name,
			  enum dns_type type, deadline d)
{
	struct dns_question q = { .name = name, .type = type };
	struct dns_answer ret = dns_no_answer(DNS_SERVFAIL, name);

	r->lookup(r->ctx, a, &q, 1, d, &ret);
	return ret;
}

struct dns_answer dns_no_answer(enum dns_status status, str name)
{
	return (struct dns_answer){ .status = status, .canonical = name.p ? name : STR("") };
}

str dns_type_name(enum dns_type type)
{
	for (size_t i = 0; i < ARRAY_LEN(dns_types); i++)
		if (dns_types[i].type == type)
			return dns_types[i].name;
	return STR("TYPE?");
}

bool dns_type_parse(str s, enum dns_type *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(dns_types); i++) {
		if (str_caseeq(s, dns_types[i].name)) {
			*ret = dns_types[i].type;
			return true;
		}
	}
	return false;
}

bool dns_type_known(uint32_t number)
{
	for (size_t i = 0; i < ARRAY_LEN(dns_types); i++)
		if (dns_types[i].type == number)
			return true;
	return false;
}

str dns_status_name(enum dns_status status)
{
	return str_c((unsigned)status < DNS_STATUSES ? dns_statuses[status] : "unknown");
}

bool dns_status_parse(str s, enum dns_status *ret)
{
	for (unsigned i = 0; i < DNS_STATUSES; i++) {
		if (str_caseeq(s, str_c(dns_statuses[i]))) {
			*ret = (enum dns_status)i;
			return true;
		}
	}
	return false;
}

struct dns_answer dns_copy_answer(struct arena *a, const struct dns_answer *from)
{
	struct dns_answer w = *from;

	w.canonical = arena_str(a, from->canonical);
	w.records = arena_array(a, struct dns_record, from->n);
	for (size_t i = 0; i < from->n; i++) {
		w.records[i].pref = from->records[i].pref;
		w.records[i].value = arena_str(a, from->records[i].value);
	}
	return w;
}
