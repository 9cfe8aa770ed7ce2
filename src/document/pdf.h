/* document/pdf.h - what a PDF file does and holds (ISO 32000-1), as its readers could see it.
 *
 * There is no one reading of a PDF file: each reader repairs in its own way. So every object
 * that stands anywhere in the file is read, also those of earlier revisions and those no
 * cross-reference reaches, and those in object streams.
 *
 * Input    hostile.
 * Memory   everything lives in the arena or borrows from the file.
 * Limits   struct pdf_limits and the PDF_* ceilings; PDF_CUT says that one was reached.
 *          Linear: the bytes that are looked at are counted.
 * Threads  pure.
 * Errors   none: notes.
 */
#ifndef DOCUMENT_PDF_H
#define DOCUMENT_PDF_H

#include "base/arena.h"

enum {
	PDF_OBJECTS_MAX = 200000,
	PDF_ACTIONS_MAX = 2000,
	PDF_FILES_MAX = 200,
	PDF_IMAGES_MAX = 8,	   /* the first ones */
	PDF_TEXT_MAX = 128 << 10,  /* bytes of text of the pages */
	PDF_SCRIPT_MAX = 4 << 20,  /* bytes of one script or form */
	PDF_TEXT_STREAM = 1 << 20, /* bytes of one page's content */
};

enum pdf_does {
	PDF_SCRIPT,	  /* text is JavaScript */
	PDF_NAMED_SCRIPT, /* the same, of the document's own list, which runs on opening */
	PDF_FORM_SCRIPT,  /* the same, run while a form's field is filled in */
	PDF_LAUNCH,	  /* starts a program or opens a file: text */
	PDF_URI,	  /* text is a link */
	PDF_SUBMIT,	  /* sends the form to text */
	PDF_IMPORT,	  /* fills the form from text */
	PDF_GOTO,	  /* opens another document: text */
	PDF_GOTO_INSIDE,  /* opens an embedded document */
	PDF_MEDIA,	  /* sound, film, 3D, Flash: text is its kind */
};

struct pdf_action {
	enum pdf_does does;
	bool automatic; /* on opening the document or a page, without a click */
	str text;	/* UTF-8 */
};

struct pdf_file {
	str name; /* UTF-8 */
	str bytes;
	bool unread; /* locked, cut, or coded in a way nobody knows */
};

enum pdf_notes {
	PDF_NO_TRAILER = 1 << 0,   /* no root: readers must guess */
	PDF_LATE_HEADER = 1 << 1,  /* bytes stand before the header */
	PDF_HIDDEN_NAME = 1 << 2,  /* a name's letters are written as numbers */
	PDF_RESTRICTED = 1 << 3,   /* encrypted, and opened with a password at hand */
	PDF_LOCKED = 1 << 4,	   /* encrypted, and not opened */
	PDF_CUT = 1 << 5,	   /* a limit was reached */
	PDF_UNREAD_STREAM = 1 << 6 /* objects or a script in a coding nobody knows */
};

struct pdf_limits {
	size_t max_decoded; /* bytes of all streams together */
	const str *passwords;
	size_t n_passwords; /* besides the empty one, which is always tried */
};

struct pdf {
	uint32_t notes; /* enum pdf_notes */
	ARENA_VEC(struct pdf_action) actions;
	ARENA_VEC(struct pdf_file) files;
	ARENA_VEC(str) forms;  /* XFA, as XML */
	ARENA_VEC(str) images; /* JPEG */
	str text;	       /* of the pages, as far as it is written in plain letters */
	size_t password;       /* the index of the one that opened it, or n_passwords */
	size_t decoded;	       /* bytes that came out of streams */
};

void pdf_read(struct arena *a, str bytes, const struct pdf_limits *limits, struct pdf *ret);

#endif
