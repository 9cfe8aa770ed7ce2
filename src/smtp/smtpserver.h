/* smtp/smtpserver.h - SMTP reception as a whole: lobby, sessions, lanes to the judge, log.
 *
 * Input    hostile clients; trusted configuration.
 * Memory   its own arena; scan stays the caller's and must outlive it.
 * Limits   those of conf.smtp.
 * Threads  start, reload and stop from one thread; the rest is inside.
 * Errors   negative errno and a why.
 */
#ifndef SMTP_SMTPSERVER_H
#define SMTP_SMTPSERVER_H

#include "smtp/smtppolicy.h"
#include "sys/lanes.h"

struct smtpserver;

/* Takes over a reference to the policy; scan is where messages are handed over. */
struct smtpserver *smtpserver_new(struct smtppolicy *policy, struct lanes *scan) must_use;
/* Swallows a listening socket. Its options are those of the listener of that address in
 * listen.smtp, at each connection. Before smtpserver_start. */
void smtpserver_listen(struct smtpserver *s, int fd, str address);
int smtpserver_start(struct smtpserver *s, struct why *why) must_use;
/* Sessions that begin from now on go by it; takes over the reference. */
void smtpserver_reload(struct smtpserver *s, struct smtppolicy *policy);
/* Idle sessions end now, messages under way may finish within grace. False when sessions
 * are left that do not end; then only the end of the process is safe. */
bool smtpserver_stop(struct smtpserver *s, int64_t grace_ms);
/* After smtpserver_stop answered true. */
struct smtpserver *smtpserver_free(struct smtpserver *s);

#endif
