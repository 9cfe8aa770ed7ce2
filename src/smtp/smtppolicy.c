#include "smtp/smtppolicy.h"

#include "tls/tlsctx.h"

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
	arena_free(p->arena);
	return NULL;
}
