/* cli/learnstatus.h - what the classifier has learned, how old it is, how well it judged the newest
 * before it learned them, and what silences it.
 *
 * Input    the directory of its state, our own files, perhaps damaged.
 * Memory   none is kept.
 * Errors   exit statuses of cli.h; messages on standard error.
 */
#ifndef CLI_LEARNSTATUS_H
#define CLI_LEARNSTATUS_H

#include "conf/conf.h"

int learnstatus_show(const struct conf *conf, const char *dir, bool json);

#endif
