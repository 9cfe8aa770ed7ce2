/* Tags and their attributes (HTML 13.2.5.8, 13.2.5.32 to 40). */
#include "html/htmltok_private.h"

#include "base/map.h"
#include "base/strbuf.h"

static bool needs_folding(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] >= 'A' && s.p[i] <= 'Z') || s.p[i] == '\0')
			return true;
	}
	return false;
}

static str fold(struct htmltok *t, str s)
{
	struct strbuf b;

	if (!needs_folding(s))
		return s;
	b = strbuf_make(t->arena, s.n * 3);
	strbuf_reserve(&b, s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0')
			strbuf_put(&b, STR("\xef\xbf\xbd"));
		else
			strbuf_char(&b, str_lower_char(s.p[i]));
	}
	return strbuf_str(&b);
}

static void skip_space(struct htmltok *t)
{
	while (t->at < t->in.n && htmltok_is_space(t->in.p[t->at]))
		t->at++;
}

/* The bytes before white space, "/", ">" or, in a name that has begun, "=". */
static str read_name(struct htmltok *t, bool attribute)
{
	size_t from = t->at;

	while (t->at < t->in.n) {
		char c = t->in.p[t->at];

		if (htmltok_is_space(c) || c == '/' || c == '>' ||
		    (attribute && c == '=' && t->at > from))
			break;
		t->at++;
	}
	return fold(t, str_sub(t->in, from, t->at));
}

static str decode_value(struct htmltok *t, str raw)
{
	struct strbuf b;

	if (str_chr(raw, '&') == STR_NONE)
		return htmltok_without_nul(t, raw);
	b = strbuf_make(t->arena, raw.n * 3);
	strbuf_reserve(&b, raw.n);
	for (size_t i = 0; i < raw.n;) {
		struct charref ref;
		size_t n = raw.p[i] == '&' ? charref_parse(str_skip(raw, i), true, &ref) : 0;

		if (n)
			strbuf_put(&b, str_of(ref.bytes, ref.n));
		else if (raw.p[i] == '\0')
			strbuf_put(&b, STR("\xef\xbf\xbd"));
		else
			strbuf_char(&b, raw.p[i]);
		i += n ? n : 1;
	}
	return strbuf_str(&b);
}

static str quoted(struct htmltok *t, char quote)
{
	str rest = str_skip(t->in, ++t->at);
	size_t end = str_chr(rest, quote);

	if (end == STR_NONE) {
		t->at = t->in.n;
		return decode_value(t, rest);
	}
	t->at += end + 1;
	return decode_value(t, str_sub(rest, 0, end));
}

static str unquoted(struct htmltok *t)
{
	size_t from = t->at;

	while (t->at < t->in.n && t->in.p[t->at] != '>' && !htmltok_is_space(t->in.p[t->at]))
		t->at++;
	return decode_value(t, str_sub(t->in, from, t->at));
}

/* Behind "=". */
static str read_value(struct htmltok *t)
{
	skip_space(t);
	if (t->at >= t->in.n || t->in.p[t->at] == '>')
		return STR("");
	if (t->in.p[t->at] == '"' || t->in.p[t->at] == '\'')
		return quoted(t, t->in.p[t->at]);
	return unquoted(t);
}

/* Enters name of attribute index into the table; false when it stands there. */
static bool enter(struct htmltok *t, str name, size_t index)
{
	size_t slot = map_hash(name, false) % HTMLTOK_SLOTS;

	for (; t->slots[slot].tag == t->tag; slot = (slot + 1) % HTMLTOK_SLOTS) {
		if (str_eq(t->attrs[t->slots[slot].index].name, name))
			return false;
	}
	t->slots[slot].tag = t->tag;
	t->slots[slot].index = (uint32_t)index;
	return true;
}

/* The first of the same name counts (13.2.5.33). */
static bool is_new(struct htmltok *t, str name)
{
	if (t->n_attrs > HTMLTOK_FEW_ATTRS)
		return enter(t, name, t->n_attrs);
	for (size_t i = 0; i < t->n_attrs; i++) {
		if (str_eq(t->attrs[i].name, name))
			return false;
	}
	if (t->n_attrs == HTMLTOK_FEW_ATTRS) {
		t->tag++;
		for (size_t i = 0; i < t->n_attrs; i++)
			(void)enter(t, t->attrs[i].name, i);
		return enter(t, name, t->n_attrs);
	}
	return true;
}

static void read_attribute(struct htmltok *t, struct htmltok_token *ret)
{
	str name = read_name(t, true), value = STR("");

	skip_space(t);
	if (t->at < t->in.n && t->in.p[t->at] == '=') {
		t->at++;
		value = read_value(t);
	}
	if (t->n_attrs >= HTMLTOK_ATTRS_MAX) {
		ret->attrs_cut = true;
		return;
	}
	if (is_new(t, name))
		t->attrs[t->n_attrs++] = (struct htmltok_attr){ name, value };
}

void htmltok_tag_read(struct htmltok *t, enum htmltok_kind kind, struct htmltok_token *ret)
{
	ret->kind = HTMLTOK_CUT;
	ret->name = read_name(t, false);
	t->n_attrs = 0;
	while (skip_space(t), t->at < t->in.n) {
		char c = t->in.p[t->at];

		if (c == '>') {
			t->at++;
			ret->kind = kind;
			break;
		}
		if (c == '/') {
			t->at++;
			ret->self_closing = t->at < t->in.n && t->in.p[t->at] == '>';
			continue;
		}
		read_attribute(t, ret);
	}
	ret->attrs = t->attrs;
	ret->n_attrs = t->n_attrs;
}
