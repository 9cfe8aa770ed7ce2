#include "scan/urlcheck.h"

#include "policy/derive.h"
#include "scan/morefacts.h"

/* --- which links --- */

struct choice {
	struct urlcheck *u;
	const struct conf *conf;
	const struct facts *facts;
	const struct lists_list *never;
	bool taken[FACTS_MAX_URLS];
};

/* A link in the header does something, or is the sender's archive; what is inside another link
 * is where that leads. */
static bool is_for_readers(enum facts_url_where where)
{
	return where == FACTS_URL_TEXT || where == FACTS_URL_HTML || where == FACTS_URL_DOCUMENT ||
	       where == FACTS_URL_FILE || where == FACTS_URL_QR;
}

/* What stands in List-Unsubscribe (RFC 2369, RFC 8058), wherever it stands besides. */
static bool unsubscribes(const struct choice *c, str url)
{
	const struct facts_header *h = facts_header(c->facts, STR("List-Unsubscribe"));

	return h && str_find(h->value, url) != STR_NONE;
}

static bool is_exempt(const struct choice *c, str url)
{
	struct listkey_set keys;
	struct listset_hit hit;

	if (!c->never)
		return false;
	listkey_url(c->u->arena, url, &keys);
	return lists_has(c->never, &keys, c->u->now, &hit);
}

static bool is_asked(const struct choice *c, str url)
{
	for (size_t i = 0; i < c->u->n; i++) {
		if (str_eq(c->u->questions[i].url, url))
			return true;
	}
	return false;
}

static bool may_visit(const struct choice *c, const struct facts_url *x)
{
	return is_for_readers(x->where) &&
	       (str_starts(x->url, STR("http://")) || str_starts(x->url, STR("https://"))) &&
	       x->url.n <= VISIT_URL && !conf_strings_has(&c->conf->domains, x->domain) &&
	       !is_asked(c, x->url) && !unsubscribes(c, x->url) && !is_exempt(c, x->url);
}

static bool knows_domain(const struct choice *c, size_t until)
{
	const struct facts_url *x = &c->facts->urls.v[until];

	for (size_t i = 0; i < until; i++) {
		const struct facts_url *y = &c->facts->urls.v[i];

		if (c->taken[i] &&
		    str_eq(x->domain.n ? x->domain : x->host, y->domain.n ? y->domain : y->host))
			return true;
	}
	return false;
}

/* The host, or one above it. */
static bool wants_content(const struct conf *conf, str host)
{
	for (size_t i = 0; i < conf->url_check.get.n; i++) {
		str domain = conf->url_check.get.v[i];

		if (str_ends(host, domain) &&
		    (host.n == domain.n || host.p[host.n - domain.n - 1] == '.'))
			return true;
	}
	return false;
}

static void take(struct choice *c, size_t i)
{
	const struct facts_url *x = &c->facts->urls.v[i];
	struct urlcheck *u = c->u;

	c->taken[i] = true;
	u->questions[u->n] = (struct visit_question){ x->url, wants_content(c->conf, x->host) };
	u->parts[u->n++] = x->part;
}

/* A hundred links to one host do not keep another one from being looked at. */
static void choose(struct choice *c)
{
	size_t most = c->conf->url_check.max_links;

	for (int again = 0; again < 2; again++) {
		for (size_t i = 0; i < c->facts->urls.n && c->u->n < most; i++) {
			if (!c->taken[i] && (again || !knows_domain(c, i)) &&
			    may_visit(c, &c->facts->urls.v[i]))
				take(c, i);
		}
	}
}

void urlcheck_begin(struct urlcheck *u, const struct visit_source *source, struct arena *a,
		    const struct conf *conf, const struct rules *rules, const struct facts *f,
		    int64_t now, deadline d)
{
	struct choice c = { .u = u,
			    .conf = conf,
			    .facts = f,
			    .never = lists_find(&rules->lists, STR(URLCHECK_NEVER)) };

	*u = (struct urlcheck){ .source = source, .rules = rules, .arena = a, .now = now };
	if (!conf->url_check.enabled || !source->begin)
		return;
	choose(&c);
	if (u->n)
		u->begun = source->begin(source->ctx, a, u->questions, u->n,
					 clock_sooner(d, deadline_in(conf->url_check.timeout)));
}

/* --- what was found --- */

/* What honest links lead to besides pages: pictures, films, documents that open in place. */
static bool is_harmless(str type)
{
	static const str harmless[] = {
		STR("text/"),
		STR("image/"),
		STR("audio/"),
		STR("video/"),
		STR("font/"),
		STR("application/pdf"),
		STR("application/xhtml+xml"),
		STR("application/xml"),
		STR("application/rss+xml"),
		STR("application/json"),
		STR("application/msword"),
		STR("application/vnd.ms-excel"),
		STR("application/vnd.ms-powerpoint"),
		STR("application/vnd.openxmlformats-officedocument."),
		STR("application/vnd.oasis.opendocument."),
	};

	for (size_t i = 0; i < ARRAY_LEN(harmless); i++) {
		if (str_starts(type, harmless[i]))
			return !str_starts(type, STR("text/javascript"));
	}
	return type.n == 0;
}

struct found {
	struct urlcheck *u;
	struct evidence *e;
	str url;
	const struct visit *visit;
};

static void tell(const struct found *f, str symbol, str what)
{
	str last = f->visit->n ? f->visit->hops[f->visit->n - 1] : f->url;

	evidence_add(
		f->u->arena, f->e, symbol,
		str_sub(arena_fmt(f->u->arena, "%.*s%s%.*s%s%.*s", STR_ARG(what),
				  what.n ? ": " : "", STR_ARG(f->url), f->visit->n ? " -> " : "",
				  STR_ARG(f->visit->n ? last : STR(""))),
			0, FACTS_MAX_EVIDENCE));
}

static void tell_file(const struct found *f)
{
	const struct visit *v = f->visit;
	const struct lists_list *list = lists_find(&f->u->rules->lists, STR(URLCHECK_EXTENSIONS));
	str extension = derive_extension(v->filename);

	if (v->code >= 400)
		return;
	if (v->download)
		tell(f, STR("LINK_DOWNLOAD"), v->filename);
	if (!is_harmless(v->type))
		tell(f, STR("LINK_SUSPECT_TYPE"), v->type);
	if (list && extension.n && lists_has_word(list, f->u->arena, extension, f->u->now))
		tell(f, STR("LINK_SUSPECT_FILE"), v->filename);
}

static void tell_visit(const struct found *f)
{
	const struct visit *v = f->visit;

	if (v->n)
		tell(f, STR("LINK_REDIRECTS"), STR(""));
	if (v->end == VISIT_TOO_MANY)
		tell(f, STR("LINK_REDIRECTS_OFTEN"), STR(""));
	else if (v->end == VISIT_LOOP)
		tell(f, STR("LINK_CIRCLES"), STR(""));
	else if (v->end == VISIT_INTERNAL)
		tell(f, STR("LINK_LEADS_INSIDE"), STR(""));
	else if (v->end == VISIT_PAGE)
		tell_file(f);
}

/* What two workers could not live through is no link of honest people. */
static void judge_hops(struct urlcheck *u, struct visit *v, uint32_t part, struct workers *w,
		       uint64_t generation, int64_t patience_ms, deadline d, struct facts *f,
		       struct evidence *e)
{
	const struct msg_texts hops = { v->hops, v->n };
	struct inspection in;
	struct facts found;
	struct why why = { "" };
	int r;

	if (v->n == 0)
		return;
	workers_begin_codes(w, generation, FACTS_URL_HOP, &hops, patience_ms, d, &in);
	r = workers_end(&in, u->arena, &found, &why);
	if (r == WORKERS_OK)
		morefacts_add(u->arena, f, &found, part);
	else if (r == WORKERS_E_FAILED)
		evidence_add(u->arena, e, STR("INSPECT_FAILED"),
			     arena_str(u->arena, str_c(why.text)));
}

void urlcheck_end(struct urlcheck *u, struct workers *w, uint64_t generation, int64_t patience_ms,
		  deadline d, struct facts *f, struct evidence *e)
{
	struct visit visits[URLCHECK_MAX];

	if (!u->begun)
		return;
	u->source->end(u->source->ctx, u->begun, u->arena, visits);
	for (size_t i = 0; i < u->n; i++) {
		struct found found = { u, e, u->questions[i].url, &visits[i] };

		tell_visit(&found);
		judge_hops(u, &visits[i], u->parts[i], w, generation, patience_ms, d, f, e);
	}
}
