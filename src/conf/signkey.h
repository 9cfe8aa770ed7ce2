/* conf/signkey.h - the keys that our mail is signed with: the rows of dkim.keys.
 *
 *   DOMAIN SELECTOR FILE [published]
 *
 * Several rows of one domain sign together: an RSA key and an Ed25519 key, say. A row with
 * "published" signs nothing: its record stands in the DNS, before the key takes its turn and as
 * long after it as signatures by it may still be verified (RFC 6376 3.1).
 *
 * Input    rows of the administrator.
 * Memory   a row points into the configuration.
 * Limits   SIGNKEY_ROWS rows.
 * Threads  pure.
 * Errors   false: no such row; signkey_check: negative errno and a why that names the row.
 */
#ifndef CONF_SIGNKEY_H
#define CONF_SIGNKEY_H

#include "conf/conf.h"

enum { SIGNKEY_ROWS = 1000 };

struct signkey {
	str domain, selector;
	str file; /* an absolute path */
	bool published;
};

bool signkey_parse(str row, struct signkey *ret) must_use;
/* The next row at or behind *at that signs for this domain; *at is then behind it. */
bool signkey_next(const struct conf *c, str domain, size_t *at, struct signkey *ret) must_use;
/* Is mail of this domain signed? */
bool signkey_has(const struct conf *c, str domain) must_use;
/* The two words of arc.seal; false when nothing is sealed. */
bool signkey_seal(const struct conf *c, str *ret_domain, str *ret_selector) must_use;
/* Every row is one, no two are the same key's, and arc.seal names one that signs. */
int signkey_check(const struct conf *c, struct why *why) must_use;

#endif
