/* spool/disposition.h - what becomes of a judged message.
 *
 * Travels as a number in the messages commit and noted from poterne-scan to poterne-store.
 */
#ifndef SPOOL_DISPOSITION_H
#define SPOOL_DISPOSITION_H

enum spool_disposition {
	SPOOL_DELIVER,	   /* into the spool, towards the next hop */
	SPOOL_QUARANTINE,  /* kept apart until someone releases or drops it */
	SPOOL_RECORD_ONLY, /* refused or deferred: only the history knows of it */
	SPOOL_HANDED_OVER, /* delivered already, while the sender waited */
	SPOOL_DISCARD,	   /* accepted and thrown away: only the history knows of it */
	SPOOL_DISPOSITIONS
};

#endif
