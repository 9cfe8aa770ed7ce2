/* inspect/yarascan.h - the administrator's YARA rules (libyara), chosen by the kind of file.
 *
 * Rules are slow one by one and thousands of them slower, so each file of rules says by its name
 * what it is for (yarascan_kind_of), and bytes meet only the rules of their kind. They compile
 * into a blob (trusted: made by us); a worker loads it and scans hostile bytes with it.
 *
 * Input    yarascan_compile: files of the administrator, without include. yarascan_load: a blob
 *          of our own. yarascan_run: hostile bytes.
 * Memory   a set is malloc'ed by libyara and freed by yarascan_free.
 * Limits   YARASCAN_BYTES of one part are scanned, for YARASCAN_SECONDS at most.
 * Threads  yarascan_begin once a process, before there are several; a set by one at a time.
 * Errors   compile: -EINVAL and a why FILE:LINE: what is wrong.
 */
#ifndef INSPECT_YARASCAN_H
#define INSPECT_YARASCAN_H

#include "base/arena.h"
#include "base/why.h"

enum { YARASCAN_BYTES = 16 << 20, YARASCAN_SECONDS = 3 };

enum yarascan_kind {
	YARASCAN_ANY, /* every attachment and every file in it */
	YARASCAN_PDF,
	YARASCAN_OFFICE, /* and RTF */
	YARASCAN_MARKUP, /* HTML, XML, SVG */
	YARASCAN_SCRIPT, /* scripts of all sorts, wherever they stand */
	YARASCAN_MACRO,	 /* the source of macros; Visual Basic elsewhere too */
	YARASCAN_PROGRAM,
	YARASCAN_KINDS
};

struct yarascan_file {
	str path, text;
};

/* By the name in front of the first dot, dash or underscore: pdf.yar, office-2026.yara, js.yar. */
enum yarascan_kind yarascan_kind_of(str path);

int yarascan_begin(struct why *why) must_use;
/* Rules named in disabled are left out; one that nobody has is an error. */
int yarascan_compile(struct arena *a, const struct yarascan_file *files, size_t n,
		     const str *disabled, size_t n_disabled, str *ret_blob, size_t *ret_rules,
		     struct why *why) must_use;

struct yarascan;

int yarascan_load(str blob, struct yarascan **ret, struct why *why) must_use;
struct yarascan *yarascan_free(struct yarascan *y);

/* tags is a NUL-separated list that an empty one ends. */
typedef void yarascan_hit_fn(void *ctx, str rule, const char *tags);
/* False: not all rules could be tried, in time or for another reason. */
bool yarascan_run(struct yarascan *y, enum yarascan_kind kind, str bytes, yarascan_hit_fn *hit,
		  void *ctx);

#endif
