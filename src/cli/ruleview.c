#include "cli/ruleview.h"

#include "policy/verdict.h"

/* What it does: "reject", "3.50", "-". */
static str effect(struct arena *a, const struct rules_symbol *s)
{
	if (s->decides == RULES_DECIDES_WHEN_DOWN)
		return STR("antivirus.when_down");
	if (s->decides == RULES_DECIDES_WHEN_ABSENT)
		return STR("antivirus.when_absent");
	if (s->decides == RULES_DECIDES_ACTION)
		return str_c(action_name(s->decision));
	return s->score ? arena_fmt(a, "%s", verdict_points(s->score).text) : STR("-");
}

static str condition(struct arena *a, const struct rules_symbol *s)
{
	if (s->when == RULES_FINDING || s->when == RULES_SCANNER)
		return s->finding;
	if (s->when == RULES_HEADER)
		return arena_fmt(a, "%.*s: %.*s", STR_ARG(s->header), STR_ARG(s->regex));
	if (s->when == RULES_EXPR)
		return s->expression;
	if (s->regex.n)
		return s->regex;
	if (s->list)
		return s->list->name;
	return s->dns_list ? s->dns_list->name : STR("");
}

void ruleview_put_line(struct strbuf *out, const struct rules_symbol *s, enum conf_lang lang)
{
	str does = effect(out->arena, s);

	strbuf_fmt(out, "%-12.*s%s %-32.*s ", STR_ARG(does),
		   s->disabled ? " off    " : (s->observe ? " observe" : "        "),
		   STR_ARG(s->name));
	strbuf_printable(out, s->description[lang]);
	strbuf_char(out, '\n');
}

static void put_texts(struct strbuf *out, const char *title, const struct conf_strings *texts)
{
	for (size_t i = 0; i < texts->n; i++) {
		strbuf_fmt(out, "  %-16s ", title);
		strbuf_printable(out, texts->v[i]);
		strbuf_char(out, '\n');
	}
}

static void put_text(struct strbuf *out, const char *title, str text)
{
	struct conf_strings one = { &text, text.n > 0 };

	put_texts(out, title, &one);
}

static void put_replaced(struct strbuf *out, const struct rules *r, const struct rules_symbol *s)
{
	for (size_t i = 0; i < s->replace.n; i++)
		put_text(out, "replaces", r->symbols.v[s->replace.v[i]]->name);
}

void ruleview_put_whole(struct strbuf *out, const struct rules *r, const struct rules_symbol *s,
			enum conf_lang lang)
{
	struct arena *a = out->arena;

	ruleview_put_line(out, s, lang);
	put_texts(out, "also called", &s->aliases);
	put_text(out, "group", s->group);
	put_text(out, "raised by",
		 arena_fmt(a, "%.*s %.*s", STR_ARG(rules_when_name(s->when)),
			   STR_ARG(condition(a, s))));
	put_replaced(out, r, s);
	if (s->score)
		put_text(out, "score", arena_fmt(a, "%s", verdict_points(s->score).text));
	put_text(out, "ease", rules_ease_name(s->ease));
	put_texts(out, "tested by", &s->tests);
	put_texts(out, "example", &s->examples);
	put_texts(out, "near miss", &s->near_misses);
	put_text(out, "false positives", s->false_positives);
	put_text(out, "created", s->created);
	put_text(out, "updated", s->updated);
	put_text(out, "stands in", arena_fmt(a, "%s:%u", s->file, s->line));
}

static void member(struct strbuf *out, const char *name, str value)
{
	strbuf_fmt(out, ",\"%s\":", name);
	strbuf_json(out, value);
}

static void members(struct strbuf *out, const char *name, const struct conf_strings *values)
{
	strbuf_fmt(out, ",\"%s\":[", name);
	for (size_t i = 0; i < values->n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		strbuf_json(out, values->v[i]);
	}
	strbuf_char(out, ']');
}

void ruleview_put_json(struct strbuf *out, const struct rules *r, const struct rules_symbol *s)
{
	struct conf_strings replaced = { arena_array(out->arena, str, s->replace.n + 1), 0 };

	for (size_t i = 0; i < s->replace.n; i++)
		replaced.v[replaced.n++] = r->symbols.v[s->replace.v[i]]->name;
	strbuf_put(out, STR("{\"name\":"));
	strbuf_json(out, s->name);
	members(out, "aliases", &s->aliases);
	member(out, "group", s->group);
	member(out, "when", rules_when_name(s->when));
	member(out, "condition", condition(out->arena, s));
	strbuf_fmt(out, ",\"score\":%s,\"decision\":", verdict_points(s->score).text);
	if (s->decides)
		strbuf_json(out, effect(out->arena, s));
	else
		strbuf_put(out, STR("null"));
	members(out, "replaces", &replaced);
	strbuf_fmt(out, ",\"disabled\":%s,\"observe\":%s", s->disabled ? "true" : "false",
		   s->observe ? "true" : "false");
	member(out, "ease", rules_ease_name(s->ease));
	members(out, "tests", &s->tests);
	member(out, "en", s->description[CONF_LANG_EN]);
	member(out, "fr", s->description[CONF_LANG_FR]);
	members(out, "examples", &s->examples);
	members(out, "near_misses", &s->near_misses);
	member(out, "false_positives", s->false_positives);
	member(out, "created", s->created);
	member(out, "updated", s->updated);
	member(out, "file", str_c(s->file));
	strbuf_fmt(out, ",\"line\":%u}\n", s->line);
}
