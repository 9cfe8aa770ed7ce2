#include "cli/ruleedit.h"

#include "base/fd.h"
#include "conf/nearest.h"
#include "rules/sitechanges.h"

#include <errno.h>

bool ruleedit_parse(str text, struct ruleedit *ret)
{
	static const struct {
		str word, action;
	} words[] = {
		{ { "off", 3 }, { "disable", 7 } },	{ { "on", 2 }, { "enable", 6 } },
		{ { "observe", 7 }, { "observe", 7 } }, { { "enforce", 7 }, { "enforce", 7 } },
		{ { "revert", 6 }, { "revert", 6 } },
	};
	size_t at = str_chr(text, '=');
	str value = str_skip(text, at + 1);

	if (at == STR_NONE)
		return false;
	*ret = (struct ruleedit){ STR("score"), str_sub(text, 0, at), value };
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(value, words[i].word))
			*ret = (struct ruleedit){ words[i].action, ret->symbol, STR_NULL };
	}
	return true;
}

int ruleedit_read(struct arena *a, const struct conf *conf, str *ret, struct why *why)
{
	str path = arena_fmt(a, "%.*s/" SITECHANGES_FILE, STR_ARG(conf->paths.overlay));
	int r = conf->paths.overlay.n ? fd_read_path(path.p, a, RULES_FILE_MAX, ret, why) : -ENOENT;

	if (r == -ENOENT)
		*ret = STR("");
	return r == -ENOENT ? 0 : r;
}

static int no_such_symbol(const struct rules *rules, str name, struct why *why)
{
	struct nearest near = nearest_to(name);

	for (size_t i = 0; i < rules->symbols.n; i++)
		nearest_offer(&near, rules->symbols.v[i]->name);
	if (near.best.p)
		return why_set(why, -EINVAL, "no symbol \"%.*s\"; did you mean \"%.*s\"?",
			       STR_ARG(str_sub(name, 0, 80)), STR_ARG(near.best));
	return why_set(why, -EINVAL, "no symbol \"%.*s\"", STR_ARG(str_sub(name, 0, 80)));
}

int ruleedit_apply(struct arena *a, const struct replayside *before, const struct ruleedit *e,
		   str now, str *ret_changes, struct why *why)
{
	static const struct {
		str action, property, value;
	} forms[] = {
		{ { "score", 5 }, { "score", 5 }, { NULL, 0 } },
		{ { "disable", 7 }, { "disabled", 8 }, { "true", 4 } },
		{ { "enable", 6 }, { "disabled", 8 }, { "false", 5 } },
		{ { "observe", 7 }, { "observe", 7 }, { "true", 4 } },
		{ { "enforce", 7 }, { "observe", 7 }, { "false", 5 } },
		{ { "revert", 6 }, { NULL, 0 }, { NULL, 0 } },
	};

	const struct rules_symbol *s = rules_find(before->rules, e->symbol);

	if (!s)
		return no_such_symbol(before->rules, e->symbol, why);
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (str_eq(forms[i].action, e->action))
			return sitechanges_set(a, now, s->name, forms[i].property,
					       e->value.n && i == 0 ? e->value : forms[i].value,
					       ret_changes, why);
	}
	return why_set(why, -EINVAL, "no such change");
}

static int32_t weight(const struct rules_symbol *s)
{
	return s->disabled || s->observe ? 0 : s->score;
}

static bool decides(const struct rules_symbol *s)
{
	return s->decides != RULES_DECIDES_NOTHING && !s->disabled && !s->observe;
}

static bool caps(const struct rules_symbol *s)
{
	return s->caps && !s->disabled && !s->observe;
}

bool ruleedit_is_raise(const struct rules_symbol *before, const struct rules_symbol *after)
{
	return weight(after) > weight(before) || (decides(after) && !decides(before)) ||
	       (caps(before) && !caps(after));
}
