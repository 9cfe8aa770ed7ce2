/* smtp/command.h - one command line into verb and arguments (RFC 5321 4.1.1, 2.4).
 *
 * Input    hostile: one line as it came, with its line end.
 * Memory   points into the line.
 * Limits   COMMAND_LINE_MAX bytes with CRLF: the 512 of RFC 5321 4.5.3.1.4, widened for
 *          the parameters of our extensions (RFC 1870, 6152, 6531).
 * Threads  pure.
 * Errors   COMMAND_E_*; *ret untouched.
 */
#ifndef SMTP_COMMAND_H
#define SMTP_COMMAND_H

#include "base/str.h"

enum { COMMAND_LINE_MAX = 2048 };
enum {
	COMMAND_OK,
	COMMAND_E_LINE_END, /* a bare CR or LF somewhere (RFC 5321 2.3.8) */
	COMMAND_E_BYTES,    /* a control byte, or 8-bit text that is not UTF-8 */
	COMMAND_E_SYNTAX,   /* no verb */
};

struct command {
	str verb; /* letters only, case as sent */
	str args; /* without white space at both ends */
};

int command_parse(str line, struct command *ret) must_use;

#endif
