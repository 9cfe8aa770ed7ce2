#include "dns/zonefile.h"

#include "dns/dnscodec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Any file is read or refused with a why, and what it answers can always be sent on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = { DNS_A,	DNS_CNAME, DNS_PTR, DNS_MX,
					       DNS_TXT, DNS_AAAA,  DNS_TLSA };
	struct arena *a = arena_new("fuzz", 256 << 20);
	struct zonefile *z;
	struct why why = { "" };

	if (zonefile_parse(a, str_of(data, size), &z, &why) == 0) {
		struct dns_resolver r = zonefile_resolver(z);

		for (size_t i = 0; i < ARRAY_LEN(types); i++) {
			struct dns_question q = { STR("a.b"), types[i] };
			struct dns_answer w = dns_ask(&r, a, q.name, q.type, 0), again;

			bug_if(!dnscodec_get_answers(a, dnscodec_put_answers(a, &w, 1), &q, 1,
						     &again));
		}
	} else {
		bug_if(why.text[0] == '\0');
	}
	arena_free(a);
	return 0;
}
