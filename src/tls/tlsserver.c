#include "tls/tlsserver.h"

#include "sys/pembundle.h"
#include "tls/tlscert.h"
#include "tls/tlstickets.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>

struct served_name {
	str name;
	SSL_CTX *ctx;
};

/* Belongs to the first context; the others point to it as well, since a session is moved to
 * them by the name it asks for. */
struct table {
	struct arena *arena;
	SSL_CTX *ctx[PEMBUNDLE_FILES];
	struct tlscert_names *names[PEMBUNDLE_FILES]; /* of ctx[i] */
	size_t n;
	ARENA_VEC(struct served_name) all_names;
	ARENA_VEC(struct tlsserver_certificate) certificates;
	X509_STORE *authorities; /* of client certificates; NULL: none */
	struct tlstickets tickets;
};

static pthread_once_t registered = PTHREAD_ONCE_INIT;
static int slot;

static void free_table(struct table *t)
{
	for (size_t i = 1; i < t->n; i++) {
		/* The last session may hold this one a moment longer than the first. */
		SSL_CTX_set_ex_data(t->ctx[i], slot, NULL);
		SSL_CTX_free(t->ctx[i]);
	}
	X509_STORE_free(t->authorities);
	OPENSSL_cleanse(&t->tickets, sizeof(t->tickets));
	arena_free(t->arena);
}

static void on_ctx_end(void *ctx, void *table, CRYPTO_EX_DATA *data, int index, long a, void *b)
{
	(void)data;
	(void)index;
	(void)a;
	(void)b;
	if (table && ((struct table *)table)->ctx[0] == ctx)
		free_table(table);
}

static void register_slot(void)
{
	slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, on_ctx_end);
	bug_if(slot < 0);
}

static struct table *table_of(const SSL_CTX *ctx)
{
	return SSL_CTX_get_ex_data(ctx, slot);
}

/* ---- names ---- */

static bool name_matches(str pattern, str host)
{
	size_t dot = str_chr(host, '.');

	if (!str_starts(pattern, STR("*.")))
		return str_caseeq(pattern, host);
	return dot != STR_NONE && dot > 0 && str_caseeq(str_skip(pattern, 1), str_skip(host, dot));
}

/* Exact names go before wildcards, else the order of the bundle. */
static SSL_CTX *find_ctx(const struct table *t, str host)
{
	SSL_CTX *wild = NULL;

	for (size_t i = 0; i < t->all_names.n; i++) {
		const struct served_name *s = &t->all_names.v[i];

		if (str_caseeq(s->name, host))
			return s->ctx;
		if (!wild && name_matches(s->name, host))
			wild = s->ctx;
	}
	return wild;
}

static int on_server_name(SSL *ssl, int *alert, void *table)
{
	str name = str_c(SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name));
	SSL_CTX *ctx = name.n ? find_ctx(table, name) : NULL;

	(void)alert;
	if (ctx && ctx != SSL_get_SSL_CTX(ssl))
		(void)SSL_set_SSL_CTX(ssl, ctx); /* when it fails: the first certificate */
	return SSL_TLSEXT_ERR_OK;
}

static int on_ticket(SSL *ssl, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher,
		     EVP_MAC_CTX *mac, int seal)
{
	const struct table *t = table_of(SSL_get_SSL_CTX(ssl));

	return tlstickets_prepare(&t->tickets, name, iv, cipher, mac, seal);
}

/* ---- making ---- */

static bool same_names(const struct tlscert_names *a, const struct tlscert_names *b)
{
	for (size_t i = 0; i < a->n; i++) {
		size_t k = 0;

		while (k < b->n && !str_caseeq(a->v[i], b->v[k]))
			k++;
		if (k == b->n)
			return false;
	}
	return a->n == b->n;
}

static bool has_key_type(SSL_CTX *ctx, int type)
{
	for (long r = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_FIRST); r == 1;
	     r = SSL_CTX_set_current_cert(ctx, SSL_CERT_SET_NEXT)) {
		if (EVP_PKEY_get_base_id(X509_get0_pubkey(SSL_CTX_get0_certificate(ctx))) == type)
			return true;
	}
	return false;
}

/* The context of the same names that lacks a key of this type, or NULL. */
static SSL_CTX *find_mate(const struct table *t, const struct tlscert_names *names, int type)
{
	for (size_t i = 0; i < t->n; i++) {
		if (same_names(t->names[i], names) && !has_key_type(t->ctx[i], type))
			return t->ctx[i];
	}
	return NULL;
}

static void add_ctx(struct table *t, SSL_CTX *ctx, struct tlscert_names *names)
{
	SSL_CTX_set_ex_data(ctx, slot, t);
	for (size_t i = 0; i < names->n; i++) {
		struct served_name *s = arena_push(t->arena, &t->all_names);

		*s = (struct served_name){ names->v[i], ctx };
	}
	t->names[t->n] = names;
	t->ctx[t->n++] = ctx;
}

static int add_certificate(struct table *t, const struct pembundle_entry *e,
			   enum tlsctx_version min, struct why *why)
{
	struct tlscert_names *names = arena_make(t->arena, struct tlscert_names);
	struct tlsserver_certificate *known;
	SSL_CTX *fresh, *mate;
	const X509 *cert;
	int r = tlsctx_new_server(e->chain, e->key, min, &fresh, why);

	if (r < 0)
		return why_prefix(why, r, "%.*s", STR_ARG(e->file));
	cert = SSL_CTX_get0_certificate(fresh);
	tlscert_names(cert, t->arena, names);
	known = arena_push(t->arena, &t->certificates);
	*known = (struct tlsserver_certificate){ arena_str(t->arena, e->file),
						 tlscert_subject(cert, t->arena),
						 tlscert_not_after(cert) };
	mate = find_mate(t, names, EVP_PKEY_get_base_id(X509_get0_pubkey(cert)));
	if (!mate) {
		add_ctx(t, fresh, names);
		return 0;
	}
	SSL_CTX_free(fresh);
	r = tlsctx_add_certificate(mate, e->chain, e->key, why);
	return r < 0 ? why_prefix(why, r, "%.*s", STR_ARG(e->file)) : 0;
}

static int add_authorities(struct table *t, const struct pembundle_entry *e, struct why *why)
{
	BIO *in = BIO_new_mem_buf(e->chain.p, (int)e->chain.n);
	X509 *cert;
	int n = 0;

	t->authorities = t->authorities ?: X509_STORE_new();
	bug_if(!in || !t->authorities);
	while ((cert = PEM_read_bio_X509(in, NULL, NULL, NULL))) {
		n += X509_STORE_add_cert(t->authorities, cert) == 1;
		X509_free(cert);
	}
	ERR_clear_error(); /* the end of the text is an error to the PEM reader */
	BIO_free(in);
	return n ? 0
		 : why_set(why, -EINVAL, "%.*s: found no PEM certificate, expected at least one",
			   STR_ARG(e->file));
}

static int take_bundle(struct table *t, const struct tlsserver_spec *spec, struct why *why)
{
	struct pembundle_entry e;
	str rest = spec->bundle;
	int r = 0, n = 0;

	while (r == 0 && pembundle_next(&rest, &e)) {
		if (++n > PEMBUNDLE_FILES)
			return why_set(why, -E2BIG, "more than %d certificates", PEMBUNDLE_FILES);
		r = e.key.n ? add_certificate(t, &e, spec->min, why) : add_authorities(t, &e, why);
	}
	if (r == 0 && rest.n)
		r = why_set(why, -EBADMSG, "certificates: the bundle is cut short");
	if (r == 0 && t->n == 0)
		r = why_set(why, -EINVAL, "no certificate is configured");
	return r;
}

static void finish(struct table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->authorities)
			SSL_CTX_set1_cert_store(t->ctx[i], t->authorities);
		if (t->tickets.n)
			SSL_CTX_set_tlsext_ticket_key_evp_cb(t->ctx[i], on_ticket);
		SSL_CTX_set_tlsext_servername_callback(t->ctx[i], on_server_name);
		SSL_CTX_set_tlsext_servername_arg(t->ctx[i], t);
	}
}

int tlsserver_new(const struct tlsserver_spec *spec, SSL_CTX **ret, struct why *why)
{
	struct arena *a = arena_new("tls server", 16 << 20);
	struct table *t = arena_make(a, struct table);
	int r;

	pthread_once(&registered, register_slot);
	t->arena = a;
	r = tlstickets_set(&t->tickets, spec->tickets)
		    ? take_bundle(t, spec, why)
		    : why_set(why, -EBADMSG, "ticket keys: %zu bytes, expected up to %d keys of %d",
			      spec->tickets.n, TLSTICKETS_GENERATIONS, TLSTICKETS_KEY_BYTES);
	if (r < 0) {
		if (t->n)
			SSL_CTX_free(t->ctx[0]); /* and with it the table */
		else
			free_table(t);
		return r;
	}
	finish(t);
	*ret = t->ctx[0];
	return 0;
}

/* ---- asking ---- */

const struct tlsserver_certificate *tlsserver_certificates(const SSL_CTX *ctx, size_t *ret_n)
{
	const struct table *t = table_of(ctx);

	*ret_n = t->certificates.n;
	return t->certificates.v;
}

bool tlsserver_has_name(const SSL_CTX *ctx, str host)
{
	return find_ctx(table_of(ctx), host) != NULL;
}

int64_t tlsserver_seconds_left(const SSL_CTX *ctx, int64_t now)
{
	const struct table *t = table_of(ctx);
	int64_t left = INT64_MAX;

	for (size_t i = 0; i < t->certificates.n; i++) {
		int64_t l = t->certificates.v[i].not_after - now;

		left = l < left ? l : left;
	}
	return left;
}

int tlsserver_warning(int64_t not_after, int64_t now)
{
	static const int days[] = { 7, 15, 30 };

	if (not_after <= now)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		if (not_after - now <= (int64_t)days[i] * 24 * 3600)
			return days[i];
	}
	return TLSSERVER_NO_WARNING;
}
