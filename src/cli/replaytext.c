#include "cli/replaytext.h"

#include "base/clock.h"
#include "base/strbuf.h"
#include "replay/ruleprint.h"

enum { SHOWN_TEXT = 70 };

static void put_cut(struct strbuf *out, str s)
{
	size_t end = s.n < SHOWN_TEXT ? s.n : SHOWN_TEXT;

	while (end < s.n && end && ((unsigned char)s.p[end] & 0xc0) == 0x80)
		end--;
	strbuf_printable(out, str_sub(s, 0, end));
	strbuf_put(out, end < s.n ? STR("...") : STR(""));
}

/* "3.00", or the action it decides. */
static const char *weight(const struct verdict_symbol *s, struct verdict_points *points)
{
	*points = verdict_points(s->score);
	return s->decides != ACTION_ACCEPT ? action_name(s->decides) : points->text;
}

/* --- text --- */

static void put_difference(struct strbuf *out, const struct replay_difference *d)
{
	struct verdict_points x, y;
	str name = d->before ? d->before->rule->name : d->after->rule->name;

	if (!d->before)
		strbuf_fmt(out, "    + %.*s %s\n", STR_ARG(name), weight(d->after, &y));
	else if (!d->after)
		strbuf_fmt(out, "    - %.*s %s\n", STR_ARG(name), weight(d->before, &x));
	else
		strbuf_fmt(out, "      %.*s %s -> %s\n", STR_ARG(name), weight(d->before, &x),
			   weight(d->after, &y));
}

static void put_text_message(struct strbuf *out, const struct replaytext_message *m,
			     const struct replay_result *r)
{
	strbuf_fmt(out, "%.*s  %s %s -> %s %s  ", STR_ARG(m->name), action_name(r->before.intended),
		   verdict_points(r->before.score).text, action_name(r->after.intended),
		   verdict_points(r->after.score).text);
	put_cut(out, m->from);
	strbuf_put(out, STR("  \""));
	put_cut(out, m->subject);
	strbuf_put(out, STR("\"\n"));
	for (size_t i = 0; i < r->differences.n; i++)
		put_difference(out, &r->differences.v[i]);
}

static void put_text_actions(struct strbuf *out, const struct replay_counts *c)
{
	for (int from = 0; from < ACTIONS; from++) {
		for (int to = 0; to < ACTIONS; to++) {
			if (from != to && c->from_to[from][to])
				strbuf_fmt(out, "  %8llu  %s -> %s\n",
					   (unsigned long long)c->from_to[from][to],
					   action_name((enum action)from),
					   action_name((enum action)to));
		}
	}
}

/* A symbol as both sides have it; one may be NULL. */
struct pair {
	const struct rules_symbol *before, *after;
	uint64_t fired_before, fired_after;
	int32_t score_before, score_after;
};

static int32_t score_of(const struct rules_symbol *s)
{
	return !s || s->disabled || s->observe ? 0 : s->score;
}

static struct pair pair_of(const struct replay *r, const struct rules_symbol *before,
			   const struct rules_symbol *after)
{
	return (struct pair){ before,
			      after,
			      before ? r->before.fired[before->index] : 0,
			      after ? r->after.fired[after->index] : 0,
			      score_of(before),
			      score_of(after) };
}

typedef void put_pair_fn(struct strbuf *out, const struct pair *p, str name);

static void put_if_wanted(struct strbuf *out, const struct pair *p, bool all, put_pair_fn *put)
{
	bool differs = p->fired_before != p->fired_after || p->score_before != p->score_after;

	if ((p->fired_before || p->fired_after) && (all || differs))
		put(out, p, p->before ? p->before->name : p->after->name);
}

/* Symbols of the present rules in their order, then those only the candidate has. */
static void put_pairs(struct strbuf *out, const struct replay *r, bool all, put_pair_fn *put)
{
	const struct rules *before = r->before.rules, *after = r->after.rules;

	for (size_t i = 0; i < before->symbols.n; i++) {
		const struct rules_symbol *s = before->symbols.v[i];
		struct pair p = pair_of(r, s, rules_find(after, s->name));

		put_if_wanted(out, &p, all, put);
	}
	for (size_t i = 0; i < after->symbols.n; i++) {
		const struct rules_symbol *s = after->symbols.v[i];
		struct pair p = pair_of(r, NULL, s);

		if (!rules_find(before, s->name))
			put_if_wanted(out, &p, all, put);
	}
}

static void put_text_pair(struct strbuf *out, const struct pair *p, str name)
{
	strbuf_fmt(out, "  %-32.*s %8llu -> %-8llu %8s -> %s\n", STR_ARG(name),
		   (unsigned long long)p->fired_before, (unsigned long long)p->fired_after,
		   verdict_points(p->score_before).text, verdict_points(p->score_after).text);
}

static void put_text_unseen(struct strbuf *out, const struct replay *r)
{
	const struct replay_side *s = &r->after;

	if (s->unseen.n)
		strbuf_put(out,
			   STR("Not replayed, since no text is kept (poterne replay --messages "
			       "shows them):\n"));
	for (size_t i = 0; i < s->unseen.n; i++)
		strbuf_fmt(out, "  %.*s\n", STR_ARG(s->unseen.v[i]->name));
}

static void put_text_sums(struct strbuf *out, const struct replay *r, bool all)
{
	const struct replay_counts *c = &r->counts;
	struct strbuf pairs = strbuf_make(out->arena, out->max);

	strbuf_fmt(out, "%llu messages judged by both; %llu would be treated otherwise",
		   (unsigned long long)c->messages, (unsigned long long)c->treated_otherwise);
	strbuf_put(out, c->treated_otherwise ? STR(":\n") : STR(".\n"));
	put_text_actions(out, c);
	if (c->other_score)
		strbuf_fmt(out, "%llu more would have another score.\n",
			   (unsigned long long)c->other_score);
	put_pairs(&pairs, r, all, put_text_pair);
	if (pairs.n) {
		strbuf_fmt(out, "%-34s %8s    %-8s %8s\n", "Symbols", "before", "after", "score");
		strbuf_put(out, strbuf_str(&pairs));
	}
	put_text_unseen(out, r);
	if (c->not_tried)
		strbuf_fmt(out,
			   "%llu are left out: they came before the gateway tried these rules.\n",
			   (unsigned long long)c->not_tried);
	if (c->older)
		strbuf_fmt(
			out,
			"%llu were inspected by other patterns than the present ones: what these "
			"would find in their text is not known.\n",
			(unsigned long long)c->older);
	if (c->not_as_kept)
		strbuf_fmt(out,
			   "%llu are judged otherwise by the present rules than when they came.\n",
			   (unsigned long long)c->not_as_kept);
	strbuf_fmt(out, "Replay id of these rules: %016llx\n",
		   (unsigned long long)ruleprint_rules(r->after.rules));
}

/* --- JSON --- */

static void put_json_verdict(struct strbuf *out, const char *name, const struct verdict *v)
{
	strbuf_fmt(out, ",\"%s\":{\"action\":\"%s\",\"score\":%s,\"decision\":", name,
		   action_name(v->intended), verdict_points(v->score).text);
	if (v->decision)
		strbuf_json(out, v->decision->name);
	else
		strbuf_put(out, STR("null"));
	strbuf_char(out, '}');
}

static void put_json_weight(struct strbuf *out, const char *name, const struct verdict_symbol *s)
{
	if (s)
		strbuf_fmt(out, ",\"%s\":{\"score\":%s,\"decides\":\"%s\"}", name,
			   verdict_points(s->score).text, action_name(s->decides));
	else
		strbuf_fmt(out, ",\"%s\":null", name);
}

static void put_json_message(struct strbuf *out, const struct replaytext_message *m,
			     const struct replay_result *r)
{
	strbuf_put(out, STR("{\"message\":"));
	strbuf_json(out, m->name);
	strbuf_put(out, STR(",\"time\":\""));
	clock_put_rfc3339(out, m->at);
	strbuf_put(out, STR("\",\"from\":"));
	strbuf_json(out, m->from);
	strbuf_put(out, STR(",\"subject\":"));
	strbuf_json(out, m->subject);
	put_json_verdict(out, "before", &r->before);
	put_json_verdict(out, "after", &r->after);
	strbuf_put(out, STR(",\"symbols\":["));
	for (size_t i = 0; i < r->differences.n; i++) {
		const struct replay_difference *d = &r->differences.v[i];

		strbuf_put(out, i ? STR(",{\"name\":") : STR("{\"name\":"));
		strbuf_json(out, d->before ? d->before->rule->name : d->after->rule->name);
		put_json_weight(out, "before", d->before);
		put_json_weight(out, "after", d->after);
		strbuf_char(out, '}');
	}
	strbuf_put(out, STR("]}\n"));
}

static void put_json_actions(struct strbuf *out, const struct replay_counts *c)
{
	const char *comma = "";

	for (int from = 0; from < ACTIONS; from++) {
		for (int to = 0; to < ACTIONS; to++) {
			if (from == to || !c->from_to[from][to])
				continue;
			strbuf_fmt(out, "%s{\"from\":\"%s\",\"to\":\"%s\",\"messages\":%llu}",
				   comma, action_name((enum action)from),
				   action_name((enum action)to),
				   (unsigned long long)c->from_to[from][to]);
			comma = ",";
		}
	}
}

static void put_json_pair(struct strbuf *out, const struct pair *p, str name)
{
	if (out->n && out->p[out->n - 1] == '}')
		strbuf_char(out, ',');
	strbuf_put(out, STR("{\"name\":"));
	strbuf_json(out, name);
	strbuf_fmt(out, ",\"before\":%llu,\"after\":%llu,\"score_before\":%s,\"score_after\":%s}",
		   (unsigned long long)p->fired_before, (unsigned long long)p->fired_after,
		   verdict_points(p->score_before).text, verdict_points(p->score_after).text);
}

static void put_json_sums(struct strbuf *out, const struct replay *r, bool all)
{
	const struct replay_counts *c = &r->counts;

	strbuf_fmt(out, "{\"messages\":%llu,\"treated_otherwise\":%llu,\"other_score\":%llu",
		   (unsigned long long)c->messages, (unsigned long long)c->treated_otherwise,
		   (unsigned long long)c->other_score);
	strbuf_fmt(out, ",\"older_patterns\":%llu,\"not_as_kept\":%llu,\"not_tried\":%llu",
		   (unsigned long long)c->older, (unsigned long long)c->not_as_kept,
		   (unsigned long long)c->not_tried);
	strbuf_put(out, STR(",\"actions\":["));
	put_json_actions(out, c);
	strbuf_put(out, STR("],\"symbols\":["));
	put_pairs(out, r, all, put_json_pair);
	strbuf_put(out, STR("],\"not_replayed\":["));
	for (size_t i = 0; i < r->after.unseen.n; i++) {
		strbuf_put(out, i ? STR(",") : STR(""));
		strbuf_json(out, r->after.unseen.v[i]->name);
	}
	strbuf_fmt(out, "],\"replay_id\":\"%016llx\"}\n",
		   (unsigned long long)ruleprint_rules(r->after.rules));
}

void replaytext_put_message(struct strbuf *out, const struct replaytext_message *m,
			    const struct replay_result *r, bool json)
{
	if (json)
		put_json_message(out, m, r);
	else
		put_text_message(out, m, r);
}

void replaytext_put_sums(struct strbuf *out, const struct replay *r, bool json, bool all)
{
	if (json)
		put_json_sums(out, r, all);
	else
		put_text_sums(out, r, all);
}
