#include "html/charref.h"
#include "html/htmlview_private.h"

enum {
	SCRIPT_MAX = 1 << 30,
	INVISIBLE_FEW = 20, /* against links that programs make of addresses */
};

void htmlview_see(struct htmlview_walk *w, enum htmlview_seen what, str evidence)
{
	if (htmlview_saw(w->view, what))
		return;
	w->view->seen |= 1u << what;
	w->view->evidence[what] = arena_str(w->arena, str_sub(evidence, 0, HTMLVIEW_SHOWN_MAX));
}

static struct htmlview_walk *walk_new(struct arena *a, struct htmlview *view)
{
	struct htmlview_walk *w = arena_make(a, struct htmlview_walk);

	w->arena = a;
	w->view = view;
	w->tok = htmltok_new(a, STR(""));
	w->open = arena_make(a, struct htmlview_open);
	w->link = HTMLVIEW_NO_LINK;
	return w;
}

/* How the text of an element is to be read (13.2.6.2 and what refers to it). Mail programs run no
 * scripts, so <noscript> is markup like any other. */
static enum htmltok_mode mode_of(uint32_t known)
{
	switch (known & HTMLNAME_TEXT_MODES) {
	case HTMLNAME_RCDATA:
		return HTMLTOK_RCDATA;
	case HTMLNAME_RAWTEXT:
		return HTMLTOK_RAWTEXT;
	case HTMLNAME_SCRIPT:
		return HTMLTOK_SCRIPT;
	case HTMLNAME_PLAINTEXT:
		return HTMLTOK_PLAINTEXT;
	default:
		return HTMLTOK_DATA;
	}
}

/* Style sheets count wherever they stand, so they are read before the page. */
static void read_sheets(struct htmlview_walk *w, str page)
{
	struct htmltok_token t;
	bool style = false;

	w->sheet = htmlsheet_make(w->arena);
	if (str_casefind(page, STR("/style")) == STR_NONE)
		return;
	htmltok_restart(w->tok, page);
	while (htmltok_next(w->tok, &t)) {
		if (t.kind == HTMLTOK_START) {
			style = str_eq(t.name, STR("style"));
			htmltok_set(w->tok, mode_of(htmlname_properties(t.name)), t.name);
		} else if (t.kind == HTMLTOK_TEXT && style) {
			htmlsheet_add(&w->sheet, t.text);
		} else {
			style = false;
		}
	}
}

static void see_hidden(struct htmlview_walk *w, enum htmlstyle_hidden how, str text)
{
	static const enum htmlview_seen seen[] = {
		[HTMLSTYLE_NOT_DISPLAYED] = HTMLVIEW_HAS_HIDDEN,
		[HTMLSTYLE_AWAY] = HTMLVIEW_HAS_HIDDEN,
		[HTMLSTYLE_TINY] = HTMLVIEW_HAS_TINY,
		[HTMLSTYLE_CAMOUFLAGED] = HTMLVIEW_HAS_CAMOUFLAGED,
	};
	size_t before = w->hidden->letters;

	htmlout_put(w->hidden, text);
	if (w->hidden->letters == before)
		return;
	htmlview_see(w, seen[how], str_trim(text));
	w->hid_in_word |= htmlout_in_word(w->text);
}

static void see_text(struct htmlview_walk *w, str text)
{
	char c = text.n ? text.p[0] : ' ';

	if (w->hid_in_word && htmlout_in_word(w->text) && str_is_alpha(c) &&
	    str_is_alpha(w->text->out.p[w->text->out.n - 1]))
		htmlview_see(
			w, HTMLVIEW_HAS_HIDDEN_IN_WORD,
			arena_fmt(w->arena, "%.*s|%.*s",
				  STR_ARG(str_skip(strbuf_str(&w->text->out),
						   w->text->out.n > 20 ? w->text->out.n - 20 : 0)),
				  STR_ARG(str_sub(text, 0, 20))));
	w->hid_in_word = false;
	htmlout_put(w->text, text);
	htmlview_link_shown(w, text);
}

static void put_text(struct htmlview_walk *w, str text)
{
	struct htmlstyle_look look;
	enum htmlstyle_hidden how;

	if (w->inner) {
		htmlout_put(w->aside, text);
		htmlview_link_shown(w, text);
		return;
	}
	look = htmlview_open_look(w);
	how = htmlstyle_hides(&look);
	if (how)
		see_hidden(w, how, text);
	else
		see_text(w, text);
}

/* Mostly one piece, which is not copied; in svg and around NULs there are more. */
static void collect_script(struct htmlview_walk *w, str text)
{
	if (!w->script.n) {
		w->script = text.n > CHARREF_BYTES_MAX ? text : arena_str(w->arena, text);
		return;
	}
	if (!w->pieces.n)
		strbuf_put(&w->pieces, w->script);
	strbuf_put(&w->pieces, text);
	w->script = strbuf_str(&w->pieces);
}

static void walk_inner(struct htmlview_walk *w, str page, bool shown);

/* "<![CDATA[<form>]]>" in a drawing is text, but markup to programs that know no drawings. */
static void see_markup(struct htmlview_walk *w, str text)
{
	if (!w->inner && w->sink != HTMLVIEW_TO_SCRIPT && htmlview_open_foreign(w) &&
	    str_chr(text, '<') != STR_NONE)
		walk_inner(w, text, false);
}

static void on_text(struct htmlview_walk *w, str text)
{
	see_markup(w, text);
	switch (w->sink) {
	case HTMLVIEW_TO_READER:
		put_text(w, text);
		break;
	case HTMLVIEW_TO_ASIDE:
		htmlout_put(w->aside, text);
		break;
	case HTMLVIEW_TO_SCRIPT:
		collect_script(w, text);
		break;
	case HTMLVIEW_TO_STYLE:
		htmlview_link_css(w, text);
		break;
	case HTMLVIEW_TO_INNER:
		walk_inner(w, text, false);
		break;
	}
}

static void break_line(struct htmlview_walk *w)
{
	w->hid_in_word = false;
	htmlout_break(w->inner ? w->aside : w->text);
	htmlout_break(w->hidden);
}

/* A type or language that browsers and Windows run; anything else is data to them. */
static bool is_program(const struct htmltok_token *t)
{
	str type = str_trim(htmltok_attr(t, STR("type")));

	if (!type.n)
		type = str_trim(htmltok_attr(t, STR("language")));
	return !type.n || str_casefind(type, STR("script")) != STR_NONE ||
	       str_caseeq(type, STR("module"));
}

static bool is_script(str name)
{
	return str_eq(name, STR("script")) || str_ends(name, STR(":script"));
}

static void start_script(struct htmlview_walk *w, const struct htmltok_token *t, bool foreign)
{
	str src = htmltok_attr(t, STR("src"));

	w->sink = HTMLVIEW_TO_SCRIPT;
	w->script = STR("");
	w->pieces = strbuf_make(w->arena, SCRIPT_MAX);
	w->data = !is_program(t);
	if (!src.p)
		src = htmltok_attr(t, STR("xlink:href"));
	if (foreign)
		htmlview_see(w, HTMLVIEW_HAS_SVG_SCRIPT, src);
	if (src.n && !w->data)
		htmlview_see(w, HTMLVIEW_HAS_SCRIPT, src);
}

static void end_script(struct htmlview_walk *w)
{
	if (str_trim(w->script).n && !w->data) {
		htmlview_see(w, HTMLVIEW_HAS_SCRIPT, str_trim(w->script));
		htmlview_link_script(w, w->script, false);
	}
	w->script = STR("");
}

static void start_text(struct htmlview_walk *w, const struct htmltok_token *t, uint32_t known,
		       bool foreign)
{
	enum htmltok_mode mode = foreign ? HTMLTOK_DATA : mode_of(known);

	if (mode == HTMLTOK_DATA && !foreign)
		return;
	if (mode != HTMLTOK_DATA)
		htmltok_set(w->tok, mode, t->name);
	if (foreign && t->self_closing)
		return;
	if (is_script(t->name))
		start_script(w, t, foreign);
	else if (str_eq(t->name, STR("style")))
		w->sink = HTMLVIEW_TO_STYLE;
	else if (str_starts(t->name, STR("no"))) /* programs without frames show <noframes> */
		w->sink = HTMLVIEW_TO_INNER;
	else if (str_eq(t->name, STR("title")) || mode == HTMLTOK_RAWTEXT)
		w->sink = str_eq(t->name, STR("xmp")) ? HTMLVIEW_TO_READER : HTMLVIEW_TO_ASIDE;
}

/* What is read of an element that holds no text. */
static void put_words(struct htmlview_walk *w, const struct htmltok_token *t)
{
	str type = htmltok_attr(t, STR("type"));
	struct htmlstyle_look look;
	str words = STR("");

	if (str_eq(t->name, STR("img")) || str_eq(t->name, STR("area")))
		words = htmltok_attr(t, STR("alt"));
	else if (str_eq(t->name, STR("input")))
		words = str_caseeq(type, STR("submit")) || str_caseeq(type, STR("button"))
				? htmltok_attr(t, STR("value"))
				: htmltok_attr(t, STR("placeholder"));
	if (!words.n)
		return;
	look = htmlview_open_look(w);
	if (htmlstyle_hides(&look) == HTMLSTYLE_TINY)
		return; /* around pictures, sizes of letters are for the gaps */
	put_text(w, STR(" "));
	put_text(w, words);
	put_text(w, STR(" "));
}

static void on_start(struct htmlview_walk *w, const struct htmltok_token *t)
{
	size_t links = w->view->links.n;
	uint32_t known = htmlname_properties(t->name);
	bool anchor = str_eq(t->name, STR("a")), foreign;
	str srcdoc;

	if (w->sink == HTMLVIEW_TO_SCRIPT)
		return; /* in svg, where a script is text with markup */
	if (anchor)
		w->link = HTMLVIEW_NO_LINK;
	htmlview_attr_read(w, t, known);
	if (anchor && w->view->links.n > links)
		w->link = (uint32_t)links;
	htmlview_open_start(w, t, known);
	foreign = htmlview_open_foreign(w) && !str_eq(t->name, STR("foreignobject"));
	start_text(w, t, known, foreign);
	if (known & HTMLNAME_BREAKS)
		break_line(w);
	if (!t->n_attrs)
		return;
	put_words(w, t);
	srcdoc = htmltok_attr(t, STR("srcdoc"));
	if (srcdoc.n)
		walk_inner(w, srcdoc, true);
}

static void on_close(struct htmlview_walk *w, str name)
{
	uint32_t known = htmlname_properties(name);

	if (w->sink == HTMLVIEW_TO_SCRIPT && !is_script(name))
		return;
	if (w->sink == HTMLVIEW_TO_SCRIPT)
		end_script(w);
	w->sink = HTMLVIEW_TO_READER;
	if (str_eq(name, STR("a")))
		w->link = HTMLVIEW_NO_LINK;
	else if (str_eq(name, STR("form")))
		w->form_fields = 0;
	htmlview_open_end(w, name, known);
	if (known & HTMLNAME_BREAKS)
		break_line(w);
}

/* "<!--[if mso]> ... <![endif]-->": Outlook shows what is inside. Programs that know no svg see no
 * comment in the style of a drawing, but what stands around it. */
static void on_comment(struct htmlview_walk *w, str text)
{
	str inside = str_trim(text);
	size_t open, close;

	if (htmlview_open_foreign(w) && str_chr(inside, '<') != STR_NONE) {
		walk_inner(w, inside, false);
		return;
	}
	if (!str_casestarts(inside, STR("[if")))
		return;
	open = str_find(inside, STR("]>"));
	if (open == STR_NONE)
		return;
	close = str_casefind(inside, STR("<![endif]"));
	if (close < open)
		return;
	walk_inner(w, str_sub(inside, open + 2, close), false);
}

/* To browsers a tag that the page's end cuts is nothing. Others show it. */
static void on_cut(struct htmlview_walk *w, const struct htmltok_token *t)
{
	size_t links = w->view->links.n;

	htmlview_attr_read(w, t, htmlname_properties(t->name));
	if (w->view->links.n > links)
		htmlview_see(w, HTMLVIEW_HAS_CUT_TAG, w->view->links.v[links].url);
}

static void walk_page(struct htmlview_walk *w, str page)
{
	struct htmltok_token t;

	htmltok_restart(w->tok, page);
	w->sink = HTMLVIEW_TO_READER;
	while (htmltok_next(w->tok, &t)) {
		switch (t.kind) {
		case HTMLTOK_TEXT:
			on_text(w, t.text);
			break;
		case HTMLTOK_START:
			on_start(w, &t);
			break;
		case HTMLTOK_CLOSE:
			on_close(w, t.name);
			break;
		case HTMLTOK_COMMENT:
			on_comment(w, t.text);
			break;
		case HTMLTOK_CUT:
			on_cut(w, &t);
			break;
		case HTMLTOK_DOCTYPE:
		case HTMLTOK_END:
			break;
		}
	}
	if (w->sink == HTMLVIEW_TO_SCRIPT)
		end_script(w);
}

/* A page inside a page: one level of it. */
static void walk_inner(struct htmlview_walk *w, str page, bool shown)
{
	if (w->inner) {
		htmlview_see(w, HTMLVIEW_CUT, STR("html.depth"));
		return;
	}
	if (!w->inside) {
		w->inside = walk_new(w->arena, w->view);
		w->inside->inner = true;
		w->inside->sheet = w->sheet;
		w->inside->hidden = w->hidden;
	}
	w->inside->text = shown ? w->text : w->aside;
	w->inside->aside = shown ? w->text : w->aside;
	w->inside->link = HTMLVIEW_NO_LINK;
	htmlview_open_clear(w->inside);
	walk_page(w->inside, page);
}

static void find_base(struct htmlview_walk *w)
{
	struct htmlview *v = w->view;

	for (size_t i = 0; i < v->links.n && !v->base.n; i++) {
		if (v->links.v[i].kind == HTMLVIEW_BASE)
			v->base = v->links.v[i].url;
	}
	if (v->base.n)
		htmlview_see(w, HTMLVIEW_HAS_BASE, v->base);
}

void htmlview_read(struct arena *a, str page, struct htmlview *ret)
{
	struct htmlout text = htmlout_make(a, page.n * 2), hidden = htmlout_make(a, page.n * 2),
		       aside = htmlout_make(a, page.n * 2);
	struct htmlview_walk *w;
	size_t entity;

	*ret = (struct htmlview){ .base = STR("") };
	w = walk_new(a, ret);
	w->text = &text;
	w->hidden = &hidden;
	w->aside = &aside;
	read_sheets(w, page);
	walk_page(w, page);
	find_base(w);
	entity = str_casefind(page, STR("!ENTITY"));
	if (entity != STR_NONE)
		htmlview_see(w, HTMLVIEW_HAS_ENTITY, str_skip(page, entity));
	if (text.in_words > INVISIBLE_FEW)
		htmlview_see(w, HTMLVIEW_HAS_INVISIBLE, arena_fmt(a, "%zu", text.in_words));
	ret->text = strbuf_str(&text.out);
	ret->hidden = strbuf_str(&hidden.out);
	ret->aside = strbuf_str(&aside.out);
	ret->letters = text.letters;
	ret->hidden_letters = hidden.letters;
}
