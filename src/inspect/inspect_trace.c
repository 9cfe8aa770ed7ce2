#include "inspect/inspect_private.h"

#include "base/ip.h"
#include "mail/received.h"

enum { HOST_MAX = 255 };

/* "[192.0.2.1]", "192.0.2.1", "[IPv6:2001:db8::1]": the address, or empty. */
static str bare_address(str value)
{
	struct ip ip;
	str s = str_trim(value);

	if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
		s = str_sub(s, 1, s.n - 1);
	if (str_casestarts(s, STR("IPv6:")))
		s = str_skip(s, 5);
	return ip_parse(s, &ip) ? s : STR("");
}

static void read_hop(struct walk *w, str value)
{
	struct facts *f = w->facts;
	struct facts_hop hop;

	if (f->hops.n == FACTS_MAX_HOPS || !received_parse(value, &hop.ip, &hop.helo))
		return;
	hop.helo = str_sub(hop.helo, 0, HOST_MAX);
	*arena_push(w->arena, &f->hops) = hop;
}

void inspect_trace_read(struct walk *w)
{
	struct facts *f = w->facts;

	for (size_t i = 0; i < f->headers.n; i++) {
		const struct facts_header *h = &f->headers.v[i];

		if (str_caseeq(h->name, STR("Received")))
			read_hop(w, h->value);
		else if (!f->origin_ip.n && str_caseeq(h->name, STR("X-Originating-IP")))
			f->origin_ip = bare_address(h->value);
	}
}
