/* mime/params.h - "value; name=value" of Content-Type and Content-Disposition
 * (RFC 2045 5.1), with the continuations and charsets of RFC 2231, leniently.
 *
 * Input    hostile: an unfolded header value.
 * Memory   names and raw values point into the input or the arena.
 * Limits   PARAMS_MAX parameters, the rest is ignored and cut is set; linear time.
 * Threads  pure; params_get_text: one at a time per struct charsets.
 * Errors   cannot fail: what is malformed is taken as clients take it.
 */
#ifndef MIME_PARAMS_H
#define MIME_PARAMS_H

#include "mime/charset.h"

enum { PARAMS_MAX = 64 };

struct param {
	str name;      /* without "*0*" */
	str value;     /* quoting removed, percent-encoding and encoded-words kept */
	int section;   /* RFC 2231 3, or -1 */
	bool extended; /* RFC 2231 4: percent-encoded, section 0 starts with charset'language' */
	bool odd;      /* needless escapes, or no closing quote: some readers take it otherwise */
	str junk;      /* what stands behind the closing quote: some readers add it */
};

struct params {
	str value; /* what stands before the first ";" , comments removed */
	ARENA_VEC(struct param) list;
	bool cut;
};

void params_parse(struct arena *a, str in, struct params *ret);
/* The first plain value of that name as written, or STR_NULL: for ASCII values. */
str params_get(const struct params *p, str name);
/* Decoded value in UTF-8, RFC 2231 first, then plain with encoded-words; or STR_NULL. */
str params_get_text(const struct params *p, struct charsets *c, struct arena *a, str name);
/* Two different values of that name stand there, or junk behind one: readers will disagree. */
bool params_conflict(const struct params *p, struct charsets *c, struct arena *a, str name);
/* An extended value of that name (RFC 2231 4) names no charset, or one whose letters are not ASCII.
 */
bool params_odd_charset(const struct params *p, str name) must_use;

/* Decoded values that any reader takes for the parameter of that name: each that stands there,
 * encoded or not, with and without junk, and its sections put together across gaps. */
enum { PARAMS_READINGS_MAX = 16 };
struct params_readings {
	str v[PARAMS_READINGS_MAX];
	size_t n;
};
void params_read_all(const struct params *p, struct charsets *c, struct arena *a, str name,
		     struct params_readings *ret);

#endif
