#include "inspect/inspect_url.h"

#include "inspect/inspect_link.h"
#include "url/urlfind.h"

static bool is_new(struct walk *w, enum facts_url_where where, str url, str shown)
{
	uint64_t key[3] = { map_hash(url, false), map_hash(shown, false), where };
	str text = str_of(key, sizeof(key));

	if (!w->urls.seen.arena)
		w->urls.seen = map_make(w->arena);
	if (map_get(&w->urls.seen, text))
		return false;
	(void)map_set(&w->urls.seen, arena_str(w->arena, text), w);
	return true;
}

static bool may_judge(struct walk *w, uint32_t part, str url)
{
	if (w->urls.judged++ < INSPECT_URL_MAX)
		return true;
	walk_limit(w, STR("urls.judged"));
	walk_find(w, FINDING_URL_TOO_MANY, part, url);
	return false;
}

/* Parts of the message itself, and what leads nowhere. */
static bool harmless(str url)
{
	static const str starts[] = { STR("cid:"),   STR("mid:"), STR("tel:"),
				      STR("sms:"),   STR("#"),	  STR("data:image/"),
				      STR("about:"), STR("geo:"), STR("callto:"),
				      STR("skype:") };

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_casestarts(url, starts[i]))
			return !str_casestarts(url, STR("data:image/svg"));
	}
	return url.n == 0;
}

static str cut(struct walk *w, str url)
{
	url = str_trim(url);
	if (url.n <= URLFIND_MAX)
		return url;
	if (!str_casestarts(url, STR("data:")))
		walk_limit(w, STR("url.bytes"));
	return str_sub(url, 0, URLFIND_MAX);
}

static void judge(struct walk *w, const struct inspect_link *link)
{
	if (w->urls.scratch)
		arena_reset(w->urls.scratch);
	else
		w->urls.scratch = walk_scratch(w);
	inspect_link_judge(w, w->urls.scratch, link);
}

void inspect_url_relative(struct walk *w, uint32_t part, enum facts_url_where where, str base,
			  str url, str shown)
{
	url = cut(w, url);
	if (harmless(url) || !is_new(w, where, url, shown) || !may_judge(w, part, url))
		return;
	judge(w, &(struct inspect_link){ .part = part,
					 .where = where,
					 .base = cut(w, base),
					 .url = url,
					 .shown = shown });
}

void inspect_url_found(struct walk *w, uint32_t part, enum facts_url_where where, str url,
		       str shown)
{
	inspect_url_relative(w, part, where, STR(""), url, shown);
}

void inspect_url_search(struct walk *w, uint32_t part, enum facts_url_where where, str text)
{
	cleanup(arena_freep) struct arena *a = walk_scratch(w);
	struct urlfind f = urlfind_make(a, text);
	struct urlfind_link found;

	while (urlfind_next(&f, &found)) {
		if (!is_new(w, where, found.url, STR("")))
			continue;
		if (!may_judge(w, part, found.url))
			break;
		judge(w, &(struct inspect_link){ .part = part,
						 .where = where,
						 .url = found.url,
						 .turned = found.turned,
						 .defanged = found.defanged });
	}
	if (f.names >= URLFIND_MAX_NAMES)
		walk_limit(w, STR("urls.names"));
}

/* Without folds, and with what "\" protects as it is. */
static str unfolded(struct arena *a, str text)
{
	struct strbuf b = strbuf_make(a, text.n);

	strbuf_reserve(&b, text.n);
	for (size_t i = 0; i < text.n; i++) {
		str rest = str_skip(text, i);
		size_t line = str_starts(rest, STR("\r\n")) ? 2 : str_starts(rest, STR("\n"));

		if (line && rest.n > line && (rest.p[line] == ' ' || rest.p[line] == '\t')) {
			i += line;
		} else if (rest.p[0] == '\\' && rest.n > 1 && strchr(",;\\nN", rest.p[1])) {
			strbuf_char(&b, (char)(rest.p[1] == 'n' || rest.p[1] == 'N' ? '\n'
										    : rest.p[1]));
			i++;
		} else {
			strbuf_char(&b, rest.p[0]);
		}
	}
	return strbuf_str(&b);
}

void inspect_url_search_folded(struct walk *w, uint32_t part, str text)
{
	cleanup(arena_freep) struct arena *a = walk_scratch(w);

	inspect_url_search(w, part, FACTS_URL_CALENDAR, unfolded(a, text));
}

void inspect_url_headers(struct walk *w)
{
	for (size_t i = 0; i < w->facts->headers.n; i++) {
		const struct facts_header *h = &w->facts->headers.v[i];

		if (str_caseeq(h->name, STR("Subject")))
			inspect_url_search(w, 0, FACTS_URL_HEADER, h->value);
	}
}

void inspect_url_close(struct walk *w)
{
	arena_freep(&w->urls.scratch);
}
