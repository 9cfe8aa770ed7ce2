/* reporting/tlsrptrecord.h - the record that asks for TLS reports (RFC 8460 3).
 *
 * Input    hostile: a TXT record of _smtp._tls.DOMAIN.
 * Memory   addresses point into the record.
 * Limits   TLSRPTRECORD_URIS addresses are kept; linear.
 * Threads  pure.
 * Errors   false: it is no such record, or a broken one.
 */
#ifndef REPORTING_TLSRPTRECORD_H
#define REPORTING_TLSRPTRECORD_H

#include "base/str.h"

enum { TLSRPTRECORD_URIS = 10 };

struct tlsrptrecord {
	str uris[TLSRPTRECORD_URIS]; /* "mailto:...", "https://..." */
	size_t n;
};

/* Of several records at one name those that do not begin so count as if they were not there. */
bool tlsrptrecord_is(str txt) must_use;
bool tlsrptrecord_parse(str txt, struct tlsrptrecord *ret) must_use;

#endif
