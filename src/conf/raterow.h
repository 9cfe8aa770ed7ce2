/* conf/raterow.h - rows of rates.limits: how much somebody may send in a time.
 *
 *   WHAT[:NAME] COUNT/TIME
 *   WHAT:NAME unlimited
 *   WHAT     sender | domain | client
 *   NAME     a login or mailbox, or a domain for all senders of it; a domain; an address
 *   TIME     1m, 1h, 1d: of a second to a day
 *
 * The rows with the very name hold for it; without one, those with the domain of a sender; without
 * one, those without a name. Several hold together.
 *
 * Input    rows of the administrator; names of strangers.
 * Memory   a row points into the configuration.
 * Limits   RATEROW_TOGETHER limits for one name; CONF_LIST_MAX rows, one after another.
 * Threads  pure.
 * Errors   raterow_check: negative errno and a why that names the row.
 */
#ifndef CONF_RATEROW_H
#define CONF_RATEROW_H

#include "conf/conf.h"

enum { RATEROW_TOGETHER = 4, RATEROW_COUNT_MAX = 1000000 };

enum raterow_what { RATEROW_SENDER, RATEROW_DOMAIN, RATEROW_CLIENT, RATEROW_WHATS };

struct raterow {
	enum raterow_what what;
	str name;	  /* empty: all */
	uint32_t count;	  /* 0: unlimited */
	int64_t period_s; /* 0: unlimited */
};

bool raterow_parse(str row, struct raterow *ret) must_use;
int raterow_check(const struct conf *c, struct why *why) must_use;
/* The limits that hold for that name; returns how many. */
size_t raterow_of(const struct conf *c, enum raterow_what what, str name,
		  struct raterow ret[RATEROW_TOGETHER]);
/* "sender" */
str raterow_word(enum raterow_what what);

#endif
