#include "document/rtf.h"

#include "base/strbuf.h"
#include "base/utf8.h"

enum { WORD_MAX = 32, FIELD_MAX = 64 << 10 };

/* Where the text of a group goes. */
enum into {
	INTO_TEXT,
	INTO_NOTHING,
	INTO_DATA,
	INTO_ALL,
	INTO_FIELD,
	INTO_TEMPLATE,
	INTO_CLASS,
	INTO_MARKUP
};

struct group {
	uint8_t into;
	bool opens; /* this group began what its text goes into */
	bool starred;
};

struct reading {
	struct arena *arena;
	struct rtf *ret;
	str in;
	size_t at;
	struct group *stack;
	size_t depth, too_deep;
	struct strbuf text, markup, field, template, class_name;
	struct strbuf data, all; /* of the object being read */
	int high, all_high;	 /* half bytes that wait for their other half, or -1 */
	int fallback;		 /* characters to skip behind \u */
};

static struct group *top(struct reading *r)
{
	return &r->stack[r->depth];
}

static int hex(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void put_half(struct strbuf *out, int *high, int value)
{
	if (*high < 0) {
		*high = value;
		return;
	}
	strbuf_char(out, (char)(*high << 4 | value));
	*high = -1;
}

static bool in_object(struct reading *r)
{
	return top(r)->into == INTO_DATA || top(r)->into == INTO_ALL;
}

static void put_hex(struct reading *r, int value)
{
	if (value < 0)
		return;
	if (top(r)->into == INTO_DATA)
		put_half(&r->data, &r->high, value);
	put_half(&r->all, &r->all_high, value);
}

static void put_byte(struct reading *r, char c)
{
	switch ((enum into)top(r)->into) {
	case INTO_TEXT:
		strbuf_char(&r->text, c);
		break;
	case INTO_FIELD:
		strbuf_char(&r->field, c);
		break;
	case INTO_TEMPLATE:
		strbuf_char(&r->template, c);
		break;
	case INTO_CLASS:
		strbuf_char(&r->class_name, c);
		break;
	case INTO_MARKUP:
		strbuf_char(&r->markup, c);
		break;
	case INTO_DATA:
	case INTO_ALL:
		put_hex(r, hex(c));
		break;
	case INTO_NOTHING:
		break;
	}
}

static void begin_object(struct reading *r)
{
	r->data = strbuf_make(r->arena, r->in.n);
	r->all = strbuf_make(r->arena, r->in.n);
	r->high = r->all_high = -1;
}

static void end_object(struct reading *r)
{
	struct rtf_object *o;

	if (r->ret->objects.n >= RTF_OBJECTS_MAX) {
		r->ret->too_many = true;
		return;
	}
	o = arena_push(r->arena, &r->ret->objects);
	o->class_name = arena_str(r->arena, str_trim(strbuf_str(&r->class_name)));
	o->data = strbuf_str(&r->data);
	if (!str_eq(o->data, strbuf_str(&r->all)))
		o->all = strbuf_str(&r->all);
	strbuf_clear(&r->class_name);
}

static void end_field(struct reading *r)
{
	r->ret->cut |= r->field.overflow;
	if (r->ret->fields.n < RTF_FIELDS_MAX)
		*arena_push(r->arena, &r->ret->fields) = arena_str(r->arena, strbuf_str(&r->field));
	else
		r->ret->too_many = true;
	strbuf_clear(&r->field);
}

static void open_group(struct reading *r)
{
	struct group inner = { .into = top(r)->into };

	r->ret->obfuscated |= in_object(r);
	if (r->depth + 1 >= RTF_DEPTH_MAX) {
		r->ret->too_deep = true;
		r->too_deep++;
		return;
	}
	r->stack[++r->depth] = inner;
}

static void close_group(struct reading *r)
{
	if (r->too_deep) {
		r->too_deep--;
		return;
	}
	if (r->depth == 0)
		return;
	if (top(r)->opens && top(r)->into == INTO_DATA)
		end_object(r);
	if (top(r)->opens && top(r)->into == INTO_FIELD)
		end_field(r);
	r->depth--;
}

static void destination(struct reading *r, enum into into)
{
	if (into == INTO_DATA && in_object(r))
		end_object(r); /* an object within the data of another: both are kept */
	top(r)->into = (uint8_t)into;
	top(r)->opens = true;
	if (into == INTO_DATA)
		begin_object(r);
}

/* Words that say where a group's text goes. */
static const struct {
	str word;
	enum into into;
} destinations[] = {
	{ STR("objdata"), INTO_DATA },
	{ STR("objclass"), INTO_CLASS },
	{ STR("fldinst"), INTO_FIELD },
	{ STR("template"), INTO_TEMPLATE },
	{ STR("htmltag"), INTO_MARKUP },
	{ STR("fonttbl"), INTO_NOTHING },
	{ STR("colortbl"), INTO_NOTHING },
	{ STR("stylesheet"), INTO_NOTHING },
	{ STR("info"), INTO_NOTHING },
	{ STR("pict"), INTO_NOTHING },
	{ STR("objname"), INTO_NOTHING },
	{ STR("themedata"), INTO_NOTHING },
	{ STR("datastore"), INTO_NOTHING },
	{ STR("listtable"), INTO_NOTHING },
	{ STR("colorschememapping"), INTO_NOTHING },
};

/* Words that stand for a character or an end of line. */
static bool shown_word(struct reading *r, str word)
{
	static const str lines[] = { STR("par"), STR("line"), STR("tab"), STR("cell"),
				     STR("row"), STR("sect"), STR("page") };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		if (str_eq(word, lines[i])) {
			put_byte(r, '\n');
			return true;
		}
	}
	return false;
}

static void unicode(struct reading *r, int64_t number)
{
	char out[4];
	uint32_t cp = (uint32_t)(number < 0 ? number + 65536 : number);
	size_t n = utf8_encode(cp, out);

	for (size_t i = 0; i < n; i++)
		put_byte(r, out[i]);
	r->fallback = 1;
}

/* \bin: that many bytes follow as they are; in the data of an object they belong to it. */
static void binary(struct reading *r, int64_t number)
{
	size_t left = r->in.n - r->at, n = number < 0 ? 0 : (size_t)number;
	str bytes = str_sub(r->in, r->at, r->at + (n < left ? n : left));

	if (top(r)->into == INTO_DATA)
		strbuf_put(&r->data, bytes);
	if (in_object(r))
		strbuf_put(&r->all, bytes);
	r->at += bytes.n;
}

static bool is_object(str word)
{
	static const str words[] = { STR("objemb"),   STR("objlink"), STR("objautlink"),
				     STR("objocx"),   STR("objhtml"), STR("objsub"),
				     STR("objicemb"), STR("objdata"), STR("objpub") };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(word, words[i]))
			return true;
	}
	return false;
}

static void take_word(struct reading *r, str word, int64_t number)
{
	bool was_object = in_object(r), starred = top(r)->starred;

	top(r)->starred = false;
	r->ret->has_object |= is_object(word);
	if (str_eq(word, STR("bin"))) {
		binary(r, number);
	} else if (str_eq(word, STR("u")) && !was_object) {
		unicode(r, number);
	} else if (str_eq(word, STR("objupdate"))) {
		r->ret->updates = true;
	} else if (!shown_word(r, word)) {
		for (size_t i = 0; i < ARRAY_LEN(destinations); i++) {
			if (!str_eq(word, destinations[i].word))
				continue;
			destination(r, destinations[i].into);
			return;
		}
		/* A group that readers ignore when they do not know the word. */
		if (starred)
			top(r)->into = was_object ? INTO_ALL : INTO_NOTHING;
	}
	r->ret->obfuscated |= was_object;
}

/* Letters, perhaps a number, perhaps one blank that belongs to the word. */
static void control_word(struct reading *r)
{
	size_t start = r->at, end;
	int64_t number = 0;
	bool minus;

	while (r->at < r->in.n && str_is_alpha(r->in.p[r->at]))
		r->at++;
	end = r->at;
	minus = r->at < r->in.n && r->in.p[r->at] == '-';
	r->at += minus;
	while (r->at < r->in.n && str_is_digit(r->in.p[r->at]) && number < INT32_MAX)
		number = number * 10 + (r->in.p[r->at++] - '0');
	if (r->at < r->in.n && r->in.p[r->at] == ' ')
		r->at++;
	take_word(r, str_sub(r->in, start, end), minus ? -number : number);
}

/* \'hh is a byte of text; within an object's data readers drop it. */
static void escaped_byte(struct reading *r)
{
	int high = r->at < r->in.n ? hex(r->in.p[r->at]) : -1;
	int low = r->at + 1 < r->in.n ? hex(r->in.p[r->at + 1]) : -1;

	r->ret->obfuscated |= in_object(r);
	if (high < 0 || low < 0)
		return;
	r->at += 2;
	if (r->fallback)
		r->fallback--;
	else if (!in_object(r))
		put_byte(r, (char)(high << 4 | low));
}

static void control(struct reading *r)
{
	char c;

	if (r->at >= r->in.n)
		return;
	c = r->in.p[r->at];
	if (str_is_alpha(c)) {
		control_word(r);
		return;
	}
	r->at++;
	if (c == '\'')
		escaped_byte(r);
	else if (c == '*')
		top(r)->starred = true;
	else if (c == '\\' || c == '{' || c == '}')
		put_byte(r, c);
	else if (c == '~')
		put_byte(r, ' ');
	else if (in_object(r))
		r->ret->obfuscated = true;
}

static void plain(struct reading *r, char c)
{
	if (c == '\r' || c == '\n' || c == '\0')
		return;
	if (r->fallback) {
		r->fallback--;
		return;
	}
	put_byte(r, c);
}

static void read_all(struct reading *r)
{
	while (r->at < r->in.n) {
		char c = r->in.p[r->at++];

		if (c == '{')
			open_group(r);
		else if (c == '}')
			close_group(r);
		else if (c == '\\')
			control(r);
		else
			plain(r, c);
	}
	while (r->depth) /* what the end of the file cut off */
		close_group(r);
}

void rtf_read(struct arena *a, str in, struct rtf *ret)
{
	size_t start = str_find(in, STR("{\\rt"));
	struct reading r = { .arena = a,
			     .ret = ret,
			     .in = in,
			     .at = start == STR_NONE ? 0 : start,
			     .stack = arena_array(a, struct group, RTF_DEPTH_MAX),
			     .text = strbuf_make(a, RTF_TEXT_MAX),
			     .markup = strbuf_make(a, RTF_TEXT_MAX),
			     .field = strbuf_make(a, FIELD_MAX),
			     .template = strbuf_make(a, FIELD_MAX),
			     .class_name = strbuf_make(a, FIELD_MAX) };

	*ret = (struct rtf){ 0 };
	ret->bad_header =
		start != 0 || !str_starts(in, STR("{\\rtf")) || in.n < 6 || !str_is_digit(in.p[5]);
	read_all(&r);
	ret->cut |= r.text.overflow || r.markup.overflow || r.template.overflow;
	ret->text = strbuf_str(&r.text);
	ret->markup = strbuf_str(&r.markup);
	ret->template_name = str_trim(strbuf_str(&r.template));
}
