#include "auth/spfcheck.h"

#include "dns/dnsname.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A DNS that says whatever the input says: each answer takes the next bytes. */
struct liar {
	str rest;
	size_t asked;
};

static struct dns_answer lie(struct liar *liar, struct arena *a, const struct dns_question *q)
{
	struct dns_answer w = dns_no_answer(DNS_OK, q->name);
	unsigned char c = liar->rest.n ? (unsigned char)liar->rest.p[0] : 1;

	bug_if(!dnsname_valid(q->name));
	liar->asked++;
	liar->rest = str_skip(liar->rest, 1);
	if (c >= '0' && c < '0' + DNS_STATUSES - 1)
		return dns_no_answer((enum dns_status)(c - '0' + 1), q->name);
	w.n = q->type == DNS_TXT ? 1 : c % 16 + 1U;
	w.records = arena_array(a, struct dns_record, w.n);
	for (size_t i = 0; i < w.n; i++) {
		str line = STR("");

		if (q->type == DNS_A || q->type == DNS_AAAA)
			line = str_of("\xc0\0\2\1........ABCD", q->type == DNS_A ? 4 : 16);
		else if (q->type == DNS_TXT)
			(void)str_split(&liar->rest, '\n', &line);
		else
			line = STR("h.example");
		w.records[i].value = line.p ? line : STR("");
	}
	return w;
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	(void)d;
	for (size_t i = 0; i < n; i++)
		ret[i] = lie(ctx, a, &q[i]);
}

/* However the DNS lies, the number of questions stays bounded and the trace printable. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 1 << 30);
	struct liar liar = { .rest = str_of(data, size) };
	struct dns_resolver dns = { lookup, &liar };
	struct spf_input in = { .ip = ip_of("\xc0\0\2\2", 4),
				.helo = STR("h.example"),
				.mail_from = STR("a-b.c@d.example") };
	struct spf_result r;

	if (size <= 16384) {
		r = spfcheck_run(a, &dns, &in, 0);
		bug_if(r.lookups > SPFCHECK_MAX_LOOKUPS + 1 || r.voids > SPFCHECK_MAX_VOIDS + 1);
		bug_if(liar.asked > 2 + SPFCHECK_MAX_LOOKUPS * (SPFCHECK_MAX_NAMES + 1) + 11);
		bug_if(r.n_trace > SPFCHECK_MAX_TRACE);
		for (size_t i = 0; i < r.n_trace; i++)
			for (size_t k = 0; k < r.trace[i].n; k++)
				bug_if((unsigned char)r.trace[i].p[k] < 0x20);
		bug_if(r.explanation.n && r.result != SPFCHECK_FAIL);
	}
	arena_free(a);
	return 0;
}
