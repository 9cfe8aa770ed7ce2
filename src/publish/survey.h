/* publish/survey.h - compares what the DNS says of our own domains with the plan, as a stranger
 * sees it: missing, wrong, weaker than it should be.
 *
 * Input    the plan is ours; answers of the DNS are hostile.
 * Memory   findings are in the caller's arena; texts are printable.
 * Limits   those of the DNS rooms: DNS_MAX_RECORDS an answer; SURVEY_TEXT_MAX bytes of each.
 * Threads  pure but for the resolver.
 * Errors   cannot fail; what was not answered is a finding of status unknown.
 */
#ifndef PUBLISH_SURVEY_H
#define PUBLISH_SURVEY_H

#include "dns/dnsmemo.h"
#include "publish/plan.h"
#include "relay/stsfetch.h"

enum { SURVEY_TEXT_MAX = 600, SURVEY_MX_MAX = 20, SURVEY_ADDRESSES_MAX = 20 };

enum survey_status {
	SURVEY_STATUS_OK,
	SURVEY_STATUS_ADVICE,
	SURVEY_STATUS_WRONG,
	SURVEY_STATUS_UNKNOWN
};
enum { SURVEY_STATUSES = SURVEY_STATUS_UNKNOWN + 1 };

#define S(code, purpose, status, en, en_do, fr, fr_do) SURVEY_##code,
enum survey_code {
#include "publish/survey.def"
};
#undef S
enum { SURVEY_CODES = SURVEY_NO_ANSWER + 1 };

struct survey_finding {
	enum survey_code code;
	str domain; /* that it is about: one of ours, or the host name */
	str name, seen, wanted;
};

struct survey {
	ARENA_VEC(struct survey_finding) findings;
};

struct survey_certificate {
	int64_t not_after; /* seconds since 1970 */
	bool named;	   /* for the host name */
	str names;
};

struct survey_input {
	const struct plan_input *made_from;
	const struct plan *plan;
	const struct dns_resolver *dns;
	const struct survey_certificate *certificates; /* as many as made_from->n_tlsa */
	int64_t now;				       /* seconds since 1970 */
	deadline deadline;
	/* The policy of a domain from its web server: STSFETCH_*. NULL: nobody fetches here. */
	int (*sts_policy)(void *ctx, struct arena *a, str domain, struct stspolicy *ret,
			  struct why *why);
	void *sts_ctx;
};

void survey_run(struct arena *a, const struct survey_input *in, struct survey *ret);
/* The worst of it: wrong, then unknown, then advice. */
enum survey_status survey_worst(const struct survey *s);
enum survey_status survey_status_of(enum survey_code code);

#endif
