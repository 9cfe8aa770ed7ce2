#include "keys/signmail.h"

#include <errno.h>

enum { FIELDS_MAX = 16 << 10 };

/* One field: drafted for both kinds of key, finished for the one that signed. */
static int make_field(struct arena *a, const struct signer *signer,
		      const struct dkimsign_request *request, str *ret, struct why *why)
{
	static const enum dkimsig_algorithm algorithms[SIGNER_ALGORITHMS] = {
		[SIGNER_RSA_SHA256] = DKIMSIG_RSA_SHA256,
		[SIGNER_ED25519_SHA256] = DKIMSIG_ED25519,
	};
	struct signer_question q = { .domain = request->domain, .selector = request->selector };
	struct dkimsign_draft drafts[SIGNER_ALGORITHMS];
	struct signer_answer answer;
	int r;

	for (size_t i = 0; i < SIGNER_ALGORITHMS; i++) {
		dkimsign_draft(a, request, algorithms[i], &drafts[i]);
		q.digests[i] = drafts[i].digest;
	}
	r = signer->sign(signer->ctx, a, &q, &answer, why);
	if (r == 0)
		*ret = dkimsign_finish(a, &drafts[answer.algorithm], answer.signature);
	return r;
}

int signmail_sign(struct arena *a, const struct conf *conf, const struct signer *signer, str domain,
		  const struct dkimsign_material *material, int64_t now, str *ret_fields,
		  struct why *why)
{
	struct dkimsign_request q = { .kind = DKIMSIG_DKIM, .time = now, .material = *material };
	struct strbuf fields = strbuf_make(a, FIELDS_MAX);
	struct signkey k;
	size_t at = 0, n = 0;

	while (n < SIGNMAIL_KEYS && signkey_next(conf, domain, &at, &k)) {
		str field;
		int r;

		q.domain = k.domain;
		q.selector = k.selector;
		r = make_field(a, signer, &q, &field, why);
		if (r < 0)
			return r;
		strbuf_put(&fields, field);
		n++;
	}
	if (n == 0 || fields.overflow)
		return why_set(why, -ENOENT, "no signature could be made for %.*s",
			       STR_ARG(domain));
	*ret_fields = strbuf_str(&fields);
	return 0;
}

int signmail_own(struct arena *a, const struct conf *conf, const struct signer *signer, str domain,
		 str message, int64_t now, str *ret_fields, struct why *why)
{
	struct dkimsign_material material;
	const char *problem;

	*ret_fields = STR("");
	if (!signkey_has(conf, domain))
		return 0;
	problem = dkimsign_collect(a, dkimhash_open(a, message), DKIMSIG_DKIM, &material);
	if (problem)
		return why_set(why, -EINVAL, "%s", problem);
	return signmail_sign(a, conf, signer, domain, &material, now, ret_fields, why);
}

/* A chain that fails is not sealed but marked: the new seal covers its own set alone
 * (RFC 8617 5.1.2). */
static str covered_by_seal(struct arena *a, const struct signmail_seal *seal, str results,
			   str message)
{
	struct strbuf b = strbuf_make(a, seal->chain.n + 2 * FIELDS_MAX);

	if (!str_eq(seal->cv, STR("fail")))
		strbuf_put(&b, seal->chain);
	dkimsign_put_canonical(&b, results);
	dkimsign_put_canonical(&b, message);
	bug_if(b.overflow);
	return strbuf_str(&b);
}

int signmail_seal(struct arena *a, const struct conf *conf, const struct signer *signer,
		  const struct signmail_seal *seal, const struct dkimsign_material *material,
		  int64_t now, str *ret_fields, struct why *why)
{
	struct dkimsign_request q = { .kind = DKIMSIG_ARC_MESSAGE,
				      .time = now,
				      .instance = seal->instance,
				      .cv = seal->cv,
				      .material = *material };
	str results = dkimsign_arc_results(a, seal->instance, seal->results), message, newest;
	int r;

	if (!signkey_seal(conf, &q.domain, &q.selector))
		return why_set(why, -ENOENT, "arc.seal is empty");
	if (results.n > FIELDS_MAX / 2)
		return why_set(why, -EFBIG, "the results to seal are too long");
	r = make_field(a, signer, &q, &message, why);
	if (r < 0)
		return r;
	q.kind = DKIMSIG_ARC_SEAL;
	q.material =
		(struct dkimsign_material){ .headers = covered_by_seal(a, seal, results, message) };
	r = make_field(a, signer, &q, &newest, why);
	if (r == 0)
		*ret_fields = arena_fmt(a, "%.*s%.*s%.*s", STR_ARG(newest), STR_ARG(message),
					STR_ARG(results));
	return r;
}
