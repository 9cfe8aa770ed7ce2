/* document/ole1.h - embedded objects in their old wire form (MS-OLEDS 2.2), as RTF carries
 * them and as the stream "\1Ole10Native" does: a packaged file or the object's own data.
 *
 * Input    hostile.   Memory  slices of the input.   Limits  linear.
 * Threads  pure.      Errors  false: it is no such object.
 */
#ifndef DOCUMENT_OLE1_H
#define DOCUMENT_OLE1_H

#include "base/str.h"

struct ole1 {
	bool linked;
	str class_name;
	str topic; /* of a link: the file */
	str data;
};

/* A file that the object packager wrapped ("Package"). */
struct ole1_package {
	bool linked;	 /* the file is not there, its path is */
	str label, path; /* shown; where it came from */
	str data;
};

bool ole1_read(str in, struct ole1 *ret) must_use;
/* The data of an object of class "Package". */
bool ole1_package_read(str data, struct ole1_package *ret) must_use;
/* The same within a stream "\1Ole10Native", behind its length. */
bool ole1_native_read(str stream, str *ret_data) must_use;

/* Kinds of objects, by class identifier (16 bytes as they are stored) or program name. */
enum ole1_kind {
	OLE1_OTHER,
	OLE1_EQUATION, /* the Equation Editor, withdrawn for its holes */
	OLE1_SCRIPT,   /* runs scripts, pages or programs */
	OLE1_MONIKER,  /* fetches what a name or address leads to */
	OLE1_CONTROL,  /* ActiveX controls that attacks use */
};
enum ole1_kind ole1_kind_of_class(str class_id) must_use;
enum ole1_kind ole1_kind_of_name(str program) must_use;

#endif
