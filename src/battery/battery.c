#include "battery/battery.h"

#include "battery/kit.h"

enum { MESSAGE_BUDGET = 1 << 30 };

/* Each family ends with a row without id. */
static const struct battery_case *const families[] = {
	cases_antivirus, cases_extension, cases_document, cases_archive,  cases_locked,
	cases_url,	 cases_carried,	  cases_reply,	  cases_identity, cases_sender,
	cases_header,	 cases_structure, cases_encoding, cases_filename, cases_container,
	cases_twin,	 cases_relayed,	  cases_bulky,	  cases_tension,  cases_visit,
	cases_listed,
};

const struct battery_case *battery_case_at(size_t i)
{
	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		for (const struct battery_case *c = families[f]; c->id; c++) {
			if (i-- == 0)
				return c;
		}
	}
	return NULL;
}

str battery_case_id(const struct battery_case *c)
{
	return str_c(c->id);
}

str battery_case_group(const struct battery_case *c)
{
	return str_c(c->group);
}

str battery_case_title(const struct battery_case *c)
{
	return str_c(c->title);
}

static void make_one(const struct battery_case *c, enum kit_wrapping wrapping, str prefix,
		     uint64_t seed, battery_take_fn *take, void *ctx)
{
	cleanup(arena_freep) struct arena *a = arena_new("battery", MESSAGE_BUDGET);
	struct kit k = {
		.arena = a,
		.seed = seed,
		.wrapping = wrapping,
		.c = c,
		.allowed = c->allowed,
		.symbols = c->symbols,
		.prefix = prefix,
		.take = take,
		.ctx = ctx,
	};

	c->make(&k);
}

/* Two ids of which one begins with the other. */
static bool may_fit(str id, str prefix)
{
	size_t n = id.n < prefix.n ? id.n : prefix.n;

	return str_eq(str_sub(id, 0, n), str_sub(prefix, 0, n));
}

void battery_make(str prefix, uint64_t seed, battery_take_fn *take, void *ctx)
{
	const struct battery_case *c;

	for (size_t i = 0; (c = battery_case_at(i)); i++) {
		if (!may_fit(str_c(c->id), prefix))
			continue;
		make_one(c, KIT_CLEAN, prefix, seed, take, ctx);
		if (!c->plain)
			make_one(c, KIT_ACSS, prefix, seed, take, ctx);
	}
}
