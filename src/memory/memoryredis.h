/* memory/memoryredis.h - memory that several gateways share, in a Redis server; what role out
 * learns of correspondents role mx knows.
 *
 * Each note goes to the memory of this process as well. While the server does not answer that one
 * answers, so that a server that is down costs no message more than MEMORY_MS, once; connecting is
 * never done for a message, only in memoryredis_tend. Two gateways that change a row in the same
 * moment may lose one of the two samples: counts are estimates.
 *
 * Keys are hashes under a secret that is kept there, values those of memory/memoryrow.h; each
 * expires by itself. There is no TLS in this library: the server belongs on a network of its own.
 *
 * Input    answers of a server that others write to: every row is checked.
 * Memory   lives until memoryredis_free.
 * Limits   MEMORY_MS for each answer; one question at a time.
 * Threads  any; memoryredis_tend one.
 * Errors   none of its own: what cannot be had here is answered by the memory below.
 */
#ifndef MEMORY_MEMORYREDIS_H
#define MEMORY_MEMORYREDIS_H

#include "memory/memory.h"

enum { MEMORYREDIS_RETRY_MS = 2000, MEMORYREDIS_PASSWORD = 512 };

struct memoryredis;

struct memoryredis_spec {
	const char *address; /* a number, no name */
	uint16_t port;
	str user, password; /* may be empty */
	struct memory_limits limits;
	struct memory below; /* what answers otherwise */
};

/* Texts are copied. Nothing is connected yet. */
struct memoryredis *memoryredis_new(const struct memoryredis_spec *spec) must_use;
void memoryredis_free(struct memoryredis *r);
struct memory memoryredis_memory(struct memoryredis *r);

enum memoryredis_news { MEMORYREDIS_SAME, MEMORYREDIS_UP, MEMORYREDIS_LOST };
/* Connects when there is no connection and it is time to try again. Each change is told once;
 * MEMORYREDIS_LOST: why says what is wrong. */
enum memoryredis_news memoryredis_tend(struct memoryredis *r, struct why *why) must_use;
bool memoryredis_connected(struct memoryredis *r) must_use;

/* "PASSWORD" or "USER PASSWORD", in one line. */
bool memoryredis_credentials(str line, str *ret_user, str *ret_password) must_use;

#endif
