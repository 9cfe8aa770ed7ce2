#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "cli/bundlecheck.h"
#include "cli/cli.h"
#include "mail/address.h"
#include "tls/tlscert.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY_SECONDS = 24 * 3600 };

static const char usage[] =
	"usage: poterne certificate --hostname NAME --out DIR\n"
	"\n"
	"Makes DIR/self-signed.pem and DIR/self-signed.key, unless both are there already:\n"
	"a certificate that lets STARTTLS encrypt before a real one is configured.\n"
	"\n"
	"       poterne certificate --check --hostname NAME < BUNDLE\n"
	"\n"
	"For poterned: checks what it is about to hand out, and logs what ends soon.\n";

/* A whole file under its name or none: written beside, flushed, renamed. */
static int write_file(struct arena *a, str dir, const char *name, mode_t mode, str data,
		      struct why *why)
{
	char *path = arena_cz(a, arena_fmt(a, "%.*s/%s", STR_ARG(dir), name));
	char *beside = arena_cz(a, arena_fmt(a, "%.*s/.%s.new", STR_ARG(dir), name));
	cleanup(fd_closep) int fd = -1;
	int r;

	(void)unlink(beside); /* of a run that was cut short */
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", beside);
	r = fd_write_all(fd, data, why);
	if (r < 0)
		return why_prefix(why, r, "%s", beside);
	if (fsync(fd) < 0 || rename(beside, path) < 0)
		return why_set(why, -errno, "%s: %m", path);
	return 0;
}

static bool is_there(struct arena *a, str dir, const char *name)
{
	char *path = arena_cz(a, arena_fmt(a, "%.*s/%s", STR_ARG(dir), name));
	struct stat st;

	return stat(path, &st) == 0;
}

static int make(struct arena *a, str hostname, str dir, struct why *why)
{
	str chain, key;
	int r;

	if (is_there(a, dir, "self-signed.pem") && is_there(a, dir, "self-signed.key"))
		return 0;
	r = tlscert_make(a, hostname, clock_wall(), &chain, &key, why);
	if (r == 0)
		r = write_file(a, dir, "self-signed.key", 0600, key, why);
	if (r == 0)
		r = write_file(a, dir, "self-signed.pem", 0644, chain, why);
	return r;
}

static void warn(const struct ssl_ctx_st *tls, str hostname, int64_t now)
{
	size_t n;
	const struct tlsserver_certificate *known = tlsserver_certificates(tls, &n);

	for (size_t i = 0; i < n; i++) {
		int within = tlsserver_warning(known[i].not_after, now);

		if (within != TLSSERVER_NO_WARNING)
			log_event("certificate.ends", F_STR("file", known[i].file),
				  F_STR("subject", known[i].subject),
				  F_INT("days_left", (known[i].not_after - now) / DAY_SECONDS),
				  F_INT("within", within));
	}
	if (!tlsserver_has_name(tls, hostname))
		log_event("certificate.name", F_STR("hostname", hostname),
			  F_STR("file", known[0].file), F_STR("subject", known[0].subject));
}

static int check(str hostname, int64_t now, struct why *why)
{
	struct ssl_ctx_st *tls;
	int r = bundlecheck(STDIN_FILENO, &tls, why);

	if (r < 0)
		return r;
	log_set_process("poterne");
	warn(tls, hostname, now);
	tlsctx_free(tls);
	return 0;
}

int cmd_certificate(int argc, char **argv)
{
	static const struct option options[] = {
		{ "hostname", required_argument, NULL, 'n' },
		{ "out", required_argument, NULL, 'o' },
		{ "check", no_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	cleanup(arena_freep) struct arena *a = arena_new("certificate", 1 << 20);
	str hostname = STR_NULL, out = STR_NULL;
	struct why why = { 0 };
	bool checking = false;
	int option, r;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'n') {
			hostname = str_c(optarg);
		} else if (option == 'o') {
			out = str_c(optarg);
		} else if (option == 'c') {
			checking = true;
		} else {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? CLI_DONE : CLI_USAGE;
		}
	}
	if (optind != argc || !hostname.n || !out.n == !checking ||
	    !address_domain_valid(hostname, false)) {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	r = checking ? check(hostname, clock_wall(), &why) : make(a, hostname, out, &why);
	if (r < 0) {
		fprintf(stderr, "poterne: certificate: %s\n", why.text);
		return CLI_ENVIRONMENT;
	}
	return CLI_DONE;
}
