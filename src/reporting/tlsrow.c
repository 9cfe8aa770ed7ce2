#include "reporting/tlsrow.h"

void tlsrow_put(struct strbuf *b, const struct tlsrow *row)
{
	rowtext_put(b, "policy", row->policy);
	rowtext_put(b, "result", row->result);
	rowtext_put(b, "mx", row->mx);
	rowtext_put(b, "mx_ip", row->mx_ip);
	rowtext_put(b, "sending_ip", row->sending_ip);
	rowtext_put(b, "information", row->information);
	for (size_t i = 0; i < row->n_strings; i++)
		rowtext_put(b, "string", row->strings[i]);
	for (size_t i = 0; i < row->n_mx_patterns; i++)
		rowtext_put(b, "pattern", row->mx_patterns[i]);
}

static void take_list(str *list, size_t *n, str value)
{
	if (*n < TLSROW_STRINGS)
		list[(*n)++] = value;
}

static void take_field(struct tlsrow *row, str key, str value)
{
	const struct {
		const char *key;
		str *at;
	} texts[] = {
		{ "policy", &row->policy },
		{ "result", &row->result },
		{ "mx", &row->mx },
		{ "mx_ip", &row->mx_ip },
		{ "sending_ip", &row->sending_ip },
		{ "information", &row->information },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (str_eq(key, str_c(texts[i].key)))
			*texts[i].at = value;
	}
	if (str_eq(key, STR("string")))
		take_list(row->strings, &row->n_strings, value);
	else if (str_eq(key, STR("pattern")))
		take_list(row->mx_patterns, &row->n_mx_patterns, value);
}

static bool is_policy(str s)
{
	return str_eq(s, STR("tlsa")) || str_eq(s, STR("sts")) || str_eq(s, STR("no-policy-found"));
}

bool tlsrow_parse(str text, struct tlsrow *ret)
{
	struct tlsrow row = { .policy = STR("") };
	str key, value;

	while (rowtext_next(&text, &key, &value))
		take_field(&row, key, value);
	if (!is_policy(row.policy) || row.result.n == 0)
		return false;
	*ret = row;
	return true;
}
