#include "policy/verdict.h"

#include "inspect/findings.h"
#include "policy/derive.h"
#include "policy/glance.h"
#include "policy/listed.h"
#include "policy/lure.h"

/* A symbol that one message raised. */
struct raised {
	const struct rules_symbol *rule;
	str evidence;
	const struct rules_symbol *replaced_by;
};

/* A message raises a few of many thousand symbols, and pays for those. */
struct judge {
	struct arena *arena;
	const struct rules *rules;
	const struct verdict_options *options;
	ARENA_VEC(struct raised) raised;
	uint16_t *place; /* by index of symbol: its place in raised, from 1; 0: it is not raised */
	/* Of an expression, whose terms the parser bounds; once for all, since it is cleared. */
	int64_t stack[RULES_MAX_EXPR + 2];
};

_Static_assert(RULES_MAX_SYMBOLS <= UINT16_MAX, "a place fits");

static void raise_symbol(struct judge *j, const struct rules_symbol *s, str evidence)
{
	if (s->disabled || j->place[s->index])
		return;
	*arena_push(j->arena, &j->raised) = (struct raised){ .rule = s, .evidence = evidence };
	j->place[s->index] = (uint16_t)j->raised.n;
}

/* Observed rules are shown; for the others they are not there. */
static bool counts(const struct judge *j, uint32_t index)
{
	return j->place[index] && !j->rules->symbols.v[index]->observe;
}

static void raise_finding(struct judge *j, str name, str evidence)
{
	const struct rules_symbol *s = rules_of_finding(j->rules, name);

	for (; s; s = s->next_of_finding)
		raise_symbol(j, s, evidence);
}

/* Raised by what the worker matched. */
static bool is_of_worker(const struct rules_symbol *s)
{
	return s->regex.n || s->code.n;
}

/* A worker may be taken over: it can speak of content only, never vouch for a sender or
 * for the antivirus. */
static void raise_facts(struct judge *j, const struct facts *facts)
{
	for (size_t i = 0; i < facts->findings.n; i++) {
		if (findings_known(facts->findings.v[i].name))
			raise_finding(j, facts->findings.v[i].name, facts->findings.v[i].evidence);
	}
	for (size_t i = 0; i < facts->hits.n; i++) {
		uint32_t id = facts->hits.v[i].pattern;

		if (id < j->rules->symbols.n && is_of_worker(j->rules->symbols.v[id]))
			raise_symbol(j, j->rules->symbols.v[id], facts->hits.v[i].evidence);
	}
}

static void raise_evidence(struct judge *j, const struct evidence *e)
{
	for (size_t i = 0; i < e->symbols.n; i++)
		raise_finding(j, e->symbols.v[i].name, e->symbols.v[i].text);
}

static void raise_part(struct judge *j, const struct facts_part *p)
{
	str extension = derive_extension(p->filename);

	for (size_t i = 0; i < j->rules->by_part.n; i++) {
		const struct rules_symbol *s = j->rules->by_part.v[i];
		bool is = s->when == RULES_TYPE_IN
				  ? p->detected.n && conf_strings_has(&s->types, p->detected)
				  : extension.n && lists_has_word(s->list, j->arena, extension,
								  j->options->now);

		if (is)
			raise_symbol(j, s, p->filename.n ? p->filename : p->detected);
	}
}

/* Words that are known of the message or its client, in lists of words. */
static void raise_words(struct judge *j, const struct facts *f, const struct evidence *e)
{
	for (size_t i = 0; i < j->rules->by_list.n; i++) {
		const struct rules_symbol *s = j->rules->by_list.v[i];
		str word = s->when == RULES_LANGUAGE_IN	 ? f->language
			   : s->when == RULES_ASN_IN	 ? e->client_asn
			   : s->when == RULES_COUNTRY_IN ? e->client_country
							 : STR("");

		if (word.n && lists_has_word(s->list, j->arena, word, j->options->now))
			raise_symbol(j, s, word);
	}
}

static void raise_listed(struct judge *j, const struct envelope *envelope, const struct facts *f)
{
	struct listed_found found = { 0 };

	listed_find(j->arena, j->rules, envelope, f, j->options->now, &found);
	for (size_t i = 0; i < found.v.n; i++)
		raise_symbol(j, found.v.v[i].symbol, found.v.v[i].evidence);
}

static bool is_reply_of(const struct rules_symbol *s, const struct evidence_reply *r)
{
	if (s->dns_list != r->list || s->reply_refused != r->refused)
		return false;
	if (s->replies.n == 0 && !s->reply_bit)
		return true;
	for (size_t i = 0; i < s->replies.n; i++) {
		if (s->replies.v[i] == r->code)
			return true;
	}
	return s->reply_bit & r->code & 0xff;
}

static void raise_replies(struct judge *j, const struct evidence *e)
{
	for (size_t i = 0; i < e->replies.n; i++) {
		for (size_t k = 0; k < j->rules->by_reply.n; k++) {
			const struct rules_symbol *s = j->rules->by_reply.v[k];

			if (is_reply_of(s, &e->replies.v[i]))
				raise_symbol(j, s, e->replies.v[i].asked);
		}
	}
}

/* Far below what an int64_t holds, so that a product of two is exact. */
static int64_t bounded(int64_t v)
{
	enum { MOST = 1000000000 };

	return v > MOST ? MOST : v < -MOST ? -MOST : v;
}

static int64_t apply(enum rules_op op, int64_t x, int64_t y)
{
	switch (op) {
	case RULES_OP_AND:
		return x && y;
	case RULES_OP_OR:
		return x || y;
	case RULES_OP_ADD:
		return bounded(x + y);
	case RULES_OP_SUBTRACT:
		return bounded(x - y);
	case RULES_OP_MULTIPLY:
		return bounded(x * y);
	case RULES_OP_MORE:
		return x > y;
	case RULES_OP_AT_LEAST:
		return x >= y;
	case RULES_OP_LESS:
		return x < y;
	case RULES_OP_AT_MOST:
		return x <= y;
	default:
		return x == y; /* RULES_OP_EQUAL */
	}
}

static bool evaluate(struct judge *j, const struct rules_symbol *s)
{
	int64_t *stack = j->stack;
	size_t n = 0;

	for (size_t i = 0; i < s->expr.n; i++) {
		const struct rules_step *step = &s->expr.v[i];

		if (step->op == RULES_OP_SYMBOL) {
			stack[n++] = counts(j, step->symbol);
		} else if (step->op == RULES_OP_NUMBER) {
			stack[n++] = step->number;
		} else if (step->op == RULES_OP_NOT) {
			stack[n - 1] = !stack[n - 1];
		} else {
			n--;
			stack[n - 1] = apply(step->op, stack[n - 1], stack[n]);
		}
	}
	return stack[0];
}

static void replace_others(struct judge *j, const struct rules_symbol *s)
{
	for (size_t k = 0; counts(j, s->index) && k < s->replace.n; k++) {
		uint16_t place = j->place[s->replace.v[k]];

		if (place && !j->raised.v[place - 1].replaced_by)
			j->raised.v[place - 1].replaced_by = s;
	}
}

static void raise_composites(struct judge *j)
{
	for (size_t i = 0; i < j->rules->composites.n; i++) {
		const struct rules_symbol *s = j->rules->composites.v[i];

		if (evaluate(j, s))
			raise_symbol(j, s, STR(""));
	}
}

/* When all are raised: what is replaced may be a composite itself. */
static void replace_scores(struct judge *j)
{
	for (size_t i = 0; i < j->rules->composites.n; i++) {
		const struct rules_symbol *s = j->rules->composites.v[i];

		replace_others(j, s);
	}
}

/* ACTION_ACCEPT when it decides nothing. */
static enum action decided(const struct judge *j, const struct rules_symbol *s)
{
	if (s->observe)
		return ACTION_ACCEPT;
	switch (s->decides) {
	case RULES_DECIDES_ACTION:
		return s->decision;
	case RULES_DECIDES_WHEN_DOWN:
		return j->options->antivirus_down;
	case RULES_DECIDES_WHEN_ABSENT:
		return j->options->antivirus_absent;
	default:
		return ACTION_ACCEPT;
	}
}

/* By priority, then by severity, then in the order of the rules. */
static bool outranks(const struct judge *j, const struct rules_symbol *a,
		     const struct rules_symbol *b)
{
	if (a->priority != b->priority)
		return a->priority > b->priority;
	if (decided(j, a) != decided(j, b))
		return decided(j, a) > decided(j, b);
	return a->index < b->index;
}

static const struct rules_symbol *decide(const struct judge *j)
{
	const struct rules_symbol *best = NULL;

	for (size_t i = 0; i < j->raised.n; i++) {
		const struct rules_symbol *s = j->raised.v[i].rule;

		if (decided(j, s) != ACTION_ACCEPT && (!best || outranks(j, s, best)))
			best = s;
	}
	return best;
}

/* Whom no score may hold or refuse is not asked to come back either. */
static bool greylists(const struct verdict *v)
{
	return v->greylist && !v->excused && !(v->cap && v->at_most < ACTION_GREYLIST);
}

enum action verdict_of_score(const struct verdict *v, int64_t score)
{
	enum action a = score >= v->tag ? ACTION_TAG : ACTION_ACCEPT;

	if (score >= v->reject)
		a = ACTION_REJECT;
	else if (score >= v->quarantine)
		a = ACTION_QUARANTINE;
	else if (greylists(v) && score >= v->greylist)
		a = ACTION_GREYLIST;
	return v->cap && a > v->at_most ? v->at_most : a;
}

/* The mildest of all ceilings. */
static void find_cap(const struct judge *j, struct verdict *v)
{
	for (size_t i = 0; i < j->raised.n; i++) {
		const struct rules_symbol *s = j->raised.v[i].rule;

		if (!s->caps || s->observe || (v->cap && v->at_most <= s->at_most))
			continue;
		v->cap = s;
		v->at_most = s->at_most;
	}
}

static const struct rules_symbol *find_excuse(const struct judge *j)
{
	for (size_t i = 0; i < j->raised.n; i++) {
		if (j->raised.v[i].rule->not_greylisted && !j->raised.v[i].rule->observe)
			return j->raised.v[i].rule;
	}
	return NULL;
}

/* Deciding symbols first, then by weight, then in the order of the rules. */
static int by_weight(const void *a, const void *b)
{
	const struct verdict_symbol *x = a, *y = b;

	if (x->decides != y->decides)
		return x->decides > y->decides ? -1 : 1;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->rule->index < y->rule->index ? -1 : 1;
}

static void collect(const struct judge *j, struct verdict *v)
{
	int64_t sum = 0;

	for (size_t i = 0; i < j->raised.n; i++) {
		const struct raised *r = &j->raised.v[i];
		int32_t score = r->replaced_by || r->rule->observe ? 0 : r->rule->score;

		*arena_push(j->arena, &v->symbols) = (struct verdict_symbol){
			.rule = r->rule,
			.score = score,
			.decides = decided(j, r->rule),
			.evidence = r->evidence,
			.replaced_by = r->replaced_by,
		};
		sum += score;
	}
	if (v->symbols.n)
		qsort(v->symbols.v, v->symbols.n, sizeof(*v->symbols.v), by_weight);
	/* RULES_MAX_SYMBOLS times RULES_MAX_SCORE fits an int32_t. */
	v->score = (int32_t)sum;
}

static void conclude(const struct judge *j, struct verdict *v)
{
	const struct rules_symbol *decision = decide(j);

	v->tag = j->rules->tag;
	v->quarantine = j->rules->quarantine;
	v->reject = j->rules->reject;
	v->greylist = j->options->greylist ? j->rules->greylist : 0;
	v->excused = find_excuse(j);
	find_cap(j, v);
	v->by_score = verdict_of_score(v, v->score);
	v->intended = v->by_score;
	if (decision && decided(j, decision) >= v->by_score) {
		v->decision = decision;
		v->intended = decided(j, decision);
	}
	v->observed = j->options->observe;
	v->action = v->observed ? ACTION_ACCEPT : v->intended;
}

void verdict_judge(struct arena *a, const struct rules *rules,
		   const struct verdict_options *options, const struct envelope *envelope,
		   const struct facts *facts, const struct evidence *evidence, struct verdict *ret)
{
	struct judge j = { .arena = a,
			   .rules = rules,
			   .options = options,
			   .place = arena_array(a, uint16_t, rules->symbols.n) };
	struct evidence derived = { 0 };
	struct verdict v = { .temporary = evidence->temporary };

	derive_evidence(a, options->own_domains, options->outgoing, envelope, facts, evidence,
			&derived);
	glance_evidence(a, options->own_domains, envelope, facts, &derived);
	lure_evidence(a, envelope, facts, &derived);
	if (!options->outgoing)
		impersonation_find(a, options->impersonation, facts, &derived);
	raise_facts(&j, facts);
	for (size_t i = 0; i < facts->parts.n; i++)
		raise_part(&j, &facts->parts.v[i]);
	raise_listed(&j, envelope, facts);
	raise_words(&j, facts, evidence);
	raise_evidence(&j, evidence);
	raise_replies(&j, evidence);
	raise_evidence(&j, &derived);
	raise_composites(&j);
	replace_scores(&j);
	collect(&j, &v);
	conclude(&j, &v);
	*ret = v;
}

static enum action action_of_when(enum conf_when when)
{
	if (when == CONF_WHEN_DEFER)
		return ACTION_DEFER;
	return when == CONF_WHEN_QUARANTINE ? ACTION_QUARANTINE : ACTION_ACCEPT;
}

struct verdict_options verdict_options_of(const struct conf *c, const struct impersonation *known,
					  int64_t now)
{
	return (struct verdict_options){
		.own_domains = &c->domains,
		.impersonation = known,
		.outgoing = c->role == CONF_ROLE_OUT,
		.observe = c->mode == CONF_MODE_OBSERVE,
		.greylist = c->greylist.enabled && c->role == CONF_ROLE_MX,
		.antivirus_down = action_of_when(c->antivirus.when_down),
		.antivirus_absent = action_of_when(c->antivirus.when_absent),
		.now = now,
	};
}

struct verdict_points verdict_points(int32_t score)
{
	uint32_t abs = score < 0 ? -(uint32_t)score : (uint32_t)score;
	struct verdict_points p = { "" };
	char reversed[sizeof(p.text)];
	size_t n = 0, at = 0;

	/* By hand: it is done a dozen times for each message. */
	do {
		reversed[n++] = (char)('0' + abs % 10);
		if (n == 2)
			reversed[n++] = '.';
		abs /= 10;
	} while (abs || n < 4);
	if (score < 0)
		p.text[at++] = '-';
	while (n > 0)
		p.text[at++] = reversed[--n];
	return p;
}

/* Identifiers are ours, letters and digits; anything else is not shown to strangers. */
static str reference(struct arena *a, str mid)
{
	struct strbuf b = strbuf_make(a, 64);

	for (size_t i = 0; i < mid.n; i++) {
		if (str_is_alnum(mid.p[i]) || mid.p[i] == '-')
			strbuf_char(&b, mid.p[i]);
	}
	return b.n ? strbuf_str(&b) : STR("none");
}

struct verdict_reply verdict_reply(struct arena *a, const struct verdict *v, str mid)
{
	str ref = reference(a, mid);

	if (v->action == ACTION_REJECT)
		return (struct verdict_reply){
			550, "5.7.1",
			arena_fmt(a,
				  "Message refused by the policy of this site, "
				  "reference %.*s",
				  STR_ARG(ref))
		};
	if (v->action == ACTION_GREYLIST)
		return (struct verdict_reply){
			451, "4.7.1",
			arena_fmt(a,
				  "This site does not know the sender yet: please try again in "
				  "%lld min or later, as mail servers do, reference %.*s",
				  (long long)(v->retry_s + 59) / 60, STR_ARG(ref))
		};
	if (v->action == ACTION_DEFER)
		return (struct verdict_reply){
			451, "4.7.1",
			arena_fmt(a,
				  "Message cannot be taken now, try again later, "
				  "reference %.*s",
				  STR_ARG(ref))
		};
	return (struct verdict_reply){
		250, "2.0.0", arena_fmt(a, "Message taken, reference %.*s", STR_ARG(ref))
	};
}
