/* report/aggregate.h - one DMARC aggregate report: what a receiver says it saw under a domain
 * during some time (RFC 9990; RFC 7489 appendix C and the dialects of its day).
 *
 * Input    aggregate_read: hostile XML. A DOCTYPE is refused, and with it every entity.
 * Memory   everything is in the arena; texts are UTF-8 without control characters.
 * Limits   AGGREGATE_MAX_*; texts are cut, rows above the limit are counted and left out, a
 *          document that is too large or too deep is none. Linear.
 * Threads  pure.
 * Errors   AGGREGATE_E_* and in words what is wrong; a row without address, count or author
 *          domain is left out and counted.
 */
#ifndef REPORT_AGGREGATE_H
#define REPORT_AGGREGATE_H

#include "base/arena.h"
#include "base/ip.h"
#include "base/why.h"

enum {
	AGGREGATE_MAX_BYTES = 64 << 20,
	AGGREGATE_MAX_DEPTH = 32,
	AGGREGATE_MAX_ROWS = 10000,
	AGGREGATE_MAX_TEXT = 255,
	AGGREGATE_MAX_RESULTS = 10, /* of DKIM, of SPF, of reasons: for one row */
	AGGREGATE_MAX_ERRORS = 10,
};

enum { AGGREGATE_OK, AGGREGATE_E_OTHER /* XML, but no such report */, AGGREGATE_E_BROKEN };

/* Policies and dispositions (RFC 9990, DispositionType and ActionDispositionType). */
enum aggregate_action {
	AGGREGATE_UNSAID,
	AGGREGATE_NONE,
	AGGREGATE_PASS, /* as a disposition: the message passed an enforcing policy */
	AGGREGATE_QUARANTINE,
	AGGREGATE_REJECT,
};
enum { AGGREGATE_ACTIONS = AGGREGATE_REJECT + 1 };

/* Results of DKIM and SPF (RFC 8601 2.7); other words are UNKNOWN. */
enum aggregate_result {
	AGGREGATE_RESULT_UNKNOWN,
	AGGREGATE_RESULT_NONE,
	AGGREGATE_RESULT_PASS,
	AGGREGATE_RESULT_FAIL,
	AGGREGATE_RESULT_SOFTFAIL,
	AGGREGATE_RESULT_POLICY,
	AGGREGATE_RESULT_NEUTRAL,
	AGGREGATE_RESULT_TEMPERROR,
	AGGREGATE_RESULT_PERMERROR,
};
enum { AGGREGATE_RESULTS = AGGREGATE_RESULT_PERMERROR + 1 };

/* Why another disposition was applied than the policy asks for. */
enum aggregate_override {
	AGGREGATE_OTHER,
	AGGREGATE_FORWARDED, /* of RFC 7489 only, as the next one */
	AGGREGATE_SAMPLED_OUT,
	AGGREGATE_TRUSTED_FORWARDER,
	AGGREGATE_MAILING_LIST,
	AGGREGATE_LOCAL_POLICY,
	AGGREGATE_POLICY_TEST_MODE,
};
enum { AGGREGATE_OVERRIDES = AGGREGATE_POLICY_TEST_MODE + 1 };

struct aggregate_reason {
	enum aggregate_override type;
	str comment;
};

struct aggregate_dkim {
	str domain, selector;
	enum aggregate_result result;
	str human;
};

struct aggregate_spf {
	str domain, scope; /* "mfrom", "helo" or empty */
	enum aggregate_result result;
	str human;
};

struct aggregate_row {
	struct ip source;
	uint64_t count;
	enum aggregate_action disposition;
	bool dkim, spf; /* policy_evaluated: an aligned identifier passed */
	struct aggregate_reason *reasons;
	size_t n_reasons;
	str header_from, envelope_from, envelope_to;
	struct aggregate_dkim *dkim_results;
	size_t n_dkim_results;
	struct aggregate_spf *spf_results;
	size_t n_spf_results;
};

struct aggregate {
	str org, email, contact, id, generator;
	int64_t begin, end; /* seconds since 1970; end is the last one that counts */
	str *errors;
	size_t n_errors;
	/* policy_published */
	str domain;
	enum aggregate_action p, sp, np;
	bool strict_dkim, strict_spf, testing;
	uint32_t pct;	   /* of RFC 7489; 100 when unsaid */
	str fo, discovery; /* "psl", "treewalk" or empty */
	ARENA_VEC(struct aggregate_row) rows;
	uint64_t rows_left_out;
};

int aggregate_read(struct arena *a, str xml, struct aggregate *ret, struct why *why) must_use;

#endif
