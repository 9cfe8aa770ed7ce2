/* memory/redislink.h - one connection to a Redis server: questions are queued, each answer is had
 * within a deadline or the connection is at its end.
 *
 * Input    answers of a server that may be anybody's: a trickle, nonsense, more than can be meant.
 * Memory   texts of an answer live until the next one is asked for; redislink_close ends all.
 * Limits   REDISLINK_WORDS in a question, REDISLINK_BYTES of an answer.
 * Threads  one at a time.
 * Errors   negative errno and why: the connection is of no use any more, close it.
 */
#ifndef MEMORY_REDISLINK_H
#define MEMORY_REDISLINK_H

#include "base/clock.h"
#include "base/why.h"

enum { REDISLINK_WORDS = 8, REDISLINK_BYTES = 64 << 10 };

struct redislink;

struct redislink_server {
	const char *address; /* a number, no name */
	uint16_t port;
	str user, password; /* may be empty */
};

int redislink_open(const struct redislink_server *s, deadline d, struct redislink **ret,
		   struct why *why) must_use;
/* Takes NULL; returns NULL. */
struct redislink *redislink_close(struct redislink *l);

void redislink_ask(struct redislink *l, const str *words, size_t n);
/* The answer to the oldest question. STR_NULL: there is no such text, or it is something else. */
int redislink_text(struct redislink *l, deadline d, str *ret, struct why *why) must_use;
/* Anything but an error will do. */
int redislink_done(struct redislink *l, deadline d, struct why *why) must_use;

#endif
