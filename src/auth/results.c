#include "auth/results.h"

str results_code_name(enum auth_code code)
{
	static const str names[AUTH_CODES] = {
		[AUTH_NONE] = STR("none"),	     [AUTH_PASS] = STR("pass"),
		[AUTH_FAIL] = STR("fail"),	     [AUTH_POLICY] = STR("policy"),
		[AUTH_NEUTRAL] = STR("neutral"),     [AUTH_TEMPERROR] = STR("temperror"),
		[AUTH_PERMERROR] = STR("permerror"),
	};

	return names[code];
}

str results_policy_name(enum dmarc_policy policy)
{
	static const str names[] = {
		[DMARC_POLICY_NONE] = STR("none"),
		[DMARC_POLICY_QUARANTINE] = STR("quarantine"),
		[DMARC_POLICY_REJECT] = STR("reject"),
	};

	return names[policy];
}
