/* document/pdfcrypt.h - the standard security handler of PDF (ISO 32000-2, 7.6).
 *
 * A document that only forbids printing opens with the empty password. RC4 of 40 to 128
 * bits, AES of 128 and 256 bits, revisions 2 to 6.
 *
 * Input    hostile; passwords come from the caller.
 * Memory   what is decrypted is in the arena.
 * Limits   PDFCRYPT_PASSWORD bytes of a password; work per password is bounded.
 * Threads  pure.
 * Errors   false: no password opens it, or its method is unknown.
 */
#ifndef DOCUMENT_PDFCRYPT_H
#define DOCUMENT_PDFCRYPT_H

#include "document/pdflex.h"

enum { PDFCRYPT_PASSWORD = 127 };

enum pdfcrypt_method { PDFCRYPT_NONE, PDFCRYPT_RC4, PDFCRYPT_AES128, PDFCRYPT_AES256 };

struct pdfcrypt {
	uint8_t key[32];
	size_t key_n;
	enum pdfcrypt_method strings, streams, files;
};

/* encrypt is the Encrypt dictionary without references, id the file's first identifier. */
bool pdfcrypt_open(const struct pdflex_value *encrypt, str id, str password, struct pdfcrypt *ret)
	must_use;
/* A string or stream of that object. */
str pdfcrypt_decrypt(struct arena *a, const struct pdfcrypt *c, enum pdfcrypt_method method,
		     uint32_t number, uint32_t generation, str in) must_use;

#endif
