#include "cli/rulereport.h"

#include "replay/ruleprint.h"

enum { SIZE_STEP = 1024 };

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

void rulereport_put(struct strbuf *out, const struct rules_symbol *s, const struct kept *k)
{
	strbuf_put(out, STR("{\"rule\":{"));
	put_metadata(out, s);
	strbuf_fmt(out, ",\"pattern\":\"%016llx\"}", (unsigned long long)ruleprint_pattern(s));
	strbuf_fmt(out, ",\"message\":{\"action\":\"%s\",\"score\":%s", action_name(k->intended),
		   verdict_points(k->score).text);
	put_member(out, "decision", k->decision);
	put_member(out, "language", k->facts.language);
	strbuf_fmt(out, ",\"kib\":%llu,\"links\":%zu,\"headers\":%zu",
		   (unsigned long long)(k->facts.message_size / SIZE_STEP), k->facts.urls.n,
		   k->facts.headers.n);
	put_parts(out, &k->facts);
	put_names(out, k);
	strbuf_put(out, STR("}}\n"));
}
