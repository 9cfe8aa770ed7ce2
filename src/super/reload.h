/* super/reload.h - a new configuration, its keys, changed certificates or a changed table of
 * recipients, on the way to being taken: read here, checked (and that table made) by poterne as a
 * process of its own, while the supervisor watches over the others. Only what passes every check is
 * handed out, whole.
 *
 *	reload_want ... reload_begin ... (SIGCHLD) reload_ended ... the owner takes r->conf
 *	and r->certificates, or hears why not ... reload_forget
 *
 * Input    trusted: the administrator's files.
 * Memory   r->arena and the bundles belong to the struct until the owner takes them.
 * Limits   RELOAD_TOOL_MS for a check.
 * Threads  the supervisor's only one.
 * Errors   negative errno and why; afterwards the struct is idle.
 */
#ifndef SUPER_RELOAD_H
#define SUPER_RELOAD_H

#include "base/clock.h"
#include "super/certificates.h"
#include "super/super.h"

#include <sys/types.h>

enum { RELOAD_TOOL_MS = 60000 };

/* Bits of what is wanted; one of them is under way. */
enum reload_what {
	RELOAD_NOTHING = 0,
	RELOAD_CERTIFICATES = 1 << 0, /* read again and check them, their ends too */
	RELOAD_RECIPIENTS = 1 << 1,   /* make the table anew */
	RELOAD_ALL = 1 << 2,	      /* the configuration, and both */
};

enum reload_stage { RELOAD_CONFIG, RELOAD_TLS, RELOAD_KEYS, RELOAD_TABLE };

enum reload_result {
	RELOAD_OTHER,	/* that was not our process */
	RELOAD_GOES_ON, /* another check has begun */
	RELOAD_DONE,	/* everything is checked */
};

struct reload {
	unsigned wanted;       /* enum reload_what, and not begun */
	enum reload_what what; /* begun; RELOAD_NOTHING: idle */
	pid_t pid;	       /* of the check */
	deadline until;
	enum reload_stage stage; /* what is being checked */
	struct arena *arena;
	struct conf *conf; /* NULL when only certificates change */
	struct certificates certificates;
	int keys;	      /* bundle of super/signkeys.h; -1 when only certificates change */
	int recipients;	      /* the table; -1: none, or it stays as it is */
	uint64_t table_stamp; /* of recipients.file before it was read */
};

/* Kept for later while another one is under way. */
void reload_want(struct reload *r, enum reload_what what);
/* What begins next of what is wanted: the whole first, which makes the others needless; nothing
 * while something is under way. */
enum reload_what reload_next(const struct reload *r) must_use;
/* Begins that; current is the configuration in use. */
int reload_begin(struct reload *r, const struct super_source *source, const struct conf *current,
		 struct why *why) must_use;
/* A process has ended, with a status of waitpid. */
int reload_ended(struct reload *r, pid_t pid, int status, const struct conf *current,
		 struct why *why) must_use;
/* Kills a check that takes too long; it is then found ended. */
void reload_hurry(struct reload *r);
/* Gives up what was not taken. */
void reload_forget(struct reload *r);

/* The check of certificates alone, waited for: before service. */
int reload_check_certificates(const struct conf *conf, int bundle, struct why *why) must_use;
/* The same for the keys of signatures. */
int reload_check_keys(const struct conf *conf, int bundle, struct why *why) must_use;
/* Has the table of recipients made, likewise; *ret is -1 when there is none. */
int reload_make_recipients(const struct conf *conf, int *ret, struct why *why) must_use;

#endif
