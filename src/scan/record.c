#include "scan/record.h"

#include "auth/authjson.h"
#include "policy/explain.h"
#include "policy/verdictjson.h"

#include <stdio.h>

enum { RECORD_MAX = 32768, EXPLANATION_MAX = 6000 };

static void put_hex(struct strbuf *out, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		strbuf_fmt(out, "%02x", bytes[i]);
}

static void put_flags(struct strbuf *out, uint32_t flags)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} names[] = {
		{ FACTS_PART_ATTACHMENT, "attachment" },
		{ FACTS_PART_TYPE_MISMATCH, "type_mismatch" },
		{ FACTS_PART_ENCRYPTED, "encrypted" },
		{ FACTS_PART_IN_ARCHIVE, "in_archive" },
		{ FACTS_PART_UNINSPECTED, "uninspected" },
		{ FACTS_PART_MULTIPART, "multipart" },
		{ FACTS_PART_MESSAGE, "message" },
	};
	const char *comma = "";

	strbuf_char(out, '[');
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!(flags & names[i].flag))
			continue;
		strbuf_fmt(out, "%s\"%s\"", comma, names[i].name);
		comma = ",";
	}
	strbuf_char(out, ']');
}

static void put_part(struct strbuf *out, const struct facts_part *p)
{
	strbuf_put(out, STR("{\"path\":"));
	strbuf_json(out, p->path);
	strbuf_put(out, STR(",\"type\":"));
	strbuf_json(out, p->type);
	strbuf_put(out, STR(",\"detected\":"));
	strbuf_json(out, p->detected);
	strbuf_put(out, STR(",\"filename\":"));
	strbuf_json(out, p->filename);
	strbuf_fmt(out, ",\"size\":%llu,\"sha256\":\"", (unsigned long long)p->size);
	put_hex(out, p->sha256, sizeof(p->sha256));
	strbuf_put(out, STR("\",\"flags\":"));
	put_flags(out, p->flags);
	strbuf_char(out, '}');
}

static void put_parts(struct strbuf *out, const struct facts *f)
{
	strbuf_put(out, STR("\"parts\":["));
	for (size_t i = 0; i < f->parts.n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		put_part(out, &f->parts.v[i]);
	}
	strbuf_char(out, ']');
}

static void put_anomalies(struct strbuf *out, const struct facts *f)
{
	strbuf_put(out, STR("\"anomalies\":["));
	for (size_t i = 0; i < f->findings.n; i++) {
		const struct facts_finding *x = &f->findings.v[i];

		strbuf_put(out, i ? STR(",{\"name\":") : STR("{\"name\":"));
		strbuf_json(out, x->name);
		strbuf_put(out, STR(",\"evidence\":"));
		strbuf_json(out, x->evidence);
		strbuf_fmt(out, ",\"part\":%u,\"offset\":%llu}", x->part,
			   (unsigned long long)x->offset);
	}
	strbuf_put(out, STR("],\"limits_hit\":["));
	for (size_t i = 0; i < f->limits_hit.n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		strbuf_json(out, f->limits_hit.v[i]);
	}
	strbuf_char(out, ']');
}

static const char *where_name(enum facts_url_where where)
{
	static const char *const names[FACTS_URL_WHERES] = {
		[FACTS_URL_TEXT] = "text",
		[FACTS_URL_HTML] = "html",
		[FACTS_URL_HEADER] = "header",
		[FACTS_URL_CALENDAR] = "calendar",
		[FACTS_URL_DOCUMENT] = "document",
		[FACTS_URL_FILE] = "file",
		[FACTS_URL_QR] = "qr",
		[FACTS_URL_WRAPPED] = "wrapped",
		[FACTS_URL_HOP] = "hop",
	};

	return names[where];
}

static void put_urls(struct strbuf *out, const struct facts *f)
{
	strbuf_put(out, STR("\"urls\":["));
	for (size_t i = 0; i < f->urls.n; i++) {
		const struct facts_url *u = &f->urls.v[i];

		strbuf_put(out, i ? STR(",{\"url\":") : STR("{\"url\":"));
		strbuf_json(out, u->url);
		strbuf_put(out, STR(",\"host\":"));
		strbuf_json(out, u->host);
		strbuf_put(out, STR(",\"domain\":"));
		strbuf_json(out, u->domain);
		strbuf_put(out, STR(",\"shown\":"));
		strbuf_json(out, u->shown);
		strbuf_fmt(out, ",\"where\":\"%s\",\"part\":%u}", where_name(u->where), u->part);
	}
	strbuf_char(out, ']');
}

static void put_auth(struct strbuf *out, const struct auth_results *auth, bool brief)
{
	strbuf_put(out, STR("\"auth\":{"));
	authjson_put(out, auth, brief);
	strbuf_char(out, '}');
}

/* Null, null when the classifier has nothing to say. */
static void put_learned(struct strbuf *out, const struct model_opinion *o)
{
	if (o->silence == MODEL_SPEAKS)
		strbuf_fmt(out, ",\"spam_probability\":%.6f,\"spam_logit\":%.6f,", o->probability,
			   o->logit);
	else
		strbuf_put(out, STR(",\"spam_probability\":null,\"spam_logit\":null,"));
}

void record_put_json(struct strbuf *out, str file, const struct judgement *j, bool text)
{
	strbuf_put(out, STR("{\"file\":"));
	strbuf_json(out, file);
	strbuf_char(out, ',');
	verdictjson_fields(out, &j->verdict, CONF_LANG_EN);
	put_learned(out, &j->learned);
	put_auth(out, &j->auth, false);
	strbuf_char(out, ',');
	put_parts(out, &j->facts);
	strbuf_char(out, ',');
	put_urls(out, &j->facts);
	strbuf_char(out, ',');
	put_anomalies(out, &j->facts);
	strbuf_put(out, STR(",\"language\":"));
	strbuf_json(out, j->facts.language);
	if (text) {
		strbuf_put(out, STR(",\"text\":"));
		strbuf_json(out, j->facts.text);
	}
	strbuf_fmt(out,
		   ",\"time_us\":{\"total\":%u,\"inspect\":%u,\"evidence\":%u,\"worker\":%u},"
		   "\"error\":",
		   j->time_us, j->inspect_us, j->evidence_us, j->facts.time_us);
	if (j->inspect_error.n)
		strbuf_json(out, j->inspect_error);
	else
		strbuf_put(out, STR("null"));
	strbuf_char(out, '}');
}

static void put_explanation(struct strbuf *out, const struct verdict *v)
{
	static const char *const langs[CONF_LANGS] = {
		[CONF_LANG_EN] = "en", [CONF_LANG_FR] = "fr"
	};

	strbuf_put(out, STR("\"explanation\":{"));
	for (int lang = 0; lang < CONF_LANGS; lang++) {
		struct strbuf words = strbuf_make(out->arena, EXPLANATION_MAX);

		explain_put(&words, v, (enum conf_lang)lang);
		strbuf_fmt(out, "%s\"%s\":", lang ? "," : "", langs[lang]);
		strbuf_json(out, strbuf_str(&words));
	}
	strbuf_char(out, '}');
}

static bool put_stored(struct strbuf *out, const struct envelope *env, const struct judgement *j,
		       enum conf_lang lang, bool whole)
{
	strbuf_put(out, STR("{\"mid\":"));
	strbuf_json(out, env->mid);
	strbuf_put(out, STR(",\"sid\":"));
	strbuf_json(out, env->sid);
	strbuf_put(out, STR(",\"tls_version\":"));
	strbuf_json(out, env->tls_version);
	strbuf_put(out, STR(",\"tls_cipher\":"));
	strbuf_json(out, env->tls_cipher);
	strbuf_fmt(out, ",\"size\":%llu,\"time_us\":%u,", (unsigned long long)j->facts.message_size,
		   j->time_us);
	put_auth(out, &j->auth, true);
	strbuf_char(out, ',');
	if (whole) {
		verdictjson_fields(out, &j->verdict, lang);
		strbuf_char(out, ',');
	} else {
		strbuf_fmt(out, "\"action\":\"%s\",\"score\":%s,", action_name(j->verdict.action),
			   verdict_points(j->verdict.score).text);
	}
	put_explanation(out, &j->verdict);
	strbuf_char(out, '}');
	return !out->overflow;
}

str record_for_store(struct arena *a, const struct envelope *env, const struct judgement *j,
		     enum conf_lang lang)
{
	struct strbuf out = strbuf_make(a, RECORD_MAX);

	if (put_stored(&out, env, j, lang, true))
		return strbuf_str(&out);
	strbuf_clear(&out);
	/* The explanations are bounded, so without the symbol list it fits. */
	return put_stored(&out, env, j, lang, false) ? strbuf_str(&out) : STR("{}");
}
