#include "inspect/inspect_vba.h"

#include "document/vba.h"

enum { SOURCE_MAX = 4 << 20 };

/* Names in a project are in its code page. */
static str name_in_utf8(struct office *o, uint32_t codepage, str name)
{
	str text;

	(void)charset_to_utf8(&o->w->charsets, o->scratch,
			      arena_fmt(o->scratch, "windows-%u", codepage), name, &text);
	return text;
}

/* The stream "PROJECT" beside the storage of the modules names those that the editor shows
 * (MS-OVBA 2.3.1): Module=NAME, Document=NAME/.... */
static bool is_listed(str project, str name)
{
	for (str rest = project, line; str_split(&rest, '\n', &line);) {
		str value = str_trim(str_skip(line, str_chr(line, '=') + 1));

		if (str_caseeq(str_sub(value, 0, str_chr(value, '/')), name))
			return true;
	}
	return false;
}

static str project_text(struct cfb *c, int32_t storage)
{
	int32_t above = storage == CFB_NO_PARENT ? CFB_NO_PARENT : c->entries.v[storage].parent;
	const struct cfb_entry *e = cfb_find(c, above, STR("PROJECT"));

	return e ? cfb_read(c, e) : STR("");
}

static str read_source(struct office *o, str stream, size_t offset)
{
	size_t max = o->w->budget < SOURCE_MAX ? (size_t)o->w->budget : SOURCE_MAX;
	str source = vba_decompress(o->scratch, str_skip(stream, offset), max);

	walk_spend(o->w, source.n);
	if (source.n == max) {
		walk_limit(o->w, STR("unpacked.bytes"));
		inspect_office_broken(o, STR("unpacked.bytes"));
	}
	return source;
}

static void read_module(struct inspect_vba *v, const struct vba_project *p,
			const struct vba_module *m, int32_t storage, str listing)
{
	struct office *o = v->o;
	str name = name_in_utf8(o, p->codepage, m->name);
	const struct cfb_entry *e =
		cfb_find(v->c, storage, name_in_utf8(o, p->codepage, m->stream));
	str stream, source, stomped;
	size_t at = m->offset;

	if (!e)
		return;
	v->taken[e - v->c->entries.v] = true;
	stream = cfb_read(v->c, e);
	source = read_source(o, stream, at);
	if (!source.n && vba_source_find(stream) != STR_NONE) {
		at = vba_source_find(stream);
		source = read_source(o, stream, at);
	}
	stomped = vba_stomped(str_sub(stream, 0, at), source);
	if (stomped.n)
		walk_find(o->w, FINDING_MACRO_STOMPED, o->index, stomped);
	if (listing.n && !is_listed(listing, name))
		walk_find(o->w, FINDING_MACRO_HIDDEN, o->index, name);
	v->sources += source.n != 0;
	inspect_office_code(o, source);
}

void inspect_vba_project(struct inspect_vba *v, const struct cfb_entry *dir)
{
	struct vba_project p;
	str list = read_source(v->o, cfb_read(v->c, dir), 0);
	str listing = project_text(v->c, dir->parent);

	if (!vba_project_read(v->o->scratch, list, &p))
		return;
	v->projects++;
	for (size_t i = 0; i < p.modules.n; i++)
		read_module(v, &p, &p.modules.v[i], dir->parent, listing);
}

/* Modules that no project lists: their source is known by how it begins. */
void inspect_vba_rest(struct inspect_vba *v)
{
	struct office *o = v->o;

	for (size_t i = 0; i < v->c->entries.n; i++) {
		const struct cfb_entry *e = &v->c->entries.v[i];
		str stream;
		size_t at;

		if (v->taken[i] || e->kind != CFB_STREAM)
			continue;
		stream = cfb_read(v->c, e);
		at = vba_source_find(stream);
		if (at == STR_NONE)
			continue;
		v->sources++;
		walk_find(o->w, FINDING_MACRO_HIDDEN, o->index, e->name);
		inspect_office_code(o, read_source(o, stream, at));
	}
	if (v->sources)
		walk_find(o->w, FINDING_DOCUMENT_MACRO, o->index,
			  walk_part(o->w, o->index)->filename);
	if (!v->sources && (v->projects || vba_source_find(v->c->in) != STR_NONE)) {
		walk_find(o->w, FINDING_MACRO_UNREADABLE, o->index, STR("VBA"));
		walk_part(o->w, o->index)->flags |= FACTS_PART_UNINSPECTED;
	}
}
