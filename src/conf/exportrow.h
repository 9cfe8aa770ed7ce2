/* conf/exportrow.h - rows of exporter.targets: who is told of which messages.
 *
 *   NAME http URL [OPTION ...]      POST of one JSON object a message (poterne-fetch)
 *   NAME mail ADDRESS [OPTION ...]  a letter to the administrator, through the spool
 *   NAME queue [OPTION ...]         lines of JSON in exports/NAME.jsonl below paths.state
 *   OPTION  when=SELECTOR[+SELECTOR...]   any of them: any, is_spam, is_reject, is_spam_authed,
 *                          is_reject_authed, or the name of a symbol; is_spam when nothing is said
 *           rate=10        letters an hour, of mail; how many were left out is said in the next
 *           whole          with the message itself (http)
 *           key=FILE       a header field that is sent, "Authorization: ...": for root alone (http)
 *           ca=FILE        PEM certificates instead of tls.ca (http)
 *           http           the URL may be http
 *
 * Input    rows of the administrator.
 * Memory   a row points into the configuration.
 * Limits   EXPORTROW_ROWS rows.
 * Threads  pure.
 * Errors   false: no such row; exportrow_check: negative errno and a why that names the row.
 */
#ifndef CONF_EXPORTROW_H
#define CONF_EXPORTROW_H

#include "conf/conf.h"

enum { EXPORTROW_ROWS = 8, EXPORTROW_NAME_MAX = 20, EXPORTROW_RATE_MAX = 1000 };

/* From poterne-scan to poterne-fetch, beside those of links. A lane takes what is to be told at
 * once: two are for who comes while the other is woken. */
enum { EXPORTROW_LANES = 2 };

enum exportrow_pusher { EXPORTROW_HTTP, EXPORTROW_MAIL, EXPORTROW_QUEUE };

struct exportrow {
	str name;
	enum exportrow_pusher pusher;
	str where; /* URL or address */
	str when;  /* words with + between them */
	str key, ca;
	uint32_t rate;
	bool whole, http;
};

bool exportrow_parse(str row, struct exportrow *ret) must_use;
/* The n-th of them, of a configuration that was checked. */
bool exportrow_at(const struct conf *c, size_t n, struct exportrow *ret) must_use;
bool exportrow_find(const struct conf *c, str name, struct exportrow *ret) must_use;
/* Is there one of that kind? */
bool exportrow_has(const struct conf *c, enum exportrow_pusher pusher);
int exportrow_check(const struct conf *c, struct why *why) must_use;

/* Of a file name, and of a message between processes. */
bool exportrow_is_name(str s);

#endif
