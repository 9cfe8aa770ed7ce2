/* What a start tag links to, loads and runs. */
#include "html/htmlstyle.h"
#include "html/htmlview_private.h"

static enum htmlview_link_kind kind_of_src(str element)
{
	if (str_eq(element, STR("iframe")) || str_eq(element, STR("frame")))
		return HTMLVIEW_FRAME;
	if (str_eq(element, STR("script")))
		return HTMLVIEW_SCRIPT;
	if (str_eq(element, STR("embed")) || str_eq(element, STR("object")))
		return HTMLVIEW_OBJECT;
	return str_eq(element, STR("img")) ? HTMLVIEW_IMAGE : HTMLVIEW_OTHER;
}

static enum htmlview_link_kind kind_of_href(const struct htmltok_token *t)
{
	if (str_eq(t->name, STR("base")))
		return HTMLVIEW_BASE;
	if (str_eq(t->name, STR("link"))) {
		str rel = htmltok_attr(t, STR("rel"));

		return rel.p && str_casefind(rel, STR("stylesheet")) != STR_NONE ? HTMLVIEW_STYLE
										 : HTMLVIEW_OTHER;
	}
	if (str_eq(t->name, STR("script")))
		return HTMLVIEW_SCRIPT;
	if (str_eq(t->name, STR("image")) || str_eq(t->name, STR("feimage")))
		return HTMLVIEW_IMAGE;
	return HTMLVIEW_ANCHOR;
}

static bool is_handler(str name)
{
	return name.n > 3 && str_starts(name, STR("on")) && str_is_alpha(name.p[2]);
}

/* What an animation puts into an attribute may be an address. */
static bool is_animated_address(const struct htmltok_token *t, const struct htmltok_attr *a)
{
	return (str_eq(t->name, STR("set")) || str_starts(t->name, STR("animate"))) &&
	       (str_eq(a->name, STR("to")) || str_eq(a->name, STR("from")) ||
		str_eq(a->name, STR("values"))) &&
	       str_chr(a->value, ':') != STR_NONE;
}

static bool other_address(const struct htmltok_token *t, const struct htmltok_attr *a,
			  enum htmlview_link_kind *ret)
{
	static const struct {
		str name;
		enum htmlview_link_kind kind;
	} table[] = {
		{ STR("action"), HTMLVIEW_FORM },      { STR("formaction"), HTMLVIEW_FORM },
		{ STR("background"), HTMLVIEW_IMAGE }, { STR("poster"), HTMLVIEW_IMAGE },
		{ STR("lowsrc"), HTMLVIEW_IMAGE },     { STR("dynsrc"), HTMLVIEW_IMAGE },
		{ STR("cite"), HTMLVIEW_OTHER },       { STR("ping"), HTMLVIEW_OTHER },
		{ STR("longdesc"), HTMLVIEW_OTHER },   { STR("manifest"), HTMLVIEW_OTHER },
		{ STR("codebase"), HTMLVIEW_OBJECT },  { STR("classid"), HTMLVIEW_OBJECT },
		{ STR("archive"), HTMLVIEW_OBJECT },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (str_eq(a->name, table[i].name)) {
			*ret = table[i].kind;
			return true;
		}
	}
	*ret = HTMLVIEW_OTHER;
	return is_animated_address(t, a) || (str_chr(a->name, '<') != STR_NONE);
}

static void read_one(struct htmlview_walk *w, const struct htmltok_token *t,
		     const struct htmltok_attr *a)
{
	enum htmlview_link_kind kind;

	if (!a->value.n)
		return;
	if (str_eq(a->name, STR("style"))) {
		htmlview_link_css(w, a->value);
	} else if (str_eq(a->name, STR("href")) || str_eq(a->name, STR("xlink:href"))) {
		htmlview_link_add(w, kind_of_href(t), a->value);
	} else if (str_eq(a->name, STR("src"))) {
		htmlview_link_add(w, kind_of_src(t->name), a->value);
	} else if (str_eq(a->name, STR("srcset")) || str_eq(a->name, STR("imagesrcset"))) {
		htmlview_link_srcset(w, a->value);
	} else if (str_eq(a->name, STR("data")) && str_eq(t->name, STR("object"))) {
		htmlview_link_add(w, HTMLVIEW_OBJECT, a->value);
	} else if (is_handler(a->name)) {
		htmlview_see(w, HTMLVIEW_HAS_HANDLER, a->value);
		htmlview_link_script(w, a->value, true);
	} else if (other_address(t, a, &kind)) {
		htmlview_link_add(w, kind, a->value);
	}
}

/* An element whose presence is a fact, and the attribute that tells most of it. */
static void see_element(struct htmlview_walk *w, const struct htmltok_token *t)
{
	static const struct {
		str name, tells;
		enum htmlview_seen seen;
	} table[] = {
		{ STR("form"), STR("action"), HTMLVIEW_HAS_FORM },
		{ STR("iframe"), STR("src"), HTMLVIEW_HAS_FRAME },
		{ STR("frame"), STR("src"), HTMLVIEW_HAS_FRAME },
		{ STR("object"), STR("data"), HTMLVIEW_HAS_OBJECT },
		{ STR("embed"), STR("src"), HTMLVIEW_HAS_OBJECT },
		{ STR("applet"), STR("code"), HTMLVIEW_HAS_OBJECT },
		{ STR("foreignobject"), STR("id"), HTMLVIEW_HAS_SVG_HTML },
		{ STR("hta:application"), STR("applicationname"), HTMLVIEW_HAS_HTA },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (str_eq(t->name, table[i].name)) {
			str tells = htmltok_attr(t, table[i].tells);

			htmlview_see(w, table[i].seen, tells.n ? tells : t->name);
		}
	}
}

static bool is_remote(str url)
{
	url = str_trim(url);
	return str_casestarts(url, STR("http")) || str_starts(url, STR("//"));
}

static bool is_speck(str size)
{
	return str_eq(size, STR("0")) || str_eq(size, STR("1")) || str_caseeq(size, STR("1px")) ||
	       str_caseeq(size, STR("0px"));
}

static void see_image(struct htmlview_walk *w, const struct htmltok_token *t)
{
	struct htmlstyle s = { 0 };
	str src = htmltok_attr(t, STR("src"));
	bool narrow = is_speck(str_trim(htmltok_attr(t, STR("width"))));
	bool low = is_speck(str_trim(htmltok_attr(t, STR("height"))));

	htmlstyle_parse(htmltok_attr(t, STR("style")), &s);
	narrow |= (s.off & HTMLSTYLE_WIDTH) != 0;
	low |= (s.off & HTMLSTYLE_HEIGHT) != 0;
	if (!narrow || !low)
		w->view->images++;
	else if (is_remote(src))
		htmlview_see(w, HTMLVIEW_HAS_TRACKING_PIXEL, src);
}

static void see_meta(struct htmlview_walk *w, const struct htmltok_token *t)
{
	if (str_caseeq(str_trim(htmltok_attr(t, STR("http-equiv"))), STR("refresh")))
		htmlview_link_refresh(w, htmltok_attr(t, STR("content")));
}

static void see_link(struct htmlview_walk *w, const struct htmltok_token *t)
{
	static const str rels[] = { STR("prefetch"), STR("preload"), STR("prerender") };
	str rel = htmltok_attr(t, STR("rel"));

	for (size_t i = 0; i < ARRAY_LEN(rels); i++) {
		if (str_casefind(rel, rels[i]) != STR_NONE)
			htmlview_see(w, HTMLVIEW_HAS_PREFETCH, htmltok_attr(t, STR("href")));
	}
}

/* Of a form, what a reader can type into it; a search has one field. */
static void see_form(struct htmlview_walk *w, const struct htmltok_token *t)
{
	static const str silent[] = {
		STR("hidden"), STR("submit"), STR("button"),   STR("image"),
		STR("radio"),  STR("reset"),  STR("checkbox"), STR("search")
	};
	str type = str_trim(htmltok_attr(t, STR("type")));

	if (!str_eq(t->name, STR("input")) && !str_eq(t->name, STR("textarea")))
		return;
	for (size_t i = 0; i < ARRAY_LEN(silent); i++) {
		if (str_caseeq(type, silent[i]))
			return;
	}
	if (str_caseeq(type, STR("password")))
		htmlview_see(w, HTMLVIEW_HAS_PASSWORD_FIELD, htmltok_attr(t, STR("name")));
	w->form_fields++;
	/* Only a closed form is followed by another one; fields may name theirs from afar. */
	if (w->form_fields > 1 || htmltok_attr(t, STR("form")).n ||
	    str_eq(t->name, STR("textarea")) || str_caseeq(type, STR("password")) ||
	    str_caseeq(type, STR("file")))
		htmlview_see(w, HTMLVIEW_HAS_TYPED_FORM, htmltok_attr(t, STR("name")));
}

static void see_special(struct htmlview_walk *w, const struct htmltok_token *t)
{
	see_element(w, t);
	see_form(w, t);
	if (str_eq(t->name, STR("img")))
		see_image(w, t);
	else if (str_eq(t->name, STR("meta")))
		see_meta(w, t);
	else if (str_eq(t->name, STR("link")))
		see_link(w, t);
	else if ((str_eq(t->name, STR("audio")) || str_eq(t->name, STR("video"))) &&
		 htmltok_attr(t, STR("autoplay")).p)
		htmlview_see(w, HTMLVIEW_HAS_AUTOPLAY, htmltok_attr(t, STR("src")));
}

void htmlview_attr_read(struct htmlview_walk *w, const struct htmltok_token *t, uint32_t known)
{
	if (t->attrs_cut)
		htmlview_see(w, HTMLVIEW_CUT, STR("html.attributes"));
	if (known & HTMLNAME_SPECIAL)
		see_special(w, t);
	for (size_t i = 0; i < t->n_attrs; i++)
		read_one(w, t, &t->attrs[i]);
}
