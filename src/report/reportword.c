#include "report/reportword.h"

static const str actions[AGGREGATE_ACTIONS] = {
	[AGGREGATE_UNSAID] = { "", 0 },	      [AGGREGATE_NONE] = { "none", 4 },
	[AGGREGATE_PASS] = { "pass", 4 },     [AGGREGATE_QUARANTINE] = { "quarantine", 10 },
	[AGGREGATE_REJECT] = { "reject", 6 },
};

static const str results[AGGREGATE_RESULTS] = {
	[AGGREGATE_RESULT_UNKNOWN] = { "", 0 },
	[AGGREGATE_RESULT_NONE] = { "none", 4 },
	[AGGREGATE_RESULT_PASS] = { "pass", 4 },
	[AGGREGATE_RESULT_FAIL] = { "fail", 4 },
	[AGGREGATE_RESULT_SOFTFAIL] = { "softfail", 8 },
	[AGGREGATE_RESULT_POLICY] = { "policy", 6 },
	[AGGREGATE_RESULT_NEUTRAL] = { "neutral", 7 },
	[AGGREGATE_RESULT_TEMPERROR] = { "temperror", 9 },
	[AGGREGATE_RESULT_PERMERROR] = { "permerror", 9 },
};

static const str overrides[AGGREGATE_OVERRIDES] = {
	[AGGREGATE_OTHER] = { "other", 5 },
	[AGGREGATE_FORWARDED] = { "forwarded", 9 },
	[AGGREGATE_SAMPLED_OUT] = { "sampled_out", 11 },
	[AGGREGATE_TRUSTED_FORWARDER] = { "trusted_forwarder", 17 },
	[AGGREGATE_MAILING_LIST] = { "mailing_list", 12 },
	[AGGREGATE_LOCAL_POLICY] = { "local_policy", 12 },
	[AGGREGATE_POLICY_TEST_MODE] = { "policy_test_mode", 16 },
};

str reportword_action(enum aggregate_action action)
{
	return actions[action];
}

str reportword_result(enum aggregate_result result)
{
	return results[result];
}

str reportword_override(enum aggregate_override type)
{
	return overrides[type];
}

/* The index of the word, 0 when it is none of them. */
static unsigned find_word(str word, const str *words, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (words[i].n && str_caseeq(word, words[i]))
			return i;
	}
	return 0;
}

enum aggregate_result reportword_find_result(str word)
{
	if (str_caseeq(word, STR("hardfail")))
		return AGGREGATE_RESULT_FAIL;
	if (str_caseeq(word, STR("error")) || str_caseeq(word, STR("unknown")))
		return str_caseeq(word, STR("error")) ? AGGREGATE_RESULT_TEMPERROR
						      : AGGREGATE_RESULT_PERMERROR; /* RFC 4408 */
	return (enum aggregate_result)find_word(word, results, AGGREGATE_RESULTS);
}

enum aggregate_action reportword_find_action(str word)
{
	return (enum aggregate_action)find_word(word, actions, AGGREGATE_ACTIONS);
}

enum aggregate_override reportword_find_override(str word)
{
	return (enum aggregate_override)find_word(word, overrides, AGGREGATE_OVERRIDES);
}
