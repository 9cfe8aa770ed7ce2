#include "document/unzlib.h"
#include "inspect/inspect_private.h"
#include "report/reporttext.h"

enum { ZLIB_WINDOW = 0x78 };

static str begin_of_text(str bytes)
{
	if (str_starts(bytes, STR("\xef\xbb\xbf")))
		bytes = str_skip(bytes, 3);
	while (bytes.n && str_is_space(bytes.p[0]))
		bytes = str_skip(bytes, 1);
	return bytes;
}

static bool is_wide(str bytes)
{
	return str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff"));
}

static void note_unreadable(struct walk *w, uint32_t index, const struct why *why)
{
	struct reportset *set = &w->facts->reports;
	const struct facts_part *p = walk_part(w, index);

	if (set->unreadable++ == 0)
		set->why = reporttext_clean(
			w->arena,
			arena_fmt(w->arena, "%.*s: %s",
				  STR_ARG(p->filename.n ? p->filename : p->path), why->text),
			AGGREGATE_MAX_TEXT);
}

static bool is_full(struct walk *w)
{
	if (w->facts->reports.reports.n < REPORTSET_MAX_REPORTS)
		return false;
	w->facts->reports.unreadable++;
	return true;
}

/* Bytes that are read in two ways say the same twice. */
static bool is_there(const struct reportset *set, const struct reportset_report *report)
{
	const struct aggregate *g = report->aggregate;
	const struct tlsrpt *t = report->tls;

	for (size_t i = 0; i < set->reports.n; i++) {
		const struct aggregate *other = set->reports.v[i].aggregate;
		const struct tlsrpt *tls = set->reports.v[i].tls;

		if (g && other && str_eq(g->id, other->id) && str_eq(g->org, other->org) &&
		    str_eq(g->domain, other->domain))
			return true;
		if (t && tls && str_eq(t->id, tls->id) && str_eq(t->org, tls->org))
			return true;
	}
	return false;
}

static void keep(struct walk *w, struct reportset_report report)
{
	if (!is_there(&w->facts->reports, &report))
		*arena_push(w->arena, &w->facts->reports.reports) = report;
}

static void read_xml(struct walk *w, uint32_t index, str bytes)
{
	struct aggregate *g;
	struct why why;
	int r;

	if (is_full(w))
		return;
	g = arena_make(w->arena, struct aggregate);
	r = aggregate_read(w->arena, bytes, g, &why);
	if (r == AGGREGATE_OK)
		keep(w, (struct reportset_report){ .aggregate = g });
	else if (r == AGGREGATE_E_BROKEN)
		note_unreadable(w, index, &why);
}

static void read_json(struct walk *w, uint32_t index, str bytes)
{
	struct tlsrpt *t;
	struct why why;
	int r;

	if (is_full(w))
		return;
	t = arena_make(w->arena, struct tlsrpt);
	r = tlsrpt_read(w->arena, bytes, t, &why);
	if (r == TLSRPT_OK)
		keep(w, (struct reportset_report){ .tls = t });
	else if (r == TLSRPT_E_BROKEN)
		note_unreadable(w, index, &why);
}

static void read_text(struct walk *w, uint32_t index, str bytes)
{
	str text = begin_of_text(bytes);

	if (str_starts(text, STR("<")) || is_wide(bytes))
		read_xml(w, index, bytes);
	else if (str_starts(text, STR("{")) && str_find(text, STR("\"policies\"")) != STR_NONE)
		read_json(w, index, bytes);
}

/* A bare zlib stream (RFC 1950 2.2), which no program for archives knows and one sender of
 * reports writes. */
static bool is_zlib(str bytes)
{
	if (bytes.n < 8 || bytes.p[0] != ZLIB_WINDOW)
		return false;
	return (ZLIB_WINDOW << 8 | (unsigned char)bytes.p[1]) % 31 == 0;
}

static void read_zlib(struct walk *w, uint32_t index, str bytes)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	bool whole;
	str text = unzlib_all(scratch, bytes, w->budget, &whole);

	walk_spend(w, text.n);
	if (whole)
		read_text(w, index, text);
}

void inspect_report_read(struct walk *w, uint32_t index, str bytes)
{
	if (str_eq(walk_part(w, index)->type, STR("message/feedback-report")))
		w->facts->reports.failures++;
	else if (is_zlib(bytes))
		read_zlib(w, index, bytes);
	else
		read_text(w, index, bytes);
}
