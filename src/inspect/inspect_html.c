#include "inspect/inspect_html.h"

#include "base/utf8.h"
#include "html/htmldata.h"
#include "html/htmlscript.h"
#include "inspect/inspect_features.h"
#include "inspect/inspect_readings.h"
#include "inspect/inspect_url.h"
#include "inspect/inspect_words.h"
#include "inspect/testmarks.h"

enum {
	CHARSET_WINDOW = 1024, /* bytes in which a page declares its character set */
	HIDDEN_LETTERS = 500,  /* more than a preview line for the list of messages */
	FEW_LETTERS = 20,
	CODED_BYTES = 1000, /* of literals that hold nothing readable */
};

/* One page that is read. */
struct page {
	struct walk *w;
	uint32_t index, depth;
	struct arena *scratch;
	struct htmlview *view;
	bool attached, archived;
	uint32_t payloads;
	str file;   /* type of a file that a script or an address carries */
	str markup; /* type of a page that a script carries */
};

static void find_seen(struct page *p)
{
	static const struct {
		enum htmlview_seen seen;
		enum finding finding;
	} table[] = {
		{ HTMLVIEW_HAS_FORM, FINDING_HTML_WITH_FORM },
		{ HTMLVIEW_HAS_TYPED_FORM, FINDING_HTML_TYPED_FORM },
		{ HTMLVIEW_HAS_PASSWORD_FIELD, FINDING_HTML_PASSWORD_FIELD },
		{ HTMLVIEW_HAS_SCRIPT, FINDING_HTML_SCRIPT },
		{ HTMLVIEW_HAS_HANDLER, FINDING_HTML_EVENT_HANDLER },
		{ HTMLVIEW_HAS_SCRIPT_URL, FINDING_HTML_SCRIPT_URL },
		{ HTMLVIEW_HAS_REFRESH, FINDING_HTML_META_REFRESH },
		{ HTMLVIEW_HAS_FRAME, FINDING_HTML_IFRAME },
		{ HTMLVIEW_HAS_OBJECT, FINDING_HTML_OBJECT },
		{ HTMLVIEW_HAS_DATA_URL, FINDING_HTML_DATA_URL },
		{ HTMLVIEW_HAS_SVG_SCRIPT, FINDING_SVG_SCRIPT },
		{ HTMLVIEW_HAS_SVG_HTML, FINDING_SVG_FOREIGN_OBJECT },
		{ HTMLVIEW_HAS_ENTITY, FINDING_HTML_ENTITY },
		{ HTMLVIEW_HAS_HTA, FINDING_HTA_APPLICATION },
		{ HTMLVIEW_HAS_AUTOPLAY, FINDING_HTML_AUTOPLAY },
		{ HTMLVIEW_HAS_PREFETCH, FINDING_HTML_PREFETCH },
		{ HTMLVIEW_HAS_TRACKING_PIXEL, FINDING_HTML_TRACKING_PIXEL },
		{ HTMLVIEW_HAS_BASE, FINDING_HTML_BASE },
		{ HTMLVIEW_HAS_CUT_TAG, FINDING_HTML_CUT_TAG },
		{ HTMLVIEW_HAS_BROKEN_LINK, FINDING_HTML_BROKEN_LINK },
		{ HTMLVIEW_HAS_REVERSED, FINDING_HTML_REVERSED_TEXT },
		{ HTMLVIEW_HAS_HIDDEN, FINDING_HTML_HIDDEN_TEXT },
		{ HTMLVIEW_HAS_TINY, FINDING_ZERO_FONT },
		{ HTMLVIEW_HAS_CAMOUFLAGED, FINDING_R_WHITE_ON_WHITE },
		{ HTMLVIEW_HAS_HIDDEN_IN_WORD, FINDING_HTML_HIDDEN_IN_WORD },
		{ HTMLVIEW_HAS_INVISIBLE, FINDING_HTML_INVISIBLE_IN_WORD },
		{ HTMLVIEW_CUT, FINDING_HTML_LIMIT },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (htmlview_saw(p->view, table[i].seen))
			walk_find(p->w, table[i].finding, p->index,
				  p->view->evidence[table[i].seen]);
	}
	if (htmlview_saw(p->view, HTMLVIEW_CUT))
		walk_limit(p->w, STR("html"));
}

static void find_texts(struct page *p)
{
	const struct htmlview *v = p->view;

	if (v->hidden_letters > HIDDEN_LETTERS && v->hidden_letters > v->letters)
		walk_find(p->w, FINDING_HTML_MUCH_HIDDEN_TEXT, p->index, v->hidden);
	if (v->images && v->letters < FEW_LETTERS)
		walk_find(p->w, FINDING_HTML_IMAGE_ONLY, p->index, v->text);
	if (testmarks_gtube(v->hidden) || testmarks_gtube(v->aside))
		walk_find(p->w, FINDING_GTUBE, p->index, STR("GTUBE"));
	if (testmarks_eicar(v->text))
		walk_find(p->w, FINDING_EICAR_TEST_FILE, p->index, STR("HTML"));
	walk_scan(p->w, PATTERN_BODY, STR(""), v->hidden, p->index);
	walk_scan(p->w, PATTERN_BODY, STR(""), v->aside, p->index);
}

/* Without a base, a relative address leads nowhere; "//" and what has a scheme do. */
static bool leads_out(str base, str url)
{
	return base.n || str_chr(url, ':') != STR_NONE ||
	       (url.n > 1 && strchr("/\\", url.p[0]) && strchr("/\\", url.p[1]));
}

/* A page of the web that is shown in a frame, which may be as large as the window. */
static void find_frames(struct page *p)
{
	for (size_t i = 0; i < p->view->links.n; i++) {
		const struct htmlview_link *l = &p->view->links.v[i];

		if ((l->kind == HTMLVIEW_FRAME || l->kind == HTMLVIEW_OBJECT) &&
		    leads_out(p->view->base, l->url) && !str_casestarts(l->url, STR("data:")) &&
		    !str_casestarts(l->url, STR("about:")) &&
		    !str_casestarts(l->url, STR("clsid:"))) {
			walk_find(p->w, FINDING_HTML_ATTACHMENT_REDIRECT, p->index, l->url);
			return;
		}
	}
}

/* What an attached page may do in a browser that mail programs do not allow in a body. */
static void find_attached(struct page *p)
{
	const struct htmlview *v = p->view;
	enum htmlview_seen script = htmlview_saw(v, HTMLVIEW_HAS_SCRIPT) ? HTMLVIEW_HAS_SCRIPT
				    : htmlview_saw(v, HTMLVIEW_HAS_SCRIPT_URL)
					    ? HTMLVIEW_HAS_SCRIPT_URL
					    : HTMLVIEW_HAS_HANDLER;

	if (!p->attached)
		return;
	if (htmlview_saw(v, script))
		walk_find(p->w,
			  p->archived ? FINDING_HTML_ARCHIVED_SCRIPT
				      : FINDING_HTML_ATTACHMENT_SCRIPT,
			  p->index, v->evidence[script]);
	if (htmlview_saw(v, HTMLVIEW_HAS_FORM) || htmlview_saw(v, HTMLVIEW_HAS_PASSWORD_FIELD))
		walk_find(p->w, FINDING_HTML_ATTACHMENT_FORM, p->index,
			  v->evidence[HTMLVIEW_HAS_FORM]);
	if (htmlview_saw(v, HTMLVIEW_HAS_REFRESH))
		walk_find(p->w, FINDING_HTML_ATTACHMENT_REDIRECT, p->index,
			  v->evidence[HTMLVIEW_HAS_REFRESH]);
	find_frames(p);
}

static void report_link(struct page *p, str base, str url, str shown)
{
	if (leads_out(base, url))
		inspect_url_relative(p->w, p->index, FACTS_URL_HTML, base, url, shown);
	if (str_casestarts(url, STR("www."))) /* mail programs guess what is missing */
		inspect_url_found(p->w, p->index, FACTS_URL_HTML,
				  arena_fmt(p->scratch, "http://%.*s", STR_ARG(url)), shown);
}

static void report_links(struct page *p)
{
	const struct htmlview *v = p->view;

	for (size_t i = 0; i < v->links.n; i++) {
		const struct htmlview_link *l = &v->links.v[i];

		report_link(p, l->kind == HTMLVIEW_BASE ? STR("") : v->base, l->url,
			    str_trim(l->shown));
	}
}

/* A part of what stood coded in the page. */
static void add_part(struct page *p, str bytes, str type)
{
	struct walk *w = p->w;
	uint32_t child;

	if (p->payloads >= INSPECT_HTML_PAYLOADS_MAX || bytes.n > w->budget ||
	    p->depth >= w->limits.max_depth) {
		walk_find(w, FINDING_HTML_LIMIT, p->index, type);
		walk_limit(w, STR("html.payloads"));
		walk_part(w, p->index)->flags |= FACTS_PART_UNINSPECTED;
		return;
	}
	child = walk_add_part(w, p->index, '#', ++p->payloads);
	if (child == WALK_NO_PART)
		return;
	walk_part(w, child)->type = type;
	walk_part(w, child)->flags = FACTS_PART_ATTACHMENT;
	walk_spend(w, bytes.n);
	inspect_leaf_examine(w, child, bytes, p->depth + 1);
}

static bool is_file(enum magic_family f)
{
	return f == MAGIC_PROGRAM || f == MAGIC_SCRIPT || f == MAGIC_ARCHIVE ||
	       f == MAGIC_COMPRESSED || f == MAGIC_OFFICE || f == MAGIC_PDF || f == MAGIC_DATA;
}

/* Content of data: addresses. Pictures are examined as well: they may hold a QR code. */
static void open_addresses(struct page *p)
{
	for (size_t i = 0; i < p->view->links.n; i++) {
		str type, bytes, url = p->view->links.v[i].url;
		struct magic m;

		if (!str_casestarts(url, STR("data:")) ||
		    !htmldata_read(p->scratch, url, url.n, &type, &bytes))
			continue;
		m = magic_detect(bytes);
		if (is_file(m.family) && !p->file.n)
			p->file = m.type;
		type = type.n && type.n < 100 ? type : STR("text/plain");
		add_part(p, bytes, arena_fmt(p->w->arena, "%.*s", STR_ARG(type)));
	}
}

static bool is_readable(str bytes)
{
	size_t control = 0;

	for (size_t i = 0; i < bytes.n; i++)
		control += (unsigned char)bytes.p[i] < ' ' && !str_is_space(bytes.p[i]);
	return control == 0 && utf8_valid(bytes);
}

/* What literals of scripts held. A readable one that is no page is a script in its turn. */
static void open_payloads(struct page *p, struct htmlscript *s)
{
	for (size_t i = 0; i < s->payloads.n; i++) {
		str bytes = s->payloads.v[i];
		struct magic m = magic_detect(bytes);

		if (m.family == MAGIC_UNKNOWN || m.family == MAGIC_MEDIA) {
			if (testmarks_eicar(bytes))
				m = (struct magic){ STR("text/plain"), MAGIC_DATA, 0 };
			else if (is_readable(bytes) && str_find(bytes, STR("<")) != STR_NONE &&
				 str_find(bytes, STR("</")) != STR_NONE)
				m = (struct magic){ STR("text/html"), MAGIC_MARKUP, 0 };
			else if (!is_readable(bytes))
				continue;
		}
		if (m.family == MAGIC_UNKNOWN) {
			walk_scan(p->w, PATTERN_SCRIPT, STR(""), bytes, p->index);
			htmlscript_read(s, bytes);
			continue;
		}
		if (is_file(m.family) && !p->file.n)
			p->file = m.type;
		if (m.family == MAGIC_MARKUP && !p->markup.n)
			p->markup = m.type;
		add_part(p, bytes,
			 m.family == MAGIC_MARKUP ? m.type : STR("application/octet-stream"));
	}
}

static str first_word(const struct htmlscript *s, uint32_t uses)
{
	return s->uses & uses ? s->words[__builtin_ctz(s->uses & uses)] : STR("");
}

/* A page that makes a file on the reader's machine. */
static void find_smuggling(struct page *p, const struct htmlscript *s)
{
	uint32_t makes = HTMLSCRIPT_BLOB | HTMLSCRIPT_DOWNLOAD | HTMLSCRIPT_DECODE;

	if (p->file.n)
		walk_find(p->w, FINDING_HTML_SMUGGLING, p->index, p->file);
	else if (s->uses & HTMLSCRIPT_SAVE && s->uses & makes)
		walk_find(p->w, FINDING_HTML_SMUGGLING, p->index, first_word(s, HTMLSCRIPT_SAVE));
}

/* A page that is not what stands there, but what its script makes of it. */
static void find_obfuscation(struct page *p, const struct htmlscript *s)
{
	uint32_t makes = HTMLSCRIPT_EVAL | HTMLSCRIPT_WRITE | HTMLSCRIPT_DECRYPT;
	uint32_t decodes = HTMLSCRIPT_DECODE | HTMLSCRIPT_DECRYPT | HTMLSCRIPT_XOR;

	if (s->uses & HTMLSCRIPT_PACKED)
		walk_find(p->w, FINDING_HTML_OBFUSCATED, p->index,
			  first_word(s, HTMLSCRIPT_PACKED));
	else if (s->coded >= CODED_BYTES && s->uses & (makes | decodes))
		walk_find(p->w, FINDING_HTML_OBFUSCATED, p->index, first_word(s, makes | decodes));
	else if (p->markup.n && s->uses & decodes && s->uses & makes)
		walk_find(p->w, FINDING_HTML_OBFUSCATED, p->index, first_word(s, decodes));
}

static void read_scripts(struct page *p, size_t page_bytes)
{
	struct htmlscript s = htmlscript_make(p->scratch, page_bytes);

	for (size_t i = 0; i < p->view->scripts.n; i++) {
		str text = p->view->scripts.v[i].text;

		walk_scan(p->w, PATTERN_SCRIPT, STR(""), text, p->index);
		htmlscript_read(&s, text);
	}
	htmlscript_end(&s);
	open_addresses(p);
	open_payloads(p, &s);
	for (size_t i = 0; i < s.urls.n; i++)
		report_link(p, p->view->base, s.urls.v[i], STR(""));
	if (s.cut)
		walk_find(p->w, FINDING_HTML_LIMIT, p->index, STR("html.payloads"));
	if (s.uses & HTMLSCRIPT_SYSTEM)
		walk_find(p->w, FINDING_HTML_SYSTEM_SCRIPT, p->index,
			  first_word(&s, HTMLSCRIPT_SYSTEM));
	if (s.uses & HTMLSCRIPT_LEAVE && p->attached)
		walk_find(p->w, FINDING_HTML_ATTACHMENT_REDIRECT, p->index,
			  first_word(&s, HTMLSCRIPT_LEAVE));
	find_smuggling(p, &s);
	find_obfuscation(p, &s);
}

void inspect_html_read(struct walk *w, uint32_t index, str page, uint32_t depth,
		       struct arena *scratch, struct htmlview *ret)
{
	uint32_t flags = walk_part(w, index)->flags;
	struct page p = {
		.w = w,
		.index = index,
		.depth = depth,
		.scratch = scratch,
		.view = ret,
		.attached = flags & (FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE),
		.archived = flags & FACTS_PART_IN_ARCHIVE,
	};

	htmlview_read(scratch, page, ret);
	inspect_features_page(w, page);
	find_seen(&p);
	find_texts(&p);
	find_attached(&p);
	report_links(&p);
	read_scripts(&p, page.n);
}

/* "charset=x" in the first bytes, wherever: what browsers look for is less than this. */
static str declared_charset(str bytes)
{
	str window = str_sub(bytes, 0, CHARSET_WINDOW);
	size_t at = str_casefind(window, STR("charset=")), end = 0;
	str name;

	if (at == STR_NONE || str_casefind(str_sub(window, 0, at), STR("<meta")) == STR_NONE)
		return STR("");
	name = str_skip(window, at + 8);
	if (name.n && (name.p[0] == '"' || name.p[0] == '\''))
		name = str_skip(name, 1);
	while (end < name.n && (str_is_alnum(name.p[end]) || strchr("-_:.", name.p[end])))
		end++;
	return str_sub(name, 0, end);
}

str inspect_html_charset(str bytes)
{
	str name;

	if (str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff")))
		return STR("utf-16");
	if (str_starts(bytes, STR("\xef\xbb\xbf")))
		return STR("utf-8");
	name = declared_charset(bytes);
	/* What is read here as ASCII is no UTF-16, whatever it says (13.2.3.3). */
	return str_casestarts(name, STR("utf-16")) ? STR("utf-8") : name;
}

bool inspect_html_is_page(const struct facts_part *p)
{
	static const str ends[] = {
		STR(".html"), STR(".htm"), STR(".shtml"), STR(".xhtml"), STR(".xht"),
		STR(".svg"),  STR(".hta"), STR(".htc"),	  STR(".asp"),	 STR(".aspx"),
	};

	if (str_eq(p->type, STR("text/html")) || str_eq(p->type, STR("image/svg+xml")) ||
	    str_eq(p->type, STR("application/xhtml+xml")) ||
	    str_eq(p->type, STR("application/hta")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (str_caseends(p->filename, ends[i]))
			return true;
	}
	return false;
}

static void read_attached(struct walk *w, uint32_t index, str text, uint32_t depth,
			  struct arena *scratch)
{
	struct htmlview view;

	inspect_html_read(w, index, text, depth, scratch, &view);
	walk_scan(w, PATTERN_BODY, STR(""), view.text, index);
	inspect_url_search(w, index, FACTS_URL_HTML, view.text);
	if (testmarks_gtube(view.text))
		walk_find(w, FINDING_GTUBE, index, STR("GTUBE"));
}

/* An attached page. A body that is shown as a page is read by inspect_text.c. */
void inspect_html_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	const struct facts_part *p = walk_part(w, index);
	uint32_t part;
	bool another;
	str text, other;

	(void)m;
	if (!(p->flags & FACTS_PART_ATTACHMENT) && str_eq(p->type, STR("text/html")))
		return;
	another = inspect_words_decode(w, scratch, index, inspect_html_charset(bytes), bytes, &text,
				       &other);
	read_attached(w, index, text, depth, scratch);
	part = another ? inspect_readings_text(w, index) : WALK_NO_PART;
	if (part != WALK_NO_PART)
		read_attached(w, part, other, depth, scratch);
}
