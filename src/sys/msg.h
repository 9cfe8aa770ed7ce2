/* sys/msg.h - the messages between our processes as structs, and their bytes.
 *
 * Everything here is made from messages.def: a struct per message, an encoder, a decoder
 * that accepts exactly what the encoder makes, and the table of who may send what to whom.
 *
 * Input    msg_decode: hostile when the peer is weaker than us.
 * Memory   slices point into the decoded bytes; lists are in the caller's arena.
 * Limits   those of the table; CHAN_MAX_BYTES and CHAN_MAX_FDS over all.
 * Threads  pure.
 * Errors   false: the message is refused whole.
 */
#ifndef SYS_MSG_H
#define SYS_MSG_H

#include "base/arena.h"
#include "base/fd.h"
#include "base/strbuf.h"

enum {
	CHAN_MAX_BYTES = 128 << 10,
	CHAN_MAX_FDS = 64,
	/* A mail of at most so many bytes travels in the packet; above, in a sealed memfd. */
	MSG_INLINE_MAX = 16 << 10,
};

enum process {
	PROCESS_ANY,
	PROCESS_SUPERVISOR,
	PROCESS_EDGE,
	PROCESS_INSPECT,
	PROCESS_SCAN,
	PROCESS_DNS,
	PROCESS_STORE,
	PROCESS_RELAY,
	PROCESS_WEB,
	PROCESS_IMAGE,
	PROCESS_KEYS,
	PROCESS_REPORT,
	PROCESS_MEMORY,
	PROCESS_FETCH,
	PROCESS_CLI,
	PROCESS_COUNT
};

/* "edge", "scan", ... */
const char *msg_process_name(enum process p);

#include "sys/messages.def"

#define MSG_ENUM(name, from, to, fds) MSG_##name,
enum msg_type { MSG_none, MESSAGES(MSG_ENUM) MSG_count };
#undef MSG_ENUM

struct msg_texts {
	str *v;
	size_t n;
};
struct msg_nums {
	uint64_t *v;
	size_t n;
};

#define FIELD_TEXT(field, max) str field;
#define FIELD_NUM(field) uint64_t field;
#define FIELD_TEXTS(field, count, max) struct msg_texts field;
#define FIELD_NUMS(field, count) struct msg_nums field;
#define MSG_STRUCT(name, from, to, fds)                                                            \
	struct msg_##name {                                                                        \
		FIELDS_##name(FIELD_TEXT, FIELD_NUM, FIELD_TEXTS, FIELD_NUMS)                      \
	};
MESSAGES(MSG_STRUCT)
#undef MSG_STRUCT
#undef FIELD_TEXT
#undef FIELD_NUM
#undef FIELD_TEXTS
#undef FIELD_NUMS

struct msg {
	enum msg_type type;
	int fds[CHAN_MAX_FDS];
	size_t n_fds;
#define MSG_MEMBER(name, from, to, fds) struct msg_##name name;
	union {
		MESSAGES(MSG_MEMBER)
	};
#undef MSG_MEMBER
};

/* Takes descriptor i out of the message: the caller owns it. -1 when there is none. */
int msg_take_fd(struct msg *m, size_t i);
void msg_close(struct msg *m);
/* The mail a message carries: in bytes, or when fd is one, in that sealed memfd. -EPROTO when it
 * is not sealed, -EFBIG above max. */
int msg_mail(str bytes, int fd, struct arena *a, size_t max, struct fd_view *ret, struct why *why)
	must_use;
const char *msg_name(enum msg_type type);

/* The bytes of a message; false when a field is above its limit. */
bool msg_encode(const struct msg *m, struct strbuf *out) must_use;
/* Lists go into the arena, slices point into in. False: refused whole. */
bool msg_decode(str in, struct arena *a, struct msg *ret) must_use;
/* Whether the table lets from send this to to. */
bool msg_allowed(enum msg_type type, enum process from, enum process to, size_t n_fds);

#endif
