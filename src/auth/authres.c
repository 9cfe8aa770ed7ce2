#include "auth/authres.h"

#include "base/strbuf.h"

/* RFC 2045 5.1 token, and "@" since a value may be [ [ local-part ] "@" ] domain-name
 * (RFC 8601 2.2). */
static bool is_bare(str s)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f ||
		    str_chr(STR("()<>,;:\\\"/[]?="), s.p[i]) != STR_NONE)
			return false;
	return true;
}

static void put_value(struct strbuf *b, str s)
{
	s = str_sub(s, 0, AUTHRES_MAX_VALUE);
	if (is_bare(s)) {
		strbuf_put(b, s);
		return;
	}
	strbuf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '"' || c == '\\')
			strbuf_char(b, '\\');
		strbuf_char(b, c >= ' ' && c < 0x7f ? c : '?');
	}
	strbuf_char(b, '"');
}

struct authres_entry authres_of_spf(const struct spf_result *spf)
{
	bool helo = str_eq(spf->identity, STR("helo"));

	return (struct authres_entry){
		.method = STR("spf"),
		.result = spfcheck_name(spf->result),
		.reason = spf->problem,
		.property = helo ? STR("smtp.helo") : STR("smtp.mailfrom"),
		.value = spf->domain,
	};
}

void authres_put(struct strbuf *b, str authserv_id, const struct authres_entry *entries, size_t n)
{
	put_value(b, authserv_id);
	if (n == 0)
		strbuf_put(b, STR("; none"));
	for (size_t i = 0; i < n; i++) {
		const struct authres_entry *e = &entries[i];

		strbuf_put(b, STR("; "));
		strbuf_put(b, e->method);
		strbuf_char(b, '=');
		strbuf_put(b, e->result);
		if (e->reason.n) {
			strbuf_put(b, STR(" reason="));
			put_value(b, e->reason);
		}
		if (e->value.n) {
			strbuf_char(b, ' ');
			strbuf_put(b, e->property);
			strbuf_char(b, '=');
			put_value(b, e->value);
		}
	}
}
