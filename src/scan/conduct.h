/* scan/conduct.h - the conductor: facts from a worker, evidence from DNS and antivirus,
 * then the verdict. The same code judges in the gateway and in poterne scan.
 *
 * Input    the message and its envelope are hostile; the conductor itself looks at no
 *          byte of the content: it asks.
 * Memory   a judgement lives in the caller's arena and may point into the envelope.
 * Limits   one deadline for everything (conf.scan.deadline).
 * Threads  conduct_judge from any number of threads; a policy set is const.
 * Errors   conduct_judge cannot fail: what could not be had is evidence
 *          (INSPECT_FAILED, AV_ERROR, SPF_TEMPERROR) and the rules say what follows;
 *          no worker at all is a deferral.
 */
#ifndef SCAN_CONDUCT_H
#define SCAN_CONDUCT_H

#include "auth/results.h"
#include "conf/conf.h"
#include "learn/fuzzytable.h"
#include "learn/model.h"
#include "learn/tastetable.h"
#include "net/visit.h"
#include "policy/verdict.h"
#include "scan/avevidence.h"
#include "scan/dnslistevidence.h"
#include "scan/geoevidence.h"
#include "scan/images.h"
#include "scan/memoryevidence.h"
#include "scan/scannerevidence.h"
#include "scan/workers.h"

/* One generation of configuration and rules; replaced as a whole on reload. */
struct conduct_policy {
	struct arena *arena;
	const struct conf *conf;
	struct rules *rules;  /* const once loaded */
	uint64_t pattern_set; /* what messages are inspected by (replay/ruleprint.h) */
	const struct impersonation *known;
	struct candidate *candidate; /* tried besides (scan/candidate.h), or NULL; ends with it */
	str patterns;		     /* the blob for workers, YARA rules included */
	uint64_t generation;	     /* of it (scan/workers.h) */
	const struct model *model;   /* of the classifier, or NULL */
	const struct fuzzytable *fuzzy;	 /* what was learned of digests, or NULL... */
	str fuzzy_map;			 /* ...and its memory, which ends with the policy */
	const struct tastetable *tastes; /* what single recipients taught, or NULL... */
	str tastes_map;			 /* ...and its memory */
	struct geoevidence geo;
	struct scannerrows scanners;
};

/* Reads rules and lists, compiles the patterns. The policy owns the arena on success. */
int conduct_load_policy(struct arena *a, const struct conf *conf, struct conduct_policy **ret,
			struct why *why) must_use;
/* Ends a policy with its arena. Takes NULL. */
void conduct_free_policy(struct conduct_policy *p);

/* conduct_prepare makes the rest of it usable, once it has its place. */
struct conductor {
	struct workers *workers;
	struct images images;
	struct dns_resolver dns;
	struct visit_source links; /* who follows them; nobody when zeroed */
	struct gate antivirus;
	struct scannerevidence_gates scanners;
	struct dnslistevidence dnslists;
	struct memory memory; /* zeroed: nothing is remembered */
	bool legacy_auth;     /* auth/dkimcheck.h: for old test suites only */
};

struct judgement {
	struct facts facts;
	struct evidence evidence;
	struct auth_results auth;
	struct verdict verdict;
	struct memoryevidence memory; /* what was asked; nothing in role out */
	struct model_opinion learned; /* of the classifier, MODEL_EMPTY without one */
	str inspect_error;	      /* empty, or what kept the message from being inspected */
	bool no_worker;		      /* nobody was there to inspect: our own trouble, defer */
	uint32_t time_us, inspect_us, evidence_us;
};

void conduct_prepare(struct conductor *c);

/* fd is the sealed memfd of the message, message its bytes; -1: there are only these, at most
 * MSG_INLINE_MAX. */
void conduct_judge(struct conductor *c, const struct conduct_policy *p, struct arena *a,
		   const struct envelope *env, int fd, str message, int64_t now,
		   struct judgement *ret);

#endif
