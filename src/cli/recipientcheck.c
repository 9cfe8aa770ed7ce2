#include "cli/recipientcheck.h"

#include "base/map.h"

int recipientcheck_conf(const struct conf *conf, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("recipients", 1 << 20);
	struct recipientfile_count count;
	struct recipients table;
	int r;

	if (!conf_has_recipients(conf))
		return 0;
	r = recipientfile_open(arena_cz(a, conf->recipients.file), &table, &count, why);
	if (r < 0)
		return why_prefix(why, r, "recipients.file");
	recipients_close(&table);
	return 0;
}

str recipientcheck_silent(const struct conf *conf, const struct recipients *table, struct arena *a)
{
	struct map spoken = map_make_caseless(a);
	struct listset_hit hit;
	size_t at = 0;

	for (size_t i = 0; i < conf->domains.n; i++)
		(void)map_set(&spoken, conf->domains.v[i], &spoken);
	while (listset_next(&table->set, &at, &hit)) {
		size_t sign = str_rchr(hit.key.text, '@');
		str domain = sign == STR_NONE ? hit.key.text : str_skip(hit.key.text, sign + 1);

		if (map_get(&spoken, domain))
			(void)map_set(&spoken, domain, a);
	}
	for (size_t i = 0; i < conf->domains.n; i++) {
		if (map_get(&spoken, conf->domains.v[i]) == &spoken)
			return conf->domains.v[i];
	}
	return STR("");
}
