/* smtp/reception.h - the message itself: from DATA, or the first BDAT, to the reply to all
 * of it.
 *
 * Bytes go straight into a memfd; nothing of them is parsed here but their end. The memfd
 * is sealed and handed over, and the reply is what the other side says. No answer from
 * there is always 451: the client keeps the message.
 *
 * Input    hostile.   Memory  the transaction's.
 * Limits   conf.smtp.max_message_bytes: what is more is read and thrown away; outside->hold
 *          for the memory of all sessions.
 * Threads  as the session.   Errors  answered to the client.
 */
#ifndef SMTP_RECEPTION_H
#define SMTP_RECEPTION_H

#include "smtp/smtpsession.h"

/* DATA: says 354, or answers otherwise when there is no memory for a message. */
void reception_begin(struct smtpsession *s);
/* Takes the bytes that are there. At the end of the message: finishes it. */
void reception_take(struct smtpsession *s);

/* ---- for BDAT as well ---- */

/* Memory for the message, and its time begins. Without memory the message has failed. */
void reception_open(struct smtpsession *s);
/* What is there. False: nothing now, or the session is over. */
bool reception_peek(struct smtpsession *s, str *ret) must_use;
/* More of the message, as it is. */
void reception_keep(struct smtpsession *s, str bytes);
/* Whether it cannot be accepted any more. */
bool reception_failed(const struct smtpsession *s);
/* All of it has come: it is handed over, or refused. The transaction ends with the reply. */
void reception_finish(struct smtpsession *s);

#endif
