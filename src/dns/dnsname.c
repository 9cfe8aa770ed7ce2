#include "dns/dnsname.h"

static bool label_byte(char c)
{
	return c != '.' && (unsigned char)c >= 0x20 && c != 0x7f;
}

static str without_dot(str name)
{
	return str_ends(name, STR(".")) ? str_sub(name, 0, name.n - 1) : name;
}

bool dnsname_valid(str name)
{
	size_t label = 0;

	name = without_dot(name);
	if (name.n > DNS_MAX_NAME)
		return false;
	if (name.n == 0)
		return true;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (!label_byte(name.p[i]) || ++label > DNSNAME_MAX_LABEL) {
			return false;
		}
	}
	return label > 0;
}

bool dnsname_normalise(struct arena *a, str name, str *ret)
{
	char *p;

	if (!dnsname_valid(name))
		return false;
	name = without_dot(name);
	p = arena_alloc(a, name.n);
	for (size_t i = 0; i < name.n; i++)
		p[i] = str_lower_char(name.p[i]);
	*ret = str_of(p, name.n);
	return true;
}

bool dnsname_within(str name, str parent)
{
	if (!str_caseends(name, parent))
		return false;
	return name.n == parent.n || parent.n == 0 || name.p[name.n - parent.n - 1] == '.';
}

str dnsname_reverse(struct arena *a, struct ip ip)
{
	return dnsname_reverse_under(a, ip, ip.n == IP_V4 ? STR("in-addr.arpa") : STR("ip6.arpa"));
}

str dnsname_reverse_under(struct arena *a, struct ip ip, str parent)
{
	struct strbuf b = strbuf_make(a, 64 + parent.n);

	for (size_t i = ip.n; i-- > 0;) {
		if (ip.n == IP_V4)
			strbuf_fmt(&b, "%u.", ip.bytes[i]);
		else
			strbuf_fmt(&b, "%x.%x.", ip.bytes[i] & 15U, (unsigned)ip.bytes[i] >> 4);
	}
	strbuf_put(&b, parent);
	return strbuf_str(&b);
}

bool dnsname_from_wire(struct arena *a, str wire, str *ret)
{
	struct strbuf b = strbuf_make(a, DNS_MAX_NAME);
	size_t at = 0;

	for (;;) {
		size_t n;

		if (at >= wire.n)
			return false;
		n = (uint8_t)wire.p[at++];
		if (n == 0)
			break;
		if (n > DNSNAME_MAX_LABEL || n > wire.n - at)
			return false;
		if (b.n)
			strbuf_char(&b, '.');
		for (size_t i = at; i < at + n; i++) {
			if (!label_byte(wire.p[i]))
				return false;
			strbuf_char(&b, str_lower_char(wire.p[i]));
		}
		at += n;
	}
	if (at != wire.n || b.overflow)
		return false;
	*ret = b.n ? strbuf_str(&b) : STR("");
	return true;
}

char *dnsname_escaped(struct arena *a, str name)
{
	struct strbuf b = strbuf_make(a, name.n * 4 + 2);

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (str_is_alnum(c) || c == '-' || c == '_' || c == '.')
			strbuf_char(&b, c);
		else
			strbuf_fmt(&b, "\\%03u", (unsigned char)c);
	}
	strbuf_char(&b, '.');
	return arena_cz(a, strbuf_str(&b));
}
