/* policy/verdict.h - the judgement: a pure function of rules, envelope, facts, evidence.
 *
 * First the decisions (a virus, forbidden content): the one of highest priority, at equal
 * priority the most severe, is a floor that no score can lower. Then the score, the exact
 * sum of the symbols shown, may be more severe.
 *
 * Input    facts and evidence are hostile values in trusted structs.
 * Memory   the verdict is in the arena; names point into the rules, evidence into the facts.
 * Limits   one verdict symbol for each symbol of the rules at most.
 * Threads  pure.
 * Errors   cannot fail.
 */
#ifndef POLICY_VERDICT_H
#define POLICY_VERDICT_H

#include "inspect/facts.h"
#include "policy/envelope.h"
#include "policy/evidence.h"
#include "policy/impersonation.h"
#include "rules/rules.h"

/* What the configuration has to say. */
struct verdict_options {
	const struct conf_strings *own_domains;
	const struct impersonation *impersonation; /* or NULL */
	bool outgoing;				   /* mail of ours on its way out (role out) */
	bool observe;
	bool greylist; /* strangers may be asked to come back later */
	enum action antivirus_down, antivirus_absent;
	int64_t now; /* wall clock */
};

struct verdict_symbol {
	const struct rules_symbol *rule;
	int32_t score;	     /* hundredths, as counted: 0 when a composite replaced it */
	enum action decides; /* ACTION_ACCEPT: nothing */
	str evidence;	     /* hostile bytes */
	const struct rules_symbol *replaced_by; /* or NULL */
};

struct verdict {
	enum action action;		     /* what is done */
	enum action intended;		     /* what would be done if mode were enforce */
	bool observed;			     /* mode is observe */
	bool temporary;			     /* some evidence is missing for now */
	int32_t score;			     /* hundredths: the sum of symbols[].score */
	const struct rules_symbol *decision; /* what determined the action, NULL: the score */
	enum action by_score;
	enum action at_most;			  /* no score does more (rules: at_most) */
	const struct rules_symbol *cap;		  /* whose word that is, or NULL */
	int32_t tag, quarantine, reject;	  /* the thresholds used, hundredths */
	int32_t greylist;			  /* the same; 0: nobody is greylisted */
	const struct rules_symbol *excused;	  /* from greylisting by this one, or NULL */
	int64_t retry_s;			  /* greylisted: until he may come back */
	ARENA_VEC(struct verdict_symbol) symbols; /* heaviest first */
};

struct verdict_options verdict_options_of(const struct conf *c, const struct impersonation *known,
					  int64_t now);
void verdict_judge(struct arena *a, const struct rules *rules,
		   const struct verdict_options *options, const struct envelope *envelope,
		   const struct facts *facts, const struct evidence *evidence, struct verdict *ret);
/* The action that a score alone would mean, with the thresholds of v. */
enum action verdict_of_score(const struct verdict *v, int64_t score);

/* "-1.25" from hundredths. */
struct verdict_points {
	char text[16];
};
struct verdict_points verdict_points(int32_t score);

/* What the client is told after the final dot. */
struct verdict_reply {
	int code;	      /* 250, 451, 550 */
	const char *enhanced; /* "5.7.1" (RFC 3463) */
	str text;	      /* printable ASCII, one line */
};

/* The same sentence for every refusal of content, with an opaque reference: a stranger
 * must not learn which rule he met. mid is the message's identifier. */
struct verdict_reply verdict_reply(struct arena *a, const struct verdict *v, str mid);

#endif
