#include "selfaudit/selfaudit.h"

#include "base/clock.h"

static const char *const names[SELFAUDIT_RESULTS] = { "pass", "fail", "not_applicable", "unknown" };

static const char *const words[SELFAUDIT_RESULTS][CONF_LANGS] = {
	[SELFAUDIT_PASS] = { "pass", "conforme" },
	[SELFAUDIT_FAIL] = { "FAIL", "NON CONFORME" },
	[SELFAUDIT_NOT_APPLICABLE] = { "not applicable", "sans objet" },
	[SELFAUDIT_UNKNOWN] = { "cannot tell", "indéterminé" },
};

void selfaudit_run(struct selfaudit *in, struct selfaudit_row **ret, size_t *ret_n)
{
	ARENA_VEC(struct selfaudit_row) rows = { 0 };
	const struct selfaudit_check *c;

	for (size_t i = 0; (c = selfaudit_at(i)); i++) {
		struct selfaudit_row *row = arena_push(in->arena, &rows);

		row->check = c;
		row->found = c->look(in);
		row->found.seen = str_sub(row->found.seen, 0, SELFAUDIT_SEEN);
	}
	*ret = rows.v;
	*ret_n = rows.n;
}

static size_t count(const struct selfaudit_row *rows, size_t n, enum selfaudit_result result)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += rows[i].found.result == result;
	return sum;
}

/* Only what is not as it should be needs words about what to do. */
static bool needs_advice(const struct selfaudit_row *r)
{
	return r->check->advice[0].n &&
	       (r->found.result == SELFAUDIT_FAIL || r->found.result == SELFAUDIT_UNKNOWN);
}

/* --- text --- */

void selfaudit_put_text(struct strbuf *out, const struct selfaudit_row *rows, size_t n,
			enum conf_lang lang)
{
	static const char *const what[CONF_LANGS][2] = { { "seen", "to do" },
							 { "constaté", "à faire" } };
	const char *colon = lang == CONF_LANG_FR ? " :" : ":";

	for (size_t i = 0; i < n; i++) {
		const struct selfaudit_row *r = &rows[i];

		strbuf_fmt(out, "%-12.*s %s%s %.*s\n", STR_ARG(r->check->id),
			   words[r->found.result][lang], colon, STR_ARG(r->check->says[lang]));
		strbuf_fmt(out, "             %s%s ", what[lang][0], colon);
		strbuf_printable(out, r->found.seen);
		strbuf_char(out, '\n');
		if (needs_advice(r))
			strbuf_fmt(out, "             %s%s %.*s (%.*s)\n", what[lang][1], colon,
				   STR_ARG(r->check->advice[lang]), STR_ARG(r->check->source));
	}
	for (int i = 0; i < SELFAUDIT_RESULTS; i++)
		strbuf_fmt(out, "%s%s%s %zu", i ? ", " : "", words[i][lang], colon,
			   count(rows, n, (enum selfaudit_result)i));
	strbuf_char(out, '\n');
}

/* --- JSON --- */

void selfaudit_put_json(struct strbuf *out, const struct selfaudit_row *rows, size_t n,
			enum conf_lang lang)
{
	for (size_t i = 0; i < n; i++) {
		const struct selfaudit_row *r = &rows[i];

		strbuf_fmt(out,
			   "{\"id\":\"%.*s\",\"result\":\"%s\",\"source\":", STR_ARG(r->check->id),
			   names[r->found.result]);
		strbuf_json(out, r->check->source);
		strbuf_put(out, STR(",\"recommendation\":"));
		strbuf_json(out, r->check->says[lang]);
		strbuf_put(out, STR(",\"seen\":"));
		strbuf_json(out, r->found.seen);
		strbuf_put(out, STR(",\"todo\":"));
		strbuf_json(out, needs_advice(r) ? r->check->advice[lang] : STR(""));
		strbuf_put(out, STR("}\n"));
	}
}

/* --- HTML --- */

static void put_escaped(struct strbuf *out, str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '<':
			strbuf_put(out, STR("&lt;"));
			break;
		case '&':
			strbuf_put(out, STR("&amp;"));
			break;
		default:
			strbuf_char(out, s.p[i]);
		}
	}
}

static void put_printable(struct strbuf *out, str s)
{
	struct strbuf clean = strbuf_make(out->arena, 8 * SELFAUDIT_SEEN);

	strbuf_printable(&clean, s);
	put_escaped(out, strbuf_str(&clean));
}

static void put_cell(struct strbuf *out, const struct selfaudit_row *r, enum conf_lang lang)
{
	strbuf_fmt(out, "<tr class=\"%s\"><td>", names[r->found.result]);
	put_escaped(out, r->check->id);
	strbuf_put(out, STR("</td><td class=\"r\">"));
	put_escaped(out, str_c(words[r->found.result][lang]));
	strbuf_put(out, STR("</td><td>"));
	put_escaped(out, r->check->says[lang]);
	strbuf_put(out, STR("<p class=\"seen\">"));
	put_printable(out, r->found.seen);
	if (needs_advice(r)) {
		strbuf_put(out, STR("</p><p class=\"todo\">"));
		put_escaped(out, r->check->advice[lang]);
	}
	strbuf_put(out, STR("</p></td><td>"));
	put_escaped(out, r->check->source);
	strbuf_put(out, STR("</td></tr>\n"));
}

static const char style[] =
	"body{font:16px/1.45 sans-serif;margin:2em auto;max-width:70em;padding:0 1em;color:#1a1a1a;"
	"background:#fff}table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid "
	"#ccc;padding:.5em;text-align:left;vertical-align:top}p{margin:.2em 0}.seen{color:#555;"
	"font-size:.9em;overflow-wrap:anywhere}.todo{font-weight:bold;font-size:.9em}.r{white-"
	"space:"
	"nowrap}.pass .r{color:#186a2e}.fail .r{color:#a4161a;font-weight:bold}.unknown .r{color:"
	"#7a5400}";

/* One file: nothing is fetched, nothing runs. */
void selfaudit_put_html(struct strbuf *out, const struct selfaudit_row *rows, size_t n,
			enum conf_lang lang, str hostname, int64_t now)
{
	static const char *const title[CONF_LANGS] = { "Self-audit of", "Auto-évaluation de" };

	strbuf_fmt(out,
		   "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\"><title>%s ",
		   lang == CONF_LANG_FR ? "fr" : "en", title[lang]);
	put_printable(out, hostname);
	strbuf_fmt(out,
		   "</title><meta http-equiv=\"Content-Security-Policy\" content=\""
		   "default-src 'none'; style-src 'unsafe-inline'\"><style>%s</style></head>"
		   "<body><h1>%s ",
		   style, title[lang]);
	put_printable(out, hostname);
	strbuf_put(out, STR("</h1><p>"));
	clock_put_rfc3339(out, now);
	for (int i = 0; i < SELFAUDIT_RESULTS; i++)
		strbuf_fmt(out, "; %s: %zu", words[i][lang],
			   count(rows, n, (enum selfaudit_result)i));
	strbuf_put(out, STR("</p><table>\n"));
	for (size_t i = 0; i < n; i++)
		put_cell(out, &rows[i], lang);
	strbuf_put(out, STR("</table></body></html>\n"));
}
