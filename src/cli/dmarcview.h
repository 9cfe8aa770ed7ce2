/* cli/dmarcview.h - the store's lines about reports as something a person reads.
 *
 * Input    JSON lines of records/reportsin.h; the strings in them are hostile and made printable.
 * Memory   in the strbuf's arena.   Limits  DMARCVIEW_SOURCES lines a domain.
 * Threads  pure.                    Errors  false: a line is no JSON object.
 */
#ifndef CLI_DMARCVIEW_H
#define CLI_DMARCVIEW_H

#include "base/strbuf.h"
#include "conf/conf.h"
#include "dns/dns.h"

enum { DMARCVIEW_SOURCES = 20 };

/* bars: shares as pictures, for a terminal. names: asked whose servers the sources are; NULL:
 * nobody is asked. */
bool dmarcview_put(struct strbuf *out, str lines, enum conf_lang lang, bool bars,
		   const struct dns_resolver *names) must_use;
bool dmarcview_put_tls(struct strbuf *out, str lines, enum conf_lang lang) must_use;

#endif
