/* mail/received.h - who handed a stored message over, read from its own trace fields
 * (RFC 5321 4.4): for judging a file when no envelope is given.
 *
 * Input    hostile: a message from its first byte; what it says about itself is a claim.
 * Memory   in the arena or pointing into the message.
 * Limits   linear.   Threads  pure.   Errors  what is not there is empty.
 */
#ifndef MAIL_RECEIVED_H
#define MAIL_RECEIVED_H

#include "mail/address.h"

struct received_envelope {
	str ip; /* of the client, "192.0.2.1" or "2001:db8::1" */
	str helo;
	bool has_from; /* there is a Return-Path; "<>" gives an empty address */
	struct address from;
	bool has_at; /* that Received says when */
	int64_t at;  /* seconds since 1970 */
};

/* ip, helo and time of the topmost Received that names an address, from of Return-Path. */
void received_read(struct arena *a, str message, struct received_envelope *ret);
/* One unfolded Received value: client address and HELO; false when it names no client address. */
bool received_parse(str value, str *ret_ip, str *ret_helo) must_use;

#endif
