#include "lists/listfeed_private.h"

/* STIX 2.1 9, as much as can become entries of a list: [path = 'value' OR path = 'value'], and
 * such brackets joined by OR. With AND, NOT or FOLLOWEDBY one value alone means nothing, so
 * the pattern is left out; so is any other comparison. */

enum { ALTERNATIVES = 1000 };

static const struct {
	str path;
	enum listfeed_what what;
} paths[] = {
	{ STR("url:value"), LISTFEED_URL },
	{ STR("domain-name:value"), LISTFEED_DOMAIN },
	{ STR("ipv4-addr:value"), LISTFEED_ADDRESS },
	{ STR("ipv6-addr:value"), LISTFEED_ADDRESS },
	{ STR("file:hashes.'SHA-256'"), LISTFEED_SHA256 },
	{ STR("file:hashes.\"SHA-256\""), LISTFEED_SHA256 },
	{ STR("file:hashes.SHA256"), LISTFEED_SHA256 },
};

struct pattern {
	struct arena *arena;
	str in;
	size_t at;
};

struct alternatives {
	struct alternative {
		enum listfeed_what what;
		str value;
	} * v;
	size_t n, cap;
};

static void skip_blanks(struct pattern *p)
{
	while (p->at < p->in.n && str_is_space(p->in.p[p->at]))
		p->at++;
}

static bool take(struct pattern *p, str word)
{
	skip_blanks(p);
	if (!str_starts(str_skip(p->in, p->at), word))
		return false;
	p->at += word.n;
	return true;
}

/* 'it\'s' */
static bool take_string(struct pattern *p, str *ret)
{
	struct strbuf b = strbuf_make(p->arena, 8192);

	if (!take(p, STR("'")))
		return false;
	for (; p->at < p->in.n && p->in.p[p->at] != '\''; p->at++) {
		if (p->in.p[p->at] == '\\')
			p->at++;
		if (p->at < p->in.n)
			strbuf_char(&b, p->in.p[p->at]);
	}
	*ret = strbuf_str(&b);
	return !b.overflow && take(p, STR("'"));
}

static bool take_equality(struct pattern *p, struct alternative *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (!take(p, paths[i].path))
			continue;
		ret->what = paths[i].what;
		return take(p, STR("=")) && take_string(p, &ret->value);
	}
	return false;
}

/* "[" equality *("OR" equality) "]" */
static bool take_observation(struct pattern *p, struct alternatives *found)
{
	if (!take(p, STR("[")))
		return false;
	do {
		if (found->n == ALTERNATIVES || !take_equality(p, arena_push(p->arena, found)))
			return false;
	} while (take(p, STR("OR ")));
	return take(p, STR("]"));
}

void listfeed_stix_pattern(struct listfeed *f, str pattern, str note)
{
	struct pattern p = { f->arena, pattern, 0 };
	struct alternatives found = { 0 };
	bool ok;

	do {
		ok = take_observation(&p, &found);
	} while (ok && take(&p, STR("OR ")));
	skip_blanks(&p);
	if (!ok || p.at != p.in.n) {
		f->count.left_out++;
		return;
	}
	for (size_t i = 0; i < found.n; i++)
		listfeed_add(f, found.v[i].what, found.v[i].value, note);
}
