#include "html/htmltok_private.h"

#include "base/strbuf.h"

/* CR and CRLF are LF (HTML 13.2.3.5). */
static str normalise_newlines(struct arena *a, str in)
{
	size_t cr = str_chr(in, '\r'), n;
	char *out;

	if (cr == STR_NONE)
		return in;
	out = arena_alloc(a, in.n);
	memcpy(out, in.p, cr);
	n = cr;
	for (size_t i = cr; i < in.n; i++) {
		if (in.p[i] != '\r')
			out[n++] = in.p[i];
		else if (i + 1 == in.n || in.p[i + 1] != '\n')
			out[n++] = '\n';
	}
	return str_of(out, n);
}

struct htmltok *htmltok_new(struct arena *a, str html)
{
	struct htmltok *t = arena_make(a, struct htmltok);

	t->arena = a;
	htmltok_restart(t, html);
	return t;
}

void htmltok_restart(struct htmltok *t, str html)
{
	t->in = normalise_newlines(t->arena, html);
	t->at = t->lt = 0;
	t->foreign = false;
	htmltok_set(t, HTMLTOK_DATA, STR(""));
}

void htmltok_set(struct htmltok *t, enum htmltok_mode mode, str last_start)
{
	t->mode = mode;
	t->escape = HTMLTOK_PLAIN;
	t->last_start = last_start;
	t->raw_end = STR_NONE;
}

void htmltok_set_foreign(struct htmltok *t, bool foreign)
{
	t->foreign = foreign;
}

str htmltok_without_nul(struct htmltok *t, str s)
{
	struct strbuf b;

	if (str_chr(s, '\0') == STR_NONE)
		return s;
	b = strbuf_make(t->arena, s.n * 3);
	strbuf_reserve(&b, s.n * 3);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i])
			strbuf_char(&b, s.p[i]);
		else
			strbuf_put(&b, STR("\xef\xbf\xbd"));
	}
	return strbuf_str(&b);
}

static void text_token(struct htmltok *t, size_t to, struct htmltok_token *ret)
{
	ret->kind = HTMLTOK_TEXT;
	ret->text = str_sub(t->in, t->at, to);
	t->at = to;
}

/* Text that was read up to .at as well, from there. */
static void text_from(struct htmltok *t, size_t from, struct htmltok_token *ret)
{
	ret->kind = HTMLTOK_TEXT;
	ret->text = str_sub(t->in, from, t->at);
}

static char byte_at(const struct htmltok *t, size_t at)
{
	return at < t->in.n ? t->in.p[at] : '\0';
}

/* "<" that begins markup; before anything else it is text (13.2.5.6). */
static bool begins_markup(const struct htmltok *t, size_t lt)
{
	char c = byte_at(t, lt + 1);

	return str_is_alpha(c) || c == '/' || c == '!' || c == '?';
}

static size_t next_lt(struct htmltok *t)
{
	size_t at = t->at;

	if (t->lt > t->at || (t->lt == t->at && t->at > 0))
		return t->lt;
	for (size_t hit; (hit = str_chr(str_skip(t->in, at), '<')) != STR_NONE; at += hit + 1) {
		if (begins_markup(t, at + hit)) {
			t->lt = at + hit;
			return t->lt;
		}
		while (byte_at(t, at + hit + 2) == '<' && byte_at(t, at + hit + 1) == '<')
			hit++;
	}
	t->lt = t->in.n;
	return t->lt;
}

/* The first "&" in [from, to) that may begin a reference, or to. */
static size_t next_amp(const struct htmltok *t, size_t from, size_t to)
{
	for (size_t hit; (hit = str_chr(str_sub(t->in, from, to), '&')) != STR_NONE;
	     from += hit + 1) {
		char c = byte_at(t, from + hit + 1);

		if (str_is_alnum(c) || c == '#')
			return from + hit;
	}
	return to;
}

/* "&" at .at: what it stands for, or itself. */
static void reference(struct htmltok *t, struct htmltok_token *ret)
{
	size_t n = charref_parse(str_skip(t->in, t->at), false, &t->ref);

	if (!n) {
		text_token(t, t->at + 1, ret);
		return;
	}
	t->at += n;
	ret->kind = HTMLTOK_TEXT;
	ret->text = str_of(t->ref.bytes, t->ref.n);
}

/* At "<" in the data state (13.2.5.6). False when nothing came of it: "</>", a CDATA start. */
static bool markup(struct htmltok *t, struct htmltok_token *ret)
{
	size_t from = t->at++;
	char c = byte_at(t, t->at), after = byte_at(t, t->at + 1);

	if (str_is_alpha(c)) {
		htmltok_tag_read(t, HTMLTOK_START, ret);
		return true;
	}
	if (c == '!') {
		t->at++;
		return htmltok_markup_read(t, ret);
	}
	if (c == '?') {
		htmltok_markup_bogus(t, ret);
		return true;
	}
	if (c != '/' || t->at + 1 >= t->in.n) {
		t->at += c == '/';
		text_from(t, from, ret);
		return true;
	}
	t->at++;
	if (str_is_alpha(after)) {
		htmltok_tag_read(t, HTMLTOK_CLOSE, ret);
		return true;
	}
	if (after == '>') {
		t->at++;
		return false;
	}
	htmltok_markup_bogus(t, ret);
	return true;
}

/* The run of text from .at to at, or what stands there. */
static bool data(struct htmltok *t, struct htmltok_token *ret)
{
	size_t lt = next_lt(t), amp;

	if (lt == t->at)
		return markup(t, ret);
	amp = next_amp(t, t->at, lt);
	if (amp == t->at)
		reference(t, ret);
	else
		text_token(t, amp, ret);
	return true;
}

/* "</name" of the element whose text is read, and a byte that ends a name (13.2.5.11). */
static bool is_appropriate_end(const struct htmltok *t, size_t lt)
{
	str name = str_sub(t->in, lt + 2, lt + 2 + t->last_start.n);
	char after = byte_at(t, lt + 2 + name.n);

	return t->last_start.n && byte_at(t, lt + 1) == '/' && str_caseeq(name, t->last_start) &&
	       lt + 2 + name.n < t->in.n &&
	       (htmltok_is_space(after) || after == '/' || after == '>');
}

static bool end_tag(struct htmltok *t, struct htmltok_token *ret)
{
	t->at += 2;
	t->mode = HTMLTOK_DATA;
	htmltok_tag_read(t, HTMLTOK_CLOSE, ret);
	return true;
}

static bool raw_run(struct htmltok *t, size_t to, struct htmltok_token *ret)
{
	text_token(t, to, ret);
	ret->text = htmltok_without_nul(t, ret->text);
	return true;
}

/* Where the element's end tag begins, searched once. */
static size_t raw_end(struct htmltok *t)
{
	size_t at = t->at;

	if (t->raw_end != STR_NONE)
		return t->raw_end;
	for (size_t hit; !is_appropriate_end(t, at); at += hit + 1) {
		hit = str_chr(str_skip(t->in, at + 1), '<');
		if (hit == STR_NONE) {
			at = t->in.n;
			break;
		}
	}
	t->raw_end = at;
	return at;
}

static bool rawtext(struct htmltok *t, struct htmltok_token *ret)
{
	size_t end = raw_end(t);

	return end == t->at ? end_tag(t, ret) : raw_run(t, end, ret);
}

static bool rcdata(struct htmltok *t, struct htmltok_token *ret)
{
	size_t end = raw_end(t), amp;

	if (end == t->at)
		return end_tag(t, ret);
	amp = next_amp(t, t->at, end);
	if (amp > t->at)
		return raw_run(t, amp, ret);
	reference(t, ret);
	return true;
}

/* "<script" or "</script" and what ends the name: "<!--" in scripts counts them. */
static bool is_script_tag(const struct htmltok *t, size_t at)
{
	char after = byte_at(t, at + 6);

	return str_caseeq(str_sub(t->in, at, at + 6), STR("script")) && at + 6 < t->in.n &&
	       (htmltok_is_space(after) || after == '/' || after == '>');
}

static void script_lt(struct htmltok *t, size_t at)
{
	str rest = str_skip(t->in, at);

	if (t->escape == HTMLTOK_PLAIN && str_starts(rest, STR("<!--")))
		t->escape = HTMLTOK_ESCAPED;
	else if (t->escape == HTMLTOK_ESCAPED && is_script_tag(t, at + 1))
		t->escape = HTMLTOK_DOUBLE_ESCAPED;
	else if (t->escape == HTMLTOK_DOUBLE_ESCAPED && byte_at(t, at + 1) == '/' &&
		 is_script_tag(t, at + 2))
		t->escape = HTMLTOK_ESCAPED;
}

/* Script data, escaped or not (13.2.5.4, 13.2.5.15 to 31): the whole text at once. "-->" ends what
 * "<!--" began; its dashes may be those of "<!--". */
static bool script(struct htmltok *t, struct htmltok_token *ret)
{
	size_t at = t->at;

	if (t->escape != HTMLTOK_DOUBLE_ESCAPED && is_appropriate_end(t, at))
		return end_tag(t, ret);
	for (; at < t->in.n; at++) {
		char c = t->in.p[at];

		if (c == '<') {
			if (t->escape != HTMLTOK_DOUBLE_ESCAPED && is_appropriate_end(t, at))
				break;
			script_lt(t, at);
		} else if (c == '>' && str_ends(str_sub(t->in, 0, at), STR("--"))) {
			t->escape = HTMLTOK_PLAIN;
		}
	}
	return raw_run(t, at, ret);
}

static bool cdata(struct htmltok *t, struct htmltok_token *ret)
{
	size_t end = str_find(str_skip(t->in, t->at), STR("]]>"));
	size_t from = t->at;

	t->mode = HTMLTOK_DATA;
	t->at = end == STR_NONE ? t->in.n : from + end + 3;
	ret->kind = HTMLTOK_TEXT;
	ret->text = str_sub(t->in, from, end == STR_NONE ? t->in.n : from + end);
	return ret->text.n > 0;
}

static bool step(struct htmltok *t, struct htmltok_token *ret)
{
	switch (t->mode) {
	case HTMLTOK_RCDATA:
		return rcdata(t, ret);
	case HTMLTOK_RAWTEXT:
		return rawtext(t, ret);
	case HTMLTOK_SCRIPT:
		return script(t, ret);
	case HTMLTOK_PLAINTEXT:
		return raw_run(t, t->in.n, ret);
	case HTMLTOK_CDATA:
		return cdata(t, ret);
	case HTMLTOK_DATA:
		break;
	}
	return data(t, ret);
}

bool htmltok_next(struct htmltok *t, struct htmltok_token *ret)
{
	while (t->at < t->in.n) {
		*ret = (struct htmltok_token){ .kind = HTMLTOK_END };
		if (step(t, ret))
			return true;
	}
	*ret = (struct htmltok_token){ .kind = HTMLTOK_END };
	return false;
}

str htmltok_attr(const struct htmltok_token *token, str name)
{
	for (size_t i = 0; i < token->n_attrs; i++) {
		if (str_eq(token->attrs[i].name, name))
			return token->attrs[i].value;
	}
	return STR_NULL;
}
