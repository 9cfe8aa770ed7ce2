#include "document/pdf.h"
#include "document/script.h"
#include "inspect/inspect_fuzzy.h"
#include "inspect/inspect_private.h"
#include "inspect/inspect_url.h"
#include "inspect/testmarks.h"

enum { END_WINDOW = 1024 };

static const struct {
	enum pdf_notes note;
	enum finding what;
	bool hides; /* something could not be inspected */
} notes[] = {
	{ PDF_NO_TRAILER, FINDING_PDF_NO_TRAILER, false },
	{ PDF_LATE_HEADER, FINDING_PDF_LATE_HEADER, false },
	{ PDF_HIDDEN_NAME, FINDING_PDF_HIDDEN_NAME, false },
	{ PDF_RESTRICTED, FINDING_PDF_RESTRICTED, false },
	{ PDF_CUT, FINDING_PDF_LIMIT, true },
	{ PDF_UNREAD_STREAM, FINDING_PDF_BROKEN, true },
};

static void judge_notes(struct walk *w, uint32_t index, uint32_t seen)
{
	struct facts_part *p = walk_part(w, index);

	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		if (!(seen & notes[i].note))
			continue;
		walk_find(w, notes[i].what, index, p->filename);
		if (notes[i].hides)
			p->flags |= FACTS_PART_UNINSPECTED;
	}
	if (seen & PDF_CUT)
		walk_limit(w, STR("pdf"));
}

/* One statement of a form's field: "AFNumber_Format(2, 0, 0, 0, "", true)". */
static bool only_formats(str script)
{
	str statement;
	bool any = false;

	for (size_t i = 0; i < script.n; i++) {
		if (strchr("`\\", script.p[i]))
			return false;
	}
	while (str_split(&script, ';', &statement)) {
		size_t n = 2;

		statement = str_trim(statement);
		if (!statement.n)
			continue;
		if (!str_starts(statement, STR("AF")))
			return false;
		while (n < statement.n && (str_is_alnum(statement.p[n]) || statement.p[n] == '_'))
			n++;
		if (n == statement.n || statement.p[n] != '(')
			return false;
		any = true;
	}
	return any;
}

static bool only_prints(str script)
{
	script = str_trim(script);
	return str_starts(script, STR("this.print(")) && str_find(script, STR(")")) + 2 >= script.n;
}

static void script(struct walk *w, uint32_t index, const struct pdf_action *a)
{
	enum finding what = FINDING_PDF_SCRIPT;

	if (only_formats(a->text) || only_prints(a->text))
		what = FINDING_PDF_FORM_SCRIPT;
	else if (a->does == PDF_NAMED_SCRIPT)
		what = FINDING_PDF_DOCUMENT_SCRIPT;
	else if (a->automatic)
		what = FINDING_PDF_OPEN_SCRIPT;
	walk_find(w, what, index, a->text);
	walk_scan(w, PATTERN_SCRIPT, STR(""), a->text, index);
	inspect_url_search(w, index, FACTS_URL_DOCUMENT, a->text);
}

/* What does not lead to the web or to a mail program. */
static bool is_dangerous(str uri)
{
	static const str schemes[] = { STR("file:"), STR("javascript:"), STR("vbscript:"),
				       STR("data:"), STR("\\\\"),	 STR("ms-"),
				       STR("smb:"),  STR("search-ms:") };

	uri = str_trim(uri);
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (str_casestarts(uri, schemes[i]))
			return true;
	}
	return !str_casestarts(uri, STR("http")) && str_casefind(uri, STR(".exe")) != STR_NONE;
}

/* A file of the network: its mere opening tells the reader's name and password hash. */
static bool is_remote(str file)
{
	return str_starts(file, STR("\\\\")) || str_starts(file, STR("//")) ||
	       str_find(file, STR("://")) != STR_NONE;
}

static void link(struct walk *w, uint32_t index, const struct pdf_action *a)
{
	inspect_url_found(w, index, FACTS_URL_DOCUMENT, a->text, STR(""));
	if (is_dangerous(a->text))
		walk_find(w, FINDING_PDF_DANGEROUS_LINK, index, a->text);
	if (a->automatic)
		walk_find(w, FINDING_PDF_OPEN_LINK, index, a->text);
}

static void action(struct walk *w, uint32_t index, const struct pdf_action *a)
{
	switch (a->does) {
	case PDF_SCRIPT:
	case PDF_NAMED_SCRIPT:
	case PDF_FORM_SCRIPT:
		script(w, index, a);
		return;
	case PDF_LAUNCH:
		walk_find(w, FINDING_PDF_LAUNCH, index, a->text);
		return;
	case PDF_URI:
		link(w, index, a);
		return;
	case PDF_SUBMIT:
		inspect_url_found(w, index, FACTS_URL_DOCUMENT, a->text, STR(""));
		walk_find(w, FINDING_PDF_SUBMIT, index, a->text);
		return;
	case PDF_IMPORT:
		walk_find(w, FINDING_PDF_IMPORT, index, a->text);
		return;
	case PDF_GOTO:
	case PDF_GOTO_INSIDE:
		if (is_remote(a->text))
			walk_find(w, FINDING_PDF_REMOTE, index, a->text);
		return;
	case PDF_MEDIA:
		walk_find(w, FINDING_PDF_MEDIA, index, a->text);
		return;
	}
}

/* The links of one kind of element: others name schemas. */
static void links_of(struct walk *w, uint32_t index, str xml, str begin, str end)
{
	for (size_t at = 0; at < xml.n;) {
		size_t open = str_find(str_skip(xml, at), begin), close;

		if (open == STR_NONE)
			return;
		at += open + begin.n;
		close = str_find(str_skip(xml, at), end);
		close = close == STR_NONE ? xml.n : at + close;
		inspect_url_search(w, index, FACTS_URL_DOCUMENT, str_sub(xml, at, close));
		at = close;
	}
}

/* Its elements may bear a prefix, and be cut anywhere between the packets of the form. */
static void form(struct walk *w, uint32_t index, str xml)
{
	static const str tags[] = { STR("<script"), STR(":script") };
	size_t at = STR_NONE;

	walk_find(w, FINDING_PDF_XFA, index, str_sub(xml, 0, 60));
	links_of(w, index, xml, STR("<submit"), STR(">"));
	links_of(w, index, xml, STR(":submit"), STR(">"));
	for (size_t i = 0; i < ARRAY_LEN(tags) && at == STR_NONE; i++)
		at = str_find(xml, tags[i]);
	if (at == STR_NONE)
		return;
	links_of(w, index, xml, STR("<script"), STR("</script"));
	links_of(w, index, xml, STR(":script"), STR(":script"));
	walk_find(w, FINDING_PDF_XFA_SCRIPT, index, str_skip(xml, at));
	walk_scan(w, PATTERN_SCRIPT, STR(""), xml, index);
}

/* The packets of all forms as one text, whatever the width of its letters. */
static void forms(struct walk *w, uint32_t index, const struct pdf *pdf)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct strbuf all;
	size_t n = 0;

	for (size_t i = 0; i < pdf->forms.n; i++)
		n += pdf->forms.v[i].n;
	all = strbuf_make(scratch, n);
	for (size_t i = 0; i < pdf->forms.n; i++)
		strbuf_put(&all, script_text(scratch, pdf->forms.v[i]));
	if (pdf->forms.n)
		form(w, index, strbuf_str(&all));
}

static uint32_t child(struct walk *w, uint32_t index, uint32_t number, str type)
{
	uint32_t part = walk_add_part(w, index, '/', number);

	if (part == WALK_NO_PART)
		return part;
	walk_part(w, part)->flags = FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE;
	walk_part(w, part)->type = type;
	return part;
}

static void file(struct walk *w, uint32_t index, uint32_t number, const struct pdf_file *f,
		 uint32_t depth)
{
	uint32_t part = child(w, index, number, STR("application/octet-stream"));
	str name = arena_str(w->arena, f->name);

	if (part == WALK_NO_PART)
		return;
	walk_part(w, part)->filename = name;
	walk_find(w, FINDING_PDF_FILE, part, name);
	inspect_name_check(w, part, name, true);
	if (f->unread) {
		walk_part(w, part)->flags |= FACTS_PART_UNINSPECTED;
		walk_find(w, FINDING_PDF_BROKEN, part, name);
	}
	inspect_leaf_examine(w, part, f->bytes, depth + 1);
}

/* Readers look for the end near the end (ISO 32000-1 annex H.3.4.4). */
static void judge_end(struct walk *w, uint32_t index, str bytes)
{
	str tail = str_skip(bytes, bytes.n > END_WINDOW ? bytes.n - END_WINDOW : 0);

	if (str_find(tail, STR("%%EOF")) == STR_NONE)
		walk_find(w, FINDING_PDF_NO_END, index, walk_part(w, index)->filename);
}

/* What is locked is said of the document. */
static void read_parts(struct walk *w, uint32_t index, const struct pdf *pdf, uint32_t depth)
{
	uint32_t number = 0;

	for (size_t i = 0; i < pdf->files.n; i++) {
		if (!(pdf->files.v[i].unread && pdf->notes & PDF_LOCKED))
			file(w, index, ++number, &pdf->files.v[i], depth);
	}
	for (size_t i = 0; i < pdf->images.n; i++) {
		uint32_t part = child(w, index, ++number, STR("image/jpeg"));

		if (part != WALK_NO_PART)
			inspect_leaf_examine(w, part, pdf->images.v[i], depth + 1);
	}
}

static void report(struct walk *w, uint32_t index, str bytes, const struct pdf *pdf, uint32_t depth)
{
	judge_notes(w, index, pdf->notes);
	judge_end(w, index, bytes);
	for (size_t i = 0; i < pdf->actions.n; i++)
		action(w, index, &pdf->actions.v[i]);
	forms(w, index, pdf);
	inspect_url_search(w, index, FACTS_URL_DOCUMENT, pdf->text);
	inspect_fuzzy_document(w, index, pdf->text);
	if (testmarks_gtube(pdf->text))
		walk_find(w, FINDING_GTUBE, index, STR("PDF"));
	read_parts(w, index, pdf, depth);
}

void inspect_pdf_open(struct walk *w, uint32_t index, str bytes, struct magic magic, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct pdf_limits limits = { .max_decoded = w->budget };
	struct pdf pdf;

	if (depth >= w->limits.max_depth) {
		walk_limit(w, STR("archive.depth"));
		walk_find(w, FINDING_ARCHIVE_TOO_DEEP, index, walk_part(w, index)->filename);
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
		return;
	}
	pdf_read(scratch, bytes, &limits, &pdf);
	walk_spend(w, pdf.decoded);
	report(w, index, bytes, &pdf, depth);
	magic.family = MAGIC_PDF;
	if (!(pdf.notes & PDF_LOCKED))
		return;
	walk_part(w, index)->flags |= FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED;
	if (!inspect_locked_keep(w, index, bytes, magic, depth))
		inspect_locked_report(w, index);
}

bool inspect_pdf_unlock(struct walk *w, const struct locked *l, const str *passwords, size_t *n)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct pdf_limits limits = { .max_decoded = w->budget,
				     .passwords = passwords,
				     .n_passwords = *n };
	struct pdf pdf;

	pdf_read(scratch, l->bytes, &limits, &pdf);
	walk_spend(w, pdf.decoded);
	if (pdf.notes & PDF_LOCKED || pdf.password >= *n)
		return false;
	*n = pdf.password;
	report(w, l->part, l->bytes, &pdf, l->depth);
	return true;
}
