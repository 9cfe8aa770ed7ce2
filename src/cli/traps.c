#include "cli/traps.h"

#include "base/ip.h"

#include <jansson.h>

enum { DAY_CHARS = 10 /* of "2026-11-22T09:00:16Z" */ };

struct caught {
	const char *id;
	str day;
	struct ip client;
};

struct catch
{
	ARENA_VEC(struct caught) v;
};

static str member(struct arena *a, const json_t *row, const char *name)
{
	const json_t *v = json_object_get(row, name);

	return arena_str(a, str_of(json_string_value(v), json_string_length(v)));
}

/* What something else decided is no lesson: a virus, or a message that cannot be read. */
static void take_row(struct arena *a, const json_t *row, struct catch *ret)
{
	struct caught c = { .day = str_sub(member(a, row, "held"), 0, DAY_CHARS) };

	if (!str_eq(member(a, row, "decision"), STR("SPAMTRAP")) ||
	    !str_eq(member(a, row, "state"), STR("held")) ||
	    json_integer_value(json_object_get(row, "size")) > TRAPS_BYTES ||
	    !ip_parse(member(a, row, "client_ip"), &c.client))
		return;
	c.id = arena_cz(a, member(a, row, "id"));
	*arena_push(a, &ret->v) = c;
}

static bool is_near(struct ip a, struct ip b)
{
	return ip_in(a, b, b.n == IP_V4 ? 24 : 48);
}

static bool counts(const struct caught *c, const struct caught *taken, size_t n)
{
	size_t day = 0, network = 0;

	for (size_t i = 0; i < n; i++) {
		bool same = str_eq(taken[i].day, c->day);

		day += same;
		network += same && is_near(taken[i].client, c->client);
	}
	return day < TRAPS_OF_DAY && network < TRAPS_OF_NETWORK;
}

int traps_choose(struct arena *a, str list, struct traps *ret, struct why *why)
{
	struct catch all = { 0 };
	struct caught *taken;
	bool bad = false;
	size_t n = 0;
	str line;

	while (str_split(&list, '\n', &line)) {
		json_t *row = line.n ? json_loadb(line.p, line.n, 0, NULL) : NULL;

		if (json_is_object(row))
			take_row(a, row, &all);
		else if (line.n)
			bad = true;
		json_decref(row);
	}
	if (bad)
		return why_set(why, -1, "the list of the quarantine is no JSON");
	taken = arena_array(a, struct caught, all.v.n + 1);
	for (size_t i = all.v.n; i-- > 0;) {
		if (!counts(&all.v.v[i], taken, n))
			continue;
		taken[n++] = all.v.v[i];
		*arena_push(a, &ret->ids) = all.v.v[i].id;
	}
	return 0;
}
