/* super/certificates.h - the files of TLS as one sealed bundle (sys/pembundle.h) for the edge,
 * and whether they have changed since. No certificate is parsed here: poterne does that, as a
 * tool (super/reload.h), and the edge.
 *
 * Input    trusted: the configuration and the administrator's files.
 * Memory   the bundle's descriptor belongs to the struct: certificates_close.
 * Limits   those of sys/pembundle.h.
 * Errors   negative errno and why, with key and file.
 */
#ifndef SUPER_CERTIFICATES_H
#define SUPER_CERTIFICATES_H

#include "conf/conf.h"

struct certificates {
	int bundle;	/* -1: STARTTLS is off */
	uint64_t stamp; /* certificates_stamp from before the files were read */
};

/* Reads tls.certificate, tls.certificates and tls.client_ca. Without any certificate a
 * self-signed one is used, and made when it is not there yet. */
int certificates_load(const struct conf *conf, struct certificates *ret, struct why *why) must_use;
void certificates_close(struct certificates *c);
/* Another number when one of the files is another one, or has changed; 0 without STARTTLS. */
uint64_t certificates_stamp(const struct conf *conf);

#endif
