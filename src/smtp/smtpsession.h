/* smtp/smtpsession.h - one connection of a client that brings mail (RFC 5321).
 *
 * The lobby calls smtpsession_step for each burst of bytes; between two steps all there is
 * of a session is its struct. Verbs are in smtp_verbs.c and verb_*.c, the message itself
 * in reception.c; both answer through smtpsession_reply and smtpsession_refuse.
 *
 * Input    hostile client.
 * Memory   the struct is the owner's; a transaction has its own arena from MAIL to its end.
 * Limits   those of conf.smtp; SMTPSESSION_HELO_MAX.
 * Threads  one at a time for each session.
 * Errors   none outwards: a session ends, and says why in ended.
 */
#ifndef SMTP_SMTPSESSION_H
#define SMTP_SMTPSESSION_H

#include "base/ident.h"
#include "smtp/bounces.h"
#include "smtp/chunk.h"
#include "smtp/clients.h"
#include "smtp/harvest.h"
#include "smtp/smtppolicy.h"
#include "smtp/transaction.h"
#include "sys/chan.h"
#include "sys/lobby.h"

enum {
	SMTPSESSION_HELO_MAX = 255,
	SMTPSESSION_LOGIN_MAX = 128,
	SMTPSESSION_PROXY_MS = 3000,	/* a proxy sends its header at once */
	SMTPSESSION_PATIENCE_MS = 2000, /* for a client that does not read, in one step: the
					 * thread stands still meanwhile */
};

/* In the order in which a session passes through them; also bits of struct smtp_verb. */
enum smtpsession_state {
	SMTPSESSION_PROXY = 1 << 0,  /* a PROXY header is due */
	SMTPSESSION_NEW = 1 << 1,    /* not greeted yet */
	SMTPSESSION_START = 1 << 2,  /* EHLO or HELO is due */
	SMTPSESSION_READY = 1 << 3,  /* MAIL may come */
	SMTPSESSION_MAIL = 1 << 4,   /* has a sender */
	SMTPSESSION_RCPT = 1 << 5,   /* and a recipient */
	SMTPSESSION_CHUNKS = 1 << 6, /* and a part of the message: more of BDAT may come */
	SMTPSESSION_DATA = 1 << 7,   /* bytes of the message come */
	SMTPSESSION_CHUNK = 1 << 8,  /* bytes of one chunk come */
	SMTPSESSION_OVER = 1 << 9,
};

struct smtpsession;

/* The world as a session sees it. */
struct smtpsession_outside {
	void *ctx;
	/* Hands a message over: its bytes are in m, or fd (else -1) is sealed and stays the
	 * session's. The answer's slices are
	 * in the arena. Negative: nobody answered. */
	int (*submit)(void *ctx, const struct msg_submit *m, int fd, const struct conf *conf,
		      struct arena *a, struct msg_submitted *ret, struct why *why);
	/* Asks for memory for so many more bytes of a message, or gives back (negative). */
	bool (*hold)(void *ctx, struct smtpsession *s, int64_t bytes);
	int64_t (*wall)(void *ctx);
	/* A thread begins to write to a client (1), or has done so (-1). False: too many do, so it
	 * must not wait for the client to read. */
	bool (*writing)(void *ctx, int change);
	/* The connection now counts as one of s->ip. False: that client has too many. */
	bool (*moved)(void *ctx, struct smtpsession *s);
	/* For the log. argument is the client's words that were refused; reason is what the
	 * client is not told, or empty. */
	void (*refused)(void *ctx, const struct smtpsession *s, unsigned code, str enhanced,
			str argument, str reason);
	void (*trouble)(void *ctx, const struct smtpsession *s, const char *what,
			const struct why *why);
	struct bounces *bounces; /* of all sessions; NULL: nobody counts */
	struct harvest *harvest;
};

struct smtpsession {
	const struct smtpsession_outside *outside;
	struct smtppolicy *policy;
	struct stream *io; /* during a step */
	struct transaction *mail;
	struct clients_link client;
	const struct conf_listener *listener;
	struct ip ip;  /* of the client; behind a proxy, as that says */
	struct ip via; /* of the proxy; n is 0: none */
	uint16_t port;
	enum smtpsession_state state;
	struct chunk chunk;
	bool trusted; /* a proxy whose XCLIENT is believed */
	bool early;   /* spoke before the greeting */
	bool esmtp;
	bool skipping;	     /* what comes belongs to a line that was too long */
	bool waiting;	     /* nothing can be done before more bytes come */
	bool rested;	     /* the command at work has waited already */
	deadline rest;	     /* until then a command waits; 0: none does */
	deadline due;	     /* of the next whole command: single bytes do not put it off */
	int64_t began;	     /* clock_now_ms */
	int64_t patience;    /* ms that this step may still wait for the client to read */
	int64_t tls_began;   /* clock_now_us, while a handshake is under way; else 0 */
	const char *ended;   /* why it is over, for the log */
	unsigned refusals;   /* commands answered with 5xx */
	unsigned accepted;   /* messages answered with 2xx */
	unsigned rejected;   /* messages answered with 5xx */
	unsigned deferred;   /* messages answered with 4xx */
	unsigned recipients; /* accepted at RCPT */
	uint64_t bytes;	     /* of messages */
	struct ident sid;
	uint8_t helo_n;
	char helo[SMTPSESSION_HELO_MAX];
	uint8_t login_n;
	char login[SMTPSESSION_LOGIN_MAX]; /* at the proxy in front of us; it says so */
};

/* Takes over a reference to the policy. s->sid, ip, port and listener are set by the caller;
 * the listener lives as long as the policy. */
void smtpsession_begin(struct smtpsession *s, const struct smtpsession_outside *outside,
		       struct smtppolicy *policy);
enum lobby_next smtpsession_step(struct smtpsession *s, struct stream *io, deadline *ret_until);
/* Tells the client that it waited too long, or that we stop. */
void smtpsession_expire(struct smtpsession *s, struct stream *io, enum lobby_expiry why);
/* Frees all but the struct itself. */
void smtpsession_end(struct smtpsession *s, struct stream *io);

/* ---- for verbs ---- */

/* 220, or 554 to those who may not send here; what comes next is EHLO. */
void smtpsession_greet(struct smtpsession *s);
/* In role out only the servers of out.clients may send. */
bool smtpsession_may_send(const struct smtpsession *s);
/* Answers; a write that fails ends the session after the verb. */
void smtpsession_reply(struct smtpsession *s, unsigned code, str enhanced, str text);
void smtpsession_reply_lines(struct smtpsession *s, unsigned code, str enhanced, const str *lines,
			     size_t n);
/* Answers with 4xx or 5xx and has it logged. Too many 5xx: the session is over. */
void smtpsession_refuse(struct smtpsession *s, unsigned code, str enhanced, str text, str argument);
/* The same, with a reason for the log alone. */
void smtpsession_refuse_for(struct smtpsession *s, unsigned code, str enhanced, str text,
			    str argument, str reason);
/* RCPT is run with these arguments, and with rested set, when so many milliseconds have gone by;
 * until then nothing of the client is read. */
void smtpsession_rest(struct smtpsession *s, str args, int64_t ms);
void smtpsession_flush(struct smtpsession *s);
/* 503: the verb may not come in this state. */
void smtpsession_refuse_order(struct smtpsession *s, str verb);
/* why is a literal. */
void smtpsession_over(struct smtpsession *s, const char *why);
/* Ends the transaction, if there is one. */
void smtpsession_reset(struct smtpsession *s);

static inline str smtpsession_helo(const struct smtpsession *s)
{
	return str_of(s->helo, s->helo_n);
}

#endif
