/* tls/tlscert.h - a self-signed certificate, so that STARTTLS works from the first start.
 *
 * ECDSA P-256, SHA-256, TLSCERT_DAYS days, the host name as its only name. It encrypts;
 * it proves nothing to anyone.
 *
 * Input    trusted: our host name and the time.   Memory  PEM text in the caller's arena.
 * Limits   none.   Threads  pure.   Errors  negative errno and a why.
 */
#ifndef TLS_TLSCERT_H
#define TLS_TLSCERT_H

#include "base/arena.h"
#include "base/why.h"

enum { TLSCERT_DAYS = 825 };

int tlscert_make(struct arena *a, str hostname, int64_t now, str *ret_chain, str *ret_key,
		 struct why *why) must_use;

#endif
