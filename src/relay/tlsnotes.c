#include "relay/tlsnotes.h"

enum { DOMAIN_MAX = 253, TLSA_TEXT_MAX = 300 };

void tlsnotes_add(struct tlsnotes *notes, str domain, const struct tlsrow *row)
{
	struct strbuf text = strbuf_make(notes->arena, ROWTEXT_MAX);
	struct tlsrow kept = *row;

	if (notes->n == TLSNOTES_MAX || domain.n == 0 || domain.n > DOMAIN_MAX)
		return;
	/* Good sessions are only counted. */
	if (str_eq(row->result, STR("success"))) {
		kept.mx_ip = kept.sending_ip = kept.information = STR("");
		if (!str_eq(row->policy, STR("tlsa")))
			kept.mx = STR("");
	}
	tlsrow_put(&text, &kept);
	if (notes->bytes + text.n + domain.n > TLSNOTES_BYTES)
		return;
	notes->bytes += text.n + domain.n + 1;
	notes->v[notes->n++] =
		arena_fmt(notes->arena, "%.*s\t%.*s", STR_ARG(domain), (int)text.n, text.p);
}

/* As in a zone file: "3 1 1 00ff..." */
static str tlsa_text(struct arena *a, str record)
{
	struct strbuf b = strbuf_make(a, TLSA_TEXT_MAX);

	for (size_t i = 0; i < record.n && !b.overflow; i++)
		strbuf_fmt(&b, i < 3 ? "%u " : "%02x", (unsigned char)record.p[i]);
	return strbuf_str(&b);
}

void tlsnotes_put_tlsa(struct arena *a, struct tlsrow *row, const struct tlsclient_demand *demand)
{
	row->n_strings = 0;
	for (size_t i = 0; i < demand->n_tlsa && i < TLSROW_STRINGS; i++)
		row->strings[row->n_strings++] = tlsa_text(a, demand->tlsa[i]);
}

void tlsnotes_put_sts(struct arena *a, struct tlsrow *row, const struct stspolicy *policy)
{
	static const char *const modes[] = { [STSPOLICY_NONE] = "none",
					     [STSPOLICY_TESTING] = "testing",
					     [STSPOLICY_ENFORCE] = "enforce" };
	size_t n = 0;

	row->strings[n++] = STR("version: STSv1");
	row->strings[n++] = arena_fmt(a, "mode: %s", modes[policy->mode]);
	row->strings[n++] = arena_fmt(a, "max_age: %lld", (long long)policy->max_age);
	row->n_mx_patterns = 0;
	for (size_t i = 0; i < policy->n_mx && n < TLSROW_STRINGS; i++) {
		row->strings[n++] = arena_fmt(a, "mx: %.*s", STR_ARG(policy->mx[i]));
		row->mx_patterns[row->n_mx_patterns++] = policy->mx[i];
	}
	row->n_strings = n;
}
