/* Links and scripts of a page. */
#include "html/htmlview_private.h"

enum { CSS_URLS_MAX = 200 };

/* What stands before the markup that a missing quote made part of the address. */
static str before_markup(str url)
{
	for (size_t i = 0; i < url.n; i++) {
		if (strchr("<>\"", url.p[i]))
			return str_sub(url, 0, i);
	}
	return url;
}

static void push(struct htmlview_walk *w, enum htmlview_link_kind kind, str url)
{
	struct htmlview *v = w->view;

	if (v->links.n >= HTMLVIEW_LINKS_MAX) {
		htmlview_see(w, HTMLVIEW_CUT, STR("html.links"));
		return;
	}
	*arena_push(w->arena, &v->links) = (struct htmlview_link){ kind, url, STR("") };
}

/* The scheme as browsers find it: blanks and controls in it do not count. */
static bool has_scheme(str url, str scheme)
{
	size_t at = 0;

	for (size_t i = 0; i < url.n; i++) {
		if ((unsigned char)url.p[i] <= ' ' && (at == 0 || url.p[i] != ' '))
			continue;
		if (at == scheme.n)
			return url.p[i] == ':';
		if (str_lower_char(url.p[i]) != scheme.p[at++])
			return false;
	}
	return false;
}

static bool is_data_page(enum htmlview_link_kind kind, str url)
{
	str head = str_sub(url, 0, 60);

	if (kind == HTMLVIEW_ANCHOR || kind == HTMLVIEW_FRAME || kind == HTMLVIEW_REFRESH ||
	    kind == HTMLVIEW_OBJECT || kind == HTMLVIEW_SCRIPT || kind == HTMLVIEW_FORM)
		return true;
	return str_casefind(head, STR("image/")) == STR_NONE &&
	       str_casefind(head, STR("font")) == STR_NONE;
}

void htmlview_link_add(struct htmlview_walk *w, enum htmlview_link_kind kind, str url)
{
	str first;

	url = str_trim(url);
	if (!url.n || url.p[0] == '#')
		return;
	if (has_scheme(url, STR("javascript")) || has_scheme(url, STR("vbscript"))) {
		str code = str_trim(str_skip(url, str_chr(url, ':') + 1));

		if (!code.n || code.p[0] == ';' || str_casestarts(code, STR("void(0)")))
			return; /* an address that does nothing */
		htmlview_see(w, HTMLVIEW_HAS_SCRIPT_URL, url);
		htmlview_link_script(w, code, true);
		return;
	}
	if (has_scheme(url, STR("data")) && is_data_page(kind, url))
		htmlview_see(w, HTMLVIEW_HAS_DATA_URL, url);
	push(w, kind, url);
	if (has_scheme(url, STR("data")))
		return;
	first = before_markup(url);
	if (first.n < url.n && first.n && (str_casestarts(url, STR("http")) || url.p[0] == '/')) {
		htmlview_see(w, HTMLVIEW_HAS_BROKEN_LINK, url);
		push(w, kind, first);
	}
}

/* "a.png 1x, b.png 2x" (HTML 4.8.4.2.1). */
void htmlview_link_srcset(struct htmlview_walk *w, str value)
{
	size_t at = 0;

	while (at < value.n) {
		size_t from;

		while (at < value.n && (str_is_space(value.p[at]) || value.p[at] == ','))
			at++;
		for (from = at; at < value.n && !str_is_space(value.p[at]);)
			at++;
		if (at > from && value.p[at - 1] == ',') {
			htmlview_link_add(w, HTMLVIEW_IMAGE, str_sub(value, from, at - 1));
			continue;
		}
		htmlview_link_add(w, HTMLVIEW_IMAGE, str_sub(value, from, at));
		while (at < value.n && value.p[at] != ',')
			at++;
	}
}

/* Behind "url(" or "@import": the address, quoted or not. */
static str css_address(str s)
{
	size_t end = 0;
	char quote;

	s = str_trim(s);
	quote = s.n ? s.p[0] : '\0';
	if (quote == '"' || quote == '\'') {
		s = str_skip(s, 1);
		return str_sub(s, 0, str_chr(s, quote));
	}
	while (end < s.n && s.p[end] != ')' && s.p[end] != ';' && !str_is_space(s.p[end]))
		end++;
	return str_sub(s, 0, end);
}

void htmlview_link_css(struct htmlview_walk *w, str css)
{
	static const str marks[] = { STR("url("), STR("@import") };

	for (size_t k = 0; k < ARRAY_LEN(marks); k++) {
		str rest = css;
		size_t hit;

		for (int n = 0; n < CSS_URLS_MAX; n++) {
			str url;

			hit = str_casefind(rest, marks[k]);
			if (hit == STR_NONE)
				break;
			rest = str_skip(rest, hit + marks[k].n);
			url = css_address(rest);
			if (!str_casestarts(url, STR("url(")))
				htmlview_link_add(w, HTMLVIEW_STYLE, url);
			rest = str_skip(rest, url.n);
		}
	}
}

/* "5; url='x'" (HTML 4.2.5.3, shared declarative refresh). */
void htmlview_link_refresh(struct htmlview_walk *w, str content)
{
	size_t at = 0;
	str url;

	while (at < content.n &&
	       (str_is_space(content.p[at]) || str_is_digit(content.p[at]) || content.p[at] == '.'))
		at++;
	while (at < content.n &&
	       (content.p[at] == ';' || content.p[at] == ',' || str_is_space(content.p[at])))
		at++;
	url = str_skip(content, at);
	if (str_casestarts(url, STR("url"))) {
		str behind = str_trim(str_skip(url, 3));

		if (str_starts(behind, STR("=")))
			url = str_trim(str_skip(behind, 1));
	}
	if (url.n && (url.p[0] == '"' || url.p[0] == '\'')) {
		char quote = url.p[0];

		url = str_skip(url, 1);
		url = str_sub(url, 0, str_chr(url, quote));
	}
	if (!url.n)
		return;
	htmlview_see(w, HTMLVIEW_HAS_REFRESH, url);
	htmlview_link_add(w, HTMLVIEW_REFRESH, url);
}

void htmlview_link_script(struct htmlview_walk *w, str text, bool handler)
{
	if (!str_trim(text).n)
		return;
	if (w->view->scripts.n >= HTMLVIEW_SCRIPTS_MAX) {
		htmlview_see(w, HTMLVIEW_CUT, STR("html.scripts"));
		return;
	}
	*arena_push(w->arena, &w->view->scripts) = (struct htmlview_script){ text, handler };
}

void htmlview_link_shown(struct htmlview_walk *w, str text)
{
	struct htmlview_link *l;
	size_t room;

	if (w->link == HTMLVIEW_NO_LINK)
		return;
	l = &w->view->links.v[w->link];
	room = HTMLVIEW_SHOWN_MAX - l->shown.n;
	while (!l->shown.n && text.n && str_is_space(text.p[0]))
		text = str_skip(text, 1);
	if (text.n > room) {
		while (room && ((unsigned char)text.p[room] & 0xc0) == 0x80)
			room--;
		text.n = room;
	}
	if (text.n)
		l->shown = arena_fmt(w->arena, "%.*s%.*s", STR_ARG(l->shown), STR_ARG(text));
}
