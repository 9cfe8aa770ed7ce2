/* rules/rules_yara.h - the YARA rules: files of the folder yara/ below the shipped rules and
 * below the overlay.
 *
 * Input    files of the administrator (*.yar, *.yara); their names say what kind of file they are
 *          for (inspect/yarascan.h).
 * Memory   in the arena.
 * Limits   RULES_YARA_MAX_FILES, RULES_FILE_MAX bytes each.
 * Threads  one at a time, after yarascan_begin.
 * Errors   negative errno and a why FILE:LINE: what is wrong.
 */
#ifndef RULES_RULES_YARA_H
#define RULES_RULES_YARA_H

#include "conf/conf.h"

enum { RULES_YARA_MAX_FILES = 1000 };

/* The blob for yarascan_load and the number of rules in it. */
int rules_yara_compile(struct arena *a, const struct conf *conf, str *ret_blob, size_t *ret_rules,
		       struct why *why) must_use;

#endif
