/* smtp/smtppolicy.h - what a session goes by: the configuration and the certificate of the
 * moment it began. A reload makes a new one for the sessions that follow.
 *
 * Input    trusted: the supervisor's text, our certificate, the table of recipients.
 * Memory   counted references; the last one ends it.
 * Limits   SMTPPOLICY_BUDGET bytes.
 * Threads  const once made, but for the count, which is atomic.
 * Errors   negative errno and a why.
 */
#ifndef SMTP_SMTPPOLICY_H
#define SMTP_SMTPPOLICY_H

#include "conf/conf.h"
#include "lists/recipients.h"

enum { SMTPPOLICY_BUDGET = 8 << 20 };

struct ssl_ctx_st;

struct smtppolicy {
	const struct conf *conf;
	struct ssl_ctx_st *tls;	      /* NULL: STARTTLS is not offered */
	struct recipients recipients; /* open when conf_has_recipients */
	struct arena *arena;
	_Atomic unsigned references;
};

/* config is text of conf_text_encode. */
int smtppolicy_new(str config, struct smtppolicy **ret, struct why *why) must_use;
/* Offers STARTTLS with tls (may be NULL), where the configuration wants it; takes its own
 * reference. Before the policy is in use. */
void smtppolicy_set_tls(struct smtppolicy *p, struct ssl_ctx_st *tls);
/* The table of recipients, where the configuration has one: a policy without it takes nobody for
 * unknown. fd stays the caller's. Before the policy is in use. */
int smtppolicy_set_recipients(struct smtppolicy *p, int fd, struct why *why) must_use;
struct smtppolicy *smtppolicy_ref(struct smtppolicy *p);
/* Takes NULL; returns NULL. */
struct smtppolicy *smtppolicy_free(struct smtppolicy *p);

#endif
