#include "mime/content.h"

enum { TYPE, DISPOSITION, ENCODING, FIELDS };

static const str field_names[FIELDS] = {
	[TYPE] = STR("Content-Type"),
	[DISPOSITION] = STR("Content-Disposition"),
	[ENCODING] = STR("Content-Transfer-Encoding"),
};

/* The first of each field, as most clients read; a second Content-Type is compared. */
struct fields {
	str value[FIELDS];
	str second_type;
	/* Those that may name a file, in order. */
	str naming[CONTENT_FIELDS_MAX];
	size_t naming_n;
};

static void collect(struct arena *a, struct header_reader *r, struct fields *f, struct content *ret)
{
	struct header_field h;

	while (header_next(r, &h)) {
		ret->header_flags |= h.flags;
		if (h.flags & HEADER_NO_COLON && !ret->stray.p)
			ret->stray = h.whole;
		if (!str_casestarts(h.name, STR("Content-")))
			continue;
		if (h.name.p[h.name.n] != ':') /* names end before one */
			ret->flags |= CONTENT_ODD_FIELD;
		for (int i = 0; i < FIELDS; i++) {
			if (!str_caseeq(h.name, field_names[i]))
				continue;
			if (i != ENCODING && f->naming_n < CONTENT_FIELDS_MAX)
				f->naming[f->naming_n++] = header_unfold(a, h.raw);
			if (!f->value[i].p) {
				f->value[i] = header_unfold(a, h.raw);
				break;
			}
			ret->flags |= CONTENT_DUPLICATE;
			if (i == ENCODING)
				ret->flags |= CONTENT_CONFLICTING_ENCODING;
			ret->duplicate = field_names[i];
			if (i == TYPE && !f->second_type.p)
				f->second_type = header_unfold(a, h.raw);
			break;
		}
	}
}

static str lower(struct arena *a, str s)
{
	char *p = arena_alloc(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		p[i] = str_lower_char(s.p[i]);
	return str_of(p, s.n);
}

/* token "/" token (RFC 2045 5.1) */
static bool type_valid(str type)
{
	size_t slash = str_chr(type, '/');

	if (slash == STR_NONE || slash == 0 || slash + 1 == type.n || type.n > 127)
		return false;
	for (size_t i = 0; i < type.n; i++) {
		char c = type.p[i];

		if (c <= ' ' || c >= 0x7f || strchr("()<>@,;:\\\"[]?=", c) ||
		    (c == '/' && i != slash))
			return false;
	}
	return true;
}

static enum content_encoding encoding_of(str name)
{
	static const struct {
		str name;
		enum content_encoding encoding;
	} known[] = {
		{ STR(""), CONTENT_IDENTITY },		 { STR("7bit"), CONTENT_IDENTITY },
		{ STR("8bit"), CONTENT_IDENTITY },	 { STR("binary"), CONTENT_IDENTITY },
		{ STR("base64"), CONTENT_BASE64 },	 { STR("quoted-printable"), CONTENT_QP },
		{ STR("x-uuencode"), CONTENT_UUENCODE }, { STR("uuencode"), CONTENT_UUENCODE },
		{ STR("x-uue"), CONTENT_UUENCODE },	 { STR("uue"), CONTENT_UUENCODE },
		{ STR("x-uu"), CONTENT_UUENCODE },
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_caseeq(name, known[i].name))
			return known[i].encoding;
	}
	return CONTENT_UNKNOWN;
}

/* As written, so that "=?" in it stays; RFC 2231 only when there is nothing else. */
static str boundary_of(struct charsets *c, struct arena *a, const struct params *type)
{
	str plain = params_get(type, STR("boundary"));

	return plain.p ? plain : params_get_text(type, c, a, STR("boundary"));
}

static void read_type(struct charsets *c, struct arena *a, const struct fields *f,
		      struct params *type, struct content *ret)
{
	params_parse(a, f->value[TYPE], type);
	if (type_valid(type->value))
		ret->type = lower(a, type->value);
	else if (f->value[TYPE].p)
		ret->flags |= CONTENT_BAD_TYPE;
	ret->charset = params_get(type, STR("charset"));
	ret->boundary = boundary_of(c, a, type);
	if (params_conflict(type, c, a, STR("boundary")) ||
	    params_odd_charset(type, STR("boundary")))
		ret->flags |= CONTENT_CONFLICTING_BOUNDARY;
	if (f->second_type.p) {
		struct params second;
		str boundary;

		params_parse(a, f->second_type, &second);
		boundary = boundary_of(c, a, &second);
		if (!str_eq(boundary, ret->boundary))
			ret->flags |= CONTENT_CONFLICTING_BOUNDARY;
	}
}

/* The name is in either field; two names that differ are shown by different clients. */
static void read_name(struct charsets *c, struct arena *a, const struct params *type,
		      const struct params *disposition, struct content *ret)
{
	str filename = params_get_text(disposition, c, a, STR("filename"));
	str name = params_get_text(type, c, a, STR("name"));

	if (params_conflict(disposition, c, a, STR("filename")) ||
	    params_conflict(type, c, a, STR("name")) ||
	    (filename.n && name.n && !str_eq(filename, name)))
		ret->flags |= CONTENT_CONFLICTING_NAME;
	ret->filename = filename.n ? filename : name.n ? name : STR("");
}

static void add_name(struct content *ret, str name)
{
	for (size_t i = 0; i < ret->names_n; i++) {
		if (str_eq(ret->names[i], name))
			return;
	}
	if (ret->names_n < CONTENT_NAMES_MAX)
		ret->names[ret->names_n++] = name;
}

/* Such a parameter stands there, though perhaps no reader makes a name of it. */
static bool has_name(const struct params *p, str name)
{
	for (size_t i = 0; i < p->list.n; i++) {
		if (str_caseeq(p->list.v[i].name, name))
			return true;
	}
	return false;
}

/* A NUL byte has become a blank: for some readers the name ends there. */
static void add_cut_names(struct content *ret)
{
	size_t n = ret->names_n;

	for (size_t i = 0; i < n; i++) {
		size_t at = str_chr(ret->names[i], ' ');

		if (at != STR_NONE && at > 0)
			add_name(ret, str_sub(ret->names[i], 0, at));
	}
}

static void read_all_names(struct charsets *c, struct arena *a, const struct fields *f,
			   struct content *ret)
{
	static const str parameters[] = { STR("filename"), STR("name") };

	for (size_t i = 0; i < f->naming_n; i++) {
		struct params p;

		params_parse(a, f->naming[i], &p);
		for (size_t k = 0; k < ARRAY_LEN(parameters); k++) {
			struct params_readings r;

			params_read_all(&p, c, a, parameters[k], &r);
			for (size_t m = 0; m < r.n; m++)
				add_name(ret, r.v[m]);
		}
	}
	if (ret->header_flags & HEADER_NUL)
		add_cut_names(ret);
}

void content_read(struct charsets *c, struct arena *a, struct header_reader *r, str default_type,
		  struct content *ret)
{
	struct params type = { 0 }, disposition = { 0 }, encoding = { 0 };
	struct content got = { .type = default_type };
	struct fields f = { 0 };

	collect(a, r, &f, &got);
	got.has_type = f.value[TYPE].p;
	if (f.value[TYPE].p)
		read_type(c, a, &f, &type, &got);
	if (f.value[DISPOSITION].p)
		params_parse(a, f.value[DISPOSITION], &disposition);
	if (f.value[ENCODING].p)
		params_parse(a, f.value[ENCODING], &encoding);
	read_name(c, a, &type, &disposition, &got);
	if (got.filename.n || got.flags & (CONTENT_DUPLICATE | CONTENT_CONFLICTING_NAME) ||
	    has_name(&disposition, STR("filename")) || has_name(&type, STR("name")))
		read_all_names(c, a, &f, &got);
	/* An unknown disposition counts as attachment (RFC 2183 2.8). */
	if (disposition.value.n && !str_caseeq(disposition.value, STR("inline")))
		got.flags |= CONTENT_ATTACHMENT;
	if (type.cut || disposition.cut)
		got.flags |= CONTENT_CUT;
	got.encoding_name = encoding.value.n ? encoding.value : f.value[ENCODING];
	got.encoding = encoding_of(got.encoding_name);
	*ret = got;
}

bool content_is(const struct content *t, str type_prefix)
{
	return str_starts(t->type, type_prefix);
}
