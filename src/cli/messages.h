/* cli/messages.h - the messages a command is given: files, directories, mboxes, standard
 * input.
 *
 * Input    paths of the caller; contents are hostile and only cut into messages here.
 * Memory   messages are in the arena.
 * Limits   MESSAGES_MAX_FILE bytes a file; directories MESSAGES_MAX_DEPTH deep.
 * Errors   negative errno and why: which file, what is wrong.
 */
#ifndef CLI_MESSAGES_H
#define CLI_MESSAGES_H

#include "base/strbuf.h"
#include "base/why.h"

enum { MESSAGES_MAX_FILE = 512 << 20, MESSAGES_MAX_DEPTH = 32 };

struct message_file {
	str name;	       /* path, with #N for the N-th message of an mbox */
	const char *path;      /* NULL: standard input */
	uint64_t offset, size; /* within the file; size 0: to its end */
	str bytes;	       /* when they are in memory already */
};

struct messages {
	ARENA_VEC(struct message_file) files;
};

/* path "-" is standard input; a directory is walked in the order of names. */
int messages_add(struct messages *m, struct arena *a, const char *path, struct why *why) must_use;
/* The bytes of one message; a file with bare LF line ends is given CRLF ones, as SMTP
 * would have carried it. */
int messages_read(const struct message_file *f, struct arena *a, str *ret, struct why *why)
	must_use;

#endif
