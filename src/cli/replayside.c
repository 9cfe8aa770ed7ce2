#include "cli/replayside.h"

int replayside_open(struct replayside *s, const struct super_source *source, str changes,
		    struct why *why)
{
	struct rules_dirs dirs;
	int r;

	*s = (struct replayside){ .arena = arena_new("rules", 1 << 30) };
	s->conf = super_read_conf(source, s->arena, why);
	if (!s->conf)
		return -1;
	dirs = rules_dirs_of(s->arena, s->conf);
	dirs.changes = changes;
	r = rules_load(s->arena, &dirs, &s->rules, why);
	if (r == 0)
		s->options = verdict_options_of(
			s->conf, impersonation_prepare(s->arena, &s->conf->domains, s->rules), 0);
	return r;
}

void replayside_close(struct replayside *s)
{
	if (s->rules)
		rules_close(s->rules);
	s->arena = arena_free(s->arena);
}
