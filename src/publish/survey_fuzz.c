#include "dns/dnsname.h"
#include "publish/surveywords.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A DNS that says whatever the input says: each answer takes the next lines. */
static void lie(void *ctx, struct arena *a, const struct dns_question *q, size_t n,
		deadline d unused_arg, struct dns_answer *ret)
{
	str *rest = ctx;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = rest->n ? (unsigned char)rest->p[0] : 1;

		*rest = str_skip(*rest, 1);
		ret[i] = dns_no_answer(c % 8 < DNS_STATUSES ? (enum dns_status)(c % 8) : DNS_OK,
				       q[i].name);
		if (ret[i].status != DNS_OK)
			continue;
		ret[i].n = c % 4 + 1U;
		ret[i].records = arena_array(a, struct dns_record, ret[i].n);
		for (size_t k = 0; k < ret[i].n; k++) {
			str line = STR("");

			(void)str_split(rest, '\n', &line);
			ret[i].records[k].value = line.p ? line : STR("");
			if (q[i].type == DNS_A || q[i].type == DNS_AAAA)
				ret[i].records[k].value = str_of("\x08\x08\x08\x08........ABCD",
								 q[i].type == DNS_A ? 4 : 16);
			else if (q[i].type == DNS_MX || q[i].type == DNS_PTR)
				ret[i].records[k].value = STR("h.example");
		}
	}
}

/* Whatever the DNS says, the words about it are printable, and JSON stays one line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 1 << 30);
	str rest = str_of(data, size);
	struct dns_resolver dns = { lie, &rest };
	struct conf *conf = conf_new_default(a);
	struct plan_key key = { STR("hopital.example"), STR("s1"), STR("v=DKIM1; p=AAAA") };
	str tlsa = STR("3 1 1 00ff");
	struct plan_input made_from = { conf, &key, 1, &tlsa, 1 };
	struct survey_certificate certificate = { 0, false, STR("x") };
	struct plan plan;
	struct survey s;
	struct survey_input in = { &made_from, &plan, &dns, &certificate, 1, 0 };
	struct strbuf out = strbuf_make(a, 1 << 24);

	if (size <= 16384) {
		plan_make(a, &made_from, &plan);
		survey_run(a, &in, &s);
		surveywords_json(&out, &s, CONF_LANG_FR);
		for (size_t i = 0; i < out.n; i++)
			bug_if((unsigned char)out.p[i] < ' ');
		strbuf_clear(&out);
		surveywords_put(&out, &s, CONF_LANG_EN, false);
		for (size_t i = 0; i < out.n; i++)
			bug_if((unsigned char)out.p[i] < ' ' && out.p[i] != '\n');
		bug_if(out.overflow);
	}
	arena_free(a);
	return 0;
}
