/* memory/memoryredis.h - memory that several gateways share, in a Redis server; what role out
 * learns of correspondents role mx knows.
 *
 * Each note goes to the memory of this process as well, and each answer is the larger of what the
 * two know: so a server that was away, or has lost its rows, takes nothing from who noted it. What
 * changed here meanwhile is told when it is back. While it is away a message waits MEMORY_MS for
 * it, once; connecting is never done for a message, only in memoryredis_tend. A question that waits
 * for others half of MEMORY_MS, because the server is slow, is answered from here. Two gateways
 * that change a row in the same moment may lose one of the two samples, and what both counted while
 * the server was away is not added up: counts are estimates.
 *
 * Keys are hashes under a secret that the server never sees, values rows of memory/memoryrow.h
 * under a seal (memory/memoryseal.h); each expires by itself. What is forgotten is written down as
 * well, so that no other gateway brings it back. There is no TLS in this library: the seal is what
 * tells members from others, the password only keeps rows from being taken away.
 *
 * Input    answers of a server that others write to: every row is checked, and must be sealed.
 * Memory   lives until memoryredis_free.
 * Limits   MEMORY_MS for a question or a note in all, MEMORYREDIS_AHEAD_S that a clock may be
 * wrong; one question at a time. Threads  any; memoryredis_tend one. Errors   none of its own: what
 * cannot be had here is answered by the memory below.
 */
#ifndef MEMORY_MEMORYREDIS_H
#define MEMORY_MEMORYREDIS_H

#include "memory/memory.h"

enum { MEMORYREDIS_RETRY_MS = 2000, MEMORYREDIS_PASSWORD = 512, MEMORYREDIS_AHEAD_S = 3600 };

struct memoryredis;

struct memoryredis_spec {
	const char *address; /* a number, no name */
	uint16_t port;
	str user, password; /* may be empty */
	str secret;	    /* memoryseal_secret */
	struct memory_limits limits;
	struct memory below; /* what answers otherwise */
};

/* Texts are copied. Nothing is connected yet. */
struct memoryredis *memoryredis_new(const struct memoryredis_spec *spec) must_use;
void memoryredis_free(struct memoryredis *r);
struct memory memoryredis_memory(struct memoryredis *r);

enum memoryredis_news { MEMORYREDIS_SAME, MEMORYREDIS_UP, MEMORYREDIS_LOST };
/* Connects when there is no connection and it is time to try again, and tells what changed
 * meanwhile. Each change of the connection is told once;
 * MEMORYREDIS_LOST: why says what is wrong. */
enum memoryredis_news memoryredis_tend(struct memoryredis *r, int64_t now_wall, struct why *why)
	must_use;
bool memoryredis_connected(struct memoryredis *r) must_use;

/* "PASSWORD" or "USER PASSWORD", in one line. */
bool memoryredis_credentials(str line, str *ret_user, str *ret_password) must_use;

#endif
