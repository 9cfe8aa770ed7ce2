/* However the DNS lies about a message that is any bytes: one question a signature at most, no
 * pass without an answer, a reason for whatever is no pass, and steps that can be printed.
 *
 * Input: records, one a line, an empty line, a message. */
#include "auth/dkimcheck.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct liar {
	str records;
	size_t asked;
};

static struct dns_answer lie(struct liar *liar, struct arena *a, const struct dns_question *q)
{
	struct dns_answer w = dns_no_answer(DNS_OK, q->name);
	str rest = liar->records, line;
	unsigned char c = rest.n ? (unsigned char)rest.p[0] : '0';

	liar->asked++;
	if (c >= '0' && c < '0' + DNS_STATUSES - 1)
		return dns_no_answer((enum dns_status)(c - '0' + 1), q->name);
	w.records = arena_array(a, struct dns_record, DNS_MAX_RECORDS);
	while (w.n < DNS_MAX_RECORDS && str_split(&rest, '\n', &line))
		w.records[w.n++].value = line;
	return w;
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	(void)d;
	for (size_t i = 0; i < n; i++)
		ret[i] = lie(ctx, a, &q[i]);
}

static void check(const struct liar *liar, const struct dkim_result *r)
{
	bug_if(r->result == AUTH_PASS && (r->reason.n || !liar->asked || !r->key_bits));
	bug_if(r->result != AUTH_PASS && !r->reason.n);
	bug_if(r->result == AUTH_NONE);
	for (size_t i = 0; i < r->trace.n; i++)
		for (size_t k = 0; k < r->trace.v[i].n; k++)
			bug_if((unsigned char)r->trace.v[i].p[k] < 0x20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 28);
	str in = str_of(data, size);
	size_t gap = str_find(in, STR("\n\n")), n;
	struct liar liar = { .records = str_sub(in, 0, gap) };
	struct dns_resolver dns = { lookup, &liar };
	struct dkimcheck how = { .wall = 1780308000, .legacy = size % 2 };
	struct dkim_facts *f;
	struct dkim_result *r;

	if (size > 1 << 16 || gap == STR_NONE)
		return 0;
	f = dkimhash_signatures(dkimhash_open(a, str_skip(in, gap + 2)), &n);
	r = dkimcheck_run(a, &dns, &how, f, n, 0);
	bug_if(liar.asked > DKIMHASH_MAX_TRIED);
	for (size_t i = 0; i < n; i++)
		check(&liar, &r[i]);
	return 0;
}
