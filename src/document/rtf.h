/* document/rtf.h - what a Rich Text file embeds, refers to and shows, read as forgivingly as
 * Word reads it (RTF 1.9.1).
 *
 * Writers of honest files put the bytes of an object as plain hexadecimal; what else Word
 * lets stand in between (control words, groups, \bin, escapes) serves to hide, is undone
 * and named.
 *
 * Input    hostile.
 * Memory   in the caller's arena.
 * Limits   RTF_DEPTH_MAX nested groups, RTF_OBJECTS_MAX objects, RTF_TEXT_MAX bytes of text,
 *          fields and markup; objects are no longer than the input. Linear.
 * Threads  pure.   Errors  none: what is odd is a flag.
 */
#ifndef DOCUMENT_RTF_H
#define DOCUMENT_RTF_H

#include "base/arena.h"

enum {
	RTF_DEPTH_MAX = 4096,
	RTF_OBJECTS_MAX = 500,
	RTF_FIELDS_MAX = 20000,
	RTF_TEXT_MAX = 16 << 20
};

struct rtf_object {
	str class_name; /* \objclass */
	str data;	/* \objdata, groups within it left out when they are to be ignored */
	str all;	/* \objdata with every hexadecimal digit; empty when that is the same */
};

struct rtf {
	ARENA_VEC(struct rtf_object) objects;
	ARENA_VEC(str) fields; /* instructions */
	str text, markup;      /* shown; HTML that is carried along */
	str template_name;     /* of \template */
	bool bad_header;       /* not "{\rtf" and a digit */
	bool obfuscated;       /* the data of an object is interrupted */
	bool has_object;       /* one is announced, with or without its data */
	bool updates;	       /* an object is loaded as soon as the file is opened */
	bool too_deep, too_many;
	bool cut; /* more text, or a longer field, than the limit */
};

void rtf_read(struct arena *a, str in, struct rtf *ret);

#endif
