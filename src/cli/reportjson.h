/* cli/reportjson.h - one report that was read, as a JSON object.
 *
 * Input    values of report/; texts are hostile and escaped.
 * Memory   the strbuf's.   Limits  its maximum.   Threads  pure.   Errors  none.
 */
#ifndef CLI_REPORTJSON_H
#define CLI_REPORTJSON_H

#include "base/strbuf.h"
#include "report/reportset.h"

void reportjson_put(struct strbuf *out, str file, const struct reportset_report *report);
uint64_t reportjson_messages(const struct aggregate *report);

#endif
