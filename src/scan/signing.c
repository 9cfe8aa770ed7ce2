#include "scan/signing.h"

#include "auth/arccheck.h"
#include "auth/dmarcwalk.h"
#include "base/log.h"

#include <errno.h>

/* The first author's domain that has keys, whichever way it is written: in U-labels, with a dot
 * at its end. */
static bool find_author(struct arena *a, const struct conf *conf, const struct facts *f, str *ret)
{
	for (size_t i = 0; i < f->addresses.n; i++) {
		*ret = f->addresses.v[i].domain;
		if (f->addresses.v[i].where == FACTS_FROM && dmarcwalk_domain(a, *ret, ret) &&
		    signkey_has(conf, *ret))
			return true;
	}
	return false;
}

/* Its author may stand behind so many other addresses that nobody has read them. */
static bool has_hidden_author(const struct conf *conf, const struct facts *f)
{
	return conf->dkim.keys.n && f->addresses.n >= FACTS_MAX_ADDRESSES;
}

static bool has_material(const struct facts *f)
{
	return f->signing.material.body_hash.n == DKIMSIGN_HASH;
}

static int sign(struct arena *a, const struct conf *conf, const struct signer *signer,
		const struct facts *f, int64_t now, str *ret, struct why *why)
{
	str domain;

	if (!find_author(a, conf, f, &domain)) {
		if (!has_hidden_author(conf, f))
			return SIGNING_OK;
		(void)why_set(why, -EINVAL, "too many addresses to find its author");
		return SIGNING_E_UNSIGNABLE;
	}
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
