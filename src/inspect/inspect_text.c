#include "inspect/inspect_private.h"

#include "inspect/inspect_url.h"
#include "inspect/testmarks.h"
#include "mime/htmltext.h"

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

void inspect_text_read(struct walk *w, uint32_t index, str charset, str bytes)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	str type = walk_part(w, index)->type;
	str text;

	if (!charset_to_utf8(&w->charsets, scratch, charset, bytes, &text))
		walk_find(w, FINDING_MIME_UNKNOWN_CHARSET, index, charset);
	if (str_eq(type, STR("text/html")))
		text = htmltext_extract(scratch, text);
	else if (str_eq(type, STR("text/calendar")) || str_casefind(type, STR("vcard")) != STR_NONE)
		inspect_url_search_folded(w, index, text);
	else
		inspect_url_search(w, index, FACTS_URL_TEXT, text);
	if (testmarks_gtube(text))
		walk_find(w, FINDING_GTUBE, index, STR("GTUBE"));
	walk_scan(w, PATTERN_BODY, STR(""), text, index);
	w->has_content |= has_ink(text);
	keep_text(w, text);
}
