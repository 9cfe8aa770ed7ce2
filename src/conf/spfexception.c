#include "conf/spfexception.h"

#include "conf/conf_value.h"

#include <errno.h>

static bool parse(str row, struct conf_network *ret_network, str *ret_domain)
{
	size_t space = str_chr(row, ' ');

	if (space == STR_NONE)
		return false;
	*ret_domain = str_trim(str_skip(row, space));
	return ret_domain->n && str_chr(*ret_domain, ' ') == STR_NONE &&
	       str_chr(*ret_domain, '@') == STR_NONE &&
	       conf_value_network(str_sub(row, 0, space), ret_network);
}

int spfexception_check(const struct conf *c, struct why *why)
{
	for (size_t i = 0; i < c->spf.exceptions.n; i++) {
		struct conf_network network;
		str domain;

		if (!parse(c->spf.exceptions.v[i], &network, &domain))
			return why_set(why, -EINVAL,
				       "spf.exceptions: found \"%.*s\", expected an address or "
				       "network, a space and a domain",
				       STR_ARG(c->spf.exceptions.v[i]));
	}
	return 0;
}

bool spfexception_has(const struct conf *c, struct ip client, str domain)
{
	for (size_t i = 0; i < c->spf.exceptions.n; i++) {
		struct conf_network network;
		str listed;

		if (parse(c->spf.exceptions.v[i], &network, &listed) &&
		    ip_in(client, network.ip, network.prefix) && str_caseeq(domain, listed))
			return true;
	}
	return false;
}
