#include "audit/auditpage.h"

/* Words of the page itself. */
enum word {
	WORD_PASS,
	WORD_FAIL,
	WORD_DANGER,
	WORD_UNCLEAR,
	WORD_SKIPPED,
	WORD_SUMMARY,
	WORD_GROUP,
	WORD_HAPPENED,
	WORD_MEANS,
	WORD_RULES,
	WORD_POTERNE,
	WORD_POSTFIX,
	WORD_DIALOGUE,
	WORD_NONE,
	WORDS
};

static const char *const words[WORDS][ADVICE_LANGS] = {
	[WORD_PASS] = { "as it should be", "conforme" },
	[WORD_FAIL] = { "failed", "non conforme" },
	[WORD_DANGER] = { "dangerous", "dangereux" },
	[WORD_UNCLEAR] = { "unclear", "indécis" },
	[WORD_SKIPPED] = { "not tested", "non testé" },
	[WORD_SUMMARY] = { "Summary", "Résumé" },
	[WORD_GROUP] = { "Group", "Groupe" },
	[WORD_HAPPENED] = { "What happened", "Ce qui s’est passé" },
	[WORD_MEANS] = { "What it means", "Ce que cela signifie" },
	[WORD_RULES] = { "Rules", "Règles" },
	[WORD_POTERNE] = { "On Poterne", "Avec Poterne" },
	[WORD_POSTFIX] = { "On Postfix and Rspamd", "Avec Postfix et Rspamd" },
	[WORD_DIALOGUE] = { "dialogue", "dialogue" },
	[WORD_NONE] = { "Nothing failed.", "Rien n’a échoué." },
};

static const char *const classes[FATE_JUDGEMENTS] = {
	[FATE_PASS] = "pass",	    [FATE_FAIL] = "fail",	[FATE_DANGER] = "danger",
	[FATE_UNCLEAR] = "unclear", [FATE_SKIPPED] = "skipped",
};

/* From the left of a bar: the worst last, where the eye ends. */
static const enum fate_judgement bar_order[] = { FATE_PASS, FATE_SKIPPED, FATE_UNCLEAR, FATE_FAIL,
						 FATE_DANGER };

static const char style[] =
	":root{color-scheme:light dark;--fg:#1b1f24;--bg:#fff;--soft:#f3f4f6;--line:#d5d9df;"
	"--pass:#2e7d4f;--fail:#c77700;--danger:#b3261e;--unclear:#6b7280;--skipped:#b8bec7}"
	"@media(prefers-color-scheme:dark){:root{--fg:#e6e8eb;--bg:#14171a;--soft:#1f2429;"
	"--line:#3a4149;--pass:#5fbf86;--fail:#f0a63a;--danger:#ff7a70;--unclear:#9aa3ad;"
	"--skipped:#59616b}}"
	"body{font:16px/1.5 system-ui,sans-serif;color:var(--fg);background:var(--bg);"
	"max-width:60rem;margin:2rem auto;padding:0 1rem}"
	"h1{font-size:1.6rem;margin-bottom:0}h2{margin-top:2.5rem}"
	"table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .5rem;"
	"border-bottom:1px solid var(--line)}td.n,th.n{text-align:right}"
	"svg{display:block;width:100%;height:1rem}"
	".pass{color:var(--pass);fill:var(--pass)}.fail{color:var(--fail);fill:var(--fail)}"
	".danger{color:var(--danger);fill:var(--danger)}"
	".unclear{color:var(--unclear);fill:var(--unclear)}"
	".skipped{color:var(--unclear);fill:var(--skipped)}"
	"article{border:1px solid var(--line);border-left:.4rem solid;border-radius:.3rem;"
	"padding:.5rem 1rem;margin:1rem 0;break-inside:avoid}"
	"article>*{color:var(--fg)}article h3 .tag{font-size:.85rem;font-weight:600}"
	"article.danger h3 .tag{color:var(--danger)}article.fail h3 .tag{color:var(--fail)}"
	"dt{font-weight:600;margin-top:.5rem}dd{margin:0}"
	"ul{margin:0;padding-left:1.2rem}li{overflow-wrap:anywhere}"
	"code,pre{font:.85rem/1.4 ui-monospace,monospace}"
	"pre{background:var(--soft);padding:.5rem;white-space:pre-wrap;overflow-wrap:anywhere}"
	"@media print{body{max-width:none;margin:0}details:not([open])>pre{display:none}}";

static void put_escaped(FILE *out, str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (c == '\'')
			fputs("&#39;", out);
		else if ((c >= 0x20 || c == '\n' || c == '\t') && c != 0x7f)
			fputc(c, out);
	}
}

/* Bytes of a server may be anything: what is no UTF-8 is shown as \xHH. */
static void put_text(FILE *out, str s)
{
	cleanup(arena_freep) struct arena *a = arena_new("page text", (8 * s.n) + (64 << 10));
	struct strbuf b = strbuf_make(a, 4 * s.n + 16);
	str rest = s, line;

	while (rest.p && str_split(&rest, '\n', &line)) {
		strbuf_clear(&b);
		strbuf_printable(&b, line);
		put_escaped(out, strbuf_str(&b));
		if (rest.p)
			fputc('\n', out);
	}
}

static const char *say(const struct auditpage *p, enum word w)
{
	return words[w][p->lang];
}

static const char *judged(const struct auditpage *p, enum fate_judgement j)
{
	static const enum word as[FATE_JUDGEMENTS] = {
		[FATE_PASS] = WORD_PASS,       [FATE_FAIL] = WORD_FAIL,
		[FATE_DANGER] = WORD_DANGER,   [FATE_UNCLEAR] = WORD_UNCLEAR,
		[FATE_SKIPPED] = WORD_SKIPPED,
	};

	return say(p, as[j]);
}

static size_t total(const struct auditpage_group *g)
{
	size_t n = 0;

	for (size_t j = 0; j < FATE_JUDGEMENTS; j++)
		n += g->n[j];
	return n;
}

static void put_bar(FILE *out, const struct auditpage_group *g)
{
	size_t all = total(g), at = 0;

	fprintf(out,
		"<svg viewBox=\"0 0 %zu 1\" preserveAspectRatio=\"none\" aria-hidden=\"true\">",
		all ? all : 1);
	for (size_t i = 0; i < ARRAY_LEN(bar_order); i++) {
		size_t n = g->n[bar_order[i]];

		if (n)
			fprintf(out, "<rect class=\"%s\" x=\"%zu\" width=\"%zu\" height=\"1\"/>",
				classes[bar_order[i]], at, n);
		at += n;
	}
	fputs("</svg>", out);
}

static void put_group_row(FILE *out, const struct auditpage_group *g)
{
	fputs("<tr><td>", out);
	put_text(out, g->name);
	fputs("</td>", out);
	for (size_t j = 0; j < FATE_JUDGEMENTS; j++)
		fprintf(out, "<td class=\"n%s%s\">%zu</td>", g->n[j] ? " " : "",
			g->n[j] ? classes[j] : "", g->n[j]);
	fputs("<td style=\"width:35%\">", out);
	put_bar(out, g);
	fputs("</td></tr>\n", out);
}

static void put_summary(FILE *out, const struct auditpage *p)
{
	fprintf(out, "<h2>%s</h2>\n<table><tr><th>%s</th>", say(p, WORD_SUMMARY),
		say(p, WORD_GROUP));
	for (size_t j = 0; j < FATE_JUDGEMENTS; j++)
		fprintf(out, "<th class=\"n\">%s</th>", judged(p, (enum fate_judgement)j));
	fputs("<th></th></tr>\n", out);
	for (size_t i = 0; i < p->groups.n; i++)
		put_group_row(out, &p->groups.v[i]);
	fputs("</table>\n", out);
}

static void put_definition(FILE *out, const struct auditpage *p, enum word name, str text)
{
	if (!text.n)
		return;
	fprintf(out, "<dt>%s</dt><dd>", say(p, name));
	put_text(out, text);
	fputs("</dd>\n", out);
}

static void put_line(FILE *out, const struct auditpage *p, const struct auditpage_line *l)
{
	fprintf(out, "<li class=\"%s\">", classes[l->judgement]);
	fputs("<code>", out);
	put_text(out, l->id);
	fputs("</code> ", out);
	put_text(out, l->text);
	if (l->transcript.n) {
		fprintf(out, "<details><summary>%s</summary><pre>", say(p, WORD_DIALOGUE));
		put_text(out, l->transcript);
		fputs("</pre></details>", out);
	}
	fputs("</li>\n", out);
}

static void put_item(FILE *out, const struct auditpage *p, const struct auditpage_item *i)
{
	fprintf(out, "<article class=\"%s\"><h3>", classes[i->judgement]);
	put_text(out, i->id);
	fputs(" ", out);
	put_text(out, i->title);
	fprintf(out, " <span class=\"tag\">%s</span></h3><dl>\n", judged(p, i->judgement));
	put_definition(out, p, WORD_MEANS, i->means);
	fprintf(out, "<dt>%s</dt><dd><ul>\n", say(p, WORD_HAPPENED));
	for (size_t k = 0; k < i->lines.n; k++)
		put_line(out, p, &i->lines.v[k]);
	fputs("</ul></dd>\n", out);
	put_definition(out, p, WORD_RULES, i->rules);
	put_definition(out, p, WORD_POTERNE, i->poterne);
	put_definition(out, p, WORD_POSTFIX, i->postfix);
	fputs("</dl></article>\n", out);
}

static void put_head(FILE *out, const struct auditpage *p)
{
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">"
		"<meta name=\"viewport\" content=\"width=device-width\"><title>",
		p->lang == ADVICE_FR ? "fr" : "en");
	put_text(out, p->title);
	fprintf(out, "</title><style>%s</style></head><body>\n<h1>", style);
	put_text(out, p->title);
	fputs("</h1>\n<p>", out);
	put_text(out, p->subtitle);
	fputs("</p>\n<table>\n", out);
	for (size_t i = 0; i < p->facts.n; i++) {
		fputs("<tr><th>", out);
		put_text(out, p->facts.v[i].name);
		fputs("</th><td>", out);
		put_text(out, p->facts.v[i].value);
		fputs("</td></tr>\n", out);
	}
	fputs("</table>\n", out);
}

void auditpage_write(FILE *out, const struct auditpage *p)
{
	bool any = false;

	put_head(out, p);
	put_summary(out, p);
	for (size_t g = 0; g < p->groups.n; g++) {
		const struct auditpage_group *group = &p->groups.v[g];

		if (!group->items.n)
			continue;
		any = true;
		fputs("<h2>", out);
		put_text(out, group->name);
		fputs("</h2>\n", out);
		for (size_t i = 0; i < group->items.n; i++)
			put_item(out, p, &group->items.v[i]);
	}
	if (!any)
		fprintf(out, "<p>%s</p>\n", say(p, WORD_NONE));
	fputs("</body></html>\n", out);
}
