/* document/pdfobjects.h - every object of a PDF file, wherever it stands.
 *
 * Input    hostile.   Memory  the arena given to pdfobjects_find; values in another one.
 * Limits   PDF_OBJECTS_MAX, decoded bytes, and looked-at bytes in proportion to the file.
 * Threads  pure.      Errors  notes (enum pdf_notes).
 */
#ifndef DOCUMENT_PDFOBJECTS_H
#define DOCUMENT_PDFOBJECTS_H

#include "base/map.h"
#include "document/pdf.h"
#include "document/pdfcrypt.h"
#include "document/pdffilter.h"

struct pdfobject {
	uint32_t number, generation;
	str in;		   /* the file, or a decoded object stream */
	uint32_t begin;	   /* of its value */
	uint32_t same;	   /* index + 1 of another object of that number */
	uint32_t revision; /* how many of that number stand before it */
	bool in_stream;	   /* its strings are not encrypted for themselves */
	bool has_stream;
	bool is_trailer;
	bool form; /* its actions belong to a field of a form */
	bool seen; /* as what runs by itself */
	bool used; /* its stream has been kept already */
};

struct pdfobjects {
	struct arena *arena;
	struct arena *values; /* forgotten now and then */
	str file;
	ARENA_VEC(struct pdfobject) list;
	struct map by_number;
	struct pdfcrypt crypt;
	bool encrypted; /* and crypt opens it */
	uint32_t notes;
	size_t password; /* as in struct pdf */
	size_t decode_left, look_left;
	size_t decoded;
	size_t end_from, end_at; /* the last "endstream" that was looked for, and found */
};

void pdfobjects_find(struct pdfobjects *o, str file, const struct pdf_limits *limits);
/* The object's value, in o->values. */
struct pdflex_value *pdfobjects_value(struct pdfobjects *o, struct pdfobject *object) must_use;
/* The last object of that number, or NULL; then the others by ->same. */
struct pdfobject *pdfobjects_get(struct pdfobjects *o, int64_t number);
struct pdfobject *pdfobjects_same(struct pdfobjects *o, const struct pdfobject *object);
/* What a value refers to, or the value itself. */
const struct pdflex_value *pdfobjects_resolve(struct pdfobjects *o, const struct pdflex_value *v);
/* A string's bytes, decrypted. */
str pdfobjects_string(struct pdfobjects *o, const struct pdfobject *object,
		      const struct pdflex_value *v) must_use;
/* The object's stream, decrypted and decoded, at most max bytes. */
enum pdffilter_outcome pdfobjects_stream(struct pdfobjects *o, struct pdfobject *object,
					 const struct pdflex_value *dict, size_t max, bool is_file,
					 str *ret) must_use;

#endif
