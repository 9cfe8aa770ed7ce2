#include "document/pdf.h"

#include "base/strbuf.h"
#include "document/pdfobjects.h"
#include "document/pdftext.h"

enum { CHAIN_MAX = 40 /* actions one behind the other, levels of a tree of names */ };

struct reading {
	struct pdfobjects o;
	struct pdf *ret;
	struct strbuf text;
	bool named; /* it is the document's own list of scripts that is followed */
};

static void report(struct reading *r, enum pdf_does does, bool automatic, str text)
{
	struct pdf_action *a;

	if (r->ret->actions.n >= PDF_ACTIONS_MAX) {
		r->o.notes |= PDF_CUT;
		return;
	}
	a = arena_push(r->o.arena, &r->ret->actions);
	a->does = does;
	a->automatic = automatic;
	a->text = arena_str(r->o.arena, pdftext_string(r->o.values, text));
}

static bool is_name(const struct pdflex_value *dict, str key, str name)
{
	for (const struct pdflex_value *v = dict->first; v; v = v->next) {
		if (v->kind == PDFLEX_NAME && str_eq(v->key, key) && str_eq(v->s, name))
			return true;
	}
	return false;
}

static str string_of(struct reading *r, const struct pdfobject *object,
		     const struct pdflex_value *v)
{
	if (v && v->kind == PDFLEX_REF) {
		object = pdfobjects_get(&r->o, v->number);
		v = pdfobjects_resolve(&r->o, v);
	}
	return object ? pdfobjects_string(&r->o, object, v) : STR("");
}

/* A file's name: a string, or the best of a file specification (7.11.3). */
static str file_name(struct reading *r, const struct pdfobject *object,
		     const struct pdflex_value *v)
{
	static const str keys[] = { STR("UF"), STR("F"), STR("Unix"), STR("DOS"), STR("Mac") };
	const struct pdflex_value *spec = pdfobjects_resolve(&r->o, v);

	if (v && v->kind == PDFLEX_REF && spec)
		object = pdfobjects_get(&r->o, v->number);
	if (!spec || spec->kind != PDFLEX_DICT)
		return object ? pdfobjects_string(&r->o, object, spec) : STR("");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		str name = string_of(r, object, pdflex_get(spec, keys[i]));

		if (name.n)
			return name;
	}
	return STR("");
}

static void launch(struct reading *r, const struct pdfobject *object,
		   const struct pdflex_value *dict, bool automatic)
{
	str name = file_name(r, object, pdflex_get(dict, STR("F")));
	const struct pdflex_value *win = pdfobjects_resolve(&r->o, pdflex_get(dict, STR("Win")));
	str program = win ? string_of(r, object, pdflex_get(win, STR("F"))) : STR("");
	str arguments = win ? string_of(r, object, pdflex_get(win, STR("P"))) : STR("");

	name = program.n ? program : name;
	report(r, PDF_LAUNCH, automatic,
	       arena_fmt(r->o.values, "%.*s %.*s", STR_ARG(name), STR_ARG(arguments)));
}

static void script_text(struct reading *r, str text, bool automatic, bool form)
{
	enum pdf_does other = r->named ? PDF_NAMED_SCRIPT : PDF_SCRIPT;

	report(r, form ? PDF_FORM_SCRIPT : other, automatic, text);
}

/* A script's source: a string, or a stream, in any revision. */
static void script(struct reading *r, const struct pdfobject *object, const struct pdflex_value *js,
		   bool automatic, bool form)
{
	struct pdfobject *source;

	if (js->kind != PDFLEX_REF) {
		script_text(r, pdfobjects_string(&r->o, object, js), automatic, form);
		return;
	}
	source = pdfobjects_get(&r->o, js->number);
	if (!source)
		script_text(r, STR(""), automatic, form);
	for (; source; source = pdfobjects_same(&r->o, source)) {
		const struct pdflex_value *v = pdfobjects_value(&r->o, source);
		str text = pdfobjects_string(&r->o, source, v);

		if (source->has_stream &&
		    pdfobjects_stream(&r->o, source, v, PDF_SCRIPT_MAX, false, &text) !=
			    PDFFILTER_OK &&
		    !(r->o.notes & PDF_LOCKED))
			r->o.notes |= PDF_UNREAD_STREAM;
		script_text(r, text, automatic, form);
	}
}

/* What one dictionary does, if it is an action (12.6). */
static void act(struct reading *r, const struct pdfobject *object, const struct pdflex_value *dict,
		bool automatic, bool form)
{
	static const struct {
		str name;
		enum pdf_does does;
	} kinds[] = {
		{ STR("SubmitForm"), PDF_SUBMIT },
		{ STR("ImportData"), PDF_IMPORT },
		{ STR("GoToR"), PDF_GOTO },
		{ STR("GoToE"), PDF_GOTO_INSIDE },
	};
	static const str media[] = { STR("Rendition"), STR("Movie"), STR("Sound"),
				     STR("RichMediaExecute"), STR("GoTo3DView") };
	const struct pdflex_value *js = pdflex_get(dict, STR("JS"));
	const struct pdflex_value *uri = pdflex_get(dict, STR("URI"));

	if (js)
		script(r, object, js, automatic, form);
	if (is_name(dict, STR("S"), STR("Launch")))
		launch(r, object, dict, automatic);
	if (uri && (uri->kind == PDFLEX_STRING || uri->kind == PDFLEX_REF))
		report(r, PDF_URI, automatic, string_of(r, object, uri));
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (is_name(dict, STR("S"), kinds[i].name))
			report(r, kinds[i].does, automatic,
			       file_name(r, object, pdflex_get(dict, STR("F"))));
	}
	for (size_t i = 0; i < ARRAY_LEN(media); i++) {
		if (is_name(dict, STR("S"), media[i]))
			report(r, PDF_MEDIA, automatic, media[i]);
	}
}

static void run(struct reading *r, struct pdfobject *object, const struct pdflex_value *v,
		int chain);

/* Runs what a value refers to, in every revision, each once. */
static void follow(struct reading *r, struct pdfobject *object, const struct pdflex_value *v,
		   int chain)
{
	struct pdfobject *target;

	if (!v || chain >= CHAIN_MAX)
		return;
	if (v->kind != PDFLEX_REF) {
		run(r, object, v, chain + 1);
		return;
	}
	for (target = pdfobjects_get(&r->o, v->number); target;
	     target = pdfobjects_same(&r->o, target)) {
		if (target->seen)
			continue;
		target->seen = true;
		run(r, target, pdfobjects_value(&r->o, target), chain + 1);
	}
}

/* An action, or a node of the tree of a document's scripts. An array is a place in the
 * document, or the actions behind one. */
static void run(struct reading *r, struct pdfobject *object, const struct pdflex_value *v,
		int chain)
{
	static const str lists[] = { STR("Next"), STR("Kids"), STR("Names") };

	if (v->kind != PDFLEX_DICT)
		return;
	act(r, object, v, true, false);
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		const struct pdflex_value *list =
			pdfobjects_resolve(&r->o, pdflex_get(v, lists[i]));

		if (!list || list->kind != PDFLEX_ARRAY) {
			follow(r, object, pdflex_get(v, lists[i]), chain);
			continue;
		}
		for (const struct pdflex_value *e = list->first; e; e = e->next)
			follow(r, object, e, chain);
	}
}

/* Of the triggers of 12.6.3, those that no click is needed for. */
static bool is_automatic(const struct pdflex_value *owner, str trigger)
{
	static const str triggers[] = { STR("O"),  STR("PO"), STR("PV"), STR("PI"),
					STR("PC"), STR("WC"), STR("WS"), STR("DS"),
					STR("WP"), STR("DP"), STR("E"),	 STR("Fo") };

	for (size_t i = 0; i < ARRAY_LEN(triggers); i++) {
		if (str_eq(trigger, triggers[i]))
			return true;
	}
	return str_eq(trigger, STR("C")) && (is_name(owner, STR("Type"), STR("Page")) ||
					     is_name(owner, STR("Type"), STR("Catalog")));
}

static bool is_form(str trigger)
{
	return str_eq(trigger, STR("K")) || str_eq(trigger, STR("F")) ||
	       str_eq(trigger, STR("V")) || str_eq(trigger, STR("C"));
}

static void mark_form(struct reading *r, const struct pdflex_value *v)
{
	struct pdfobject *target =
		v && v->kind == PDFLEX_REF ? pdfobjects_get(&r->o, v->number) : NULL;

	for (; target; target = pdfobjects_same(&r->o, target))
		target->form = true;
}

static void run_triggers(struct reading *r, struct pdfobject *object,
			 const struct pdflex_value *owner, const struct pdflex_value *aa)
{
	const struct pdflex_value *triggers = pdfobjects_resolve(&r->o, aa);

	if (!triggers || triggers->kind != PDFLEX_DICT)
		return;
	mark_form(r, aa);
	for (const struct pdflex_value *t = triggers->first; t; t = t->next) {
		if (is_automatic(owner, t->key))
			follow(r, object, t, 0);
		else if (is_form(t->key))
			mark_form(r, t);
	}
}

/* Looks for what runs by itself: only those actions are followed. */
static void find_automatic(struct reading *r, struct pdfobject *object,
			   const struct pdflex_value *v)
{
	if (v->kind == PDFLEX_DICT) {
		follow(r, object, pdflex_get(v, STR("OpenAction")), 0);
		run_triggers(r, object, v, pdflex_get(v, STR("AA")));
		r->named = true;
		if (!pdflex_get(v, STR("S")))
			follow(r, object, pdflex_get(v, STR("JavaScript")), 0);
		r->named = false;
	}
	for (const struct pdflex_value *e = v->first; e; e = e->next)
		find_automatic(r, object, e);
}

static void keep_file(struct reading *r, struct pdfobject *object, str name)
{
	const struct pdflex_value *dict = pdfobjects_value(&r->o, object);
	enum pdffilter_outcome outcome;
	struct pdf_file *f;

	if (object->used || !object->has_stream)
		return;
	object->used = true;
	if (r->ret->files.n >= PDF_FILES_MAX) {
		r->o.notes |= PDF_CUT;
		return;
	}
	f = arena_push(r->o.arena, &r->ret->files);
	f->name = arena_str(r->o.arena, pdftext_string(r->o.values, name));
	outcome = pdfobjects_stream(&r->o, object, dict, r->o.decode_left, true, &f->bytes);
	f->unread = outcome != PDFFILTER_OK && outcome != PDFFILTER_IMAGE;
}

/* A file specification with the file inside (7.11.4). */
static void embedded(struct reading *r, struct pdfobject *object, const struct pdflex_value *dict)
{
	const struct pdflex_value *ef = pdfobjects_resolve(&r->o, pdflex_get(dict, STR("EF")));
	str name = file_name(r, object, dict);

	if (!ef || ef->kind != PDFLEX_DICT)
		return;
	for (const struct pdflex_value *e = ef->first; e; e = e->next) {
		struct pdfobject *file =
			e->kind == PDFLEX_REF ? pdfobjects_get(&r->o, e->number) : NULL;

		for (; file; file = pdfobjects_same(&r->o, file))
			keep_file(r, file, name);
	}
}

/* One packet of an XFA form, in every revision. */
static void keep_form(struct reading *r, const struct pdflex_value *v)
{
	struct pdfobject *object = v->kind == PDFLEX_REF ? pdfobjects_get(&r->o, v->number) : NULL;

	for (; object; object = pdfobjects_same(&r->o, object)) {
		str xml;

		if (object->used || !object->has_stream)
			continue;
		object->used = true;
		if (pdfobjects_stream(&r->o, object, pdfobjects_value(&r->o, object),
				      PDF_SCRIPT_MAX, false, &xml) != PDFFILTER_OK &&
		    !(r->o.notes & PDF_LOCKED))
			r->o.notes |= PDF_UNREAD_STREAM;
		*arena_push(r->o.arena, &r->ret->forms) = xml;
	}
}

/* A stream, or a list of names and streams (12.7.8). */
static void forms(struct reading *r, const struct pdflex_value *xfa)
{
	const struct pdflex_value *list = pdfobjects_resolve(&r->o, xfa);

	if (!xfa)
		return;
	keep_form(r, xfa);
	for (const struct pdflex_value *e = list ? list->first : NULL; e; e = e->next)
		keep_form(r, e);
}

static void media(struct reading *r, const struct pdflex_value *dict)
{
	static const str kinds[] = { STR("RichMedia"), STR("3D"), STR("Movie"), STR("Sound") };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (is_name(dict, STR("Subtype"), kinds[i]))
			report(r, PDF_MEDIA, false, kinds[i]);
	}
}

/* Everything but what runs by itself and was reported so. */
static void read_value(struct reading *r, struct pdfobject *object, const struct pdflex_value *v,
		       bool acts, bool form)
{
	const struct pdflex_value *owner = v;

	if (v->kind == PDFLEX_DICT) {
		if (acts)
			act(r, object, v, false, form);
		embedded(r, object, v);
		forms(r, pdflex_get(v, STR("XFA")));
		media(r, v);
	}
	for (const struct pdflex_value *e = v->first; e; e = e->next) {
		bool again = e->kind == PDFLEX_DICT && (str_eq(e->key, STR("OpenAction")) ||
							str_eq(e->key, STR("JavaScript")));

		if (str_eq(e->key, STR("AA")) && e->kind == PDFLEX_DICT) {
			for (const struct pdflex_value *t = e->first; t; t = t->next)
				read_value(r, object, t, !is_automatic(owner, t->key),
					   is_form(t->key));
			continue;
		}
		read_value(r, object, e, acts && !again, form);
	}
}

/* What has none of the keys of fonts, images, colours and functions may be a page's content. */
static bool may_be_content(const struct pdflex_value *dict)
{
	static const str others[] = { STR("Length1"), STR("Length2"),	   STR("N"),
				      STR("Width"),   STR("FunctionType"), STR("ShadingType"),
				      STR("Type"),    STR("CMapName") };

	if (is_name(dict, STR("Subtype"), STR("Form")))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		if (pdflex_get(dict, others[i]))
			return false;
	}
	return !pdflex_get(dict, STR("Subtype"));
}

static void read_content(struct reading *r, struct pdfobject *object,
			 const struct pdflex_value *dict)
{
	str content;

	if (r->text.overflow || r->text.n >= PDF_TEXT_MAX)
		return;
	if (pdfobjects_stream(&r->o, object, dict, PDF_TEXT_STREAM, false, &content) <=
		    PDFFILTER_CUT &&
	    str_find(content, STR("BT")) != STR_NONE)
		pdftext_content(&r->text, r->o.values, content);
}

static void read_image(struct reading *r, struct pdfobject *object, const struct pdflex_value *dict)
{
	str image;

	if (r->ret->images.n >= PDF_IMAGES_MAX)
		return;
	if (pdfobjects_stream(&r->o, object, dict, r->o.decode_left, false, &image) ==
		    PDFFILTER_IMAGE &&
	    str_starts(image, STR("\xff\xd8\xff")))
		*arena_push(r->o.arena, &r->ret->images) = image;
}

/* Streams that nothing else asked for. */
static void read_stream(struct reading *r, struct pdfobject *object)
{
	const struct pdflex_value *dict = pdfobjects_value(&r->o, object);

	if (object->used)
		return;
	if (is_name(dict, STR("Type"), STR("EmbeddedFile")))
		keep_file(r, object, STR(""));
	else if (is_name(dict, STR("Subtype"), STR("Image")))
		read_image(r, object, dict);
	else if (may_be_content(dict))
		read_content(r, object, dict);
}

typedef void each_fn(struct reading *r, struct pdfobject *object);

static void automatic_of(struct reading *r, struct pdfobject *object)
{
	find_automatic(r, object, pdfobjects_value(&r->o, object));
}

static void value_of(struct reading *r, struct pdfobject *object)
{
	read_value(r, object, pdfobjects_value(&r->o, object), !object->seen, object->form);
}

static void stream_of(struct reading *r, struct pdfobject *object)
{
	if (object->has_stream)
		read_stream(r, object);
}

static void each(struct reading *r, each_fn *f)
{
	for (size_t i = 0; i < r->o.list.n && r->o.look_left; i++) {
		f(r, &r->o.list.v[i]);
		arena_reset(r->o.values);
	}
}

void pdf_read(struct arena *a, str bytes, const struct pdf_limits *limits, struct pdf *ret)
{
	size_t budget = ((size_t)1 << 30) + bytes.n * 8;
	cleanup(arena_freep) struct arena *values = arena_new("pdf values", budget);
	struct reading r = { .o = { .arena = a, .values = values }, .ret = ret };

	*ret = (struct pdf){ 0 };
	r.text = strbuf_make(a, PDF_TEXT_MAX + 4);
	pdfobjects_find(&r.o, bytes, limits);
	if (!str_starts(bytes, STR("%PDF-")))
		r.o.notes |= PDF_LATE_HEADER;
	each(&r, automatic_of);
	each(&r, value_of);
	each(&r, stream_of);
	ret->text = strbuf_str(&r.text);
	ret->notes = r.o.notes;
	ret->password = r.o.password;
	ret->decoded = r.o.decoded;
}
