#include "inspect/inspect_private.h"

#include "inspect/inspect_html.h"
#include "inspect/inspect_readings.h"
#include "inspect/inspect_url.h"
#include "inspect/inspect_words.h"
#include "inspect/testmarks.h"

static bool has_ink(str text)
{
	return str_trim(text).n > 0;
}

/* What fits of it goes into facts.text, in whole characters. */
static void keep_text(struct walk *w, str text)
{
	if (w->text.n && text.n)
		strbuf_char(&w->text, '\n');
	if (text.n > w->text.max - w->text.n) {
		walk_limit(w, STR("text.bytes"));
		text = str_sub(text, 0, w->text.max - w->text.n);
		while (text.n && ((unsigned char)text.p[text.n - 1] & 0x80))
			text.n--;
	}
	strbuf_put(&w->text, text);
}

static void search_links(struct walk *w, uint32_t index, bool html, str text)
{
	str type = walk_part(w, index)->type;

	if (str_eq(type, STR("text/calendar")) || str_casefind(type, STR("vcard")) != STR_NONE)
		inspect_url_search_folded(w, index, text);
	else
		inspect_url_search(w, index, html ? FACTS_URL_HTML : FACTS_URL_TEXT, text);
}

static void read_decoded(struct walk *w, uint32_t index, str text, uint32_t depth,
			 struct arena *scratch)
{
	bool html = str_eq(walk_part(w, index)->type, STR("text/html"));
	struct htmlview view;

	if (html) {
		inspect_html_read(w, index, text, depth, scratch, &view);
		text = view.text;
	}
	search_links(w, index, html, text);
	if (testmarks_gtube(text))
		walk_find(w, FINDING_GTUBE, index, STR("GTUBE"));
	walk_scan(w, PATTERN_BODY, STR(""), text, index);
	inspect_words_read(w, index, text);
	w->has_content |= has_ink(text);
	keep_text(w, text);
}

void inspect_text_read(struct walk *w, uint32_t index, str charset, str bytes, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	bool another;
	uint32_t part;
	str text, other;

	if (!charset.n && str_eq(walk_part(w, index)->type, STR("text/html")))
		charset = inspect_html_charset(bytes);
	another = inspect_words_decode(w, scratch, index, charset, bytes, &text, &other);
	read_decoded(w, index, text, depth, scratch);
	part = another ? inspect_readings_text(w, index) : WALK_NO_PART;
	if (part != WALK_NO_PART)
		read_decoded(w, part, other, depth, scratch);
}
