/* antivirus/mailhead.h - the field in front of a message that an antivirus is asked about.
 *
 * Antiviruses tell a mail by its first bytes. A sender who chooses those ("GIF89a: x", a field like
 * any other) would have it taken for a picture, and nothing attached to it would be decoded. Some
 * they look for further on: "ustar" at byte 257 makes an archive of what else is a mail. clamd
 * looks at 1024 bytes, so that many and a few more are ours.
 *
 * Input    none.   Memory  none.   Limits  none.   Threads  pure.   Errors  none.
 */
#ifndef ANTIVIRUS_MAILHEAD_H
#define ANTIVIRUS_MAILHEAD_H

#include "base/str.h"

enum { MAILHEAD_LOOKED_AT = 1024 };

/* A folded line of 64 bytes says nothing. */
#define MAILHEAD_LINE " (...........................................................)\r\n"
#define MAILHEAD_LINES MAILHEAD_LINE MAILHEAD_LINE MAILHEAD_LINE MAILHEAD_LINE
#define MAILHEAD_FIELD                                                                             \
	"Received: by poterne\r\n" MAILHEAD_LINES MAILHEAD_LINES MAILHEAD_LINES MAILHEAD_LINES     \
		MAILHEAD_LINE

_Static_assert(sizeof(MAILHEAD_FIELD) > MAILHEAD_LOOKED_AT + 64, "nobody else's bytes are told by");

static const str mailhead = STR(MAILHEAD_FIELD);

#endif
