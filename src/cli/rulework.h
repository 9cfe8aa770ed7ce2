/* cli/rulework.h - the words of poterne rules that change a rule, tell about changes, or report a
 * wrong verdict.
 *
 * Input    arguments of the caller.
 * Memory   its own.
 * Errors   exit statuses of cli.h; messages on standard error.
 */
#ifndef CLI_RULEWORK_H
#define CLI_RULEWORK_H

#include <stdbool.h>

/* Is one of those words among the arguments? Symbols are written in capitals. */
bool rulework_asked(int argc, char **argv);
int rulework(int argc, char **argv);

#endif
