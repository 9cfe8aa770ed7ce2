/* cli/audittarget.h - "poterne audit --target": the battery sent to any gateway.
 *
 * Input    the caller's arguments, as cli/cli.h.   Errors  the exit status.
 */
#ifndef CLI_AUDITTARGET_H
#define CLI_AUDITTARGET_H

#include <stdbool.h>

bool audittarget_asked(int argc, char **argv);
int audittarget(int argc, char **argv);

#endif
