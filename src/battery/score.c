#include "battery/score.h"

enum { TEXT_MAX = 1 << 20 };

static const struct {
	uint32_t outcome;
	const char *name;
} names[] = {
	{ BATTERY_ACCEPT, "accept" }, { BATTERY_FLAG, "flag" },
	{ BATTERY_DEFER, "defer" },   { BATTERY_QUARANTINE, "quarantine" },
	{ BATTERY_REJECT, "reject" },
};

static void put_outcomes(struct strbuf *b, uint32_t set)
{
	bool first = true;

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!(set & names[i].outcome))
			continue;
		strbuf_fmt(b, "%s%s", first ? "" : "/", names[i].name);
		first = false;
	}
}

static uint32_t outcome_of(enum action a)
{
	switch (a) {
	case ACTION_ACCEPT:
		return BATTERY_ACCEPT;
	case ACTION_TAG:
		return BATTERY_FLAG;
	case ACTION_GREYLIST:
	case ACTION_DEFER:
		return BATTERY_DEFER;
	case ACTION_QUARANTINE:
		return BATTERY_QUARANTINE;
	default:
		return BATTERY_REJECT;
	}
}

static bool raised(const struct verdict *v, str name)
{
	for (size_t i = 0; i < v->symbols.n; i++) {
		if (str_eq(v->symbols.v[i].rule->name, name))
			return true;
	}
	return false;
}

/* "A|B": one of them. "!A": not that one. */
static bool one_raised(const struct verdict *v, str symbols)
{
	str name;

	if (!symbols.n)
		return true;
	if (symbols.p[0] == '!')
		return !raised(v, str_skip(symbols, 1));
	while (symbols.n) {
		(void)str_split(&symbols, '|', &name);
		if (raised(v, name))
			return true;
	}
	return false;
}

static str raised_text(struct arena *a, const struct verdict *v)
{
	struct strbuf b = strbuf_make(a, TEXT_MAX);

	for (size_t i = 0; i < v->symbols.n; i++) {
		const struct verdict_symbol *s = &v->symbols.v[i];

		strbuf_fmt(&b, "%s%.*s", i ? " " : "", STR_ARG(s->rule->name));
		if (s->decides != ACTION_ACCEPT)
			strbuf_fmt(&b, "(%s)", action_name(s->decides));
		else if (s->score)
			strbuf_fmt(&b, "(%s)", verdict_points(s->score).text);
	}
	return strbuf_str(&b);
}

static bool has_weight(const struct verdict *v)
{
	for (size_t i = 0; i < v->symbols.n; i++) {
		if (v->symbols.v[i].score > 0)
			return true;
	}
	return false;
}

/* Where a mark is asked for, a delivered message with the named symbol, or when none is named
 * with any that weighs, counts as marked: the field we add names them. */
static uint32_t outcome_seen(const struct battery_message *m, const struct verdict *v, bool symbol)
{
	uint32_t o = outcome_of(v->intended);

	if (o == BATTERY_ACCEPT && !(m->allowed & BATTERY_ACCEPT) &&
	    (m->symbols.n ? symbol : has_weight(v)))
		return BATTERY_FLAG;
	return o;
}

static void count_case(struct score_card *card, str case_id, bool passed)
{
	if (!str_eq(card->last_case, case_id)) {
		card->cases_passed += card->last_case.n && !card->last_failed;
		card->cases++;
		card->last_case = case_id;
		card->last_failed = false;
	}
	card->last_failed |= !passed;
}

void score_count(struct score_card *card, str case_id, bool passed, bool critical)
{
	card->messages++;
	card->passed += passed;
	card->failed += !passed;
	card->critical += critical;
	count_case(card, case_id, passed);
}

void score_judge(struct score_card *card, struct arena *a, const struct battery_message *m,
		 const struct verdict *v, struct score_line *ret)
{
	bool symbol = one_raised(v, m->symbols);

	*ret = (struct score_line){ .outcome = outcome_seen(m, v, symbol),
				    .missing_symbol = !symbol };
	ret->passed = (ret->outcome & m->allowed) && symbol;
	ret->critical = m->malicious && ret->outcome & (BATTERY_ACCEPT | BATTERY_FLAG);
	ret->symbols = raised_text(a, v);
	score_count(card, m->case_id, ret->passed, ret->critical);
}

/* For other programs that are to judge the same message as if it came so. */
static void put_envelope(struct strbuf *b, const struct battery_message *m)
{
	const struct {
		const char *key;
		str value;
	} fields[] = {
		{ "group", m->group },	       { "client_ip", m->client_ip },
		{ "helo", m->helo },	       { "reverse_path", m->reverse_path },
		{ "recipient", m->recipient },
	};

	strbuf_fmt(b, ", \"malicious\": %s", m->malicious ? "true" : "false");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		strbuf_fmt(b, ", \"%s\": ", fields[i].key);
		strbuf_json(b, fields[i].value);
	}
}

void score_print(FILE *out, struct arena *a, const struct battery_message *m,
		 const struct score_line *line, bool json)
{
	struct strbuf b = strbuf_make(a, TEXT_MAX);

	if (json) {
		strbuf_put(&b, STR("{\"id\": "));
		strbuf_json(&b, m->id);
		strbuf_put(&b, STR(", \"outcome\": \""));
		put_outcomes(&b, line->outcome);
		strbuf_put(&b, STR("\", \"expected\": \""));
		put_outcomes(&b, m->allowed);
		strbuf_put(&b, STR("\", \"expected_symbols\": "));
		strbuf_json(&b, m->symbols);
		strbuf_fmt(&b, ", \"passed\": %s, \"critical\": %s, \"symbols\": ",
			   line->passed ? "true" : "false", line->critical ? "true" : "false");
		strbuf_json(&b, line->symbols);
		put_envelope(&b, m);
		strbuf_char(&b, '}');
	} else {
		strbuf_fmt(&b, "%-6s %-14.*s ",
			   line->critical ? "DANGER"
			   : line->passed ? "ok"
					  : "FAIL",
			   STR_ARG(m->id));
		put_outcomes(&b, line->outcome);
		if (!line->passed) {
			strbuf_put(&b, STR(", expected "));
			put_outcomes(&b, m->allowed);
			if (line->missing_symbol)
				strbuf_fmt(&b, " with %.*s", STR_ARG(m->symbols));
		}
		strbuf_fmt(&b, "  [%.*s]", STR_ARG(line->symbols));
	}
	fprintf(out, "%.*s\n", STR_ARG(strbuf_str(&b)));
}

void score_print_card(FILE *out, struct score_card *card)
{
	card->cases_passed += card->last_case.n && !card->last_failed;
	card->last_case = STR("");
	fprintf(out,
		"%zu of %zu cases, %zu of %zu variants as expected, %zu dangerous deliveries\n",
		card->cases_passed, card->cases, card->passed, card->messages, card->critical);
}
