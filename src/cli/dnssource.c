#include "cli/dnssource.h"

#include "dns/zonefile.h"
#include "resolver/resolver.h"
#include "resolver/stub.h"

#include <unistd.h>

/* As poterne-dns does it. */
static int of_network(struct arena *a, const struct conf *conf, struct dns_resolver *ret,
		      struct why *why)
{
	bool validate = conf->dns.validate && access(RESOLVER_ROOT_KEY, R_OK) == 0;
	struct resolver_spec spec = { conf->dns.servers.v, conf->dns.servers.n,
				      validate ? RESOLVER_ROOT_KEY : NULL };
	struct stub *stub = arena_make(a, struct stub);
	struct resolver *resolver;
	int r;

	if (conf->dns.trust_ad) {
		r = stub_new(spec.servers, spec.n_servers, stub, why);
		*ret = stub_resolver(stub);
		return r;
	}
	r = resolver_new(&spec, &resolver, why);
	if (r == 0)
		*ret = resolver_resolver(resolver);
	return r;
}

int dnssource_open(struct arena *a, const struct conf *conf, const char *file, str zone,
		   struct dns_resolver *ret, struct why *why)
{
	struct zonefile *zones;
	int r;

	if (!file && conf->dns.file.n)
		file = arena_cz(a, conf->dns.file);
	if (!zone.p && !file)
		return of_network(a, conf, ret, why);
	r = zone.p ? zonefile_parse(a, zone, &zones, why) : zonefile_load(a, file, &zones, why);
	if (r == 0)
		*ret = zonefile_resolver(zones);
	return r;
}
