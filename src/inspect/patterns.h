/* inspect/patterns.h - many regular expressions in one pass per scope (vectorscan).
 *
 * The rules compile into a blob (trusted: made by us); a worker loads it and scans
 * hostile text with it. Expressions are vectorscan's: linear time, no back-references.
 *
 * Input    patterns_compile: rule files of the administrator. patterns_load: a blob of
 *          our own. patterns_scan: hostile text.
 * Memory   the set is malloc'ed by vectorscan and freed by patterns_free.
 * Limits   PATTERNS_MAX_HITS distinct patterns are reported per message.
 * Threads  a set is used by one thread at a time (it owns its scratch).
 * Errors   compile: PATTERNS_E_SYNTAX with the pattern's index and a why.
 */
#ifndef INSPECT_PATTERNS_H
#define INSPECT_PATTERNS_H

#include "base/arena.h"
#include "base/why.h"

enum { PATTERNS_OK, PATTERNS_E_SYNTAX };
enum { PATTERNS_MAX_HITS = 1000 };

enum pattern_scope {
	PATTERN_HEADER,	  /* decoded value of the header named in .header */
	PATTERN_BODY,	  /* visible text of the message's text parts, UTF-8 */
	PATTERN_RAW,	  /* the message as received */
	PATTERN_FILENAME, /* each attachment's decoded file name */
	PATTERN_URL,	  /* each link, normalised */
	PATTERN_WORDS,	/* visible text and subject, folded: no accents, no capitals, single blanks
			 */
	PATTERN_MACRO,	/* the source of macros in documents */
	PATTERN_SCRIPT, /* the text of scripts: attached, in archives, HTML and PDF */
	PATTERN_YARA,	/* names of YARA rules that matched */
	PATTERN_SCOPES
};

struct pattern {
	uint32_t id; /* given back in facts_hit.pattern */
	enum pattern_scope scope;
	str header; /* PATTERN_HEADER only */
	str regex;
	bool caseless;
};

struct patterns;

/* The blob is in the arena. On PATTERNS_E_SYNTAX *ret_bad is the index of the offender. */
int patterns_compile(struct arena *a, const struct pattern *list, size_t n, str *ret_blob,
		     size_t *ret_bad, struct why *why) must_use;
/* Names what a blob made here works with: version and processor. */
str patterns_maker(struct arena *a) must_use;
/* NULL, or why this expression cannot be one of them: in words of vectorscan, in the arena. */
const char *patterns_refuses(struct arena *a, str regex) must_use;
/* The blob with a text that travels along, e.g. the passwords agreed with partners. */
str patterns_with_text(struct arena *a, str blob, str text) must_use;
/* That text, or empty; it lives as long as the set. */
str patterns_text(const struct patterns *p) must_use;
/* -EINVAL when the blob does not fit this machine or version. */
int patterns_load(str blob, struct patterns **ret, struct why *why) must_use;
struct patterns *patterns_free(struct patterns *p);

typedef void patterns_hit_fn(void *ctx, uint32_t id, str evidence);
/* Calls hit at most once per pattern and call. header is the field name for PATTERN_HEADER. */
void patterns_scan(struct patterns *p, enum pattern_scope scope, str header, str text,
		   patterns_hit_fn *hit, void *ctx);

#endif
