/* rules/sitechanges.h - the overlay file that poterne rules writes: other scores, and symbols that
 * are switched off or only observed. It is read behind all other files of the overlay.
 *
 * Input    the file as it is; words of the administrator.
 * Memory   in the caller's arena.
 * Limits   RULES_FILE_MAX.
 * Threads  pure.
 * Errors   -EINVAL and why: the file holds more than this command writes.
 */
#ifndef RULES_SITECHANGES_H
#define RULES_SITECHANGES_H

#include "base/arena.h"
#include "base/why.h"

#define SITECHANGES_FILE "zz-changes.yaml"

/* The text with another value for one property (score, disabled, observe) of one symbol; value
 * STR_NULL takes it out, property STR_NULL all of the symbol. */
int sitechanges_set(struct arena *a, str text, str symbol, str property, str value, str *ret,
		    struct why *why) must_use;

#endif
