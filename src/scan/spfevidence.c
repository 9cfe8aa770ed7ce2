#include "scan/spfevidence.h"

static const str symbols[] = {
	[SPFCHECK_NONE] = STR("SPF_NONE"),	     [SPFCHECK_NEUTRAL] = STR("SPF_NEUTRAL"),
	[SPFCHECK_PASS] = STR("SPF_PASS"),	     [SPFCHECK_FAIL] = STR("SPF_FAIL"),
	[SPFCHECK_SOFTFAIL] = STR("SPF_SOFTFAIL"),   [SPFCHECK_TEMPERROR] = STR("SPF_TEMPERROR"),
	[SPFCHECK_PERMERROR] = STR("SPF_PERMERROR"),
};

struct spf_result spfevidence_collect(struct arena *a, const struct dns_resolver *dns, str hostname,
				      const struct envelope *env, int64_t now, deadline d,
				      struct evidence *e)
{
	struct spf_input in = {
		.helo = env->helo, .mail_from = env->reverse_path, .receiver = hostname, .wall = now
	};
	struct spf_result r = { .result = SPFCHECK_NONE, .identity = STR("mailfrom") };

	if (!env->has_reverse_path || !ip_parse(env->client_ip, &in.ip))
		return r;
	r = spfcheck_run(a, dns, &in, d);
	e->temporary |= r.result == SPFCHECK_TEMPERROR;
	evidence_add(a, e, symbols[r.result],
		     arena_fmt(a, "%.*s=%.*s ip=%.*s %.*s%.*s", STR_ARG(r.identity),
			       STR_ARG(r.domain), STR_ARG(env->client_ip), STR_ARG(r.mechanism),
			       STR_ARG(r.problem)));
	return r;
}
