#include "dns/dnscodec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever decodes encodes to the same bytes again. The first byte is the type asked. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = { DNS_A,	DNS_CNAME, DNS_PTR, DNS_MX,
					       DNS_TXT, DNS_AAAA,  DNS_TLSA };
	struct arena *a = arena_new("fuzz", 64 << 20);
	struct dns_question *q, asked[2];
	struct dns_answer w[2];
	size_t n;
	str in;

	if (size > 0 && size <= DNSCODEC_MAX_BYTES) {
		in = str_of(data + 1, size - 1);
		asked[0].type = asked[1].type = types[data[0] % ARRAY_LEN(types)];
		if (dnscodec_get_questions(a, in, &q, &n))
			bug_if(!str_eq(dnscodec_put_questions(a, q, n), in));
		for (n = 0; n <= 2; n++)
			if (dnscodec_get_answers(a, in, asked, n, w))
				bug_if(!str_eq(dnscodec_put_answers(a, w, n), in));
	}
	arena_free(a);
	return 0;
}
