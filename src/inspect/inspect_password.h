/* inspect/inspect_password.h - passwords that stand in a message, to open what came with it.
 *
 * People write "mot de passe : X" or "the password is X" in the text, the subject or the
 * file name. What is named so comes first, then what was agreed with the sender, then
 * words that look like a password.
 *
 * Input    hostile: the visible text, the subject, file names.
 * Memory   w->arena.   Limits  PASSWORD_TRIES_MAX; linear in the text.
 * Threads  one walk at a time.   Errors  none.
 */
#ifndef INSPECT_PASSWORD_H
#define INSPECT_PASSWORD_H

#include "inspect/inspect_private.h"

enum { PASSWORD_TRIES_MAX = 200, PASSWORD_LENGTH_MAX = 80 };

struct password {
	const char *text; /* a C string, UTF-8 */
	bool agreed;	  /* of the list, not of the message */
};

struct passwords {
	ARENA_VEC(struct password) list;
	struct map known;
	str said; /* "password: X" as it stands in the message; empty: nothing of the kind */
};

/* Surest first; collected once for a message, when all of it was read. */
const struct passwords *inspect_password_candidates(struct walk *w);

#endif
