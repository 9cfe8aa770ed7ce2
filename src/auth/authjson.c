#include "auth/authjson.h"

static void text(struct strbuf *out, const char *before, str s)
{
	strbuf_put(out, str_c(before));
	strbuf_json(out, str_sub(s, 0, AUTHJSON_MAX_TEXT));
}

static void flag(struct strbuf *out, const char *before, bool b)
{
	strbuf_fmt(out, "%s%s", before, b ? "true" : "false");
}

static void put_spf(struct strbuf *out, const struct spf_result *r)
{
	text(out, "\"spf\":{\"result\":", spfcheck_name(r->result));
	text(out, ",\"domain\":", r->domain);
	text(out, ",\"identity\":", r->identity);
	text(out, ",\"mechanism\":", r->mechanism);
	text(out, ",\"explanation\":", r->explanation);
	text(out, ",\"reason\":", r->problem);
	strbuf_fmt(out, ",\"lookups\":%u}", r->lookups);
}

static void put_dkim(struct strbuf *out, const struct dkim_result *r)
{
	text(out, "{\"result\":", results_code_name(r->result));
	text(out, ",\"d\":", r->domain);
	text(out, ",\"s\":", r->selector);
	text(out, ",\"a\":", r->algorithm);
	text(out, ",\"i\":", r->identity);
	text(out, ",\"b\":", r->signature);
	text(out, ",\"reason\":", r->reason);
	strbuf_fmt(out, ",\"bits\":%u,\"uncovered\":%llu", r->key_bits,
		   (unsigned long long)r->uncovered);
	flag(out, ",\"testing\":", r->testing);
	strbuf_char(out, '}');
}

static void put_dmarc(struct strbuf *out, const struct dmarc_result *r, bool brief)
{
	text(out, "\"dmarc\":{\"result\":", results_code_name(r->result));
	text(out, ",\"policy\":", results_policy_name(r->policy));
	text(out, ",\"disposition\":", results_policy_name(r->disposition));
	text(out, ",\"domain\":", r->domain);
	text(out, ",\"policy_domain\":", r->policy_domain);
	text(out, ",\"organizational\":", r->organizational);
	flag(out, ",\"aligned_spf\":", r->aligned_spf);
	flag(out, ",\"aligned_dkim\":", r->aligned_dkim);
	flag(out, ",\"testing\":", r->testing);
	if (!brief)
		text(out, ",\"record\":", r->record);
	text(out, ",\"reason\":", r->reason);
	strbuf_char(out, '}');
}

static void put_set(struct strbuf *out, const struct arc_set *s)
{
	strbuf_fmt(out, "{\"i\":%u", s->instance);
	text(out, ",\"d\":", s->domain);
	text(out, ",\"s\":", s->selector);
	text(out, ",\"seal\":", results_code_name(s->seal));
	text(out, ",\"message\":", results_code_name(s->message));
	text(out, ",\"cv\":", s->cv);
	text(out, ",\"results\":", s->results);
	strbuf_char(out, '}');
}

static void put_arc(struct strbuf *out, const struct auth_results *found, bool brief)
{
	const struct arc_result *r = &found->arc;

	text(out, "\"arc\":{\"result\":", results_code_name(r->result));
	text(out, ",\"cv\":", r->n ? r->sets[r->n - 1].cv : STR(""));
	strbuf_fmt(out, ",\"oldest_pass\":%u", r->oldest_pass);
	flag(out, ",\"trusted\":", found->arc_trusted);
	text(out, ",\"reason\":", r->reason);
	strbuf_put(out, STR(",\"sets\":["));
	for (size_t i = 0; i < r->n && !brief; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		put_set(out, &r->sets[i]);
	}
	strbuf_put(out, STR("]}"));
}

void authjson_put(struct strbuf *out, const struct auth_results *r, bool brief)
{
	size_t n = brief && r->n_dkim > AUTHJSON_BRIEF_DKIM ? AUTHJSON_BRIEF_DKIM : r->n_dkim;

	put_spf(out, &r->spf);
	strbuf_put(out, STR(",\"dkim\":["));
	for (size_t i = 0; i < n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		put_dkim(out, &r->dkim[i]);
	}
	strbuf_put(out, STR("],"));
	put_dmarc(out, &r->dmarc, brief);
	strbuf_char(out, ',');
	put_arc(out, r, brief);
}
