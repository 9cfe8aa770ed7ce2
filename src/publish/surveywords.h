/* publish/surveywords.h - a survey in words, English or French, and as JSON.
 *
 * Input    a survey of survey.h: its texts are printable.
 * Memory   into the caller's buffer.
 * Limits   the buffer's.   Threads  pure.   Errors  none.
 */
#ifndef PUBLISH_SURVEYWORDS_H
#define PUBLISH_SURVEYWORDS_H

#include "publish/survey.h"

/* The colour of each status, for a terminal; without it plain text. */
void surveywords_put(struct strbuf *out, const struct survey *s, enum conf_lang lang, bool colour);
/* An array of {"domain", "purpose", "name", "status", "code", "text", "todo"}. */
void surveywords_json(struct strbuf *out, const struct survey *s, enum conf_lang lang);

#endif
