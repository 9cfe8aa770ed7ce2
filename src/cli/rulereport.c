#include "cli/rulereport.h"

#include "cli/wordshape.h"
#include "replay/ruleprint.h"

enum { SIZE_STEP = 1024, SHAPED_LINE = 1000, SHAPED_TEXT = 8192, SHAPED_MANY = 50 };

static const char *state_of(const struct rules_symbol *s)
{
	if (s->disabled)
		return "disabled";
	return s->observe ? "observed" : "on";
}

static const char *decision_of(const struct rules_symbol *s)
{
	switch (s->decides) {
	case RULES_DECIDES_ACTION:
		return action_name(s->decision);
	case RULES_DECIDES_WHEN_DOWN:
		return "antivirus.when_down";
	case RULES_DECIDES_WHEN_ABSENT:
		return "antivirus.when_absent";
	default:
		return "";
	}
}

static const char *file_name(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return slash ? slash + 1 : path ? path : "";
}

static void put_member(struct strbuf *out, const char *name, str value)
{
	strbuf_fmt(out, ",\"%s\":", name);
	strbuf_json(out, value);
}

static void put_metadata(struct strbuf *out, const struct rules_symbol *s)
{
	strbuf_put(out, STR("\"name\":"));
	strbuf_json(out, s->name);
	put_member(out, "group", s->group);
	strbuf_fmt(out, ",\"score\":%s,\"decision\":\"%s\",\"state\":\"%s\"",
		   verdict_points(s->score).text, decision_of(s), state_of(s));
	put_member(out, "created", s->created);
	put_member(out, "updated", s->updated);
	put_member(out, "file", str_c(file_name(s->file)));
}

static void put_parts(struct strbuf *out, const struct facts *f)
{
	strbuf_put(out, STR(",\"parts\":["));
	for (size_t i = 0; i < f->parts.n; i++) {
		const struct facts_part *p = &f->parts.v[i];

		/* About how large: an exact size can tell which file it was. A declared type is
		 * the sender's own words, so only the detected one is told. */
		strbuf_fmt(out, "%s{\"kib\":%llu,\"flags\":%u", i ? "," : "",
			   (unsigned long long)(p->size / SIZE_STEP), p->flags);
		put_member(out, "detected", p->detected);
		strbuf_char(out, '}');
	}
	strbuf_char(out, ']');
}

static void put_names(struct strbuf *out, const struct kept *k)
{
	strbuf_put(out, STR(",\"findings\":["));
	for (size_t i = 0; i < k->facts.findings.n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		strbuf_json(out, k->facts.findings.v[i].name);
	}
	strbuf_put(out, STR("],\"matched\":["));
	for (size_t i = 0; i < k->hits.n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		strbuf_json(out, k->hits.v[i].symbol);
	}
	strbuf_put(out, STR("],\"evidence\":["));
	for (size_t i = 0; i < k->evidence.n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		strbuf_json(out, k->evidence.v[i].name);
	}
	strbuf_char(out, ']');
}

/* --- what it looks like --- */

static void put_shape(struct strbuf *out, str text, size_t max)
{
	struct strbuf shape = strbuf_make(out->arena, max);

	wordshape_put(&shape, text, max);
	strbuf_json(out, strbuf_str(&shape));
}

static void put_field(struct strbuf *out, const struct facts *f, str field, const char *name)
{
	const struct facts_header *h = facts_header(f, field);

	strbuf_fmt(out, "\"%s\":", name);
	put_shape(out, h ? h->value : STR(""), SHAPED_LINE);
}

static void put_sample(struct strbuf *out, const struct facts *f, str text)
{
	const char *comma = "";

	strbuf_put(out, STR(",\"sample\":{"));
	put_field(out, f, STR("From"), "from");
	strbuf_char(out, ',');
	put_field(out, f, STR("Subject"), "subject");
	strbuf_put(out, STR(",\"links\":["));
	for (size_t i = 0; i < f->urls.n && i < SHAPED_MANY; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		put_shape(out, f->urls.v[i].url, SHAPED_LINE);
	}
	strbuf_put(out, STR("],\"files\":["));
	for (size_t i = 0; i < f->parts.n && i < SHAPED_MANY; i++) {
		if (!f->parts.v[i].filename.n)
			continue;
		strbuf_put(out, str_c(comma));
		put_shape(out, f->parts.v[i].filename, SHAPED_LINE);
		comma = ",";
	}
	strbuf_put(out, STR("],\"text\":"));
	put_shape(out, text, SHAPED_TEXT);
	strbuf_char(out, '}');
}

/* --- what the rule saw --- */

static void on_hit(void *ctx, uint32_t id unused_arg, str evidence unused_arg)
{
	*(bool *)ctx = true;
}

static bool matches(struct patterns *p, str text)
{
	bool found = false;

	patterns_scan(p, PATTERN_RAW, STR(""), text, on_hit, &found);
	return found;
}

/* Evidence of a pattern begins before the match: its shortest end that matches still, else all. */
static str span_of(struct arena *a, const struct rules_symbol *s, str evidence)
{
	const struct pattern one = { 0, PATTERN_RAW, STR(""), s->regex, s->caseless };
	size_t bad, from = evidence.n;
	struct patterns *p;
	struct why why;
	str blob;

	if (!s->regex.n || patterns_compile(a, &one, 1, &blob, &bad, &why) != PATTERNS_OK ||
	    patterns_load(blob, &p, &why) < 0)
		return evidence;
	while (from > 0 && !matches(p, str_skip(evidence, from)))
		from--;
	patterns_free(p);
	return str_skip(evidence, from);
}

static void put_match(struct strbuf *out, str name, str what)
{
	strbuf_put(out, out->p[out->n - 1] == '[' ? STR("{\"symbol\":") : STR(",{\"symbol\":"));
	strbuf_json(out, name);
	strbuf_put(out, STR(",\"seen\":"));
	strbuf_json(out, what);
	strbuf_char(out, '}');
}

static void put_matches_of(struct strbuf *out, const struct rules_symbol *s, const struct kept *k)
{
	for (size_t i = 0; i < k->hits.n; i++) {
		if (str_eq(k->hits.v[i].symbol, s->name))
			put_match(out, s->name, span_of(out->arena, s, k->hits.v[i].evidence));
	}
	for (size_t i = 0; s->finding.n && i < k->facts.findings.n; i++) {
		if (str_eq(k->facts.findings.v[i].name, s->finding))
			put_match(out, s->name, k->facts.findings.v[i].evidence);
	}
	for (size_t i = 0; s->finding.n && i < k->evidence.n; i++) {
		if (str_eq(k->evidence.v[i].name, s->finding))
			put_match(out, s->name, k->evidence.v[i].text);
	}
}

/* Of a composite: what its terms saw. */
static void put_matches(struct strbuf *out, const struct rulereport *r)
{
	const struct rules_symbol *s = r->symbol;

	strbuf_put(out, STR(",\"matches\":["));
	put_matches_of(out, s, r->kept);
	for (size_t i = 0; i < s->expr.n; i++) {
		if (s->expr.v[i].op == RULES_OP_SYMBOL)
			put_matches_of(out, r->rules->symbols.v[s->expr.v[i].symbol], r->kept);
	}
	strbuf_char(out, ']');
}

void rulereport_put(struct strbuf *out, const struct rulereport *r)
{
	const struct kept *k = r->kept;

	strbuf_put(out, STR("{\"rule\":{"));
	put_metadata(out, r->symbol);
	strbuf_fmt(out, ",\"pattern\":\"%016llx\",\"rules\":\"%016llx\"}",
		   (unsigned long long)ruleprint_pattern(r->symbol),
		   (unsigned long long)ruleprint_rules(r->rules));
	strbuf_fmt(out, ",\"message\":{\"judged\":\"%s\",\"action\":\"%s\",\"score\":%s",
		   r->anew ? "anew" : "on arrival", action_name(k->intended),
		   verdict_points(k->score).text);
	put_member(out, "decision", k->decision);
	put_member(out, "language", k->facts.language);
	strbuf_fmt(out, ",\"kib\":%llu,\"links\":%zu,\"headers\":%zu",
		   (unsigned long long)(k->facts.message_size / SIZE_STEP), k->facts.urls.n,
		   k->facts.headers.n);
	put_parts(out, &k->facts);
	put_names(out, k);
	strbuf_char(out, '}');
	put_sample(out, &k->facts, r->text);
	if (r->with_match)
		put_matches(out, r);
	strbuf_put(out, STR("}\n"));
}
