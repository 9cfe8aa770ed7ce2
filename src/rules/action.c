#include "rules/action.h"

static const char *const names[ACTIONS] = {
	[ACTION_ACCEPT] = "accept",	    [ACTION_TAG] = "tag",
	[ACTION_GREYLIST] = "greylist",	    [ACTION_DEFER] = "defer",
	[ACTION_QUARANTINE] = "quarantine", [ACTION_REJECT] = "reject",
	[ACTION_DISCARD] = "discard",
};

const char *action_name(enum action a)
{
	return names[a];
}

bool action_of_name(str name, enum action *ret)
{
	for (int i = 0; i < ACTIONS; i++) {
		if (str_eq(name, str_c(names[i]))) {
			*ret = (enum action)i;
			return true;
		}
	}
	return false;
}
