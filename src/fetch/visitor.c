#include "fetch/visitor.h"

#include "fetch/refresh.h"
#include "mime/params.h"
#include "url/url.h"

str visitor_agent(void)
{
	return STR(
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0");
}

int visitor_by_http(const void *ctx, struct arena *a, const struct httpget *q,
		    struct httpget_answer *ret, struct why *why)
{
	return httpget_run(ctx, a, q, ret, why);
}

static bool is_html(str type)
{
	return str_casestarts(type, STR("text/html")) ||
	       str_casestarts(type, STR("application/xhtml+xml"));
}

/* Where this answer leads as it stands in it, or empty. */
static str leads_to(const struct httpget_answer *answer)
{
	str target;

	if (answer->code >= 300 && answer->code < 400 && answer->code != 304)
		return answer->location;
	target = refresh_of_field(answer->refresh);
	return !target.n && is_html(answer->type) ? refresh_of_page(answer->body) : target;
}

static bool was_there(const struct visit *v, str first, str url)
{
	bool there = str_eq(first, url);

	for (size_t i = 0; i < v->n; i++)
		there |= str_eq(v->hops[i], url);
	return there;
}

/* Letters, digits and the signs of RFC 6838 4.2, lower case. */
static str clean_type(struct arena *a, str value)
{
	struct strbuf b = strbuf_make(a, VISIT_TYPE);

	value = str_trim(str_sub(value, 0, str_chr(value, ';')));
	for (size_t i = 0; i < value.n && i < VISIT_TYPE; i++) {
		char c = str_lower_char(value.p[i]);

		strbuf_char(&b, str_is_alnum(c) || strchr("!#$&-^_.+/", c) ? c : '?');
	}
	return strbuf_str(&b);
}

/* The end of a long name is what says what it is. */
static void describe(struct arena *a, const struct httpget_answer *answer, struct visit *ret)
{
	struct params p;

	params_parse(a, answer->disposition, &p);
	ret->end = VISIT_PAGE;
	ret->code = (uint32_t)answer->code;
	ret->type = clean_type(a, answer->type);
	ret->download = str_caseeq(str_trim(p.value), STR("attachment"));
	for (size_t i = 0; i < p.list.n; i++) {
		str value = p.list.v[i].value;

		if (str_caseeq(p.list.v[i].name, STR("filename")))
			ret->filename = str_skip(
				value, value.n > VISIT_FILENAME ? value.n - VISIT_FILENAME : 0);
	}
}

static bool is_web(const struct url *u)
{
	return str_eq(u->scheme, STR("http")) || str_eq(u->scheme, STR("https"));
}

/* Asks one server; false when that is the end of the visit. */
static bool step(const struct visitor *v, struct arena *a, const struct visit_question *q,
		 deadline d, struct url *at, struct visit *ret)
{
	struct httpget one = { .url = at->href,
			       .plain = true,
			       .head = !q->get,
			       .cut = true,
			       .max_bytes = VISITOR_PAGE,
			       .ca = v->ca,
			       .fields = { STR("Accept: text/html,application/xhtml+xml,*/*;q=0.8"),
					   STR("Accept-Language: fr,en;q=0.5") },
			       .n_fields = 2,
			       .until = d };
	struct httpget_answer answer;
	struct why why;
	struct url next;
	str target;
	int r = v->get(v->ctx, a, &one, &answer, &why);

	ret->end = r == HTTPGET_E_INTERNAL ? VISIT_INTERNAL : VISIT_UNANSWERED;
	if (r != HTTPGET_OK)
		return false;
	target = leads_to(&answer);
	/* Another scheme than the web's is for the reader's programs; the hop says so. */
	if (!target.n || !url_parse(a, target, at, &next) || next.href.n > VISIT_URL) {
		describe(a, &answer, ret);
		return false;
	}
	if (was_there(ret, q->url, next.href)) {
		ret->end = VISIT_LOOP;
		return false;
	}
	if (ret->n == v->hops) {
		ret->end = VISIT_TOO_MANY;
		return false;
	}
	ret->hops[ret->n++] = next.href;
	*at = next;
	return is_web(&next);
}

void visitor_follow(const struct visitor *v, struct arena *a, const struct visit_question *q,
		    deadline d, struct visit *ret)
{
	struct url at;

	*ret = (struct visit){ .end = VISIT_UNANSWERED };
	bug_if(v->hops > VISIT_HOPS);
	if (!url_parse(a, q->url, NULL, &at) || !is_web(&at))
		return;
	while (step(v, a, q, d, &at, ret))
		continue;
}
