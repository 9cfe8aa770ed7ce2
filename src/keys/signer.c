#include "keys/signer.h"

#include <errno.h>

static int ask(void *ctx, struct arena *a, const struct signer_question *q,
	       struct signer_answer *ret, struct why *why)
{
	str digests[SIGNER_ALGORITHMS];
	struct msg question = {
		.type = MSG_sign, .sign = { q->domain, q->selector, { digests, SIGNER_ALGORITHMS } }
	};
	struct msg answer;
	const struct msg_signature *s = &answer.signature;
	int r;

	memcpy(digests, q->digests, sizeof(digests));
	r = lanes_ask(ctx, &question, MSG_signature, a, deadline_in(SIGNER_MS), &answer, why);
	if (r < 0)
		return why_prefix(why, r, "poterne-keys");
	if (s->status)
		return why_set(why, s->status <= 4095 ? -(int)s->status : -EPROTO, "%.*s",
			       STR_ARG(s->why));
	if (s->algorithm >= SIGNER_ALGORITHMS || !s->bytes.n)
		return why_set(why, -EPROTO, "poterne-keys answers nonsense");
	*ret = (struct signer_answer){ (enum signer_algorithm)s->algorithm, s->bytes };
	return 0;
}

struct signer signer_over(struct lanes *lanes)
{
	return (struct signer){ .sign = ask, .ctx = lanes };
}

int signer_answer(const struct signer *s, struct chan *c, const struct msg *m, struct arena *a,
		  struct why *why)
{
	struct signer_question q = { m->sign.domain, m->sign.selector, { STR_NULL, STR_NULL } };
	struct msg answer = { .type = MSG_signature };
	struct signer_answer made = { 0 };
	struct why no = { "" };
	int r;

	if (m->type != MSG_sign || m->sign.digests.n != SIGNER_ALGORITHMS)
		return why_set(why, -EPROTO, "malformed question for a signature");
	for (size_t i = 0; i < SIGNER_ALGORITHMS; i++) {
		q.digests[i] = m->sign.digests.v[i];
		if (q.digests[i].n != SIGNER_DIGEST)
			return why_set(why, -EPROTO, "a digest to sign has %zu bytes",
				       q.digests[i].n);
	}
	r = s->sign(s->ctx, a, &q, &made, &no);
	answer.signature = (struct msg_signature){ (uint64_t)-r, r < 0 ? str_c(no.text) : STR(""),
						   made.algorithm, made.signature };
	return chan_send(c, &answer, why);
}
