#include "resolver/dnswire.h"

#include "dns/dnscodec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is what follows a header and question that fit; its first bytes are the type
 * and the flags. What is understood can always be sent on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = { DNS_A,	DNS_CNAME, DNS_PTR, DNS_MX,
					       DNS_TXT, DNS_AAAA,  DNS_TLSA };
	struct arena *a = arena_new("fuzz", 256 << 20);
	struct dns_question q = { STR("a.example"), DNS_A };
	struct dns_answer w, again;
	struct strbuf b = strbuf_make(a, 70000);
	str query;

	if (size >= 6 && size < 65000) {
		q.type = types[data[0] % ARRAY_LEN(types)];
		query = dnswire_query(a, 1, &q);
		strbuf_put(&b, str_of("\0\1", 2));
		strbuf_char(&b, (char)(0x80 | (data[1] & 2)));
		strbuf_char(&b, (char)data[2]);
		strbuf_put(&b, str_of("\0\1\0", 3));
		strbuf_char(&b, (char)data[3]);
		strbuf_char(&b, '\0');
		strbuf_char(&b, (char)data[4]);
		strbuf_put(&b, str_of("\0\0", 2));
		strbuf_put(&b, str_sub(query, 12, 12 + 11 + 4));
		strbuf_put(&b, str_of(data + 5, size - 5));
		if (dnswire_read(a, strbuf_str(&b), 1, &q, &w) == DNSWIRE_OK) {
			bug_if(w.n > DNS_MAX_RECORDS || (w.n > 0) != (w.status == DNS_OK));
			bug_if(!dnscodec_get_answers(a, dnscodec_put_answers(a, &w, 1), &q, 1,
						     &again));
		}
	}
	arena_free(a);
	return 0;
}
