#include "scan/signing.h"

#include "auth/arccheck.h"
#include "base/log.h"

#include <errno.h>

static str author_domain(const struct facts *f)
{
	for (size_t i = 0; i < f->addresses.n; i++) {
		if (f->addresses.v[i].where == FACTS_FROM && f->addresses.v[i].domain.n)
			return f->addresses.v[i].domain;
	}
	return STR("");
}

static bool has_material(const struct facts *f)
{
	return f->signing.material.body_hash.n == DKIMSIGN_HASH;
}

static int sign(struct arena *a, const struct conf *conf, const struct signer *signer,
		const struct facts *f, int64_t now, str *ret, struct why *why)
{
	str domain = author_domain(f);

	if (!signkey_has(conf, domain))
		return SIGNING_OK;
	if (f->signing.problem.n) {
		(void)why_set(why, -EINVAL, "%.*s", STR_ARG(f->signing.problem));
		return SIGNING_E_UNSIGNABLE;
	}
	if (!has_material(f))
		return why_set(why, -EAGAIN, "nobody has prepared it for signing");
	return signmail_sign(a, conf, signer, domain, &f->signing.material, now, ret, why);
}

static void seal(struct arena *a, const struct conf *conf, const struct signer *signer,
		 const struct facts *f, const struct auth_results *auth, str results, int64_t now,
		 str *ret)
{
	struct signmail_seal s = { .chain = f->arc.chain, .results = results };
	struct why why = { "" };

	if (!conf->arc.seal.n || !has_material(f) ||
	    !arccheck_next(&f->arc, &auth->arc, &s.instance, &s.cv))
		return;
	if (signmail_seal(a, conf, signer, &s, &f->signing.material, now, ret, &why) < 0)
		log_event("arc.not_sealed", F_C("why", why.text));
}

int signing_fields(struct arena *a, const struct conf *conf, const struct signer *signer,
		   const struct facts *f, const struct auth_results *auth, str results, int64_t now,
		   str *ret, struct why *why)
{
	*ret = STR("");
	if (conf->role == CONF_ROLE_OUT)
		return sign(a, conf, signer, f, now, ret, why);
	seal(a, conf, signer, f, auth, results, now, ret);
	return SIGNING_OK;
}
