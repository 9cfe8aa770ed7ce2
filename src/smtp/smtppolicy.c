#include "smtp/smtppolicy.h"

#include "tls/tlsctx.h"

#include <errno.h>

int smtppolicy_new(str config, struct smtppolicy **ret, struct why *why)
{
	struct arena *a = arena_new("smtp policy", SMTPPOLICY_BUDGET);
	struct smtppolicy *p = arena_make(a, struct smtppolicy);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, config, why);

	if (r < 0) {
		arena_free(a);
		return r;
	}
	p->arena = a;
	p->conf = conf;
	p->references = 1;
	*ret = p;
	return 0;
}

void smtppolicy_set_tls(struct smtppolicy *p, struct ssl_ctx_st *tls)
{
	if (tls && p->conf->smtp.starttls)
		p->tls = tlsctx_ref(tls);
}

int smtppolicy_set_recipients(struct smtppolicy *p, int fd, struct why *why)
{
	if (!conf_has_recipients(p->conf))
		return 0;
	if (fd < 0)
		return why_set(why, -ENOENT, "recipients.file: its table has not come");
	return recipients_open(fd, &p->recipients, why);
}

struct smtppolicy *smtppolicy_ref(struct smtppolicy *p)
{
	p->references++;
	return p;
}

struct smtppolicy *smtppolicy_free(struct smtppolicy *p)
{
	if (!p || --p->references > 0)
		return NULL;
	tlsctx_free(p->tls);
	recipients_close(&p->recipients);
	arena_free(p->arena);
	return NULL;
}
