/* relay/maildir.h - delivery into DOMAIN/LOCALPART/{tmp,new,cur} below one directory.
 *
 * The name of the file follows from the message's id, so an attempt that is repeated
 * after a crash finds its file and delivers nothing twice. The local part is taken
 * without regard to ASCII case, as mailboxes are. Bytes are written as they are stored:
 * CRLF line ends, Return-Path in front.
 *
 * Input    the recipient is hostile (but a parsed address); the id comes from the store.
 * Memory   none is kept.
 * Limits   names of MAILDIRNAME_MAX bytes, then MAILDIR_E_NAME.
 * Threads  any number at a time.
 * Errors   negative errno and why.
 */
#ifndef RELAY_MAILDIR_H
#define RELAY_MAILDIR_H

#include "base/why.h"
#include "mail/address.h"

enum {
	MAILDIR_OK,
	MAILDIR_E_ALREADY, /* an earlier attempt delivered it */
	MAILDIR_E_NAME,	   /* the address makes no file name */
};

struct maildir_message {
	str id; /* letters, digits, "-", "_" */
	str reverse_path;
	str body;
};

/* Durable in new/ once this returns MAILDIR_OK or MAILDIR_E_ALREADY. */
int maildir_deliver(int dirfd, const struct maildir_message *m, struct address to, struct why *why)
	must_use;

#endif
