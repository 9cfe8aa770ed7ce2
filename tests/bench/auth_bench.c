/* tests/bench/auth_bench.c - what checking a sender costs, for tests/bench/auth.py.
 *
 * auth_bench ZONE.json MESSAGE IP DOMAIN   prints {"what": microseconds of CPU for one message}.
 * Each round starts from the bytes of the message and an empty view of the DNS.
 */
#include "auth/arccheck.h"
#include "auth/authcheck.h"
#include "dns/zonefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MESSAGE_MAX = 1 << 20, LEAST_US = 1000000 };

enum what { SPF, DKIM, ARC, ALL, WHATS };

struct job {
	struct dns_resolver dns;
	struct spf_input envelope;
	str message, author;
};

/* What the worker does for it: hashes and tags. */
static void look(struct arena *a, const struct job *j, enum what what, struct facts *ret)
{
	struct dkimhash_message *m = dkimhash_open(a, j->message);

	*ret = (struct facts){ 0 };
	*arena_push(a, &ret->headers) = (struct facts_header){ STR("From"), STR(""), 1 };
	*arena_push(a, &ret->addresses) =
		(struct facts_address){ FACTS_FROM, STR(""), STR("x"), j->author };
	if (what == DKIM || what == ALL)
		ret->signatures.v = dkimhash_signatures(m, &ret->signatures.n);
	if (what == ARC || what == ALL)
		arcset_find(a, m, false, &ret->arc);
}

static void check(const struct job *j, enum what what)
{
	cleanup(arena_freep) struct arena *a = arena_new("round", 1 << 26);
	struct auth_results r = { 0 };
	struct dkimcheck in = { .wall = j->envelope.wall };
	struct authcheck c;
	struct facts f;

	authcheck_open(&c, a, &j->dns, j->envelope.wall);
	if (what == SPF || what == ALL) {
		authcheck_envelope(&c, &j->envelope, deadline_in(1000), &r);
		bug_if(r.spf.result != SPFCHECK_PASS);
	}
	if (what == SPF)
		return;
	look(a, j, what, &f);
	if (what == DKIM) {
		r.dkim = dkimcheck_run(a, &c.dns, &in, f.signatures.v, f.signatures.n, 0);
	} else if (what == ARC) {
		arccheck_run(a, &c.dns, &in, &f.arc, 0, &r.arc);
	} else {
		authcheck_message(&c, &f, deadline_in(1000), &r);
		bug_if(r.dmarc.result != AUTH_PASS);
	}
	bug_if(what != ARC && r.dkim[0].result != AUTH_PASS);
	bug_if(what != DKIM && r.arc.result != AUTH_PASS);
}

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double measure(const struct job *j, enum what what)
{
	double start, spent = 0;
	unsigned rounds = 0;

	check(j, what);
	start = cpu_us();
	while (spent < LEAST_US) {
		check(j, what);
		rounds++;
		spent = cpu_us() - start;
	}
	return spent / rounds;
}

static str read_message(const char *path)
{
	static char bytes[MESSAGE_MAX];
	FILE *f = fopen(path, "rb");
	size_t n;

	bug_if(!f);
	n = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return str_of(bytes, n);
}

int main(int argc, char **argv)
{
	static const char *const names[WHATS] = {
		[SPF] = "SPF", [DKIM] = "DKIM", [ARC] = "ARC", [ALL] = "all"
	};
	cleanup(arena_freep) struct arena *zone = arena_new("zone", 1 << 26);
	struct job j = { 0 };
	struct zonefile *z;
	struct why why;

	if (argc != 5 || zonefile_load(zone, argv[1], &z, &why) < 0)
		return 2;
	j.dns = zonefile_resolver(z);
	j.message = read_message(argv[2]);
	j.author = str_c(argv[4]);
	j.envelope.mail_from = arena_fmt(zone, "anne@%s", argv[4]);
	j.envelope.helo = arena_fmt(zone, "mail.%s", argv[4]);
	j.envelope.receiver = STR("mx.receiver.example");
	j.envelope.wall = time(NULL);
	if (!ip_parse(str_c(argv[3]), &j.envelope.ip))
		return 2;
	putchar('{');
	for (enum what w = 0; w < WHATS; w++)
		printf("%s\"%s\": %.1f", w ? ", " : "", names[w], measure(&j, w));
	puts("}");
	return 0;
}
