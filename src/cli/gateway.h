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
#include "super/super.h"

enum { GATEWAY_WORDS_MAX = 32 };

struct gateway {
	const char *command; /* "quarantine" */
	struct arena *arena;
	bool json, message, yes, summary, names, learn_ham, learn_spam;
	const char *recipient; /* --for, or NULL */
	const struct conf *conf;
	struct super_source source;
	enum conf_lang lang;
	const char *socket;
	str words[GATEWAY_WORDS_MAX]; /* the command, then what stands behind the options */
	size_t n;
};

/* --config, --set, --json, --lang, --message, --for, --help; those of the queue and of reports go
 * behind the words, as poterne-store understands them (store/queuecommands.h, reportcommands.h).
 * False: *ret_status is the exit status, and everything has been said. */
bool gateway_parse(struct gateway *g, struct arena *a, int argc, char **argv, const char *usage,
		   int *ret_status) must_use;
/* Puts an answer of JSON lines into a form for people; false when it is none. */
typedef bool gateway_put_fn(struct gateway *g, str document, struct strbuf *out);
/* Asks and prints what comes: text as it is, a message byte for byte, JSON lines as they are
 * with --json and otherwise by put. Returns the exit status. */
int gateway_run(struct gateway *g, gateway_put_fn *put) must_use;

#endif
