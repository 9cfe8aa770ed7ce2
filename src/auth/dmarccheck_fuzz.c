#include "auth/dmarccheck.h"

#include "dns/dnsname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_DKIM = 4 };

/* A DNS that says whatever the input says: each question takes the next line. */
struct liar {
	str rest;
	size_t asked;
};

static struct dns_answer lie(struct liar *liar, struct arena *a, const struct dns_question *q)
{
	struct dns_answer answer = dns_no_answer(DNS_OK, q->name);
	str line = STR("");

	bug_if(!dnsname_valid(q->name));
	liar->asked++;
	(void)str_split(&liar->rest, '\n', &line);
	if (line.n == 1 && line.p[0] >= '0' && line.p[0] < '0' + DNS_STATUSES - 1)
		return dns_no_answer((enum dns_status)(line.p[0] - '0' + 1), q->name);
	answer.n = q->type == DNS_TXT ? 1 : 0;
	answer.records = arena_array(a, struct dns_record, 1);
	answer.records[0].value = line.p ? line : STR("");
	return answer;
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n,
		   deadline d unused_arg, struct dns_answer *ret)
{
	for (size_t i = 0; i < n; i++)
		ret[i] = lie(ctx, a, &q[i]);
}

static void check(const struct dmarc_result *r, const struct liar *liar)
{
	bug_if(liar->asked > (DMARCCHECK_MAX_AUTHORS * (9 + 8 * (MAX_DKIM + 1))));
	bug_if(r->result == AUTH_PASS && !r->aligned_spf && !r->aligned_dkim);
	bug_if(r->result == AUTH_PASS && (r->bad_from || r->record.n == 0));
	bug_if(r->result == AUTH_FAIL && (r->aligned_spf || r->aligned_dkim));
	bug_if(r->result != AUTH_FAIL && r->disposition != DMARC_POLICY_NONE);
	bug_if(r->disposition > r->policy);
	for (size_t i = 0; i < r->trace.n; i++)
		for (size_t k = 0; k < r->trace.v[i].n; k++)
			bug_if((unsigned char)r->trace.v[i].p[k] < 0x20);
}

/* The first lines are names: author, SPF, and each signature with a letter for its result before
 * it. However the DNS lies, the questions are bounded, and a pass has a record and an aligned
 * identifier behind it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 1 << 30);
	struct liar liar = { .rest = str_of(data, size) };
	struct dns_resolver dns = { lookup, &liar };
	struct dkim_result dkim[MAX_DKIM] = { 0 };
	struct spf_result spf = { 0 };
	str author = STR("");
	struct dmarc_input in = { &author, 1, 1, &spf, dkim, 0 };

	if (size <= 16384) {
		struct dmarc_result r;

		(void)str_split(&liar.rest, '\n', &author);
		(void)str_split(&liar.rest, '\n', &spf.domain);
		spf.result = spf.domain.n % 2 ? SPFCHECK_PASS : SPFCHECK_TEMPERROR;
		for (; in.n_dkim < MAX_DKIM; in.n_dkim++) {
			str line = STR("");

			if (!str_split(&liar.rest, '\n', &line) || line.n == 0)
				break;
			dkim[in.n_dkim].result = (unsigned char)line.p[0] % AUTH_CODES;
			dkim[in.n_dkim].domain = str_skip(line, 1);
		}
		r = dmarccheck_run(a, &dns, &in, 0);
		check(&r, &liar);
	}
	arena_free(a);
	return 0;
}
