#include "spool/spoolid.h"

bool spoolid_parse(str s, struct spool_id *ret)
{
	struct spool_id id = { { 0 } };

	if (s.n == 0 || s.n > SPOOLID_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '-' && s.p[i] != '_')
			return false;
	}
	memcpy(id.text, s.p, s.n);
	*ret = id;
	return true;
}

bool spoolid_eq(struct spool_id a, struct spool_id b)
{
	return strcmp(a.text, b.text) == 0;
}
