/* cli/auditself.h - poterne audit --self: this configuration against the recommendations.
 *
 * Input    arguments of the caller.
 * Memory   its own.
 * Errors   exit statuses of cli.h; messages on standard error.
 */
#ifndef CLI_AUDITSELF_H
#define CLI_AUDITSELF_H

#include <stdbool.h>

/* Is --self among the arguments? */
bool auditself_asked(int argc, char **argv);
int auditself(int argc, char **argv);

#endif
