#include "url/urlunwrap.h"

#include "base/base64.h"
#include "base/num.h"
#include "url/urlcode.h"
#include "url/urlservices.h"

/* The value of a query parameter, decoded as forms are; name empty: the whole query. */
static bool parameter(struct arena *a, str query, str name, str *ret)
{
	str pair;

	while (str_split(&query, '&', &pair)) {
		struct strbuf b = strbuf_make(a, pair.n);

		if (str_casestarts(pair, STR("amp;"))) /* "&amp;" that was encoded twice */
			pair = str_skip(pair, 4);
		if (!str_casestarts(pair, name) || pair.n <= name.n || pair.p[name.n] != '=')
			continue;
		urlcode_decode(&b, str_skip(pair, name.n + 1));
		*ret = strbuf_str(&b);
		return ret->n > 0;
	}
	return false;
}

static str decoded(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, s.n);

	urlcode_decode(&b, s);
	return strbuf_str(&b);
}

/* Proofpoint v2: "-" for "%", "_" for "/". */
static str dash_decoded(struct arena *a, str s)
{
	char *p = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)(s.p[i] == '-' ? '%' : s.p[i] == '_' ? '/' : s.p[i]);
	return decoded(a, str_of(p, s.n));
}

/* base64url without padding, in the lenient way. */
static str base64url_decoded(struct arena *a, str s)
{
	char *p = arena_alloc(a, s.n + 1);
	struct strbuf b = strbuf_make(a, s.n + 4);
	struct base64_seen seen;

	for (size_t i = 0; i < s.n; i++)
		p[i] = (char)(s.p[i] == '-' ? '+' : s.p[i] == '_' ? '/' : s.p[i]);
	base64_decode_lenient(&b, str_of(p, s.n), &seen);
	return strbuf_str(&b);
}

/* Bing's "a1" and base64url. */
static str bing_decoded(struct arena *a, str s)
{
	return str_starts(s, STR("a1")) ? base64url_decoded(a, str_skip(s, 2)) : s;
}

/* Proofpoint v3 ".../v3/__URL__;REPLACED!!..." : "*" stands for a byte of the base64 text
 * behind the semicolon, "**" and a letter for a run of them. */
static int run_length(char c)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *at = strchr(letters, c ? c : '!');

	return at ? (int)(at - letters) + 2 : 0;
}

static str stars_decoded(struct arena *a, str url, str replaced)
{
	str bytes = base64url_decoded(a, replaced);
	struct strbuf b = strbuf_make(a, url.n + bytes.n);
	size_t used = 0;

	for (size_t i = 0; i < url.n; i++) {
		size_t n = 1;

		if (url.p[i] != '*') {
			strbuf_char(&b, url.p[i]);
			continue;
		}
		if (i + 2 < url.n && url.p[i + 1] == '*') {
			n = (size_t)run_length(url.p[i + 2]);
			i += 2;
		}
		strbuf_put(&b, str_sub(bytes, used, used + n));
		used += n;
	}
	return strbuf_str(&b);
}

/* "__URL__" or "___URL___" in the path. */
static bool between_underscores(struct arena *a, const struct url *u, str *ret)
{
	str tail = str_sub(u->href, (size_t)(u->path.p - u->href.p), u->href.n);
	size_t start = str_find(tail, STR("__")), end;
	str inner;

	if (start == STR_NONE)
		return false;
	inner = str_skip(tail, start + 2);
	if (inner.n && inner.p[0] == '_')
		inner = str_skip(inner, 1);
	end = str_find(inner, STR("__;"));
	if (end != STR_NONE) {
		str rest = str_skip(inner, end + 3);
		size_t bang = str_find(rest, STR("!"));

		*ret = stars_decoded(a, str_sub(inner, 0, end), str_sub(rest, 0, bang));
		return true;
	}
	end = str_find(inner, STR("___"));
	*ret = str_sub(inner, 0, end);
	return end != STR_NONE;
}

/* A URL with its slashes encoded ends at the next true slash. */
static str one_segment(struct arena *a, str s)
{
	bool encoded = str_casefind(str_sub(s, 0, 16), STR("%3a")) != STR_NONE ||
		       str_casefind(str_sub(s, 0, 100), STR("%2f")) < str_chr(s, '/');

	return encoded ? decoded(a, str_sub(s, 0, str_chr(s, '/'))) : s;
}

/* From the first "http" of path and query on: archives, services with tokens before it. */
static bool url_in_path(struct arena *a, const struct url *u, str *ret)
{
	static const str starts[] = { STR("http:/"),   STR("https:/"),	STR("http%3A"),
				      STR("https%3A"), STR("http:%2F"), STR("https:%2F") };
	str tail = str_skip(u->href, (size_t)(u->path.p - u->href.p));

	for (size_t at = 0; at < tail.n; at++) {
		if (tail.p[at] != '/' && tail.p[at] != '?')
			continue;
		for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
			*ret = str_skip(tail, at + 1);
			if (!str_casestarts(*ret, starts[i]))
				continue;
			*ret = one_segment(a, *ret);
			return true;
		}
	}
	return false;
}

/* "a-b.translate.goog": "-" for ".", "--" for "-". */
static bool host_label(struct arena *a, const struct url *u, str *ret)
{
	str label = str_sub(u->host.text, 0, str_chr(u->host.text, '.'));
	struct strbuf b = strbuf_make(a, u->href.n + 16);

	strbuf_put(&b, STR("https://"));
	for (size_t i = 0; i < label.n; i++) {
		bool twice = label.p[i] == '-' && i + 1 < label.n && label.p[i + 1] == '-';

		strbuf_char(&b, label.p[i] == '-' && !twice ? '.' : label.p[i]);
		i += twice;
	}
	strbuf_put(&b, u->path);
	*ret = strbuf_str(&b);
	return true;
}

static bool target_of(struct arena *a, const struct url *u, const struct urlservice *s, str *ret)
{
	switch (s->how) {
	case URLSERVICE_PARAMETER:
		return parameter(a, u->query, s->parameter, ret);
	case URLSERVICE_PARAMETER_DASHES:
		if (!parameter(a, u->query, s->parameter, ret))
			return false;
		*ret = dash_decoded(a, *ret);
		return true;
	case URLSERVICE_PARAMETER_BASE64:
		if (!parameter(a, u->query, s->parameter, ret))
			return false;
		*ret = base64url_decoded(a, *ret);
		return true;
	case URLSERVICE_PARAMETER_BING:
		if (!parameter(a, u->query, s->parameter, ret))
			return false;
		*ret = bing_decoded(a, *ret);
		return true;
	case URLSERVICE_UNDERSCORES:
		return between_underscores(a, u, ret);
	case URLSERVICE_PATH_TAIL:
		*ret = one_segment(a,
				   str_skip(u->href, (size_t)(u->path.p - u->href.p) + s->path.n));
		return true;
	case URLSERVICE_PATH_URL:
		return url_in_path(a, u, ret);
	case URLSERVICE_HOST_LABEL:
		return host_label(a, u, ret);
	}
	return false;
}

/* A target may lack its scheme; anything else than the web and files is no target. */
static bool parse_target(struct arena *a, str target, bool guess, struct url *ret)
{
	str with = arena_fmt(a, "https://%.*s", STR_ARG(target));

	if (url_parse(a, target, NULL, ret) && url_special(ret))
		return true;
	return guess && str_chr(target, '.') != STR_NONE && url_parse(a, with, NULL, ret);
}

static bool looks_like_url(str s)
{
	return str_casestarts(s, STR("http:")) || str_casestarts(s, STR("https:")) ||
	       str_casestarts(s, STR("//"));
}

/* A parameter with a whole URL, under whatever name. */
static bool carried(struct arena *a, const struct url *u, str *ret)
{
	str query = u->query, pair;

	while (str_split(&query, '&', &pair)) {
		size_t equals = str_chr(pair, '=');
		str value = str_skip(pair, equals == STR_NONE ? pair.n : equals + 1);

		if (value.n < 8 || !strchr("hH/%", value.p[0] ? value.p[0] : 'x'))
			continue;
		value = decoded(a, value);
		if (str_casestarts(value, STR("http%3a")) || str_casestarts(value, STR("https%3a")))
			value = decoded(a, value);
		if (looks_like_url(value)) {
			*ret = str_starts(value, STR("//"))
				       ? arena_fmt(a, "https:%.*s", STR_ARG(value))
				       : value;
			return true;
		}
	}
	return url_in_path(a, u, ret);
}

enum urlunwrap_kind urlunwrap(struct arena *a, const struct url *u, struct url *ret)
{
	const struct urlservice *s = NULL;
	str target;

	if (!url_special(u) || u->host.kind == URLHOST_EMPTY)
		return URLUNWRAP_NOTHING;
	while ((s = urlservices_next(u, s))) {
		if (target_of(a, u, s, &target) && parse_target(a, target, true, ret))
			return URLUNWRAP_SERVICE;
	}
	if (carried(a, u, &target) && parse_target(a, target, false, ret))
		return URLUNWRAP_CARRIED;
	return URLUNWRAP_NOTHING;
}
