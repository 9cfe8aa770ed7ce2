/* antivirus/mailhead.h - the line in front of a message that an antivirus is asked about.
 *
 * Antiviruses tell a mail by its first bytes. A sender who chooses those ("GIF89a: x", a field like
 * any other) would have it taken for a picture, and nothing attached to it would be decoded.
 *
 * Input    none.   Memory  none.   Limits  none.   Threads  pure.   Errors  none.
 */
#ifndef ANTIVIRUS_MAILHEAD_H
#define ANTIVIRUS_MAILHEAD_H

#include "base/str.h"

static const str mailhead = STR("Received: by poterne\r\n");

#endif
