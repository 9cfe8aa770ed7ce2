#include "inspect/inspect_office.h"

#include "document/rtf.h"

enum { NOPS = 32 }; /* bytes 0x90 in a row: the landing of a shell code */

static bool has_nops(str data)
{
	size_t run = 0;

	for (size_t i = 0; i < data.n && run < NOPS; i++)
		run = (unsigned char)data.p[i] == 0x90 ? run + 1 : 0;
	return run >= NOPS;
}

static void look_at_object(struct office *o, str class_name, str data)
{
	struct ole1 ole;

	if (!data.n)
		return;
	if (has_nops(data))
		walk_find(o->w, FINDING_RTF_SHELLCODE, o->index, class_name);
	if (!ole1_read(data, &ole)) {
		inspect_office_object(o, class_name, data);
		return;
	}
	if (ole.linked)
		inspect_office_external(o, FINDING_DOCUMENT_EXTERNAL_OBJECT, ole.topic);
	inspect_office_kind(o, ole1_kind_of_name(class_name), class_name);
	inspect_office_object(o, ole.class_name, ole.data);
}

static void report_oddities(struct office *o, const struct rtf *r)
{
	if (r->bad_header)
		walk_find(o->w, FINDING_RTF_BAD_HEADER, o->index, STR("RTF"));
	if (r->obfuscated)
		walk_find(o->w, FINDING_RTF_OBFUSCATED, o->index, STR("RTF"));
	if (r->has_object && r->objects.n == 0)
		walk_find(o->w, FINDING_RTF_OBJECT, o->index, STR("object"));
	if (r->updates)
		walk_find(o->w, FINDING_RTF_OBJECT_UPDATE, o->index, STR("objupdate"));
	inspect_office_cut(o, r->cut);
	if (r->too_deep)
		inspect_office_broken(o, STR("RTF groups"));
	if (r->too_many)
		inspect_office_broken(o, STR("RTF objects"));
}

void inspect_rtf_read(struct office *o, str bytes)
{
	struct rtf r;

	rtf_read(o->scratch, bytes, &r);
	report_oddities(o, &r);
	for (size_t i = 0; i < r.objects.n; i++) {
		const struct rtf_object *x = &r.objects.v[i];

		walk_find(o->w, FINDING_RTF_OBJECT, o->index,
			  x->class_name.n ? x->class_name : STR("objdata"));
		look_at_object(o, x->class_name, x->data);
		look_at_object(o, x->class_name, x->all);
	}
	for (size_t i = 0; i < r.fields.n; i++)
		inspect_office_field(o, r.fields.v[i]);
	inspect_office_external(o, FINDING_DOCUMENT_EXTERNAL_TEMPLATE, r.template_name);
	inspect_office_words(o, r.text);
	inspect_office_text(o, r.markup);
}

void inspect_rtf_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct office o = { .w = w, .index = index, .depth = depth, .scratch = scratch };

	(void)m;
	if (inspect_office_may_open(w, index, depth))
		inspect_rtf_read(&o, bytes);
}
