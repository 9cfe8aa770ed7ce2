/* store/reportdesk.h - counts what reports to other domains will say (RFC 9990, RFC 8460), gives
 * poterne-report what is to be written, and puts the reports it has written into the spool.
 *
 * Input    rows of poterne-scan and poterne-relay, mails of poterne-report: opaque, bounded.
 * Memory   the lane's arena.
 * Limits   those of records/reportsout.h; REPORTDESK_MAIL_MAX bytes a mail.
 * Threads  any number of lanes.
 * Errors   mail never waits for counting; -EPROTO closes the lane, everything else is a status.
 */
#ifndef STORE_REPORTDESK_H
#define STORE_REPORTDESK_H

#include "store/store.h"

enum { REPORTDESK_MAIL_MAX = 32 << 20, REPORTDESK_PAGE = 32 /* as in sys/messages.def */ };

/* One message, for its DMARC policy domain; nothing when that is empty. */
void reportdesk_count(struct store *s, str domain, str head, str row);
/* TLS sessions, as texts of relay/tlsnotes.h. */
void reportdesk_count_tls(struct store *s, const struct msg_texts *results);
/* Writes what has been counted. */
void reportdesk_write(struct store *s);
/* A message that a start has found in the spool: when it is a report, it has been sent. */
void reportdesk_found(struct store *s, struct spool_id id);
/* For lanes_serve, of poterne-report; ctx is a struct store. */
int reportdesk_answer(void *ctx, struct chan *c, struct msg *m, struct arena *a);

#endif
