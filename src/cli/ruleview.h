/* cli/ruleview.h - one symbol of the rules for people and for scripts.
 *
 * Input    const rules.   Memory  writes to the caller's strbuf.
 * Threads  pure.   Errors  cannot fail.
 */
#ifndef CLI_RULEVIEW_H
#define CLI_RULEVIEW_H

#include "base/strbuf.h"
#include "rules/rules.h"

/* One line: what it weighs or decides, name, description. */
void ruleview_put_line(struct strbuf *out, const struct rules_symbol *s, enum conf_lang lang);
/* All that the rule files say of it, several lines. */
void ruleview_put_whole(struct strbuf *out, const struct rules *r, const struct rules_symbol *s,
			enum conf_lang lang);
/* One JSON object and a line end. */
void ruleview_put_json(struct strbuf *out, const struct rules *r, const struct rules_symbol *s);

#endif
