#include "audit/advice.h"

#include "base/num.h"

static bool is_key(const char *key, str s)
{
	return str_eq(str_c(key), s);
}

static const struct advice *row_of(const struct advice *rows, str key)
{
	for (; rows->key; rows++) {
		if (is_key(rows->key, key))
			return rows;
	}
	return rows;
}

static struct advice_text either(struct advice_text own, struct advice_text group)
{
	return own.in[ADVICE_EN] ? own : group;
}

struct advice advice_find(str case_id, str group)
{
	const struct advice *c = row_of(advice_cases, case_id), *g = row_of(advice_groups, group);

	return (struct advice){
		.key = c->key ? c->key : g->key,
		.anssi = c->anssi ? c->anssi : g->anssi,
		.name = g->name,
		.means = either(c->means, g->means),
		.poterne = either(c->poterne, g->poterne),
		.postfix = either(c->postfix, g->postfix),
	};
}

str advice_title(struct arena *a, str case_id, str title, enum advice_lang lang)
{
	static const str one = STR("Forbidden extension "), many = STR("Forbidden extensions ");

	if (lang == ADVICE_EN)
		return title;
	for (const struct advice_translation *t = advice_titles; t->id; t++) {
		if (is_key(t->id, case_id))
			return str_c(t->fr);
	}
	if (str_starts(title, one))
		return arena_fmt(a, "Extension interdite %.*s", STR_ARG(str_skip(title, one.n)));
	if (str_starts(title, many))
		return arena_fmt(a, "Extensions interdites %.*s", STR_ARG(str_skip(title, many.n)));
	return title;
}

/* The numbers of the rule sheets; some tests stand in two. */
const char *advice_acss(str case_id)
{
	static const struct {
		unsigned from, to;
		const char *sheets;
	} ranges[] = {
		{ 1, 1, "mta" },
		{ 2, 2, "antivirus" },
		{ 3, 4, "antivirus, attachment" },
		{ 5, 6, "antispam" },
		{ 7, 7, "antispam, attachment" },
		{ 8, 69, "attachment" },
		{ 70, 70, "ident" },
		{ 71, 72, "url" },
		{ 73, 74, "anomalies" },
		{ 75, 75, "url" },
		{ 78, 78, "reply" },
		{ 79, 80, "ident" },
		{ 81, 81, "ident, anomalies" },
		{ 82, 84, "anomalies" },
		{ 85, 85, "ident, anomalies" },
		{ 86, 97, "anomalies" },
		{ 98, 99, "ident, anomalies" },
		{ 100, 101, "anomalies" },
		{ 102, 102, "ident, anomalies" },
		{ 103, 104, "anomalies" },
		{ 105, 105, "ident, anomalies" },
		{ 106, 107, "anomalies" },
		{ 108, 108, "ident, anomalies" },
		{ 109, 118, "anomalies" },
		{ 119, 120, "ident, anomalies" },
		{ 121, 146, "anomalies" },
		{ 147, 147, "attachment" },
		{ 148, 164, "anomalies" },
		{ 166, 166, "attachment" },
		{ 167, 174, "anomalies" },
	};
	uint64_t n;

	if (!str_starts(case_id, STR("T")) || !num_u64(str_skip(case_id, 1), &n))
		return "";
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		if (n >= ranges[i].from && n <= ranges[i].to)
			return ranges[i].sheets;
	}
	return "";
}
