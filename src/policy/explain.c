#include "policy/explain.h"

enum word {
	OUTCOME,
	OBSERVED,
	BY_DECISION,
	BY_SCORE,
	GREYLIST,
	TAG,
	QUARANTINE,
	REJECT,
	CAPPED,
	EXCUSED,
	FROM,
	SEEN,
	NOTHING_SEEN,
	COUNTED_IN,
	RULE_OBSERVED,
	OTHERWISE,
	WITHOUT,
	POINTS_LESS,
	POINTS_MORE,
	ANY_OF,
	INCOMPLETE,
	WORDS
};

static const char *const words[WORDS][CONF_LANGS] = {
	[OUTCOME] = { "Outcome", "Issue" },
	[OBSERVED] = { "Only observed, nothing was done; in mode enforce",
		       "Observé seulement, rien n'a été fait ; en mode enforce" },
	[BY_DECISION] = { "by decision of", "par décision de" },
	[BY_SCORE] = { "by score", "par le score" },
	[GREYLIST] = { "come back later", "prié de revenir" },
	[TAG] = { "tag", "marque" },
	[QUARANTINE] = { "quarantine", "quarantaine" },
	[REJECT] = { "reject", "refus" },
	[CAPPED] = { "no score does more than", "aucun score ne fait plus que" },
	[EXCUSED] = { "whoever it speaks of need not come back later",
		      "celui dont il parle n'a pas à revenir" },
	[FROM] = { "from", "dès" },
	[SEEN] = { "What was seen", "Ce qui a été vu" },
	[NOTHING_SEEN] = { "nothing remarkable", "rien de remarquable" },
	[COUNTED_IN] = { "counted in", "compté dans" },
	[RULE_OBSERVED] = { "only observed, would weigh", "observé seulement, pèserait" },
	[OTHERWISE] = { "What would have changed it", "Ce qui l'aurait changée" },
	[WITHOUT] = { "without", "sans" },
	[POINTS_LESS] = { "points less", "points de moins" },
	[POINTS_MORE] = { "points more", "points de plus" },
	[ANY_OF] = { "any one of these absent", "l'absence d'un seul de" },
	[INCOMPLETE] = { "A check did not answer; the verdict was made without it.",
			 "Une vérification n'a pas répondu ; le verdict a été rendu sans elle." },
};

static const char *const outcomes[ACTIONS][CONF_LANGS] = {
	[ACTION_ACCEPT] = { "accepted", "accepté" },
	[ACTION_TAG] = { "delivered with a mark", "remis avec une marque" },
	[ACTION_GREYLIST] = { "asked to come back later", "prié de revenir plus tard" },
	[ACTION_DEFER] = { "deferred", "ajourné" },
	[ACTION_QUARANTINE] = { "quarantined", "mis en quarantaine" },
	[ACTION_REJECT] = { "rejected", "refusé" },
	[ACTION_DISCARD] = { "discarded", "supprimé" },
};

struct teller {
	struct strbuf *out;
	const struct verdict *v;
	enum conf_lang lang;
};

static const char *say(const struct teller *t, enum word w)
{
	return words[w][t->lang];
}

static const char *outcome(const struct teller *t, enum action a)
{
	return outcomes[a][t->lang];
}

/* French sets a space before the colon. */
static const char *colon(const struct teller *t)
{
	return t->lang == CONF_LANG_FR ? " : " : ": ";
}

static void put_title(const struct teller *t, enum word w)
{
	strbuf_fmt(t->out, "%s%s\n", say(t, w), t->lang == CONF_LANG_FR ? " :" : ":");
}

/* Evidence on one line: runs of white space become one space, the rest is made printable. */
static void put_evidence(struct strbuf *out, str text)
{
	size_t end = EXPLAIN_MAX_EVIDENCE;

	/* Not in the middle of a UTF-8 character. */
	while (text.n > end && end && ((unsigned char)text.p[end] & 0xc0) == 0x80)
		end--;
	text = str_trim(str_sub(text, 0, end));
	while (text.n) {
		size_t word = 0, gap = 0;

		while (word < text.n && !str_is_space(text.p[word]))
			word++;
		strbuf_printable(out, str_sub(text, 0, word));
		while (word + gap < text.n && str_is_space(text.p[word + gap]))
			gap++;
		strbuf_put(out, gap ? STR(" ") : STR(""));
		text = str_skip(text, word + gap);
	}
}

void explain_reason(struct strbuf *out, const struct verdict_symbol *s, enum conf_lang lang)
{
	str text = s->rule->description[lang];

	if (!s->evidence.n) {
		strbuf_put(out, text);
		return;
	}
	if (str_ends(text, STR(".")))
		text.n--;
	strbuf_put(out, text);
	strbuf_put(out, STR(" (\""));
	put_evidence(out, s->evidence);
	strbuf_put(out, STR("\")"));
}

size_t explain_weighty(const struct verdict *v,
		       const struct verdict_symbol *ret[EXPLAIN_MAX_REASONS])
{
	size_t n = 0;

	for (size_t i = 0; i < v->symbols.n && n < EXPLAIN_MAX_REASONS; i++) {
		const struct verdict_symbol *s = &v->symbols.v[i];

		if (v->decision ? s->decides >= v->intended : s->score > 0)
			ret[n++] = s;
	}
	return n;
}

static void put_outcome(const struct teller *t)
{
	const struct verdict *v = t->v;

	strbuf_fmt(t->out, "%s%s", say(t, v->observed ? OBSERVED : OUTCOME), colon(t));
	if (v->decision)
		strbuf_fmt(t->out, "%s, %s %.*s\n", outcome(t, v->intended), say(t, BY_DECISION),
			   STR_ARG(v->decision->name));
	else
		strbuf_fmt(t->out, "%s, %s\n", outcome(t, v->intended), say(t, BY_SCORE));
	strbuf_fmt(t->out, "Score%s%s; ", colon(t), verdict_points(v->score).text);
	if (v->greylist)
		strbuf_fmt(t->out, "%s %s %s, ", say(t, GREYLIST), say(t, FROM),
			   verdict_points(v->greylist).text);
	strbuf_fmt(t->out, "%s %s %s, ", say(t, TAG), say(t, FROM), verdict_points(v->tag).text);
	strbuf_fmt(t->out, "%s %s %s, ", say(t, QUARANTINE), say(t, FROM),
		   verdict_points(v->quarantine).text);
	strbuf_fmt(t->out, "%s %s %s\n", say(t, REJECT), say(t, FROM),
		   verdict_points(v->reject).text);
	if (v->cap)
		strbuf_fmt(t->out, "%.*s%s%s %s\n", STR_ARG(v->cap->name), colon(t), say(t, CAPPED),
			   outcome(t, v->at_most));
	if (v->greylist && v->excused)
		strbuf_fmt(t->out, "%.*s%s%s\n", STR_ARG(v->excused->name), colon(t),
			   say(t, EXCUSED));
}

static void put_would(const struct teller *t, const struct rules_symbol *s)
{
	strbuf_fmt(t->out, " [%s %s]", say(t, RULE_OBSERVED),
		   s->decides == RULES_DECIDES_ACTION ? action_name(s->decision)
						      : verdict_points(s->score).text);
}

static void put_symbol(const struct teller *t, const struct verdict_symbol *s)
{
	strbuf_fmt(t->out, "  %10s  %-26.*s ",
		   s->decides != ACTION_ACCEPT ? action_name(s->decides)
					       : verdict_points(s->score).text,
		   STR_ARG(s->rule->name));
	explain_reason(t->out, s, t->lang);
	if (s->replaced_by)
		strbuf_fmt(t->out, " [%s %.*s]", say(t, COUNTED_IN), STR_ARG(s->replaced_by->name));
	if (s->rule->observe)
		put_would(t, s->rule);
	strbuf_char(t->out, '\n');
}

static void put_seen(const struct teller *t)
{
	if (t->v->symbols.n)
		put_title(t, SEEN);
	else
		strbuf_fmt(t->out, "%s%s%s\n", say(t, SEEN), colon(t), say(t, NOTHING_SEEN));
	for (size_t i = 0; i < t->v->symbols.n; i++)
		put_symbol(t, &t->v->symbols.v[i]);
}

static bool outranks(const struct verdict_symbol *a, const struct verdict_symbol *b)
{
	if (a->rule->priority != b->rule->priority)
		return a->rule->priority > b->rule->priority;
	return a->decides > b->decides;
}

/* The action had the symbols of one rule not been there. */
static enum action without(const struct verdict *v, const struct rules_symbol *gone)
{
	const struct verdict_symbol *best = NULL;
	int64_t score = 0;
	enum action a;

	for (size_t i = 0; i < v->symbols.n; i++) {
		const struct verdict_symbol *s = &v->symbols.v[i];

		if (s->rule == gone)
			continue;
		score += s->replaced_by == gone && !s->rule->observe ? s->rule->score : s->score;
		if (s->decides != ACTION_ACCEPT && (!best || outranks(s, best)))
			best = s;
	}
	a = verdict_of_score(v, score);
	return best && best->decides > a ? best->decides : a;
}

static int32_t threshold(const struct verdict *v, enum action a)
{
	if (a == ACTION_REJECT)
		return v->reject;
	if (a == ACTION_GREYLIST)
		return v->greylist;
	return a == ACTION_QUARANTINE ? v->quarantine : v->tag;
}

/* Above what was accepted. */
static int32_t next_threshold(const struct verdict *v)
{
	bool greylists = v->greylist && v->greylist < v->tag &&
			 verdict_of_score(v, v->greylist) == ACTION_GREYLIST;

	return greylists ? v->greylist : v->tag;
}

static void put_enough_alone(const struct teller *t)
{
	const char *sep = "";

	for (size_t i = 0; i < t->v->symbols.n; i++) {
		const struct verdict_symbol *s = &t->v->symbols.v[i];

		if (s->score <= 0 || without(t->v, s->rule) >= t->v->intended)
			continue;
		if (!sep[0])
			strbuf_fmt(t->out, "  %s%s", say(t, ANY_OF), colon(t));
		strbuf_fmt(t->out, "%s%.*s", sep, STR_ARG(s->rule->name));
		sep = ", ";
	}
	if (sep[0])
		strbuf_char(t->out, '\n');
}

static void put_otherwise(const struct teller *t)
{
	const struct verdict *v = t->v;
	enum action below = verdict_of_score(v, (int64_t)threshold(v, v->intended) - 1);
	int32_t next = next_threshold(v);

	put_title(t, OTHERWISE);
	if (v->decision) {
		strbuf_fmt(t->out, "  %s %.*s%s%s\n", say(t, WITHOUT), STR_ARG(v->decision->name),
			   colon(t), outcome(t, without(v, v->decision)));
	} else if (v->intended == ACTION_ACCEPT) {
		strbuf_fmt(t->out, "  %s %s%s%s\n", verdict_points(next - v->score).text,
			   say(t, POINTS_MORE), colon(t), outcome(t, verdict_of_score(v, next)));
	} else {
		strbuf_fmt(t->out, "  %s %s%s%s\n",
			   verdict_points(v->score - threshold(v, v->intended) + 1).text,
			   say(t, POINTS_LESS), colon(t), outcome(t, below));
		put_enough_alone(t);
	}
}

void explain_put(struct strbuf *out, const struct verdict *v, enum conf_lang lang)
{
	struct teller t = { out, v, lang };

	put_outcome(&t);
	put_seen(&t);
	put_otherwise(&t);
	if (v->temporary)
		strbuf_fmt(out, "%s\n", say(&t, INCOMPLETE));
}
