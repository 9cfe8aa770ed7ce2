/* cli/ruleedit.h - a change to one rule of the site: what the overlay would say with it, and what
 * that means for the rule.
 *
 * Input    words of the administrator.
 * Memory   in the caller's arena.
 * Errors   negative errno and why; -EINVAL: no such symbol, or no such value.
 */
#ifndef CLI_RULEEDIT_H
#define CLI_RULEEDIT_H

#include "cli/replayside.h"

/* "score" with a value; "disable", "enable", "observe", "enforce", "revert" without. */
struct ruleedit {
	str action, symbol, value;
};

/* "NAME=3.5", or behind the "=" off, on, observe, enforce or revert. */
bool ruleedit_parse(str text, struct ruleedit *ret) must_use;
/* before: the rules as they are. *ret_changes is the text of SITECHANGES_FILE with the change. */
int ruleedit_apply(struct arena *a, const struct replayside *before, const struct ruleedit *e,
		   str now, str *ret_changes, struct why *why) must_use;
/* Does the symbol weigh more, decide what it did not, or no longer hold the score down? */
bool ruleedit_is_raise(const struct rules_symbol *before, const struct rules_symbol *after);
/* The text of SITECHANGES_FILE as it is, "" when there is none. */
int ruleedit_read(struct arena *a, const struct conf *conf, str *ret, struct why *why) must_use;

#endif
