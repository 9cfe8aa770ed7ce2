/* cli/mailoptions.h - the options that commands which look at a message have in common: the
 * configuration, the client and the envelope, the DNS and the clock.
 *
 * Input    the caller's arguments; Received and Return-Path of the message, hostile.
 * Memory   borrows the arguments; an envelope is in the caller's arena.
 * Limits   MAILOPTIONS_SETS of --set.
 * Threads  const once read: any number may make envelopes.
 * Errors   false: usage was wrong.
 */
#ifndef CLI_MAILOPTIONS_H
#define CLI_MAILOPTIONS_H

#include "policy/envelope.h"
#include "super/super.h"

#include <getopt.h>

enum { MAILOPTIONS_SETS = 256 };

struct mailoptions {
	struct super_source source; /* its sets are below: mailoptions_begin */
	const char *sets[MAILOPTIONS_SETS];
	const char *ip, *helo, *from, *dns;
	str rcpt[1];
	int64_t at; /* seconds since 1970; 0: now */
	bool json;
	enum conf_lang lang;
};

/* Rows for getopt_long, and the words about them for a help text. */
#define MAILOPTIONS_ROWS                                                                           \
	{ "json", no_argument, NULL, 'J' }, { "lang", required_argument, NULL, 'l' },              \
		{ "ip", required_argument, NULL, 'i' }, { "helo", required_argument, NULL, 'e' },  \
		{ "from", required_argument, NULL, 'f' },                                          \
		{ "rcpt", required_argument, NULL, 'r' }, { "dns", required_argument, NULL, 'd' }, \
		{ "at", required_argument, NULL, 'a' },                                            \
		{ "config", required_argument, NULL, 'c' },                                        \
	{                                                                                          \
		"set", required_argument, NULL, 's'                                                \
	}
#define MAILOPTIONS_HELP                                                                           \
	"  --lang en|fr       language of the explanation\n"                                       \
	"  --ip ADDR --helo NAME --from ADDR --rcpt ADDR\n"                                        \
	"                     the client and the envelope; without them they are taken from the\n" \
	"                     topmost Received and Return-Path, else unknown\n"                    \
	"  --dns FILE         answers every DNS question from this JSON file and nothing else\n"   \
	"  --at TIME          the clock, as 2026-11-21T19:00:00Z\n"                                \
	"  --config FILE      configuration; without it the embedded defaults\n"                   \
	"  --set KEY=VALUE    sets one key after the file\n"

void mailoptions_begin(struct mailoptions *o);
/* c is of MAILOPTIONS_ROWS. */
bool mailoptions_take(struct mailoptions *o, int c, const char *value) must_use;
/* now: the clock when --at does not say. */
struct envelope mailoptions_envelope(const struct mailoptions *o, struct arena *a, str name,
				     str message, int64_t now);

#endif
