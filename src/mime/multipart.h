/* mime/multipart.h - cuts a multipart body at its boundary lines (RFC 2046 5.1), leniently.
 *
 * Input    hostile: body and boundary.
 * Memory   parts point into the body.
 * Limits   the caller stops when it has enough; linear in the body.
 * Threads  pure.
 * Errors   none: closed and started say what was missing.
 */
#ifndef MIME_MULTIPART_H
#define MIME_MULTIPART_H

#include "base/arena.h"

enum { MULTIPART_BOUNDARY_MAX = 70 }; /* RFC 2046 5.1.1; longer ones work, and are odd */

struct multipart {
	str body;
	str delimiter; /* "--" boundary */
	size_t at;
	size_t first; /* where the first boundary line begins */
	bool started; /* the first boundary line was seen */
	bool closed;  /* the final "--boundary--" was seen */
};

struct multipart multipart_open(struct arena *a, str body, str boundary);
/* The next part, header included; its final line end belongs to the boundary. */
bool multipart_next(struct multipart *m, str *ret_part);
/* Behind the closing line: false, or parts go on there for readers that overlook it. */
bool multipart_reopen(struct multipart *m);

/* Lines that some readers take for boundary lines of m, and others not: indented, or with
 * something behind the boundary. Start with a zeroed near; ret_line begins with "--" and is
 * trimmed. */
struct multipart_near {
	size_t at;
};
bool multipart_next_near(const struct multipart *m, struct multipart_near *near, str *ret_line);

/* Of 1 to 70 bchars, no space at the end (RFC 2046 5.1.1). */
bool multipart_boundary_valid(str boundary);
/* What clients use when the parameter is missing: the first line that starts with "--". */
str multipart_guess_boundary(str body);

#endif
