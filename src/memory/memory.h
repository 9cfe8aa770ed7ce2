/* memory/memory.h - what the gateway remembers: one table of counters that fade.
 *
 * A row has a kind and a name (an address, a domain, a hash: any text), and holds when it was first
 * and last seen, how much good and bad was counted, and one number of its owner. Good and bad
 * halve in the kind's half-life; a row that was not seen for the kind's keeping time is gone.
 * Whoever keeps the table knows names only as keyed hashes (memory_keys), so a stolen file tells
 * nobody who writes to whom.
 *
 *   struct memory_name names[] = { { MEMORY_FUZZY, hash }, ... };     ask, once a message
 *   memory_recall(&m, a, names, n, now, deadline_in(MEMORY_MS), facts, &why)
 *   struct memory_change c[] = { { names[0], .bad = 1, .value = 7 } };  tell, after the verdict
 *   memory_note(&m, c, n, now, &why)
 *
 * The same interface over a lane to poterne-memory (memory/memorylane.h), over a file in this
 * process (memory/memorystore.h), and over a store that several gateways share
 * (memory/memoryredis.h). Nothing needs memory to judge: when it cannot be asked every row is
 * absent, and what is absent weighs nothing.
 *
 * Input    names are hostile; facts come from our own process, or from a shared store that may lie
 *          about numbers.
 * Memory   facts in the caller's array; texts are borrowed.
 * Limits   MEMORY_MAX_NAMES a question, MEMORY_MAX_TEXT bytes a name (what is longer is cut),
 *          MEMORY_MS for an answer; rows: each kind's share of memory.max_rows.
 * Threads  internally locked.
 * Errors   negative errno and why: all facts are absent.
 */
#ifndef MEMORY_MEMORY_H
#define MEMORY_MEMORY_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/why.h"
#include "conf/conf.h"

enum { MEMORY_MAX_NAMES = 64, MEMORY_MAX_TEXT = 600, MEMORY_MS = 50, MEMORY_SECRET = 32 };
enum { MEMORY_COUNT_MAX = 1000000 }; /* good and bad never grow above */

/* What a row is about, and what is its name. Numbers are kept in files: only add. */
enum memory_kind {
	MEMORY_MAIL,	      /* all mail: "" */
	MEMORY_CLIENT,	      /* address of a client */
	MEMORY_NETWORK,	      /* its network: "192.0.2.0/24", "2001:db8::/48" */
	MEMORY_AUTHOR,	      /* mailbox, authenticated; else "mailbox network" */
	MEMORY_AUTHOR_DOMAIN, /* authenticated */
	MEMORY_SIGNER,	      /* d= of a valid signature */
	MEMORY_URL_HOST,      /* organisational domain, or the address, of a link */
	MEMORY_CORRESPONDENT, /* their mailbox, that anybody of ours wrote to */
	MEMORY_PAIR,	      /* "our-mailbox their-mailbox": we wrote to them */
	MEMORY_SENT,	      /* "their-mailbox message-id": a message of ours to them */
	MEMORY_FUZZY,	      /* what room fuzzy calls a hash */
	MEMORY_SOURCE,	/* network of a client: how much it had us learn lately; behind "put off ",
			 * how many rows of MEMORY_PUT_OFF it made */
	MEMORY_PUT_OFF, /* "origin recipient reverse-path": was asked to come back */
	MEMORY_CAME_BACK, /* origin: did come back, as servers do (scan/greylist.h) */
	MEMORY_RATE,	  /* how many recipients somebody had in a time (scan/rates.h) */
	MEMORY_KINDS
};

/* "client", "network", ...: for people. */
str memory_kind_name(enum memory_kind kind);
/* The network an address belongs to: "192.0.2.0/24", "2001:db8::/48"; empty when it is none. */
str memory_network(struct arena *a, str address);
/* Seconds in which a count of that kind halves. */
int64_t memory_half_life(enum memory_kind kind);

struct memory_name {
	enum memory_kind kind;
	str text;
};

struct memory_fact {
	int64_t first_seen, last_seen; /* seconds since 1970; 0: there is no such row */
	double good, bad;	       /* as they are now */
	uint32_t value;
};

struct memory_change {
	struct memory_name name;
	double good, bad; /* are added */
	uint32_t value;	  /* replaces what was there; 0 leaves it */
	bool forget;	  /* the row is taken out instead */
};

struct memory {
	int (*recall)(void *ctx, struct arena *a, const struct memory_name *names, size_t n,
		      int64_t now, deadline d, struct memory_fact *ret, struct why *why);
	int (*note)(void *ctx, const struct memory_change *changes, size_t n, int64_t now,
		    struct why *why);
	void *ctx;
};

/* One question about n names, at most MEMORY_MAX_NAMES; ret has n places. With a zeroed struct
 * memory, or on an error, all are absent. */
int memory_recall(const struct memory *m, struct arena *a, const struct memory_name *names,
		  size_t n, int64_t now, deadline d, struct memory_fact *ret, struct why *why)
	must_use;
/* At most MEMORY_MAX_NAMES changes. Over a lane nobody answers: it may be lost. */
int memory_note(const struct memory *m, const struct memory_change *changes, size_t n, int64_t now,
		struct why *why) must_use;

/* --- for who keeps rows */

struct memory_key {
	uint8_t bytes[16];
};
/* For many at once: making ready to hash costs more than hashing. */
void memory_keys(const uint8_t secret[MEMORY_SECRET], const struct memory_name *names, size_t n,
		 struct memory_key *ret);

/* A row as it is kept: good and bad as of last_seen. */
struct memory_row {
	uint32_t first_seen, last_seen; /* 0: absent */
	float good, bad;
	uint32_t value;
};

/* For how long rows are kept, and how many. */
struct memory_limits {
	int64_t keep_s[MEMORY_KINDS];
	uint64_t max_rows[MEMORY_KINDS];
};
struct memory_limits memory_limits_of(const struct conf *conf);

/* Pure: what a row says at that time, and a row after a change. */
struct memory_fact memory_read(const struct memory_limits *l, enum memory_kind kind,
			       const struct memory_row *row, int64_t now);
/* A row that says that now. */
struct memory_row memory_row_of(enum memory_kind kind, const struct memory_fact *f, int64_t now);
struct memory_row memory_changed(const struct memory_limits *l, const struct memory_row *row,
				 const struct memory_change *c, int64_t now);

#endif
