/* report/reportword.h - the words of aggregate reports (RFC 9990 appendix A).
 *
 * Input    hostile words.   Memory  literals.   Limits  none.   Threads  pure.
 * Errors   a word that is none of them is the first of its enum.
 */
#ifndef REPORT_REPORTWORD_H
#define REPORT_REPORTWORD_H

#include "report/aggregate.h"

/* As they stand in reports: "quarantine", "softfail", "mailing_list"; empty when unsaid. */
str reportword_action(enum aggregate_action action);
str reportword_result(enum aggregate_result result);
str reportword_override(enum aggregate_override type);
/* Without regard to case; words of older formats, too. */
enum aggregate_action reportword_find_action(str word);
enum aggregate_result reportword_find_result(str word);
enum aggregate_override reportword_find_override(str word);

#endif
