#include "rules/rules_loader.h"

#define F(name, meaning) STR(#name),
static const str known[] = {
#include "inspect/findings.def"
#include "rules/evidence.def"
};
#undef F

bool rules_names_known(str finding, struct nearest *near)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(known[i], finding))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		nearest_offer(near, known[i]);
	return false;
}
