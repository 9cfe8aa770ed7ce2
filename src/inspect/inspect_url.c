#include "inspect/inspect_url.h"

static bool is_known(const struct walk *w, enum facts_url_where where, str url, str shown)
{
	for (size_t i = 0; i < w->facts->urls.n; i++) {
		const struct facts_url *u = &w->facts->urls.v[i];

		if (u->where == where && str_eq(u->url, url) && str_eq(u->shown, shown))
			return true;
	}
	return false;
}

void inspect_url_found(struct walk *w, uint32_t part, enum facts_url_where where, str url,
		       str shown)
{
	struct facts_url *u;

	url = str_trim(url);
	if (!url.n || is_known(w, where, url, shown))
		return;
	if (w->facts->urls.n >= FACTS_MAX_URLS) {
		walk_limit(w, STR("urls"));
		return;
	}
	u = arena_push(w->arena, &w->facts->urls);
	*u = (struct facts_url){
		.where = where,
		.part = part,
		.url = arena_str(w->arena, url),
		.shown = arena_str(w->arena, shown),
	};
	walk_scan(w, PATTERN_URL, STR(""), url, part);
}

void inspect_url_search(struct walk *w, uint32_t part, enum facts_url_where where, str text)
{
	static const str schemes[] = { STR("http://"), STR("https://") };

	for (size_t at = 0; at < text.n; at++) {
		str rest = str_skip(text, at);
		size_t end = 0;

		if ((rest.p[0] | 0x20) != 'h' ||
		    (!str_casestarts(rest, schemes[0]) && !str_casestarts(rest, schemes[1])))
			continue;
		while (end < rest.n && (unsigned char)rest.p[end] > ' ' &&
		       !strchr("<>\"", rest.p[end]))
			end++;
		inspect_url_found(w, part, where, str_sub(rest, 0, end), STR(""));
		at += end;
	}
}
