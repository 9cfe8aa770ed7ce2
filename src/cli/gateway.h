/* cli/gateway.h - commands that ask the running gateway: their common options, the
 * question, the answer.
 *
 * Input    arguments of the caller; answers of poterne-store, hostile text inside.
 * Memory   everything is in the arena given to gateway_parse.
 * Errors   exit statuses of cli.h; messages on standard error.
 */
#ifndef CLI_GATEWAY_H
#define CLI_GATEWAY_H

#include "conf/conf.h"
#include "ctl/ctlclient.h"

enum { GATEWAY_WORDS_MAX = 32 };

struct gateway {
	const char *command; /* "quarantine" */
	struct arena *arena;
	bool json, message;
	enum conf_lang lang;
	const char *socket;
	str words[GATEWAY_WORDS_MAX]; /* the command, then what stands behind the options */
	size_t n;
};

/* --config, --set, --json, --lang, --message, --help. False: *ret_status is the exit
 * status, and everything has been said. */
bool gateway_parse(struct gateway *g, struct arena *a, int argc, char **argv, const char *usage,
		   int *ret_status) must_use;
/* Asks; complains when the answer is no. CLI_DONE, or the exit status. */
int gateway_ask(struct gateway *g, struct ctlclient_answer *ret) must_use;

#endif
