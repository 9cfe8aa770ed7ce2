#include "policy/verdictjson.h"

#include "policy/explain.h"

static void put_symbol(struct strbuf *out, const struct verdict_symbol *s)
{
	strbuf_put(out, STR("{\"name\":"));
	strbuf_json(out, s->rule->name);
	strbuf_fmt(out, ",\"score\":%s,\"evidence\":", verdict_points(s->score).text);
	strbuf_json(out, s->evidence);
	strbuf_put(out, s->rule->observe ? STR(",\"observed\":true}") : STR("}"));
}

static void put_reasons(struct strbuf *out, const struct verdict *v, enum conf_lang lang)
{
	const struct verdict_symbol *weighty[EXPLAIN_MAX_REASONS];
	size_t n = explain_weighty(v, weighty);

	for (size_t i = 0; i < n; i++) {
		struct strbuf text = strbuf_make(out->arena, 4096);

		explain_reason(&text, weighty[i], lang);
		strbuf_put(out, i ? STR(",") : STR(""));
		strbuf_json(out, strbuf_str(&text));
	}
}

void verdictjson_fields(struct strbuf *out, const struct verdict *v, enum conf_lang lang)
{
	strbuf_fmt(out, "\"action\":\"%s\",\"intended\":\"%s\",\"score\":%s,\"decision\":",
		   action_name(v->action), action_name(v->intended), verdict_points(v->score).text);
	if (v->decision)
		strbuf_json(out, v->decision->name);
	else
		strbuf_put(out, STR("null"));
	strbuf_put(out, STR(",\"symbols\":["));
	for (size_t i = 0; i < v->symbols.n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		put_symbol(out, &v->symbols.v[i]);
	}
	strbuf_put(out, STR("],\"reasons\":["));
	put_reasons(out, v, lang);
	strbuf_char(out, ']');
}
