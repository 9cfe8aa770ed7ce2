/* keys/keyfile.h - one private key for DKIM and ARC signatures: read, made, used, and the
 * record that publishes its other half.
 *
 * RSA of KEYFILE_RSA_MIN to KEYFILE_RSA_MAX bits (RFC 8301 3.2, requirement R-066), or Ed25519
 * (RFC 8463). Files are PEM: PKCS #8, or PKCS #1 as other programs write them.
 *
 * Input    trusted: the administrator's files.
 * Memory   in the caller's arena, but for the key itself, which ends by keyfile_close.
 * Limits   those of the sizes.
 * Threads  a key may be used by any number.
 * Errors   negative errno and a why without any byte of the key.
 */
#ifndef KEYS_KEYFILE_H
#define KEYS_KEYFILE_H

#include "base/arena.h"
#include "base/why.h"
#include "keys/signer.h"

enum { KEYFILE_RSA_MIN = 2048, KEYFILE_RSA_MAX = 4096 };

struct keyfile;

/* Also tries a signature with it, so that a half of a key or a damaged one is found here. */
int keyfile_read(struct arena *a, str pem, struct keyfile **ret, struct why *why) must_use;
/* Forgets the key. */
void keyfile_close(struct keyfile *k);
enum signer_algorithm keyfile_algorithm(const struct keyfile *k);
/* digest: SIGNER_DIGEST bytes. */
int keyfile_sign(const struct keyfile *k, struct arena *a, str digest, str *ret_signature,
		 struct why *why) must_use;

/* PEM of a new key; bits is for RSA. */
int keyfile_make(struct arena *a, enum signer_algorithm algorithm, unsigned bits, str *ret_pem,
		 struct why *why) must_use;
/* "v=DKIM1; k=rsa; p=..." (RFC 6376 3.6.1) */
str keyfile_record(const struct keyfile *k, struct arena *a) must_use;
/* The same as a line of a zone file, its text in strings of at most 255 bytes. */
void keyfile_put_zone_line(struct strbuf *out, str domain, str selector, str record);

#endif
