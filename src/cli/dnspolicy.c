#include "cli/dnspolicy.h"

#include "base/fd.h"
#include "tls/tlsclient.h"

enum { ROOTS_MAX = 16 << 20, HTTPS = 443 };

static int fetch(void *ctx, struct arena *a, str domain, struct stspolicy *ret, struct why *why)
{
	return stsfetch(ctx, a, domain, deadline_in(DNSPOLICY_MS), ret, why);
}

void dnspolicy_offer(struct arena *a, const char *dns_file, struct survey_input *in)
{
	const struct conf *c = in->made_from->conf;
	struct stsfetch *how = arena_make(a, struct stsfetch);
	struct why why = { "" };
	str roots;

	if (dns_file || c->dns.file.n || !c->tls.ca.n)
		return;
	*how = (struct stsfetch){ .dns = in->dns, .port = HTTPS };
	if (fd_read_path(arena_cz(a, c->tls.ca), a, ROOTS_MAX, &roots, &why) < 0 ||
	    tlsclient_new(roots, TLSCTX_1_2, &how->tls_ctx, &why) < 0)
		return;
	in->sts_policy = fetch;
	in->sts_ctx = how;
}
