/* scan/record.h - a judgement as JSON: the object of "poterne scan --json", the record
 * kept in the history, and the fields of the message.done event.
 *
 * Memory   in the caller's arena or strbuf.   Threads  pure.
 * Limits   the strbuf's maximum; record_for_store keeps within its own by leaving out
 *          evidence, never by cutting JSON short.
 * Errors   cannot fail.
 */
#ifndef SCAN_RECORD_H
#define SCAN_RECORD_H

#include "scan/conduct.h"

/* The interface of "poterne scan --json": one object, no line end. text adds the visible
 * text. file is its name as given by the caller. */
void record_put_json(struct strbuf *out, str file, const struct judgement *j, bool text);
/* What is kept about a message: verdict, symbols, reasons in the site's language, the
 * explanation in every one. */
str record_for_store(struct arena *a, const struct envelope *env, const struct judgement *j,
		     enum conf_lang lang) must_use;

#endif
