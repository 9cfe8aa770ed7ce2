#include "reporting/dmarcrow.h"

#include "base/ip.h"

/* A result, a selector and a domain; the first two have no space. */
static void put_signature(struct strbuf *b, const struct dmarcrow_signature *s)
{
	struct strbuf value = strbuf_make(b->arena, ROWTEXT_VALUE_MAX);

	strbuf_put(&value, s->result);
	strbuf_char(&value, ' ');
	strbuf_put(&value, s->selector);
	strbuf_char(&value, ' ');
	strbuf_put(&value, s->domain);
	if (s->domain.n && s->selector.n && str_chr(s->selector, ' ') == STR_NONE &&
	    !value.overflow)
		rowtext_put(b, "dkim", strbuf_str(&value));
}

void dmarcrow_put(struct strbuf *b, const struct dmarcrow *row)
{
	rowtext_put(b, "ip", row->source_ip);
	rowtext_put(b, "disposition", row->disposition);
	rowtext_put(b, "aligned_dkim", row->dkim ? STR("pass") : STR(""));
	rowtext_put(b, "aligned_spf", row->spf ? STR("pass") : STR(""));
	rowtext_put(b, "reason", row->reason);
	rowtext_put(b, "header_from", row->header_from);
	rowtext_put(b, "envelope_from", row->envelope_from);
	rowtext_put(b, "envelope_to", row->envelope_to);
	rowtext_put(b, "spf_result", row->spf_result);
	rowtext_put(b, "spf_domain", row->spf_domain);
	for (size_t i = 0; i < row->n_signatures; i++)
		put_signature(b, &row->signatures[i]);
}

static bool is_one_of(str s, const char *const *words)
{
	for (; *words; words++) {
		if (str_eq(s, str_c(*words)))
			return true;
	}
	return false;
}

static const char *const dispositions[] = { "none", "pass", "quarantine", "reject", NULL };
static const char *const reasons[] = { "local_policy",	   "mailing_list",	"other",
				       "policy_test_mode", "trusted_forwarder", NULL };
static const char *const results[] = { "none",	  "pass",      "fail",	    "softfail", "policy",
				       "neutral", "temperror", "permerror", NULL };

static void take_signature(struct dmarcrow *row, str value)
{
	struct dmarcrow_signature s;

	if (row->n_signatures < DMARCROW_SIGNATURES && str_split(&value, ' ', &s.result) &&
	    str_split(&value, ' ', &s.selector) && s.selector.n && value.n) {
		s.domain = value;
		if (is_one_of(s.result, results) && !str_eq(s.result, STR("softfail")))
			row->signatures[row->n_signatures++] = s;
	}
}

static void take_field(struct dmarcrow *row, str key, str value)
{
	const struct {
		const char *key;
		str *at;
	} texts[] = {
		{ "ip", &row->source_ip },
		{ "disposition", &row->disposition },
		{ "reason", &row->reason },
		{ "header_from", &row->header_from },
		{ "envelope_from", &row->envelope_from },
		{ "envelope_to", &row->envelope_to },
		{ "spf_result", &row->spf_result },
		{ "spf_domain", &row->spf_domain },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (str_eq(key, str_c(texts[i].key)))
			*texts[i].at = value;
	}
	if (str_eq(key, STR("aligned_dkim")))
		row->dkim = true;
	else if (str_eq(key, STR("aligned_spf")))
		row->spf = true;
	else if (str_eq(key, STR("dkim")))
		take_signature(row, value);
}

bool dmarcrow_parse(str text, struct dmarcrow *ret)
{
	struct dmarcrow row = { .source_ip = STR("") };
	str key, value;
	struct ip ip;

	while (rowtext_next(&text, &key, &value))
		take_field(&row, key, value);
	if (!ip_parse(row.source_ip, &ip) || row.header_from.n == 0 ||
	    !is_one_of(row.disposition, dispositions))
		return false;
	if (row.reason.n && !is_one_of(row.reason, reasons))
		return false;
	if (row.spf_domain.n == 0 || !is_one_of(row.spf_result, results))
		row.spf_domain = row.spf_result = STR("");
	*ret = row;
	return true;
}
