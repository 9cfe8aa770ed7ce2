/* tests/evaluate/arc_answers.c - the ARC code, bare, for tests/evaluate/arc.py.
 *
 * arc_answers ZONE.json   questions one a line on standard input, answers one a line:
 *   {"message"}           -> {"result", "reason", "oldest_pass", "trace"}
 *   {"message", "domain", "selector", "key", "time", "names", "cv", "results"}
 *                         -> {"fields"}: the set that seals it, or {"error"}
 * Messages are CRLF.
 */
#include "auth/arccheck.h"
#include "dns/zonefile.h"
#include "keys/signmail.h"

#include <errno.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

enum { LINE_MAX_BYTES = 1 << 20 };

static str member(const json_t *object, const char *key)
{
	const json_t *s = json_object_get(object, key);

	return s ? str_of(json_string_value(s), json_string_length(s)) : STR("");
}

static json_t *text(str s)
{
	return json_stringn(s.p ? s.p : "", s.n);
}

static void print(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

static void find(struct arena *a, str message, bool want_chain, struct arcset_facts *facts,
		 struct dkimhash_message **ret)
{
	*ret = dkimhash_open(a, message);
	arcset_find(a, *ret, want_chain, facts);
}

static void check(struct arena *a, const struct dns_resolver *dns, const json_t *line)
{
	const struct dkimcheck in = { .wall = 1800000000 };
	struct dkimhash_message *m;
	json_t *trace = json_array();
	struct arcset_facts facts;
	struct arc_result r;

	find(a, member(line, "message"), false, &facts, &m);
	arccheck_run(a, dns, &in, &facts, deadline_in(60000), &r);
	for (size_t i = 0; i < r.trace.n; i++)
		json_array_append_new(trace, text(r.trace.v[i]));
	print(json_pack("{s:o, s:o, s:i, s:o}", "result", text(results_code_name(r.result)),
			"reason", text(r.reason), "oldest_pass", (int)r.oldest_pass, "trace",
			trace));
}

/* The suite's key has 1024 bits, which poterne-keys refuses. */
static int sign(void *ctx, struct arena *a, const struct signer_question *q,
		struct signer_answer *ret, struct why *why)
{
	const str *pem = ctx, digest = q->digests[SIGNER_RSA_SHA256];
	BIO *in = BIO_new_mem_buf(pem->p, (int)pem->n);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	EVP_PKEY_CTX *c = key ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	unsigned char out[1024];
	size_t n = sizeof(out);
	bool ok = c && EVP_PKEY_sign_init(c) > 0 &&
		  EVP_PKEY_CTX_set_rsa_padding(c, RSA_PKCS1_PADDING) > 0 &&
		  EVP_PKEY_CTX_set_signature_md(c, EVP_sha256()) > 0 &&
		  EVP_PKEY_sign(c, out, &n, (const unsigned char *)digest.p, digest.n) > 0;

	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(key);
	BIO_free(in);
	*ret = (struct signer_answer){ SIGNER_RSA_SHA256, arena_str(a, str_of(out, ok ? n : 0)) };
	return ok ? 0 : why_set(why, -EIO, "the key could not sign");
}

static void seal(struct arena *a, const json_t *line)
{
	struct conf *conf = conf_new_default(a);
	str key = member(line, "key"), fields;
	const struct signer signer = { sign, &key };
	struct dkimsign_material material;
	struct dkimhash_message *m;
	struct arcset_facts facts;
	struct signmail_seal what;
	struct why why = { "" };
	const char *problem;
	int r;

	conf->arc.seal = arena_fmt(a, "%.*s %.*s", STR_ARG(member(line, "domain")),
				   STR_ARG(member(line, "selector")));
	find(a, member(line, "message"), true, &facts, &m);
	what = (struct signmail_seal){ facts.highest + 1, member(line, "cv"), facts.chain,
				       member(line, "results") };
	problem = dkimsign_collect_names(a, m, member(line, "names"), &material);
	r = problem ? why_set(&why, -EINVAL, "%s", problem)
		    : signmail_seal(a, conf, &signer, &what, &material,
				    json_integer_value(json_object_get(line, "time")), &fields,
				    &why);
	print(r < 0 ? json_pack("{s:s}", "error", why.text)
		    : json_pack("{s:o}", "fields", text(fields)));
}

int main(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *zone = arena_new("zone", 1 << 30);
	cleanup(arena_freep) struct arena *a = arena_new("question", 1 << 30);
	static char line[LINE_MAX_BYTES];
	struct dns_resolver dns;
	struct zonefile *z;
	struct why why;

	if (argc != 2)
		return 2;
	if (zonefile_load(zone, argv[1], &z, &why) < 0) {
		fprintf(stderr, "%s\n", why.text);
		return 3;
	}
	dns = zonefile_resolver(z);
	while (fgets(line, sizeof(line), stdin)) {
		json_t *question = json_loads(line, JSON_ALLOW_NUL, NULL);

		if (!question)
			return 2;
		if (json_object_get(question, "key"))
			seal(a, question);
		else
			check(a, &dns, question);
		json_decref(question);
		arena_reset(a);
	}
	return 0;
}
