#include "base/fd.h"
#include "cli/cli.h"
#include "cli/keycheck.h"
#include "conf/conf_value.h"
#include "keys/keyfile.h"
#include "sys/keybundle.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { RSA_BITS = 2048 };

static const char usage[] =
	"usage: poterne key new [--type rsa|ed25519] --file PATH [--domain NAME --selector NAME]\n"
	"\n"
	"Makes a private key for DKIM signatures, which only its owner may read (mode 0400), and\n"
	"prints the DNS record of its public half. The default is RSA of 2048 bits.\n"
	"\n"
	"       poterne key record [--domain NAME --selector NAME] PATH\n"
	"\n"
	"Prints the DNS record of a key: its text, or with --domain and --selector the line of a\n"
	"zone file.\n"
	"\n"
	"       poterne key check < BUNDLE\n"
	"\n"
	"For poterned: checks the keys that it is about to hand out.\n";

struct request {
	str file, domain, selector;
	enum signer_algorithm algorithm;
};

static int print_record(const struct request *q, struct arena *a, str pem, struct why *why)
{
	struct strbuf out = strbuf_make(a, 1 << 14);
	struct keyfile *key;
	int r = keyfile_read(a, pem, &key, why);

	if (r < 0)
		return why_prefix(why, r, "%.*s", STR_ARG(q->file));
	if (q->domain.n)
		keyfile_put_zone_line(&out, q->domain, q->selector, keyfile_record(key, a));
	else
		strbuf_fmt(&out, "%.*s\n", STR_ARG(keyfile_record(key, a)));
	keyfile_close(key);
	fwrite(out.p, 1, out.n, stdout);
	return 0;
}

/* Never over another file: a key that was lost cannot be made again. */
static int make(const struct request *q, struct arena *a, struct why *why)
{
	const char *path = arena_cz(a, q->file);
	cleanup(fd_closep) int fd = -1;
	str pem;
	int r = keyfile_make(a, q->algorithm, RSA_BITS, &pem, why);

	if (r < 0)
		return r;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", path);
	r = fd_write_all(fd, pem, why);
	if (r == 0 && fsync(fd) < 0)
		r = why_set(why, -errno, "%m");
	if (r < 0) {
		(void)unlink(path); /* ours, and of no use */
		return why_prefix(why, r, "%s", path);
	}
	return print_record(q, a, pem, why);
}

static int show(const struct request *q, struct arena *a, struct why *why)
{
	str pem;
	int r = fd_read_path(arena_cz(a, q->file), a, KEYBUNDLE_FILE_MAX, &pem, why);

	return r < 0 ? r : print_record(q, a, pem, why);
}

static bool take_type(const char *word, enum signer_algorithm *ret)
{
	bool rsa = str_eq(str_c(word), STR("rsa"));

	*ret = rsa ? SIGNER_RSA_SHA256 : SIGNER_ED25519_SHA256;
	return rsa || str_eq(str_c(word), STR("ed25519"));
}

/* False: usage. */
static bool read_options(int argc, char **argv, struct request *q)
{
	static const struct option options[] = {
		{ "type", required_argument, NULL, 't' },
		{ "file", required_argument, NULL, 'f' },
		{ "domain", required_argument, NULL, 'd' },
		{ "selector", required_argument, NULL, 's' },
		{ 0 },
	};
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'f')
			q->file = str_c(optarg);
		else if (option == 'd')
			q->domain = str_c(optarg);
		else if (option == 's')
			q->selector = str_c(optarg);
		else if (option != 't' || !take_type(optarg, &q->algorithm))
			return false;
	}
	if (optind < argc && !q->file.n)
		q->file = str_c(argv[optind++]);
	if (!q->domain.n != !q->selector.n)
		return false;
	return optind == argc && (!q->domain.n || (conf_value_is_domain(q->domain) &&
						   conf_value_is_domain(q->selector)));
}

int cmd_key(int argc, char **argv)
{
	cleanup(arena_freep) struct arena *a = arena_new("key", 1 << 20);
	struct request q = { .algorithm = SIGNER_RSA_SHA256 };
	str verb = str_c(argc > 1 ? argv[1] : "");
	struct why why = { "" };
	int r;

	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* a crash must leave no key on the disk */
	if (str_eq(verb, STR("--help"))) {
		fputs(usage, stdout);
		return CLI_DONE;
	}
	if (argc < 2 || !read_options(argc - 1, argv + 1, &q)) {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	if (str_eq(verb, STR("new")) && q.file.n) {
		r = make(&q, a, &why);
	} else if (str_eq(verb, STR("record")) && q.file.n) {
		r = show(&q, a, &why);
	} else if (str_eq(verb, STR("check")) && !q.file.n) {
		r = keycheck(STDIN_FILENO, &why);
	} else {
		fputs(usage, stderr);
		return CLI_USAGE;
	}
	if (r < 0)
		fprintf(stderr, "poterne: key: %s\n", why.text);
	if (r == -EINVAL)
		return CLI_NO;
	return r < 0 ? CLI_ENVIRONMENT : CLI_DONE;
}
