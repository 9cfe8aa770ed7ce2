/* keys/keyring.h - all keys that poterne-keys holds, and how it answers by them.
 *
 * Input    trusted: the supervisor's bundle (sys/keybundle.h). Questions come from weaker
 *          processes: names are compared, digests have SIGNER_DIGEST bytes.
 * Memory   keyring_free.
 * Limits   those of the bundle.
 * Threads  const once made.
 * Errors   negative errno and a why with the file's name.
 */
#ifndef KEYS_KEYRING_H
#define KEYS_KEYRING_H

#include "keys/keyfile.h"

struct keyring;

int keyring_new(str bundle, struct keyring **ret, struct why *why) must_use;
struct keyring *keyring_free(struct keyring *r);
size_t keyring_count(const struct keyring *r);
/* Signs the digest of the key's own kind. */
int keyring_sign(const struct keyring *r, struct arena *a, const struct signer_question *q,
		 struct signer_answer *ret, struct why *why) must_use;
/* For a process that holds the keys itself: tests. */
struct signer keyring_signer(struct keyring *r) must_use;

#endif
