#include "archive/officecrypt.h"
#include "document/biff.h"
#include "document/biffcrypt.h"
#include "document/cfb.h"
#include "document/fieldcode.h"
#include "document/powerpoint.h"
#include "document/runs.h"
#include "document/unzlib.h"
#include "document/worddoc.h"
#include "inspect/inspect_vba.h"

enum { RUNS_MAX = 1 << 20 };

/* One compound file. Streams are known by their names, in whatever storage they stand: so
 * embedded documents within the same file are read as well. */
struct ole {
	struct office o;
	struct cfb c;
	struct inspect_vba vba;
	str bytes; /* the whole file */
	struct magic magic;
	bool locked; /* it waits for a password of the message */
};

/* Readable text of a stream whose format is not read. */
static str readable(struct ole *l, str stream)
{
	struct strbuf out = strbuf_make(l->o.scratch, RUNS_MAX);

	runs_extract(&out, stream);
	return strbuf_str(&out);
}

/* The template's name stands among other strings of the table stream. */
static void look_for_template(struct ole *l, str table)
{
	for (str rest = readable(l, table), line; str_split(&rest, '\n', &line);) {
		if (str_casestarts(line, STR("http")) &&
		    str_casefind(line, STR(".dot")) != STR_NONE)
			inspect_office_external(&l->o, FINDING_DOCUMENT_EXTERNAL_TEMPLATE, line);
	}
}

static void word(struct ole *l, const struct cfb_entry *e)
{
	str stream = cfb_read(&l->c, e), instruction;
	const struct cfb_entry *t = cfb_find(&l->c, e->parent, worddoc_table_name(stream));
	str table = t ? cfb_read(&l->c, t) : STR("");
	struct worddoc doc;

	worddoc_read(l->o.scratch, stream, table, &doc);
	if (doc.encrypted) {
		inspect_office_encrypted(&l->o);
		return;
	}
	for (str rest = doc.text; fieldcode_next(&rest, &instruction);)
		inspect_office_field(&l->o, instruction);
	inspect_office_cut(&l->o, doc.cut);
	inspect_office_words(&l->o, doc.text);
	look_for_template(l, table);
}

static void workbook(struct ole *l, const struct cfb_entry *e)
{
	str stream = cfb_read(&l->c, e), plain;
	struct walk *w = l->o.w;

	if (!biffcrypt_is_locked(stream)) {
		inspect_biff_read(&l->o, stream);
		return;
	}
	if (biffcrypt_open(l->o.scratch, stream, STR(OFFICECRYPT_DEFAULT_PASSWORD), &plain)) {
		walk_spend(w, plain.n);
		walk_find(w, FINDING_DOCUMENT_DEFAULT_PASSWORD, l->o.index,
			  walk_part(w, l->o.index)->filename);
		inspect_biff_read(&l->o, plain);
	} else if (!l->locked) {
		l->locked = true;
		inspect_locked_workbook(w, l->o.index, l->bytes, l->magic, l->o.depth);
	}
}

static bool is_workbook(const struct cfb_entry *e)
{
	return e->kind == CFB_STREAM &&
	       (str_caseeq(e->name, STR("Workbook")) || str_caseeq(e->name, STR("Book")));
}

static bool was_read(struct arena *a, str stream)
{
	str plain;

	return !biffcrypt_is_locked(stream) ||
	       biffcrypt_open(a, stream, STR(OFFICECRYPT_DEFAULT_PASSWORD), &plain);
}

/* Again, now that the words of the message are known; the rest of the file was read. Who opens one
 * of two workbooks has not seen the other. */
bool inspect_ole_unlock(struct walk *w, uint32_t index, str bytes, uint32_t depth, str password)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct office o = { .w = w, .index = index, .depth = depth, .scratch = scratch };
	ARENA_VEC(str) opened = { 0 };
	struct cfb c;

	if (!cfb_open(scratch, bytes, &c))
		return false;
	for (size_t i = 0; i < c.entries.n; i++) {
		const struct cfb_entry *e = &c.entries.v[i];
		str stream = is_workbook(e) ? cfb_read(&c, e) : STR(""), plain;

		if (was_read(scratch, stream))
			continue;
		if (!biffcrypt_open(scratch, stream, password, &plain))
			return false;
		*arena_push(scratch, &opened) = plain;
	}
	for (size_t i = 0; i < opened.n; i++) {
		walk_spend(w, opened.v[i].n);
		inspect_biff_read(&o, opened.v[i]);
	}
	return opened.n > 0;
}

static void presentation(struct ole *l, const struct cfb_entry *e)
{
	struct powerpoint p;

	powerpoint_read(l->o.scratch, cfb_read(&l->c, e), (size_t)l->o.w->budget, &p);
	if (p.runs_program)
		walk_find(l->o.w, FINDING_DOCUMENT_ACTION, l->o.index, STR("program"));
	if (p.runs_macro)
		walk_find(l->o.w, FINDING_DOCUMENT_ACTION, l->o.index, STR("macro"));
	for (size_t i = 0; i < p.storages.n; i++)
		inspect_office_child(&l->o, STR(""), p.storages.v[i]);
	inspect_office_cut(&l->o, p.cut);
	if (p.broken)
		inspect_office_broken(&l->o, e->name);
	inspect_office_words(&l->o, p.text);
}

static void current_user(struct ole *l, const struct cfb_entry *e)
{
	if (powerpoint_is_encrypted(cfb_read(&l->c, e)))
		inspect_office_encrypted(&l->o);
}

static void project(struct ole *l, const struct cfb_entry *e)
{
	inspect_vba_project(&l->vba, e);
}

static void native_object(struct ole *l, const struct cfb_entry *e)
{
	str data;

	if (!ole1_native_read(cfb_read(&l->c, e), &data))
		return;
	inspect_office_object(&l->o, STR(""), data);
}

static void whole_file(struct ole *l, const struct cfb_entry *e)
{
	str data = cfb_read(&l->c, e);

	if (magic_detect(data).family != MAGIC_UNKNOWN)
		inspect_office_child(&l->o, STR(""), data);
}

/* MS-OLEDS 2.3.3: a link names its source by monikers. */
static void link(struct ole *l, const struct cfb_entry *e)
{
	str text = readable(l, cfb_read(&l->c, e)), line;

	while (str_split(&text, '\n', &line))
		inspect_office_external(&l->o, FINDING_DOCUMENT_LINKED_OBJECT, line);
}

/* Word's XML keeps embedded objects as "_NUMBER": a length, then the packed compound file. */
static void packed_object(struct ole *l, const struct cfb_entry *e)
{
	str packed = str_skip(cfb_read(&l->c, e), 4), data;
	bool whole;

	if (!str_starts(packed, STR("\x78")))
		return;
	data = unzlib_all(l->o.scratch, packed, (size_t)l->o.w->budget, &whole);
	if (data.n)
		inspect_office_child(&l->o, STR(""), data);
	if (!whole)
		inspect_office_broken(&l->o, e->name);
}

static const struct {
	str name;
	void (*read)(struct ole *l, const struct cfb_entry *e);
} streams[] = {
	{ STR("WordDocument"), word },
	{ STR("Workbook"), workbook },
	{ STR("Book"), workbook },
	{ STR("PowerPoint Document"), presentation },
	{ STR("Current User"), current_user },
	{ STR("dir"), project },
	{ STR("\1Ole10Native"), native_object },
	{ STR("Package"), whole_file },
	{ STR("CONTENTS"), whole_file },
	{ STR("EmbeddedOdf"), whole_file },
	{ STR("\1Ole"), link },
};

static void look_at_entry(struct ole *l, const struct cfb_entry *e)
{
	inspect_office_kind(&l->o, ole1_kind_of_class(e->class_id), e->name);
	if (e->kind != CFB_STREAM || inspect_msg_entry(&l->o, &l->c, e))
		return;
	if (e->name.n > 1 && e->name.p[0] == '_' && str_is_digit(e->name.p[1]))
		packed_object(l, e);
	for (size_t i = 0; i < ARRAY_LEN(streams); i++) {
		if (str_caseeq(e->name, streams[i].name))
			streams[i].read(l, e);
	}
}

void inspect_ole_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct ole l = { .o = { .w = w, .index = index, .depth = depth, .scratch = scratch },
			 .bytes = bytes,
			 .magic = m };

	if (!inspect_office_may_open(w, index, depth))
		return;
	if (!cfb_open(scratch, bytes, &l.c)) {
		inspect_office_broken(&l.o, STR("compound file"));
		return;
	}
	l.vba = (struct inspect_vba){ .o = &l.o,
				      .c = &l.c,
				      .taken = arena_array(scratch, bool, l.c.entries.n) };
	for (size_t i = 0; i < l.c.entries.n; i++)
		look_at_entry(&l, &l.c.entries.v[i]);
	inspect_vba_rest(&l.vba);
	if (l.c.broken)
		inspect_office_broken(&l.o, STR("compound file"));
}
