/* mime/filename.h - what kind of file a reader's system takes a name for.
 *
 * Between a declared name and the program that opens the file, mail programs and Windows
 * drop or cut: invisible characters, blanks and dots at the end, what follows a NUL, a
 * colon (streams of NTFS) or a semicolon, and show wide letters like narrow ones.
 *
 * Input    hostile: a decoded name, UTF-8.
 * Memory   in the arena.
 * Limits   FILENAME_READINGS_MAX readings, FILENAME_MAX bytes looked at; linear.
 * Threads  pure.   Errors  none.
 */
#ifndef MIME_FILENAME_H
#define MIME_FILENAME_H

#include "base/arena.h"

enum { FILENAME_MAX_BYTES = 2000, FILENAME_READINGS_MAX = 8 };

enum filename_notes {
	FILENAME_OBSCURE = 1 << 0, /* invisible, wide or combining characters hide the extension */
	FILENAME_STREAM = 1 << 1,  /* "a.exe::$DATA" */
	FILENAME_CLSID = 1 << 2,   /* "a.{00021401-...}": the extension is a class of Windows */
};

struct filename_readings {
	str v[FILENAME_READINGS_MAX]; /* those whose extension is another one than the name's */
	size_t n;
	uint32_t notes; /* enum filename_notes */
};

void filename_read(struct arena *a, str name, struct filename_readings *ret);
/* Lower case, without its dot; empty when there is none. */
str filename_extension(struct arena *a, str name);

#endif
