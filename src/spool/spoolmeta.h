/* spool/spoolmeta.h - what we know of a kept message: its envelope, its verdict and its
 * body's checksum. The first block of every spool and quarantine file.
 *
 * Input    spoolmeta_decode: bytes from a disk.
 * Memory   decoded strings point into the input; the recipients array is in the arena.
 * Limits   the SPOOLMETA_* ceilings, the same as those of messages.def.
 * Threads  pure.
 * Errors   false, and the output untouched.
 */
#ifndef SPOOL_SPOOLMETA_H
#define SPOOL_SPOOLMETA_H

#include "base/strbuf.h"
#include "mail/tlswish.h"
#include "spool/spoolid.h"

enum {
	SPOOLMETA_MAX_RECIPIENTS = 1000,
	SPOOLMETA_MAX_TEXT = 512,	/* an address, a name, a subject, a reason */
	SPOOLMETA_MAX_PARAMS = 640,	/* behind RCPT */
	SPOOLMETA_MAX_RECORD = 32 << 10 /* the verdict as JSON */
};

struct spoolmeta {
	struct spool_id id;
	str client_ip, helo, reverse_path;
	str *recipients;
	size_t n_recipients;
	int64_t received_at; /* seconds since 1970: the stranger's last dot */
	int64_t queued_at;   /* seconds since 1970: put into the spool; its age counts from here */
	bool body_8bit, smtputf8;
	enum tls_wish tls_wish;
	str mail_params;	     /* RFC 3461, as in MAIL */
	str *rcpt_params;	     /* of each recipient, as in RCPT; NULL: none has any */
	str from, subject;	     /* of the header, for lists */
	str record;		     /* the verdict as JSON */
	str held_class, held_reason; /* quarantine only: why it is held */
	uint64_t body_size;
	uint64_t body_hash; /* XXH64 of the body */
};

/* The payload of a frame. False when a field is above its limit. */
bool spoolmeta_encode(const struct spoolmeta *m, struct strbuf *out) must_use;
bool spoolmeta_decode(struct arena *a, str payload, struct spoolmeta *ret) must_use;

#endif
