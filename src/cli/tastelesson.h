/* cli/tastelesson.h - lessons of one recipient (`poterne learn --for`), which the organisation does
 * not learn.
 *
 * Input    facts of hostile messages; an address of the caller.
 * Memory   in the arena.
 * Limits   those of learn/tastestate.h.
 * Errors   negative and why; what was damaged is said on standard error.
 */
#ifndef CLI_TASTELESSON_H
#define CLI_TASTELESSON_H

#include "inspect/facts.h"
#include "learn/model.h"
#include "learn/tastestate.h"

struct tastelesson {
	str address;
	struct tastestate state;
	struct model model; /* of the organisation: its opinion is where a lesson starts from */
	str model_map;	    /* empty: there is none, it has no opinion */
};

/* Whether it can be an address of the envelope: one with a domain. */
bool tastelesson_is_address(str s);
/* state.key is that of the features the lessons are to be made of. */
int tastelesson_open(struct tastelesson *l, struct arena *a, const char *dir, const char *address,
		     struct why *why) must_use;
enum examples_news tastelesson_add(struct tastelesson *l, const struct facts *facts,
				   enum example_kind kind, int64_t now);
/* Writes them; how many of all recipients are known then. */
int tastelesson_commit(struct tastelesson *l, struct tastestate_counts *ret, struct why *why)
	must_use;
void tastelesson_close(struct tastelesson *l);
/* Forgets all of that recipient's lessons. */
int tastelesson_forget(const char *dir, const char *address, bool json, struct why *why) must_use;

#endif
