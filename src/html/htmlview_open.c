/* Open elements: which end where (a small part of HTML 13.2.6), and how their text looks. */
#include "html/htmlview_private.h"

enum { IMPLIED_DEPTH = 32 }; /* elements that are searched for one to close */

/* Known names have a bucket each, the others share the rest. */
static uint16_t bucket_of(str name, uint32_t known)
{
	if (known)
		return (uint16_t)(known >> HTMLNAME_ID_SHIFT);
	return (uint16_t)(HTMLNAME_IDS + map_hash(name, false) % (HTMLVIEW_BUCKETS - HTMLNAME_IDS));
}

static uint32_t count_of(const struct htmlview_walk *w, str name)
{
	return w->open->count[bucket_of(name, htmlname_properties(name))];
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

void htmlview_open_end(struct htmlview_walk *w, str name, uint32_t known)
{
	struct htmlview_open *o = w->open;
	uint16_t bucket = bucket_of(name, known);

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

/* What a start tag ends that was left open: "<li>" the item before, "<div>" a paragraph. */
static void end_implied(struct htmlview_walk *w, str name, uint32_t known)
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
	str ends = known & HTMLNAME_BLOCK ? STR("p") : STR(""), within = STR("");
	struct htmlview_open *o = w->open;

	if (!(known & (HTMLNAME_BLOCK | HTMLNAME_IMPLIES)))
		return;
	for (size_t i = 0; i < ARRAY_LEN(implied) && !ends.n; i++) {
		if (str_eq(name, implied[i].start) && count_of(w, implied[i].ends)) {
			ends = implied[i].ends;
			within = implied[i].within;
		}
	}
	if (!ends.n || !count_of(w, ends))
		return;
	for (size_t i = o->n; i-- > 0 && i + IMPLIED_DEPTH > o->n;) {
		if (str_eq(o->v[i].name, ends)) {
			pop_to(w, i);
			return;
		}
		if (str_eq(o->v[i].name, within) || (!within.n && o->v[i].known & HTMLNAME_SCOPE))
			return;
	}
}

/* HTML inside svg or math leaves them, but where they allow it (13.2.6.5). */
static bool is_foreign(struct htmlview_walk *w, uint32_t known)
{
	str parent;

	if (known & HTMLNAME_FOREIGN)
		return true;
	if (!htmlview_open_foreign(w))
		return false;
	parent = w->open->v[w->open->n - 1].name;
	if (str_eq(parent, STR("foreignobject")) || str_eq(parent, STR("desc")))
		return false;
	if (!(known & HTMLNAME_LEAVES))
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

static void push(struct htmlview_walk *w, str name, uint32_t known, bool foreign,
		 struct htmlstyle_look look)
{
	struct htmlview_open *o = w->open;
	uint16_t bucket;

	if (o->n >= HTMLVIEW_DEPTH_MAX) {
		o->excess++;
		htmlview_see(w, HTMLVIEW_CUT, STR("html.depth"));
		return;
	}
	bucket = bucket_of(name, known);
	o->v[o->n++] = (struct htmlview_element){ name, known, bucket, foreign, look };
	o->count[bucket]++;
	htmltok_set_foreign(w->tok, foreign);
}

void htmlview_open_start(struct htmlview_walk *w, const struct htmltok_token *token, uint32_t known)
{
	struct htmlstyle_look look;
	struct htmlstyle style;
	bool foreign;

	end_implied(w, token->name, known);
	foreign = is_foreign(w, known);
	if (foreign ? token->self_closing : (known & HTMLNAME_VOID) != 0)
		return;
	look = htmlview_open_look(w);
	if (token->n_attrs || w->sheet.rules.n || str_eq(token->name, STR("template"))) {
		style = style_of(w, token);
		if (style.off & HTMLSTYLE_REVERSED)
			htmlview_see(w, HTMLVIEW_HAS_REVERSED, token->name);
		look = htmlstyle_look(&look, &style);
	}
	push(w, token->name, known, foreign, look);
}
