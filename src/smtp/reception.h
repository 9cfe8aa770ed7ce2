/* smtp/reception.h - the message itself: from DATA to the reply behind its final dot.
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

/* Says 354. False: answered otherwise, there is no memory for a message. */
bool reception_begin(struct smtpsession *s) must_use;
/* Takes the bytes that are there. At the end of the message: hands over and answers. */
void reception_take(struct smtpsession *s);

#endif
