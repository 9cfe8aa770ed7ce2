/* conf/scannerrow.h - rows of scanners.services: who else is asked about mail.
 *
 *   NAME PROTOCOL PEER [OPTION ...]
 *   PROTOCOL clamd | icap | olefy | dcc | line (docs/formats/scanner-line.md)
 *   PEER     unix:/PATH or tcp:ADDRESS:PORT
 *   OPTION   send=message | attachments | documents   what it is asked about: the message as it
 *                             came, each file attached to it, or each office document in it;
 *                             documents when nothing is said to olefy, else message
 *            timeout=5s       for all it is asked about one message
 *            connections=8    messages that are with it at the same moment
 *            max_bytes=25MiB  what is larger is not sent, and "limits"
 *            on_failure=defer | weigh   the message comes again later, or is judged without it
 *            service=avscan   the path of the service, of icap, with arguments behind a "?"
 *            report           dcc is told of the message, not only asked
 *
 * Input    rows of the administrator.
 * Memory   in the arena, or slices of the row.
 * Limits   SCANNERROW_ROWS rows.
 * Threads  pure.
 * Errors   false: no such row; scannerrow_check: negative errno and a why that names the row.
 */
#ifndef CONF_SCANNERROW_H
#define CONF_SCANNERROW_H

#include "conf/conf.h"

enum {
	SCANNERROW_ROWS = 8,
	SCANNERROW_NAME_MAX = 20,
	SCANNERROW_ARGUMENTS_MAX = 100,
	SCANNERROW_WORD_MAX = 32
};

enum scannerrow_protocol {
	SCANNERROW_CLAMD,
	SCANNERROW_ICAP,
	SCANNERROW_OLEFY,
	SCANNERROW_DCC,
	SCANNERROW_LINE,
	SCANNERROW_PROTOCOLS
};
enum scannerrow_send { SCANNERROW_MESSAGE, SCANNERROW_ATTACHMENTS, SCANNERROW_DOCUMENTS };

struct scannerrow {
	str name;
	enum scannerrow_protocol protocol;
	struct conf_peer peer;
	enum scannerrow_send send;
	int64_t timeout; /* milliseconds */
	uint64_t max_bytes;
	uint32_t connections;
	bool weigh; /* on_failure */
	bool report;
	str service;
};

struct scannerrows {
	struct scannerrow v[SCANNERROW_ROWS];
	size_t n;
};

bool scannerrow_parse(struct arena *a, str row, struct scannerrow *ret) must_use;
/* All of a configuration that was checked. */
void scannerrow_all(struct arena *a, const struct conf *c, struct scannerrows *ret);
int scannerrow_check(const struct conf *c, struct why *why) must_use;
/* "icap" */
str scannerrow_protocol_name(enum scannerrow_protocol p);
bool scannerrow_protocol_of(str name, enum scannerrow_protocol *ret) must_use;
/* Does one of them look for viruses: clamd or icap? */
bool scannerrow_finds_viruses(const struct scannerrows *rows);

#endif
