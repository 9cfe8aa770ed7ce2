#include "cli/listchecks.h"

#include "base/clock.h"
#include "cli/table.h"
#include "rules/rules.h"

#include <stdio.h>

enum { OUTPUT_MAX = 64 << 20 };

/* The conditions that ask a list for a thing of that form. */
enum form { FORM_CLIENT, FORM_MAILBOX, FORM_URL, FORM_HASH, FORM_DOMAIN };

static enum form keys_of(struct arena *a, str thing, struct listkey_set *keys)
{
	const char *expected;
	struct listkey key;
	size_t at = str_rchr(thing, '@');
	struct ip ip;

	if (ip_parse(thing, &ip)) {
		listkey_client(ip, keys);
		return FORM_CLIENT;
	}
	if (str_find(thing, STR("://")) != STR_NONE) {
		listkey_url(a, thing, keys);
		return FORM_URL;
	}
	if (at != STR_NONE) {
		listkey_address(a, str_sub(thing, 0, at), str_skip(thing, at + 1), keys);
		return FORM_MAILBOX;
	}
	listkey_domain(a, thing, keys);
	if (listkey_of_entry(a, thing, &key, &expected) && key.kind == LISTKEY_HASH) {
		keys->v[0] = key;
		return FORM_HASH;
	}
	if (str_chr(thing, '/') != STR_NONE) {
		listkey_url(a, arena_fmt(a, "http://%.*s", STR_ARG(thing)), keys);
		return FORM_URL;
	}
	return FORM_DOMAIN;
}

static bool asks(enum rules_when when, enum form form)
{
	switch (when) {
	case RULES_CLIENT_IN:
		return form == FORM_CLIENT;
	case RULES_HASH_IN:
		return form == FORM_HASH;
	case RULES_URL_IN:
		return form == FORM_URL || form == FORM_DOMAIN || form == FORM_CLIENT;
	case RULES_HELO_IN:
	case RULES_EXTENSION_IN:
		return form == FORM_DOMAIN;
	default:
		return form == FORM_MAILBOX || form == FORM_DOMAIN;
	}
}

/* ["LOCAL_BL_URL (reject)", ...]: what follows for a message. */
static void put_symbols(struct strbuf *out, struct arena *a, const struct rules *rules,
			const struct lists_list *list, enum form form)
{
	const char *comma = "";

	strbuf_char(out, '[');
	for (size_t i = 0; i < rules->symbols.n; i++) {
		const struct rules_symbol *s = rules->symbols.v[i];
		str text;

		if (s->list != list || s->disabled || !asks(s->when, form))
			continue;
		text = s->decides == RULES_DECIDES_ACTION
			       ? arena_fmt(a, "%.*s (%s)", STR_ARG(s->name),
					   action_name(s->decision))
			       : arena_fmt(a, "%.*s (%.2f)", STR_ARG(s->name), s->score / 100.0);
		strbuf_put(out, str_c(comma));
		strbuf_json(out, text);
		comma = ",";
	}
	strbuf_char(out, ']');
}

static void put_day(struct strbuf *out, struct arena *a, int64_t wall)
{
	struct strbuf b = strbuf_make(a, 64);

	if (wall == INT64_MAX) {
		strbuf_put(out, STR("null"));
		return;
	}
	clock_put_rfc3339(&b, wall);
	strbuf_json(out, str_sub(strbuf_str(&b), 0, 10));
}

static void put_hit(struct strbuf *out, struct arena *a, const struct rules *rules,
		    const struct lists_list *list, const struct listset_hit *hit, enum form form)
{
	struct strbuf entry = strbuf_make(a, 3 * LISTKEY_MAX);

	listset_put(&entry, hit);
	strbuf_put(out, STR("{\"list\":"));
	strbuf_json(out, list->name);
	strbuf_put(out, STR(",\"entry\":"));
	strbuf_json(out, strbuf_str(&entry));
	strbuf_put(out, STR(",\"until\":"));
	put_day(out, a, hit->until);
	strbuf_put(out, STR(",\"note\":"));
	strbuf_json(out, hit->note);
	strbuf_put(out, STR(",\"symbols\":"));
	put_symbols(out, a, rules, list, form);
	strbuf_put(out, STR("}\n"));
}

static int print(struct arena *a, const struct strbuf *lines, const struct table_column *columns,
		 size_t n, bool json)
{
	struct strbuf out = strbuf_make(a, OUTPUT_MAX);

	if (json)
		strbuf_put(&out, strbuf_str(lines));
	else if (!table_put(&out, strbuf_str(lines), columns, n))
		return -1;
	if (out.n)
		fwrite(out.p, 1, out.n, stdout);
	return 0;
}

int listchecks_say(struct arena *a, const struct conf *conf, str thing, int64_t now, bool json,
		   struct why *why)
{
	static const struct table_column columns[] = {
		{ "LIST", "list", 30 }, { "ENTRY", "entry", 50 },     { "UNTIL", "until", 10 },
		{ "NOTE", "note", 50 }, { "SYMBOLS", "symbols", 60 },
	};
	struct rules_dirs dirs = rules_dirs_of(a, conf);
	struct strbuf lines = strbuf_make(a, OUTPUT_MAX);
	struct listkey_set keys;
	struct listset_hit hit;
	struct rules *rules;
	enum form form;
	int r = rules_load(a, &dirs, &rules, why);

	if (r < 0)
		return r;
	form = keys_of(a, thing, &keys);
	for (size_t i = 0; i < rules->lists.list.n; i++) {
		if (lists_has(rules->lists.list.v[i], &keys, now, &hit))
			put_hit(&lines, a, rules, rules->lists.list.v[i], &hit, form);
	}
	r = lines.n ? print(a, &lines, columns, ARRAY_LEN(columns), json) : 1;
	rules_close(rules);
	return r;
}

/* --- show --- */

struct age {
	uint64_t entries, expired;
	int64_t made; /* of the newest compiled one, 0: none */
};

static struct age age_of(const struct lists_list *list, int64_t now)
{
	struct age age = { 0 };
	struct listset_hit hit;

	for (size_t i = 0; i < list->sets.n; i++) {
		const struct listset *s = &list->sets.v[i];

		age.entries += s->n;
		if (s->made > age.made)
			age.made = s->made;
		for (size_t at = 0; listset_next(s, &at, &hit);)
			age.expired += hit.until <= now;
	}
	return age;
}

static void put_list(struct strbuf *out, struct arena *a, const struct lists_list *list,
		     int64_t now)
{
	struct age age = age_of(list, now);

	strbuf_put(out, STR("{\"list\":"));
	strbuf_json(out, list->name);
	strbuf_fmt(out, ",\"entries\":%llu,\"expired\":%llu,\"compiled\":",
		   (unsigned long long)age.entries, (unsigned long long)age.expired);
	put_day(out, a, age.made ? age.made : INT64_MAX);
	/* Entries of a feed end by themselves: when all have, nobody has imported it for days. */
	strbuf_fmt(out, ",\"stale\":%s}\n",
		   age.entries && age.expired == age.entries ? "true" : "false");
}

int listchecks_show(struct arena *a, const struct conf *conf, int64_t now, bool json,
		    struct why *why)
{
	static const struct table_column columns[] = {
		{ "LIST", "list", 40 },	      { "ENTRIES", "entries", 12 },
		{ "EXPIRED", "expired", 12 }, { "COMPILED", "compiled", 10 },
		{ "STALE", "stale", 5 },
	};
	struct rules_dirs dirs = rules_dirs_of(a, conf);
	struct strbuf lines = strbuf_make(a, OUTPUT_MAX);
	struct rules *rules;
	int r = rules_load(a, &dirs, &rules, why);

	if (r < 0)
		return r;
	for (size_t i = 0; i < rules->lists.list.n; i++)
		put_list(&lines, a, rules->lists.list.v[i], now);
	r = print(a, &lines, columns, ARRAY_LEN(columns), json);
	rules_close(rules);
	return r;
}
