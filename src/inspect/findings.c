#include "inspect/findings.h"

static const struct {
	str name, meaning;
} table[FINDINGS_N] = {
#define F(name, meaning) [FINDING_##name] = { STR(#name), STR(meaning) },
#include "inspect/findings.def"
#undef F
};

str findings_name(enum finding f)
{
	return table[f].name;
}

str findings_meaning(enum finding f)
{
	return table[f].meaning;
}

bool findings_known(str name)
{
	for (size_t i = 0; i < FINDINGS_N; i++) {
		if (str_eq(table[i].name, name))
			return true;
	}
	return false;
}
