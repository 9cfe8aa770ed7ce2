/* rules/rules_loader.h - what the files of this room share while rule files are read.
 *
 * Memory   the loader lives on the stack of rules_load, all else in its arena.
 * Threads  one at a time.
 * Errors   -EINVAL and a why with the place in the file.
 */
#ifndef RULES_RULES_LOADER_H
#define RULES_RULES_LOADER_H

#include "conf/conf_yaml.h"
#include "conf/nearest.h"
#include "rules/rules.h"

/* Expressions name symbols of later files, so they are compiled at the end. */
struct rules_pending {
	struct rules_symbol *symbol;
	str text;
	uint32_t line, col;		 /* of its first character */
	bool lenient;			 /* an unknown symbol is one that is never raised */
	const struct conf_yaml *replace; /* or NULL */
};

struct rules_loader {
	struct arena *arena;
	struct rules *rules;
	const char *file; /* being read */
	bool overlay;
	bool changes; /* SITECHANGES_FILE, which has the last word */
	bool have_thresholds;
	ARENA_VEC(struct rules_pending) pending;
	struct why *why;
};

/* FILE:LINE:COL: found "X", expected Y; did you mean "Z"? near may be STR_NULL. */
int rules_loader_fail(struct rules_loader *l, uint32_t line, uint32_t col, str found,
		      const char *expected, str near);
/* About a value, and about its key. */
int rules_loader_fail_value(struct rules_loader *l, const struct conf_yaml *at,
			    const char *expected);
int rules_loader_fail_key(struct rules_loader *l, const struct conf_yaml *at, const char *expected,
			  str near);

/* One file. name stands in errors. */
int rules_file_read(struct rules_loader *l, const char *name, str text) must_use;
/* The section of names that others may borrow. */
int rules_protected_read(struct rules_loader *l, const struct conf_yaml *map) must_use;
/* One file of SpamAssassin rules; cannot fail: what is not understood is left out and told. */
void rules_spamassassin_read(struct rules_loader *l, const char *name, str text);
/* A symbol's properties into s. */
int rules_symbol_read(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
	must_use;
/* A shipped symbol's score or disabled. */
int rules_symbol_change(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
	must_use;
/* "12.5" as hundredths. */
int rules_symbol_score(struct rules_loader *l, const struct conf_yaml *e, int32_t *ret) must_use;
/* The section dns_lists of a file, and a symbol's condition. */
int rules_dnslist_read(struct rules_loader *l, const struct conf_yaml *map) must_use;
int rules_dnslist_when(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
	must_use;
/* What another service says. */
int rules_scanner_when(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
	must_use;
/* May that be the name of a symbol? */
bool rules_symbol_name_valid(str s);
/* The closest name or alias of a symbol, or STR_NULL. */
str rules_loader_nearest_symbol(struct rules_loader *l, str name);
/* All pending expressions, then the order of composites. */
int rules_expr_compile_all(struct rules_loader *l) must_use;

/* Is that a name of findings.def or evidence.def? When not, offers all to near. */
bool rules_names_known(str finding, struct nearest *near);

#endif
