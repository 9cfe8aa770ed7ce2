/* inspect/magic.h - the true type of bytes, by what they are and not by what they say.
 *
 * Input    hostile.   Memory  answers are literals.
 * Limits   the first MAGIC_TEXT_WINDOW bytes are searched for text types; zip directories
 *          up to MAGIC_ZIP_NAMES names; linear.
 * Threads  pure.      Errors  unknown: type "" and MAGIC_UNKNOWN.
 */
#ifndef INSPECT_MAGIC_H
#define INSPECT_MAGIC_H

#include "base/str.h"

enum { MAGIC_TEXT_WINDOW = 4096, MAGIC_SCRIPT_WINDOW = 64 << 10, MAGIC_ZIP_NAMES = 2000 };

enum magic_family {
	MAGIC_UNKNOWN,
	MAGIC_PROGRAM, /* runs, or makes run, what it holds */
	MAGIC_SCRIPT,
	MAGIC_ARCHIVE,	  /* members, opened by inspect_archive.c */
	MAGIC_COMPRESSED, /* one file, compressed */
	MAGIC_OFFICE,
	MAGIC_PDF,
	MAGIC_IMAGE,
	MAGIC_MEDIA,
	MAGIC_MARKUP, /* html, xml, svg */
	MAGIC_DATA
};

enum magic_notes {
	MAGIC_HAS_MACROS = 1 << 0,
	MAGIC_IS_ENCRYPTED = 1 << 1,
	MAGIC_IS_ZIP = 1 << 3,	     /* an office file that holds members */
	MAGIC_HAS_APPENDED = 1 << 4, /* a zip file stands behind the bytes of that type */
	MAGIC_IS_OLE = 1 << 5,	     /* a compound file */
	MAGIC_IS_PDF_TOO = 1 << 6,   /* its readers would open the file as well */
};

struct magic {
	str type; /* a MIME type */
	enum magic_family family;
	uint32_t notes; /* enum magic_notes */
};

struct magic magic_detect(str bytes);
/* Of a body that is shown as text: words at its start are no signature. */
struct magic magic_detect_text(str bytes);
/* A script by its words (JavaScript, VBScript, batch...): only for attachments, since
 * people write about scripts in mail. */
struct magic magic_detect_script(str bytes);
/* What a declared type promises; MAGIC_UNKNOWN when it promises nothing we know. */
enum magic_family magic_family_of(str declared);
/* The declared type says nothing ("application/octet-stream"). */
bool magic_is_neutral(str declared);

#endif
