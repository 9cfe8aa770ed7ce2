/* cli/cli.h - the commands of poterne(1): one file cmd_x.c per command, one row each in
 * the table of bin/poterne.c.
 *
 * Input    the caller's arguments: argv[0] is the command's name.
 * Errors   the exit status: CLI_DONE, CLI_NO, CLI_USAGE, CLI_ENVIRONMENT; messages go
 *          to standard error as "poterne: WHAT: WHY (WHERE); HINT".
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/defs.h"

struct super_source;

enum {
	CLI_DONE = 0,
	CLI_NO = 1, /* invalid configuration, message would not be delivered */
	CLI_USAGE = 2,
	CLI_ENVIRONMENT = 3, /* cannot read, cannot connect */
};

int cmd_scan(int argc, char **argv);
int cmd_check_config(int argc, char **argv);
int cmd_quarantine(int argc, char **argv);
int cmd_queue(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_memory(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_metrics(int argc, char **argv);
int cmd_certificate(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_lists(int argc, char **argv);
int cmd_learn(int argc, char **argv);
/* Teaches messages of the quarantine. */
int cmd_learn_held(const struct super_source *source, bool spam, const char *recipient, bool json,
		   int n, char **ids);
int cmd_audit(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_check_auth(int argc, char **argv);
int cmd_dns(int argc, char **argv);
int cmd_dmarc(int argc, char **argv);
int cmd_recipients(int argc, char **argv);
int cmd_replay(int argc, char **argv);

#endif
