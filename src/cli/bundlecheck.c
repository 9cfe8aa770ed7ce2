#include "cli/bundlecheck.h"

#include "base/fd.h"
#include "super/certificates.h"
#include "sys/pembundle.h"

int bundlecheck(int fd, struct ssl_ctx_st **ret, struct why *why)
{
	cleanup(fd_unmapp) str bundle = STR("");
	struct tlsserver_spec spec = { .min = TLSCTX_1_2 };
	int r = fd_map(fd, PEMBUNDLE_MAX, &bundle, why);

	spec.bundle = bundle;
	return r < 0 ? r : tlsserver_new(&spec, ret, why);
}

int bundlecheck_conf(const struct conf *conf, struct why *why)
{
	bool named = conf->tls.certificate.n || conf->tls.certificates.n;
	struct certificates c = { .bundle = -1 };
	struct ssl_ctx_st *tls = NULL;
	int r;

	if (!conf->smtp.starttls || !named)
		return 0;
	r = certificates_load(conf, &c, why);
	if (r == 0)
		r = bundlecheck(c.bundle, &tls, why);
	certificates_close(&c);
	tlsctx_free(tls);
	return r;
}
