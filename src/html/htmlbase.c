#include "html/htmlbase.h"

/* Length of "http:" and the like, or 0. */
static size_t scheme_length(str url)
{
	size_t n = 0;

	while (n < url.n && (str_is_alnum(url.p[n]) || strchr("+-.\t\n", url.p[n])))
		n++;
	return n && n < url.n && url.p[n] == ':' && str_is_alpha(url.p[0]) ? n + 1 : 0;
}

static bool is_slash(char c)
{
	return c == '/' || c == '\\';
}

static bool is_inside(str url)
{
	static const str schemes[] = { STR("cid:"), STR("mid:"), STR("about:"), STR("data:") };

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (str_casestarts(url, schemes[i]))
			return true;
	}
	return false;
}

/* Where the host of "http://host/path" ends. */
static size_t origin_length(str base)
{
	size_t at = scheme_length(base);

	while (at < base.n && is_slash(base.p[at]))
		at++;
	while (at < base.n && !is_slash(base.p[at]) && base.p[at] != '?' && base.p[at] != '#')
		at++;
	return at;
}

str htmlbase_join(struct arena *a, str base, str url)
{
	size_t scheme = scheme_length(base), origin = origin_length(base), last;

	if (is_inside(url))
		return STR("");
	if (scheme_length(url))
		return url;
	if (url.n > 1 && is_slash(url.p[0]) && is_slash(url.p[1]))
		return arena_fmt(a, "%.*s%.*s", scheme ? (int)scheme : 5,
				 scheme ? base.p : "http:", STR_ARG(url));
	if (!scheme) /* programs add what is missing for the reader */
		return str_casestarts(url, STR("www.")) ? arena_fmt(a, "http://%.*s", STR_ARG(url))
							: STR("");
	if (is_slash(url.p[0]))
		return arena_fmt(a, "%.*s%.*s", (int)origin, base.p, STR_ARG(url));
	last = str_rchr(str_skip(base, origin), '/');
	if (last == STR_NONE)
		return arena_fmt(a, "%.*s/%.*s", (int)origin, base.p, STR_ARG(url));
	return arena_fmt(a, "%.*s%.*s", (int)(origin + last + 1), base.p, STR_ARG(url));
}
