#include "battery/webworld.h"

#include "battery/world.h"
#include "fetch/httpaddress.h"
#include "fetch/visitor.h"

#include <errno.h>

enum { HOPS = 2 }; /* as url_check.redirects is shipped */

static const struct page {
	const char *url;
	long code;
	const char *location, *type, *disposition, *body;
} pages[] = {
	{ "http://court.example/a", 302, "http://" WORLD_LISTED "/login", "text/html", "", "" },
	{ "http://" WORLD_LISTED "/login", 200, "", "text/html", "", "" },
	{ "http://court.example/b1", 301, "/b2", "text/html", "", "" },
	{ "http://court.example/b2", 302, "/b3", "text/html", "", "" },
	{ "http://court.example/b3", 303, "/b4", "text/html", "", "" },
	{ "http://court.example/b4", 307, "/b5", "text/html", "", "" },
	{ "http://court.example/b5", 308, "/b6", "text/html", "", "" },
	{ "http://court.example/b6", 200, "", "text/html", "", "" },
	{ "http://court.example/c1", 302, "/c2", "text/html", "", "" },
	{ "http://court.example/c2", 302, "/c1", "text/html", "", "" },
	{ "http://court.example/d", 200, "", "application/octet-stream",
	  "attachment; filename=\"facture.exe\"", "" },
	{ "http://court.example/e", 200, "", "application/x-msdownload", "", "" },
	{ "http://court.example/doc.js", 200, "", "text/html", "", "" },
	{ "http://" WEBWORLD_GET "/g", 200, "", "text/html", "",
	  "<html><head><meta http-equiv=\"refresh\" content=\"0; url=http://" WORLD_LISTED
	  "/login\"></head></html>" },
	{ "http://court.example/h1", 302, "http://127.0.0.1/", "text/html", "", "" },
	{ "http://court.example/h2", 302, "http://169.254.169.254/latest/", "text/html", "", "" },
	/* What honest people send. */
	{ "https://labo.example/resultats.pdf", 200, "", "application/pdf", "", "" },
	{ "https://labo.example/plan.png", 200, "", "image/png", "", "" },
	{ "https://esp.example/clic", 302, "https://partner.example/lettre", "text/html", "", "" },
	{ "https://partner.example/lettre", 200, "", "text/html", "", "" },
};

/* Documentation stands for the Internet here (RFC 5737, RFC 3849). */
static const struct conf_network internet[] = {
	{ { IP_V4, { 192, 0, 2 } }, 24 },
	{ { IP_V4, { 198, 51, 100 } }, 24 },
	{ { IP_V4, { 203, 0, 113 } }, 24 },
	{ { IP_V6, { 0x20, 0x01, 0x0d, 0xb8 } }, 32 },
};

static const struct page *find(str url)
{
	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		if (str_eq(str_c(pages[i].url), url))
			return &pages[i];
	}
	return NULL;
}

static int get(const void *ctx, struct arena *a, const struct httpget *q,
	       struct httpget_answer *ret, struct why *why)
{
	const struct page *page = find(q->url);
	struct httpaddress to;
	struct url u;
	int r = url_parse(a, q->url, NULL, &u) ? 0 : -EINVAL;

	if (r == 0)
		r = httpaddress_find(ctx, a, &u.host, q->until, &to, why);
	if (r != HTTPGET_OK)
		return r;
	*ret = (struct httpget_answer){ .code = 404 };
	if (page)
		*ret = (struct httpget_answer){ .code = page->code,
						.location = str_c(page->location),
						.type = str_c(page->type),
						.disposition = str_c(page->disposition),
						.body = str_c(q->head ? "" : page->body) };
	return HTTPGET_OK;
}

/* There is nobody to wait for. */
static void *begin(void *ctx, struct arena *a, const struct visit_question *q, size_t n, deadline d)
{
	struct visit *visits = arena_array(a, struct visit, n + 1);

	for (size_t i = 0; i < n; i++)
		visitor_follow(ctx, a, &q[i], d, &visits[i]);
	visits[n].end = VISIT_ENDS;
	return visits;
}

static void end(void *ctx unused_arg, void *begun, struct arena *a unused_arg, struct visit *ret)
{
	const struct visit *visits = begun;

	while (visits->end != VISIT_ENDS)
		*ret++ = *visits++;
}

struct visit_source webworld_source(struct arena *a, struct dns_resolver dns)
{
	struct httpget_ways *ways = arena_make(a, struct httpget_ways);
	struct visitor *v = arena_make(a, struct visitor);

	ways->dns = dns;
	ways->allow_private.n = ARRAY_LEN(internet);
	ways->allow_private.v = arena_array(a, struct conf_network, ARRAY_LEN(internet));
	memcpy(ways->allow_private.v, internet, sizeof(internet));
	*v = (struct visitor){ .get = get, .ctx = ways, .hops = HOPS };
	return (struct visit_source){ .ctx = v, .begin = begin, .end = end };
}
