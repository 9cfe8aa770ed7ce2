/* What begins with "<!": comments, DOCTYPE, CDATA (HTML 13.2.5.41 to 68). */
#include "html/htmltok_private.h"

static bool next_is(const struct htmltok *t, str literal)
{
	return str_starts(str_skip(t->in, t->at), literal);
}

static void comment_token(struct htmltok *t, str text, struct htmltok_token *ret)
{
	ret->kind = HTMLTOK_COMMENT;
	ret->text = htmltok_without_nul(t, text);
}

void htmltok_markup_bogus(struct htmltok *t, struct htmltok_token *ret)
{
	str rest = str_skip(t->in, t->at);
	size_t end = str_chr(rest, '>');

	comment_token(t, str_sub(rest, 0, end == STR_NONE ? rest.n : end), ret);
	t->at = end == STR_NONE ? t->in.n : t->at + end + 1;
}

/* The ">" of "-->" or "--!>", and in *ret_text where the text before them ends. */
static size_t comment_end(str s, size_t *ret_text)
{
	for (size_t at = 0, hit; (hit = str_chr(str_skip(s, at), '>')) != STR_NONE; at += hit + 1) {
		str before = str_sub(s, 0, at + hit);
		size_t mark = str_ends(before, STR("--"))    ? 2
			      : str_ends(before, STR("--!")) ? 3
							     : 0;

		if (mark) {
			*ret_text = before.n - mark;
			return at + hit;
		}
	}
	return STR_NONE;
}

/* What was being read as an end does not belong to the text when the input stops there. */
static str cut_end(str s)
{
	static const str ends[] = { STR("--!"), STR("--"), STR("-") };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (str_ends(s, ends[i]))
			return str_sub(s, 0, s.n - ends[i].n);
	}
	return s;
}

/* Behind "<!--". */
static void comment(struct htmltok *t, struct htmltok_token *ret)
{
	str rest = str_skip(t->in, t->at);
	size_t text = 0, end;

	if (str_starts(rest, STR(">")) || str_starts(rest, STR("->"))) {
		t->at += rest.p[0] == '>' ? 1 : 2;
		comment_token(t, STR(""), ret);
		return;
	}
	end = comment_end(rest, &text);
	if (end == STR_NONE) {
		t->at = t->in.n;
		comment_token(t, cut_end(rest), ret);
		return;
	}
	t->at += end + 1;
	comment_token(t, str_sub(rest, 0, text), ret);
}

static void skip_space(struct htmltok *t)
{
	while (t->at < t->in.n && htmltok_is_space(t->in.p[t->at]))
		t->at++;
}

static str doctype_name(struct htmltok *t)
{
	size_t from = t->at;
	str name;
	char *folded;

	while (t->at < t->in.n && t->in.p[t->at] != '>' && !htmltok_is_space(t->in.p[t->at]))
		t->at++;
	name = str_sub(t->in, from, t->at);
	folded = arena_array(t->arena, char, name.n + 1);
	for (size_t i = 0; i < name.n; i++)
		folded[i] = str_lower_char(name.p[i]);
	return htmltok_without_nul(t, str_of(folded, name.n));
}

/* A quoted identifier at .at. False when there is none, or it is not closed by its quote. */
static bool identifier(struct htmltok *t, str *ret)
{
	size_t from = t->at + 1;
	char quote;

	if (t->at >= t->in.n || (t->in.p[t->at] != '"' && t->in.p[t->at] != '\''))
		return false;
	quote = t->in.p[t->at++];
	while (t->at < t->in.n && t->in.p[t->at] != quote && t->in.p[t->at] != '>')
		t->at++;
	*ret = htmltok_without_nul(t, str_sub(t->in, from, t->at));
	if (t->at >= t->in.n || t->in.p[t->at] == '>')
		return false;
	t->at++;
	return true;
}

static bool keyword(struct htmltok *t, str word)
{
	if (!str_casestarts(str_skip(t->in, t->at), word))
		return false;
	t->at += word.n;
	return true;
}

/* Behind the name. False: something is missing or malformed, which forces quirks mode. */
static bool doctype_ids(struct htmltok *t, struct htmltok_token *ret)
{
	bool may_be_public = keyword(t, STR("PUBLIC"));

	if (!may_be_public && !keyword(t, STR("SYSTEM")))
		return false;
	skip_space(t);
	if (!may_be_public)
		return identifier(t, &ret->system_id);
	if (!identifier(t, &ret->public_id))
		return false;
	skip_space(t);
	if (t->at < t->in.n && t->in.p[t->at] == '>')
		return true;
	return identifier(t, &ret->system_id);
}

/* Behind "<!DOCTYPE". */
static void doctype(struct htmltok *t, struct htmltok_token *ret)
{
	size_t end;

	ret->kind = HTMLTOK_DOCTYPE;
	skip_space(t);
	ret->force_quirks = true;
	if (t->at < t->in.n && t->in.p[t->at] != '>') {
		ret->name = doctype_name(t);
		skip_space(t);
		if (t->at < t->in.n)
			ret->force_quirks = t->in.p[t->at] != '>' && !doctype_ids(t, ret);
	}
	skip_space(t);
	if (t->at >= t->in.n)
		ret->force_quirks = true;
	/* What stands behind a good system identifier is ignored (13.2.5.66). */
	end = str_chr(str_skip(t->in, t->at), '>');
	t->at = end == STR_NONE ? t->in.n : t->at + end + 1;
}

bool htmltok_markup_read(struct htmltok *t, struct htmltok_token *ret)
{
	if (next_is(t, STR("--"))) {
		t->at += 2;
		comment(t, ret);
	} else if (keyword(t, STR("DOCTYPE"))) {
		doctype(t, ret);
	} else if (t->foreign && next_is(t, STR("[CDATA["))) {
		t->at += STR("[CDATA[").n;
		t->mode = HTMLTOK_CDATA;
		return false;
	} else {
		htmltok_markup_bogus(t, ret);
	}
	return true;
}
