/* The page of an audit of a gateway. */
#include "audit/auditpage.h"

static const char *const fates[FATE_COUNT][ADVICE_LANGS] = {
	[FATE_UNKNOWN] = { "not sent", "non envoyé" },
	[FATE_REFUSED] = { "refused", "refusé" },
	[FATE_DEFERRED] = { "deferred", "différé" },
	[FATE_ACCEPTED] = { "accepted, nobody watched where it went",
			    "accepté, sa destination n’a pas été observée" },
	[FATE_HELD] = { "accepted and held", "accepté puis retenu" },
	[FATE_MARKED] = { "delivered, marked", "remis, marqué" },
	[FATE_CLEAN] = { "delivered without a mark", "remis sans marque" },
	[FATE_ALTERED] = { "delivered, changed", "remis, modifié" },
	[FATE_LOST] = { "no answer", "sans réponse" },
	[FATE_DIALOGUE] = { "", "" },
};

/* What a worse outcome outweighs. */
static const int weight[FATE_JUDGEMENTS] = {
	[FATE_PASS] = 0, [FATE_SKIPPED] = 1, [FATE_UNCLEAR] = 2, [FATE_FAIL] = 3, [FATE_DANGER] = 4,
};

static bool is_told(enum fate_judgement j)
{
	return j == FATE_FAIL || j == FATE_DANGER;
}

static struct auditpage_group *group_of(struct arena *a, struct auditpage *p, str key,
					const struct advice *advice)
{
	const char *name = advice->name.in[p->lang];
	str shown = name ? str_c(name) : key;

	for (size_t i = 0; i < p->groups.n; i++) {
		if (str_eq(p->groups.v[i].name, shown))
			return &p->groups.v[i];
	}
	*arena_push(a, &p->groups) = (struct auditpage_group){ .name = shown };
	return &p->groups.v[p->groups.n - 1];
}

static str rules_of(struct arena *a, str case_id, const struct advice *advice)
{
	const char *sheets = advice_acss(case_id);

	return arena_fmt(a, "%s%s%s%s%s", *sheets ? "ACSS " : "", sheets,
			 *sheets && advice->anssi ? "; " : "", advice->anssi ? "ANSSI-PA-066 " : "",
			 advice->anssi ? advice->anssi : "");
}

static str text_in(const struct advice_text *t, enum advice_lang lang)
{
	return str_c(t->in[lang] ? t->in[lang] : "");
}

static struct auditpage_item *item_of(struct arena *a, struct auditpage_group *g,
				      const struct fate_row *r, const struct advice *advice,
				      enum advice_lang lang)
{
	for (size_t i = 0; i < g->items.n; i++) {
		if (str_eq(g->items.v[i].id, r->case_id))
			return &g->items.v[i];
	}
	*arena_push(a, &g->items) = (struct auditpage_item){
		.id = r->case_id,
		.title = advice_title(a, r->case_id, r->title, lang),
		.judgement = r->judgement,
		.means = text_in(&advice->means, lang),
		.rules = rules_of(a, r->case_id, advice),
		.poterne = text_in(&advice->poterne, lang),
		.postfix = text_in(&advice->postfix, lang),
	};
	return &g->items.v[g->items.n - 1];
}

static const struct {
	uint32_t outcome;
	const char *name[ADVICE_LANGS];
} outcomes[] = {
	{ BATTERY_REJECT, { "refused", "refusé" } },
	{ BATTERY_QUARANTINE, { "held", "retenu" } },
	{ BATTERY_DEFER, { "deferred", "différé" } },
	{ BATTERY_FLAG, { "marked", "marqué" } },
	{ BATTERY_ACCEPT, { "delivered unmarked", "remis sans marque" } },
};

static void put_expected(struct strbuf *b, uint32_t allowed, enum advice_lang lang)
{
	bool first = true;

	strbuf_put(b, lang == ADVICE_FR ? STR("; attendu : ") : STR("; expected: "));
	for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
		if (!(allowed & outcomes[i].outcome))
			continue;
		if (!first)
			strbuf_put(b, lang == ADVICE_FR ? STR(" ou ") : STR(" or "));
		strbuf_put(b, str_c(outcomes[i].name[lang]));
		first = false;
	}
}

static str happened(struct arena *a, const struct fate_row *r, enum advice_lang lang)
{
	struct strbuf b = strbuf_make(a, 8 << 10);

	strbuf_put(&b, str_c(fates[r->fate][lang]));
	if (r->fate == FATE_DIALOGUE)
		strbuf_put(&b, r->title);
	if (r->code && r->fate != FATE_DIALOGUE)
		strbuf_fmt(&b, " (%s %.*s)", posting_stage_name(r->stage),
			   STR_ARG(str_sub(r->text, 0, 300)));
	if (r->fate != FATE_DIALOGUE)
		put_expected(&b, r->allowed, lang);
	if (r->note.n)
		strbuf_fmt(&b, " [%.*s]", STR_ARG(str_sub(r->note, 0, 600)));
	return strbuf_str(&b);
}

static void add_row(struct arena *a, struct auditpage *p, const struct fate_row *r)
{
	struct advice advice = advice_find(r->case_id, r->group);
	struct auditpage_group *g = group_of(a, p, r->group, &advice);
	struct auditpage_item *i;

	g->n[r->judgement]++;
	if (!is_told(r->judgement))
		return;
	i = item_of(a, g, r, &advice, p->lang);
	if (weight[r->judgement] > weight[i->judgement])
		i->judgement = r->judgement;
	*arena_push(a, &i->lines) = (struct auditpage_line){
		.id = r->id,
		.text = happened(a, r, p->lang),
		.judgement = r->judgement,
		.transcript = r->transcript,
	};
}

static void add_fact(struct arena *a, struct auditpage *p, const char *en, const char *fr,
		     str value)
{
	*arena_push(a, &p->facts) =
		(struct auditpage_fact){ str_c(p->lang == ADVICE_FR ? fr : en), value };
}

static str yes_no(const struct auditpage *p, bool yes)
{
	if (p->lang == ADVICE_FR)
		return yes ? STR("oui") : STR("non");
	return yes ? STR("yes") : STR("no");
}

static void add_facts(struct arena *a, struct auditpage *p, const struct auditrun *run,
		      const struct auditrun_spec *spec, str when)
{
	add_fact(a, p, "Gateway", "Passerelle", spec->target_name);
	add_fact(a, p, "Its greeting", "Son accueil", run->greeting);
	add_fact(a, p, "Recipient", "Destinataire", spec->world.rcpt);
	add_fact(a, p, "STARTTLS", "STARTTLS", yes_no(p, run->starttls));
	add_fact(a, p, "It believes us about clients (XCLIENT)",
		 "Elle nous croit sur les clients (XCLIENT)", yes_no(p, run->xclient));
	add_fact(a, p, "Arrivals were watched", "Les arrivées ont été observées",
		 yes_no(p, spec->watch.ctx));
	add_fact(a, p, "When", "Quand", when);
	add_fact(a, p, "Mark of the run", "Marque de l’essai", run->run);
}

/* The dangerous ones first within each group. */
static void sort_items(struct auditpage_group *g)
{
	size_t front = 0;

	for (size_t i = 0; i < g->items.n; i++) {
		struct auditpage_item item = g->items.v[i];

		if (item.judgement != FATE_DANGER)
			continue;
		memmove(&g->items.v[front + 1], &g->items.v[front],
			(i - front) * sizeof(g->items.v[0]));
		g->items.v[front++] = item;
	}
}

struct auditpage auditpage_of_run(struct arena *a, const struct auditrun *run,
				  const struct auditrun_spec *spec, enum advice_lang lang, str when)
{
	struct auditpage p = { .lang = lang };

	p.title = lang == ADVICE_FR ? STR("Audit d’une passerelle de messagerie")
				    : STR("Audit of a mail gateway");
	p.subtitle = lang == ADVICE_FR
			     ? STR("Messages et dialogues d’essai envoyés de l’extérieur ; tout "
				   "contenu est inoffensif.")
			     : STR("Test messages and dialogues sent from outside; all content is "
				   "harmless.");
	add_facts(a, &p, run, spec, when);
	for (size_t i = 0; i < run->rows.n; i++)
		add_row(a, &p, &run->rows.v[i]);
	for (size_t g = 0; g < p.groups.n; g++)
		sort_items(&p.groups.v[g]);
	return p;
}
