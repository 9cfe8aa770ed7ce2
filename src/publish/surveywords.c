#include "publish/surveywords.h"

enum { SENTENCE_MAX = 8192, NAME_BYTES = 64 };

static const struct sentence {
	const char *code;
	enum plan_purpose purpose;
	const char *said[CONF_LANGS], *todo[CONF_LANGS];
} sentences[SURVEY_CODES] = {
#define S(code, purpose, status, en, en_do, fr, fr_do)                                             \
	[SURVEY_##code] = { #code, PLAN_##purpose, { en, fr }, { en_do, fr_do } },
#include "publish/survey.def"
#undef S
};

static const struct {
	const char *name, *colour;
	const char *mark[CONF_LANGS];
} statuses[SURVEY_STATUSES] = {
	[SURVEY_STATUS_OK] = { "ok", "\x1b[32m", { "right ", "juste " } },
	[SURVEY_STATUS_ADVICE] = { "advice", "\x1b[33m", { "advice", "avis  " } },
	[SURVEY_STATUS_WRONG] = { "wrong", "\x1b[31m", { "WRONG ", "FAUX  " } },
	[SURVEY_STATUS_UNKNOWN] = { "unknown", "\x1b[35m", { "?     ", "?     " } },
};

/* {n} name, {s} seen, {w} wanted. */
static str fill(struct arena *a, const char *template, const struct survey_finding *f)
{
	struct strbuf b = strbuf_make(a, SENTENCE_MAX);

	for (const char *p = template; *p; p++) {
		if (*p != '{') {
			strbuf_char(&b, *p);
			continue;
		}
		strbuf_put(&b, p[1] == 'n' ? f->name : p[1] == 's' ? f->seen : f->wanted);
		p += 2;
	}
	return strbuf_str(&b);
}

static void put_one(struct strbuf *out, const struct survey_finding *f, enum conf_lang lang,
		    bool colour)
{
	const struct sentence *s = &sentences[f->code];
	enum survey_status status = survey_status_of(f->code);

	strbuf_fmt(out, "  %s%s%s ", colour ? statuses[status].colour : "",
		   statuses[status].mark[lang], colour ? "\x1b[0m" : "");
	strbuf_put(out, fill(out->arena, s->said[lang], f));
	if (*s->todo[lang]) {
		strbuf_put(out, STR("\n         -> "));
		strbuf_put(out, fill(out->arena, s->todo[lang], f));
	}
	strbuf_char(out, '\n');
}

void surveywords_put(struct strbuf *out, const struct survey *s, enum conf_lang lang, bool colour)
{
	str last = STR_NULL;

	for (size_t i = 0; i < s->findings.n; i++) {
		const struct survey_finding *f = &s->findings.v[i];

		if (!last.p || !str_eq(f->domain, last))
			strbuf_fmt(out, "%.*s\n", STR_ARG(f->domain));
		last = f->domain;
		put_one(out, f, lang, colour);
	}
}

static str lower(struct arena *a, const char *code)
{
	struct strbuf b = strbuf_make(a, NAME_BYTES);

	for (; *code; code++)
		strbuf_char(&b, str_lower_char(*code));
	return strbuf_str(&b);
}

void surveywords_json(struct strbuf *out, const struct survey *s, enum conf_lang lang)
{
	strbuf_char(out, '[');
	for (size_t i = 0; i < s->findings.n; i++) {
		const struct survey_finding *f = &s->findings.v[i];
		const struct sentence *w = &sentences[f->code];

		strbuf_put(out, i ? STR(",{\"domain\":") : STR("{\"domain\":"));
		strbuf_json(out, f->domain);
		strbuf_fmt(out, ",\"purpose\":\"%s\",\"name\":", plan_purpose_name(w->purpose));
		strbuf_json(out, f->name);
		strbuf_fmt(out, ",\"status\":\"%s\",\"code\":\"%.*s\",\"text\":",
			   statuses[survey_status_of(f->code)].name,
			   STR_ARG(lower(out->arena, w->code)));
		strbuf_json(out, fill(out->arena, w->said[lang], f));
		strbuf_put(out, STR(",\"todo\":"));
		strbuf_json(out, fill(out->arena, w->todo[lang], f));
		strbuf_char(out, '}');
	}
	strbuf_char(out, ']');
}
