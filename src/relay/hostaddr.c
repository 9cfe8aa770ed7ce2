#include "relay/hostaddr.h"

static size_t append(struct hostaddr *h, const struct dns_answer *answer, size_t i)
{
	if (i >= answer->n || h->n == HOSTADDR_MAX)
		return 0;
	h->v[h->n++] = ip_of(answer->records[i].value.p, answer->records[i].value.n);
	return 1;
}

int hostaddr_find(const struct dns_resolver *dns, struct arena *a, str host, deadline d,
		  struct hostaddr *ret)
{
	const struct dns_question questions[2] = { { host, DNS_AAAA }, { host, DNS_A } };
	struct dns_answer answers[2];

	*ret = (struct hostaddr){ .canonical = host };
	if (ip_parse(host, &ret->v[0])) {
		ret->n = 1;
		return HOSTADDR_OK;
	}
	if (str_caseeq(host, STR("localhost"))) {
		ret->v[ret->n++] = ip_of((const uint8_t[4]){ 127, 0, 0, 1 }, IP_V4);
		ret->v[ret->n++] = ip_of((const uint8_t[16]){ [15] = 1 }, IP_V6);
		return HOSTADDR_OK;
	}
	if (!dns->lookup)
		return HOSTADDR_E_LATER;
	dns->lookup(dns->ctx, a, questions, 2, d, answers);
	for (size_t i = 0; append(ret, &answers[0], i) + append(ret, &answers[1], i) > 0; i++)
		;
	/* Addresses of one family may be validated and those of the other one missing. */
	ret->secure = ret->n > 0;
	for (size_t i = 0; i < 2; i++) {
		if (answers[i].n == 0)
			continue;
		ret->secure = ret->secure && answers[i].secure;
		ret->canonical = answers[i].canonical;
	}
	if (ret->n)
		return HOSTADDR_OK;
	return dns_temporary(answers[0].status) || dns_temporary(answers[1].status)
		       ? HOSTADDR_E_LATER
		       : HOSTADDR_E_NONE;
}
