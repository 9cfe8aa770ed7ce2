#include "mime/htmltext.h"

#include "base/num.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "mime/htmlref.h"

struct strip {
	struct strbuf out;
	str in;
	size_t at;
	bool space;	 /* white space is pending */
	bool line;	 /* a line break is pending */
	bool no_more_gt; /* there is no ">" ahead, so nobody searches it again */
};

static void put(struct strip *s, str text)
{
	if (s->line && s->out.n)
		strbuf_char(&s->out, '\n');
	else if (s->space && s->out.n)
		strbuf_char(&s->out, ' ');
	s->line = s->space = false;
	strbuf_put(&s->out, text);
}

static void put_cp(struct strip *s, uint32_t cp)
{
	char utf8[4];

	if (cp == ' ' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0xa0)
		s->space = true;
	else if (cp != 0 && cp != 0xad && cp != 0x200b && cp != 0x200c && cp != 0xfeff)
		put(s, str_of(utf8, utf8_encode(cp, utf8)));
}

/* Tags that start a new line for the reader. */
static bool breaks_line(str name)
{
	static const str names[] = {
		STR("br"), STR("p"),   STR("div"), STR("tr"), STR("li"),	 STR("table"),
		STR("hr"), STR("h1"),  STR("h2"),  STR("h3"), STR("h4"),	 STR("ul"),
		STR("ol"), STR("pre"), STR("td"),  STR("th"), STR("blockquote"), STR("section"),
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_caseeq(name, names[i]))
			return true;
	}
	return false;
}

/* Elements whose content nobody reads, and what ends them. */
static str silent_end(str name)
{
	static const struct {
		str name, end;
	} silent[] = {
		{ STR("script"), STR("</script") },
		{ STR("style"), STR("</style") },
		{ STR("title"), STR("</title") },
		{ STR("noembed"), STR("</noembed") },
	};

	for (size_t i = 0; i < ARRAY_LEN(silent); i++) {
		if (str_caseeq(name, silent[i].name))
			return silent[i].end;
	}
	return STR_NULL;
}

/* "<!-- ... -->"; unclosed, it hides the rest. "<!-->" is a whole comment. */
static void skip_comment(struct strip *s)
{
	str rest = str_skip(s->in, s->at + 4);
	size_t end;

	if (str_starts(rest, STR(">")) || str_starts(rest, STR("->"))) {
		s->at = s->at + 4 + str_chr(rest, '>') + 1;
		return;
	}
	end = str_find(rest, STR("-->"));
	s->at = end == STR_NONE ? s->in.n : s->at + 4 + end + 3;
}

/* Behind the ">" of the tag at s->at; quoted attribute values may hold ">". */
static size_t tag_end(struct strip *s)
{
	char quote = 0;

	for (size_t i = s->at + 1; i < s->in.n; i++) {
		char c = s->in.p[i];

		if (quote)
			quote = c == quote ? 0 : quote;
		else if ((c == '"' || c == '\'') && s->in.p[i - 1] == '=')
			quote = c;
		else if (c == '>')
			return i + 1;
	}
	s->no_more_gt = true;
	return STR_NONE;
}

static str tag_name(const struct strip *s, bool *ret_closing)
{
	size_t from = s->at + 1, to;

	*ret_closing = from < s->in.n && s->in.p[from] == '/';
	from += *ret_closing;
	for (to = from; to < s->in.n && str_is_alnum(s->in.p[to]) && to - from < 16;)
		to++;
	return str_sub(s->in, from, to);
}

/* What starts with "<": a tag, a comment, or just a sign (HTML 13.2.5.6). */
static void markup(struct strip *s)
{
	str rest = str_skip(s->in, s->at);
	bool closing;
	str name, ends;
	size_t end;

	if (str_starts(rest, STR("<!--"))) {
		skip_comment(s);
		return;
	}
	name = tag_name(s, &closing);
	if (!name.n && !closing && !str_starts(rest, STR("<!")) && !str_starts(rest, STR("<?"))) {
		put(s, STR("<"));
		s->at++;
		return;
	}
	end = s->no_more_gt ? STR_NONE : tag_end(s);
	if (end == STR_NONE) {
		put(s, STR("<")); /* browsers drop it, some clients show it: keep it readable */
		s->at++;
		return;
	}
	s->at = end;
	s->line |= breaks_line(name);
	ends = closing ? STR_NULL : silent_end(name);
	if (ends.p) {
		end = str_casefind(str_skip(s->in, s->at), ends);
		s->at = end == STR_NONE ? s->in.n : s->at + end;
	}
}

static void text(struct strip *s)
{
	size_t from = s->at;

	while (s->at < s->in.n) {
		char c = s->in.p[s->at];

		if (c == '<' || c == '&' || c == '\0' || c == '\xc2' || str_is_space(c))
			break;
		s->at++;
	}
	if (s->at > from)
		put(s, str_sub(s->in, from, s->at));
}

str htmltext_extract(struct arena *a, str html)
{
	struct strip s = { .out = strbuf_make(a, html.n + 4), .in = html };

	while (s.at < html.n) {
		uint32_t cp;
		size_t n;

		if (html.p[s.at] == '<') {
			markup(&s);
			continue;
		}
		n = html.p[s.at] == '&' ? htmlref_parse(str_skip(html, s.at), &cp)
					: utf8_next(str_skip(html, s.at), &cp);
		if (n && (html.p[s.at] == '&' || html.p[s.at] == '\xc2' || cp <= ' ')) {
			put_cp(&s, cp);
			s.at += n;
		} else if (html.p[s.at] == '&' || n == 0) {
			put(&s, str_sub(html, s.at, s.at + 1));
			s.at++;
		} else {
			text(&s);
		}
	}
	return strbuf_str(&s.out);
}
