/* cli/table.h - lines of JSON objects as something a person reads.
 *
 * Input    JSON of poterne-store; the strings in it are hostile and made printable.
 * Memory   in the arena.
 * Limits   TABLE_COLUMNS columns; a cell is cut to the width of its column.
 * Errors   false: a line is no JSON object.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/strbuf.h"

#include <jansson.h>

enum { TABLE_COLUMNS = 12 };

struct table_column {
	const char *title;
	const char *key;
	size_t width; /* at most, in characters */
};

/* A table with a head, columns as wide as needed. */
bool table_put(struct strbuf *out, str lines, const struct table_column *columns, size_t n)
	must_use;
/* One object: "title: value" lines; values that are null or empty are left out. */
bool table_put_object(struct strbuf *out, str line, const struct table_column *rows, size_t n)
	must_use;
/* A printable value of a member: text, number, yes or no, list; "" when absent or null. */
str table_value(struct arena *a, const json_t *object, const char *key) must_use;

#endif
