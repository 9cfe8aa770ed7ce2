/* memory/memoryseal.h - the secret that gateways have in common which share what they remember:
 * under which names are hashed, and by which each knows the rows that another one wrote.
 *
 * A row is sealed with its key, so none can be put in another's place. Whoever may write to the
 * server without the secret can take rows away, or bring back what one of ours wrote before.
 *
 * Input    memoryseal_new: a file of the administrator; memoryseal_good: bytes of anybody.
 * Memory   lives until memoryseal_free.   Limits  MEMORYSEAL_SECRET_MIN characters.
 * Threads  one at a time.   Errors  memoryseal_secret: false.
 */
#ifndef MEMORY_MEMORYSEAL_H
#define MEMORY_MEMORYSEAL_H

#include "memory/memory.h"

enum { MEMORYSEAL_BYTES = 16, MEMORYSEAL_SECRET_MIN = 32, MEMORYSEAL_SECRET_MAX = 512 };

struct memoryseal;

/* The secret in a file's text: one line without blanks. False: it is none, or too short. */
bool memoryseal_secret(str text, str *ret) must_use;

struct memoryseal *memoryseal_new(str secret) must_use;
/* Takes NULL; returns NULL. */
struct memoryseal *memoryseal_free(struct memoryseal *s);

/* For memory_keys: MEMORY_SECRET bytes. */
const uint8_t *memoryseal_names(const struct memoryseal *s);
void memoryseal_make(struct memoryseal *s, str key, str row, uint8_t ret[MEMORYSEAL_BYTES]);
bool memoryseal_good(struct memoryseal *s, str key, str row, str seal) must_use;

#endif
