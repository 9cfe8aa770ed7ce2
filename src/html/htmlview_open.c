/* Open elements: which end where (a small part of HTML 13.2.6), and how their text looks. */
#include "html/htmlview_private.h"

enum { IMPLIED_DEPTH = 32 }; /* elements that are searched for one to close */

static uint16_t bucket_of(str name)
{
	return (uint16_t)(map_hash(name, false) % HTMLVIEW_BUCKETS);
}

struct htmlstyle_look htmlview_open_look(const struct htmlview_walk *w)
{
	return w->open->n ? w->open->v[w->open->n - 1].look : htmlstyle_root();
}

bool htmlview_open_foreign(const struct htmlview_walk *w)
{
	return w->open->n && w->open->v[w->open->n - 1].foreign;
}

static void pop_to(struct htmlview_walk *w, size_t n)
{
	while (w->open->n > n)
		w->open->count[w->open->v[--w->open->n].bucket]--;
	htmltok_set_foreign(w->tok, htmlview_open_foreign(w));
}

void htmlview_open_clear(struct htmlview_walk *w)
{
	pop_to(w, 0);
	w->open->excess = 0;
}

void htmlview_open_end(struct htmlview_walk *w, str name)
{
	struct htmlview_open *o = w->open;
	uint16_t bucket = bucket_of(name);

	if (o->excess) {
		o->excess--;
		return;
	}
	if (!o->count[bucket])
		return;
	for (size_t i = o->n; i-- > 0;) {
		if (o->v[i].bucket == bucket && str_eq(o->v[i].name, name)) {
			pop_to(w, i);
			return;
		}
	}
}

static bool is_one_of(str name, const str *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(name, list[i]))
			return true;
	}
	return false;
}

static bool is_void(str name)
{
	static const str names[] = {
		STR("br"),	 STR("img"),   STR("meta"),   STR("hr"),    STR("input"),
		STR("link"),	 STR("area"),  STR("base"),   STR("col"),   STR("embed"),
		STR("wbr"),	 STR("param"), STR("source"), STR("track"), STR("bgsound"),
		STR("basefont"), STR("frame"), STR("keygen"),
	};

	return is_one_of(name, names, ARRAY_LEN(names));
}

static bool is_scope(str name)
{
	static const str names[] = { STR("table"),  STR("td"),	 STR("th"),	 STR("button"),
				     STR("object"), STR("html"), STR("template") };

	return is_one_of(name, names, ARRAY_LEN(names));
}

static bool is_block(str name)
{
	static const str names[] = {
		STR("p"),	   STR("div"),	   STR("table"),   STR("ul"), STR("ol"),
		STR("h1"),	   STR("h2"),	   STR("h3"),	   STR("h4"), STR("pre"),
		STR("blockquote"), STR("center"),  STR("form"),	   STR("hr"), STR("dl"),
		STR("section"),	   STR("article"), STR("address"),
	};

	return is_one_of(name, names, ARRAY_LEN(names));
}

/* What a start tag ends that was left open: "<li>" the item before, "<div>" a paragraph. */
static void end_implied(struct htmlview_walk *w, str name)
{
	static const struct {
		str start, ends, within;
	} implied[] = {
		{ STR("li"), STR("li"), STR("ul") },
		{ STR("td"), STR("td"), STR("tr") },
		{ STR("th"), STR("th"), STR("tr") },
		{ STR("td"), STR("th"), STR("tr") },
		{ STR("tr"), STR("tr"), STR("table") },
		{ STR("option"), STR("option"), STR("select") },
		{ STR("dd"), STR("dd"), STR("dl") },
		{ STR("dt"), STR("dd"), STR("dl") },
		{ STR("a"), STR("a"), STR("table") },
		{ STR("button"), STR("button"), STR("table") },
	};
	str ends = is_block(name) ? STR("p") : STR(""), within = STR("");
	struct htmlview_open *o = w->open;

	for (size_t i = 0; i < ARRAY_LEN(implied) && !ends.n; i++) {
		if (str_eq(name, implied[i].start) && o->count[bucket_of(implied[i].ends)]) {
			ends = implied[i].ends;
			within = implied[i].within;
		}
	}
	if (!ends.n || !o->count[bucket_of(ends)])
		return;
	for (size_t i = o->n; i-- > 0 && i + IMPLIED_DEPTH > o->n;) {
		if (str_eq(o->v[i].name, ends)) {
			pop_to(w, i);
			return;
		}
		if (str_eq(o->v[i].name, within) || (!within.n && is_scope(o->v[i].name)))
			return;
	}
}

/* HTML inside svg or math leaves them, but where they allow it (13.2.6.5). */
static bool leaves_foreign(str name)
{
	static const str names[] = { STR("b"),	   STR("body"), STR("br"),     STR("center"),
				     STR("code"),  STR("em"),	STR("head"),   STR("i"),
				     STR("img"),   STR("li"),	STR("meta"),   STR("nobr"),
				     STR("small"), STR("span"), STR("strong"), STR("u") };

	return is_block(name) || is_one_of(name, names, ARRAY_LEN(names));
}

static bool is_foreign(struct htmlview_walk *w, str name)
{
	str parent = w->open->n ? w->open->v[w->open->n - 1].name : STR("");

	if (str_eq(name, STR("svg")) || str_eq(name, STR("math")))
		return true;
	if (!htmlview_open_foreign(w) || str_eq(parent, STR("foreignobject")) ||
	    str_eq(parent, STR("desc")))
		return false;
	if (!leaves_foreign(name))
		return true;
	while (htmlview_open_foreign(w))
		pop_to(w, w->open->n - 1);
	return false;
}

/* Attributes that are older than styles. */
static void style_by_attribute(const struct htmltok_token *t, const struct htmltok_attr *a,
			       struct htmlstyle *s)
{
	if (str_eq(a->name, STR("hidden"))) {
		s->set |= HTMLSTYLE_DISPLAY;
		s->off |= HTMLSTYLE_DISPLAY;
	} else if (str_eq(a->name, STR("bgcolor"))) {
		s->set |= HTMLSTYLE_BACKGROUND;
		s->background = htmlstyle_colour(a->value);
	} else if (str_eq(a->name, STR("background"))) {
		s->set |= HTMLSTYLE_BACKGROUND;
		s->background = HTMLSTYLE_NO_COLOUR;
	} else if ((str_eq(a->name, STR("color")) && str_eq(t->name, STR("font"))) ||
		   (str_eq(a->name, STR("text")) && str_eq(t->name, STR("body")))) {
		s->set |= HTMLSTYLE_COLOUR;
		s->colour = htmlstyle_colour(a->value);
	} else if (str_eq(a->name, STR("dir")) && str_eq(t->name, STR("bdo")) &&
		   str_caseeq(a->value, STR("rtl"))) {
		s->set |= HTMLSTYLE_REVERSED;
		s->off |= HTMLSTYLE_REVERSED;
	}
}

static struct htmlstyle style_of(const struct htmlview_walk *w, const struct htmltok_token *t)
{
	struct htmlstyle s = { 0 }, own = { 0 };
	str classes = STR(""), id = STR("");

	for (size_t i = 0; i < t->n_attrs; i++) {
		const struct htmltok_attr *a = &t->attrs[i];

		if (str_eq(a->name, STR("style")))
			htmlstyle_parse(a->value, &own);
		else if (str_eq(a->name, STR("class")))
			classes = a->value;
		else if (str_eq(a->name, STR("id")))
			id = a->value;
		else
			style_by_attribute(t, a, &s);
	}
	if (str_eq(t->name, STR("template"))) {
		s.set |= HTMLSTYLE_DISPLAY;
		s.off |= HTMLSTYLE_DISPLAY;
	}
	htmlsheet_style(&w->sheet, t->name, classes, id, &s);
	htmlstyle_merge(&s, &own);
	return s;
}

static void push(struct htmlview_walk *w, str name, bool foreign, struct htmlstyle_look look)
{
	struct htmlview_open *o = w->open;
	uint16_t bucket = bucket_of(name);

	if (o->n >= HTMLVIEW_DEPTH_MAX) {
		o->excess++;
		htmlview_see(w, HTMLVIEW_CUT, STR("html.depth"));
		return;
	}
	o->v[o->n++] = (struct htmlview_element){ name, bucket, foreign, look };
	o->count[bucket]++;
	htmltok_set_foreign(w->tok, foreign);
}

struct htmlstyle_look htmlview_open_start(struct htmlview_walk *w,
					  const struct htmltok_token *token)
{
	struct htmlstyle_look parent, look;
	struct htmlstyle style;
	bool foreign;

	end_implied(w, token->name);
	foreign = is_foreign(w, token->name);
	parent = htmlview_open_look(w);
	style = style_of(w, token);
	if (style.off & HTMLSTYLE_REVERSED)
		htmlview_see(w, HTMLVIEW_HAS_REVERSED, token->name);
	look = htmlstyle_look(&parent, &style);
	/* The body's background is that of the page, whatever was open before. */
	if (foreign ? !token->self_closing : !is_void(token->name))
		push(w, token->name, foreign, look);
	return look;
}
