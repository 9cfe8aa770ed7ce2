/* store/reportcommands.h - the command line: reports to other domains.
 *
 *   list | show | send   [--day=YYYY-MM-DD] [--domain=D]
 *
 * show gives each report as list does, followed by its rows; send closes what is still counted,
 * so that it is sent at once.
 *
 * Input    words of a permitted user; texts quote strangers and are escaped.
 * Memory   that of the question.
 * Limits   those of records/reportsout.h.
 * Threads  any number.
 * Errors   in the answer.
 */
#ifndef STORE_REPORTCOMMANDS_H
#define STORE_REPORTCOMMANDS_H

#include "store/question.h"

void reportcommands_list(struct question *q);
void reportcommands_show(struct question *q);
void reportcommands_send(struct question *q);

#endif
