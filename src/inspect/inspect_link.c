#include "inspect/inspect_link.h"

#include "url/urldefang.h"
#include "url/urlfind.h"
#include "url/urlorg.h"
#include "url/urlservices.h"
#include "url/urltricks.h"
#include "url/urlunwrap.h"

enum { SHOWN_MAX = 200 };

struct judge {
	struct walk *w;
	struct arena *a;
	const struct inspect_link *link;
	bool invisible; /* characters were taken out that no browser ignores */
};

static void find(const struct judge *j, enum finding what, str evidence)
{
	walk_find(j->w, what, j->link->part, evidence);
}

static bool is_web(const struct url *u)
{
	return str_starts(u->scheme, STR("http")) || str_eq(u->scheme, STR("ftp"));
}

/* As a browser does; then without invisible characters, which mail programs drop. */
static bool parse(struct judge *j, str in, struct url *ret)
{
	struct url base;
	bool has_base = j->link->base.n && url_parse(j->a, j->link->base, NULL, &base);
	str visible;

	if (url_parse(j->a, in, has_base ? &base : NULL, ret))
		return true;
	visible = urlfind_visible(j->a, in);
	if (visible.n < in.n && url_parse(j->a, visible, has_base ? &base : NULL, ret)) {
		j->invisible = true;
		return true;
	}
	if (str_starts(in, STR("//")))
		return url_parse(j->a, arena_fmt(j->a, "https:%.*s", STR_ARG(in)), NULL, ret);
	return false;
}

/* "javascript:void(0)" is what careless authors write for "no link". */
static bool does_nothing(str path)
{
	return path.n == 0 || str_eq(path, STR(";")) || str_starts(path, STR("void")) ||
	       str_starts(path, STR("return"));
}

static void find_scheme(const struct judge *j, const struct url *u)
{
	if ((str_eq(u->scheme, STR("javascript")) && !does_nothing(u->path)) ||
	    str_eq(u->scheme, STR("vbscript")))
		find(j, FINDING_URL_SCRIPT, u->href);
	if (str_eq(u->scheme, STR("data")) || str_eq(u->scheme, STR("blob")))
		find(j, FINDING_URL_DATA, u->href);
	/* Windows finds a server behind more slashes as well. */
	if ((str_eq(u->scheme, STR("file")) &&
	     (u->host.kind != URLHOST_EMPTY || str_starts(u->path, STR("//")))) ||
	    str_eq(u->scheme, STR("smb")) || str_eq(u->scheme, STR("afp")))
		find(j, FINDING_URL_FILE_SHARE, u->href);
}

static void find_oddities(const struct judge *j, const struct url *u)
{
	static const struct {
		uint32_t flag;
		enum finding finding;
	} tricks[] = {
		{ URLTRICK_IP, FINDING_URL_IP },
		{ URLTRICK_PORT, FINDING_URL_PORT },
		{ URLTRICK_FALSE_HOST, FINDING_URL_FALSE_HOST },
		{ URLTRICK_LABELS, FINDING_URL_MANY_LABELS },
		{ URLTRICK_HOMOGRAPH, FINDING_URL_HOMOGRAPH },
		{ URLTRICK_MIXED, FINDING_URL_MIXED_SCRIPT },
		{ URLTRICK_ESCAPES, FINDING_URL_ESCAPES },
	};
	uint32_t set = urltricks(j->a, u);

	for (size_t i = 0; i < ARRAY_LEN(tricks); i++) {
		if (set & tricks[i].flag)
			find(j, tricks[i].finding, u->href);
	}
	if (u->odd & URL_ODD_USERINFO && str_starts(u->scheme, STR("http")))
		find(j, FINDING_URL_USERINFO, u->href);
	if (u->odd & (URL_ODD_PERCENT | URL_ODD_MAPPED | URL_ODD_NUMBER) || j->invisible)
		find(j, FINDING_URL_HIDDEN_HOST, j->link->url);
	if (u->odd & (URL_ODD_BLANKS | URL_ODD_BACKSLASH | URL_ODD_SLASHES))
		find(j, FINDING_URL_MALFORMED, j->link->url);
}

static str host_of(const struct url *u)
{
	return url_special(u) ? u->host.text : STR("");
}

/* At most SHOWN_MAX bytes of whole characters. */
static str shortened(str s)
{
	s = str_trim(s);
	if (s.n <= SHOWN_MAX)
		return s;
	s.n = SHOWN_MAX;
	while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;
	return s;
}

static void keep(const struct judge *j, enum facts_url_where where, const struct url *u)
{
	struct walk *w = j->w;
	struct facts_url *f;

	if (w->facts->urls.n >= FACTS_MAX_URLS) {
		walk_limit(w, STR("urls"));
		return;
	}
	f = arena_push(w->arena, &w->facts->urls);
	f->where = where;
	f->part = j->link->part;
	f->url = arena_str(w->arena, u->href);
	f->host = arena_str(w->arena, host_of(u));
	f->domain = u->host.kind == URLHOST_NAME ? urlorg_domain(f->host) : STR("");
	f->shown = where == FACTS_URL_WRAPPED ? STR("")
					      : arena_str(w->arena, shortened(j->link->shown));
}

static void follow(const struct judge *j, enum facts_url_where where, const struct url *u)
{
	keep(j, where, u);
	find_scheme(j, u);
	find_oddities(j, u);
	walk_scan(j->w, PATTERN_URL, STR(""), u->href, j->link->part);
}

/* The links inside, each judged too. *ret is where known services lead in the end. */
static void unwrap(struct judge *j, const struct url *u, struct url *ret)
{
	struct url at = *u, next;
	bool services = true;

	*ret = *u;
	j->invisible = false;
	for (int depth = 0; depth < URLUNWRAP_MAX_DEPTH; depth++) {
		enum urlunwrap_kind kind = urlunwrap(j->a, &at, &next);

		if (kind == URLUNWRAP_NOTHING)
			return;
		if (kind == URLUNWRAP_CARRIED) {
			services = false;
			if (!urlorg_same(at.host.text, next.host.text))
				find(j, FINDING_URL_CARRIES_URL, at.href);
		}
		follow(j, FACTS_URL_WRAPPED, &next);
		if (services)
			*ret = next;
		at = next;
	}
	walk_limit(j->w, STR("url.depth"));
}

/* The address that the reader sees: the whole text, or a clear one in it. */
static bool shown_link(const struct judge *j, struct url *ret)
{
	str text = urlfind_visible(j->a, shortened(j->link->shown));
	struct urlfind f = urlfind_make(j->a, text);
	struct urlfind_link found;

	if (!text.n)
		return false;
	if (!urlfind_whole(j->a, text, &found)) {
		do {
			if (!urlfind_next(&f, &found))
				return false;
		} while (found.bare);
	}
	return !found.defanged && url_parse(j->a, found.url, NULL, ret) && is_web(ret);
}

static void compare(const struct judge *j, const struct url *u, const struct url *leads_to)
{
	struct url shown;

	if (!is_web(u) || !shown_link(j, &shown) || urlorg_same(shown.host.text, u->host.text) ||
	    urlorg_same(shown.host.text, leads_to->host.text))
		return;
	find(j,
	     urlservices_counts_clicks(leads_to->host.text) ? FINDING_URL_TEXT_COUNTED
							    : FINDING_URL_TEXT_MISMATCH,
	     arena_fmt(j->a, "%.*s -> %.*s", STR_ARG(shown.host.text),
		       STR_ARG(leads_to->host.text)));
}

/* What no browser can follow: a file server for Windows, or nothing. */
static void judge_unparsed(struct judge *j, str url)
{
	size_t from, at = STR_NONE, to;
	struct url u;

	if (str_starts(url, STR("\\\\")))
		url = arena_fmt(j->a, "file:%.*s", STR_ARG(url));
	else if (!str_casestarts(url, STR("file:")))
		return;
	/* "\\server@SSL@443\share" is a server of the web to Windows. */
	for (from = 5; from < url.n && strchr("/\\", url.p[from]);)
		from++;
	for (to = from; to < url.n && !strchr("/\\", url.p[to]); to++) {
		if (url.p[to] == '@' && at == STR_NONE)
			at = to;
	}
	if (at != STR_NONE) {
		find(j, FINDING_URL_HIDDEN_HOST, j->link->url);
		url = arena_fmt(j->a, "%.*s%.*s", STR_ARG(str_sub(url, 0, at)),
				STR_ARG(str_skip(url, to)));
	}
	if (!url_parse(j->a, url, NULL, &u))
		return;
	u.odd = 0; /* Windows writes it this way */
	follow(j, j->link->where, &u);
}

void inspect_link_judge(struct walk *w, struct arena *scratch, const struct inspect_link *link)
{
	struct judge j = { .w = w, .a = scratch, .link = link };
	struct url u, leads_to;
	str url = link->url;

	if (!link->defanged && urldefang(j.a, url, &url))
		find(&j, FINDING_URL_DEFUSED, link->url);
	if (link->turned || urlfind_turns(url) || urlfind_turns(link->shown))
		find(&j, FINDING_URL_TURNED, url);
	if (!parse(&j, url, &u)) {
		judge_unparsed(&j, url);
		return;
	}
	follow(&j, link->where, &u);
	unwrap(&j, &u, &leads_to);
	compare(&j, &u, &leads_to);
}
