#include "auth/authres.h"

#include "base/strbuf.h"

/* Behind blanks and comments, which nest (RFC 5322 3.2.2). */
static void skip_cfws(str *s)
{
	size_t depth = 0, i = 0;

	while (i < s->n && (depth || s->p[i] == '(' || str_is_space(s->p[i]))) {
		if (s->p[i] == '\\')
			i++;
		else if (s->p[i] == '(')
			depth++;
		else if (s->p[i] == ')')
			depth--;
		i++;
	}
	*s = str_skip(*s, i);
}

static bool is_next(const str *s, char c)
{
	return s->n && s->p[0] == c;
}

/* The characters up to one that ends the word. */
static str take_word(str *s, const char *ends)
{
	size_t n = 0;
	str word;

	while (n < s->n && !str_is_space(s->p[n]) && !(s->p[n] && strchr(ends, s->p[n])))
		n++;
	word = str_sub(*s, 0, n);
	*s = str_skip(*s, n);
	return word;
}

/* A quoted-string, without its quotes and escapes; without end it goes to the end. */
static void take_quoted(str *s, struct strbuf *out)
{
	size_t i = 1;

	for (; i < s->n && s->p[i] != '"'; i++) {
		if (s->p[i] == '\\' && i + 1 < s->n)
			i++;
		strbuf_char(out, s->p[i]);
	}
	*s = str_skip(*s, i + 1);
}

/* value, or pvalue, where words and quoted strings may stand one behind the other
 * ("\"a b\"@example.org"). */
static str take_value(struct arena *a, str *s, const char *ends)
{
	struct strbuf b = strbuf_make(a, s->n);
	str word = take_word(s, ends);

	if (!is_next(s, '"'))
		return word;
	strbuf_put(&b, word);
	do {
		if (is_next(s, '"'))
			take_quoted(s, &b);
		word = take_word(s, ends);
		strbuf_put(&b, word);
	} while (is_next(s, '"'));
	return b.n ? strbuf_str(&b) : STR("");
}

/* Behind the next ";" that stands in no comment and no quoted string. */
static void skip_to_next(struct arena *a, str *s)
{
	while (s->n && !is_next(s, ';')) {
		struct strbuf unused = strbuf_make(a, 0);

		if (is_next(s, '('))
			skip_cfws(s);
		else if (is_next(s, '"'))
			take_quoted(s, &unused);
		else
			*s = str_skip(*s, 1);
	}
	*s = str_skip(*s, 1);
}

/* Behind "=" and what may stand around it. */
static bool take_equals(str *s)
{
	skip_cfws(s);
	if (!is_next(s, '='))
		return false;
	*s = str_skip(*s, 1);
	skip_cfws(s);
	return true;
}

/* reasonspec or propspec. False: neither, or the end of this resinfo. */
static bool take_property(struct arena *a, str *s, struct authres_property *ret)
{
	str key;
	size_t dot;

	skip_cfws(s);
	key = take_word(s, "=;(\"");
	if (key.n == 0 || !take_equals(s))
		return false;
	dot = str_chr(key, '.');
	if (dot == 0)
		dot = STR_NONE;
	*ret = (struct authres_property){
		.type = dot == STR_NONE ? STR("") : str_sub(key, 0, dot),
		.name = dot == STR_NONE ? key : str_skip(key, dot + 1),
		.value = take_value(a, s, ";(\""),
	};
	return true;
}

static void take_properties(struct arena *a, str *s, struct authres_result *r)
{
	ARENA_VEC(struct authres_property) list = { 0 };
	struct authres_property p;

	while (take_property(a, s, &p)) {
		if (p.type.n == 0 && str_caseeq(p.name, STR("reason")))
			r->reason = p.value;
		else if (list.n < AUTHRES_MAX_PROPERTIES)
			*arena_push(a, &list) = p;
	}
	r->properties = list.v;
	r->n = list.n;
}

/* methodspec and what follows it. False: "none", nothing, or what is no resinfo. */
static bool take_result(struct arena *a, str *s, struct authres_result *ret)
{
	*ret = (struct authres_result){ .reason = STR("") };
	skip_cfws(s);
	ret->method = take_word(s, "=/;(\"");
	skip_cfws(s);
	if (is_next(s, '/')) { /* the method's version */
		*s = str_skip(*s, 1);
		skip_cfws(s);
		(void)take_word(s, "=;(\"");
	}
	if (ret->method.n == 0 || !take_equals(s))
		return false;
	ret->result = take_word(s, ";(\"");
	if (ret->result.n == 0)
		return false;
	take_properties(a, s, ret);
	return true;
}

bool authres_parse(struct arena *a, str value, struct authres *ret)
{
	ARENA_VEC(struct authres_result) list = { 0 };
	struct authres_result one;
	str s = value;

	*ret = (struct authres){ 0 };
	skip_cfws(&s);
	ret->authserv_id = take_value(a, &s, ";=(/)\"");
	if (ret->authserv_id.n == 0)
		return false;
	skip_cfws(&s);
	if (is_next(&s, '=')) /* it begins with a result, as if it were a result's own field */
		return false;
	ret->version = take_word(&s, ";=(\"");
	for (size_t i = 0; i < ret->version.n; i++)
		if (!str_is_digit(ret->version.p[i]))
			ret->version = STR("");
	for (skip_to_next(a, &s); s.n; skip_to_next(a, &s))
		if (take_result(a, &s, &one) && list.n < AUTHRES_MAX_RESULTS)
			*arena_push(a, &list) = one;
	ret->results = list.v;
	ret->n = list.n;
	return true;
}

static struct authres_result *add(struct arena *a, struct authres *r, const char *method,
				  str result, str reason)
{
	struct authres_result *one = &r->results[r->n++];

	*one = (struct authres_result){ .method = str_c(method),
					.result = result,
					.reason = reason };
	one->properties = arena_array(a, struct authres_property, 8);
	return one;
}

static void property(struct authres_result *r, const char *type, const char *name, str value)
{
	if (value.n)
		r->properties[r->n++] =
			(struct authres_property){ str_c(type), str_c(name), value };
}

static void add_spf(struct arena *a, struct authres *r, const struct spf_result *spf)
{
	struct authres_result *one = add(a, r, "spf", spfcheck_name(spf->result), spf->problem);

	property(one, "smtp", str_eq(spf->identity, STR("helo")) ? "helo" : "mailfrom",
		 spf->domain);
}

static void add_dkim(struct arena *a, struct authres *r, const struct dkim_result *dkim)
{
	struct authres_result *one =
		add(a, r, "dkim", results_code_name(dkim->result), dkim->reason);

	property(one, "header", "d", dkim->domain);
	property(one, "header", "i", dkim->identity);
	property(one, "header", "s", dkim->selector);
	property(one, "header", "a", dkim->algorithm);
	property(one, "header", "b", dkim->signature); /* RFC 6008 */
}

static void add_arc(struct arena *a, struct authres *r, const struct arc_result *arc)
{
	struct authres_result *one = add(a, r, "arc", results_code_name(arc->result), arc->reason);

	if (arc->result == AUTH_PASS)
		property(one, "header", "oldest-pass", arena_fmt(a, "%u", arc->oldest_pass));
}

static void add_dmarc(struct arena *a, struct authres *r, const struct dmarc_result *dmarc)
{
	struct authres_result *one =
		add(a, r, "dmarc", results_code_name(dmarc->result), dmarc->reason);

	property(one, "header", "from", dmarc->domain);
	if (dmarc->record.n)
		property(one, "policy", "dmarc",
			 results_policy_name(dmarc->result == AUTH_FAIL ? dmarc->disposition
									: dmarc->policy));
}

struct authres authres_of(struct arena *a, str authserv_id, const struct auth_results *found)
{
	struct authres r = { .authserv_id = authserv_id, .version = STR("") };

	r.results = arena_array(a, struct authres_result, found->n_dkim + 4);
	add_spf(a, &r, &found->spf);
	for (size_t i = 0; i < found->n_dkim; i++)
		add_dkim(a, &r, &found->dkim[i]);
	if (found->n_dkim == 0)
		(void)add(a, &r, "dkim", STR("none"), STR(""));
	add_dmarc(a, &r, &found->dmarc);
	add_arc(a, &r, &found->arc);
	return r;
}

/* RFC 2045 5.1 token, and "@" since a value may be [ [ local-part ] "@" ] domain-name
 * (RFC 8601 2.2). */
static bool is_bare(str s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    str_chr(STR("()<>,;:\\\"/[]?="), s.p[i]) != STR_NONE)
			return false;
	return true;
}

static void put_value(struct strbuf *b, str s)
{
	s = str_sub(s, 0, AUTHRES_MAX_VALUE);
	if (is_bare(s)) {
		strbuf_put(b, s);
		return;
	}
	strbuf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '"' || c == '\\')
			strbuf_char(b, '\\');
		strbuf_char(b, c >= ' ' && c < 0x7f ? c : '?');
	}
	strbuf_char(b, '"');
}

/* Keyword and what is like it. */
static void put_keyword(struct strbuf *b, str s)
{
	s = str_sub(s, 0, AUTHRES_MAX_VALUE);
	for (size_t i = 0; i < s.n; i++)
		strbuf_char(b, str_is_alnum(s.p[i]) || strchr("-_.", s.p[i] ? s.p[i] : '?') ? s.p[i]
											    : '?');
}

static void put_property(struct strbuf *b, const struct authres_property *p)
{
	if (p->type.n) {
		put_keyword(b, p->type);
		strbuf_char(b, '.');
	}
	put_keyword(b, p->name);
	strbuf_char(b, '=');
	put_value(b, p->value);
}

static void put_result(struct strbuf *b, const struct authres_result *r, bool folded)
{
	str between = folded ? STR("\r\n\t ") : STR(" ");

	put_keyword(b, r->method);
	strbuf_char(b, '=');
	put_keyword(b, r->result);
	if (r->reason.n) {
		strbuf_put(b, STR(" reason="));
		put_value(b, r->reason);
	}
	for (size_t i = 0; i < r->n; i++) {
		strbuf_put(b, i || r->reason.n ? between : STR(" "));
		put_property(b, &r->properties[i]);
	}
}

void authres_put(struct strbuf *b, const struct authres *r, bool folded)
{
	put_value(b, r->authserv_id);
	if (r->version.n) {
		strbuf_char(b, ' ');
		put_keyword(b, r->version);
	}
	if (r->n == 0)
		strbuf_put(b, STR("; none"));
	for (size_t i = 0; i < r->n; i++) {
		strbuf_put(b, folded ? STR(";\r\n\t") : STR("; "));
		put_result(b, &r->results[i], folded);
	}
}
