#include "super/signkeys.h"

#include "base/fd.h"
#include "conf/signkey.h"
#include "sys/keybundle.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int check_owner(int fd, str path, struct why *why)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return why_set(why, -errno, "%.*s: %m", STR_ARG(path));
	if (!S_ISREG(st.st_mode))
		return why_set(why, -EINVAL, "%.*s: expected a file", STR_ARG(path));
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return why_set(why, -EPERM,
			       "%.*s: mode is %03o, so others may read this private key; "
			       "chmod 0400 it, or make a new one",
			       STR_ARG(path), (unsigned)st.st_mode & 0777);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return why_set(why, -EPERM, "%.*s: belongs to uid %u, expected %u", STR_ARG(path),
			       (unsigned)st.st_uid, (unsigned)geteuid());
	return 0;
}

/* Into memory that is wiped, and nowhere else. */
static int read_file(int fd, char *out, size_t *ret_n, struct why *why)
{
	ssize_t got;

	*ret_n = 0;
	while ((got = read(fd, out + *ret_n, KEYBUNDLE_FILE_MAX + 1 - *ret_n)) > 0) {
		*ret_n += (size_t)got;
		if (*ret_n > KEYBUNDLE_FILE_MAX)
			return why_set(why, -EFBIG, "more than %d bytes", KEYBUNDLE_FILE_MAX);
	}
	return got < 0 ? why_set(why, -errno, "%m") : 0;
}

static int put_key(const struct signkey *k, struct arena *a, struct strbuf *b, struct why *why)
{
	/* Not waiting: a pipe of that name would stop the supervisor for ever. */
	cleanup(fd_closep) int fd =
		open(arena_cz(a, k->file), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char pem[KEYBUNDLE_FILE_MAX + 1];
	size_t n;
	int r;

	if (fd < 0)
		return why_set(why, -errno, "%.*s: %m", STR_ARG(k->file));
	r = check_owner(fd, k->file, why);
	if (r < 0)
		return r;
	r = read_file(fd, pem, &n, why);
	if (r == 0)
		keybundle_put(b, &(struct keybundle_entry){ k->domain, k->selector, k->file,
							    str_of(pem, n) });
	explicit_bzero(pem, sizeof(pem));
	return r < 0 ? why_prefix(why, r, "%.*s", STR_ARG(k->file)) : 0;
}

/* Those of rows with "published" too: whoever has not taken the last reload yet may still ask. */
static int put_keys(const struct conf *conf, struct arena *a, struct strbuf *b, struct why *why)
{
	struct signkey k;
	int r;

	for (size_t i = 0; i < conf->dkim.keys.n; i++) {
		bug_if(!signkey_parse(conf->dkim.keys.v[i], &k));
		r = put_key(&k, a, b, why);
		if (r < 0)
			return why_prefix(why, r, "dkim.keys");
	}
	if (b->overflow)
		return why_set(why, -EFBIG, "dkim.keys: more than %d bytes together",
			       KEYBUNDLE_MAX);
	return 0;
}

int signkeys_load(const struct conf *conf, int *ret_bundle, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("keys", 64 << 20);
	struct strbuf b = strbuf_make(a, KEYBUNDLE_MAX);
	cleanup(fd_closep) int fd = -1;
	int r;

	/* At once: what a growing buffer leaves behind would not be wiped. */
	strbuf_reserve(&b, conf->dkim.keys.n * (KEYBUNDLE_FILE_MAX + 4096));
	r = put_keys(conf, a, &b, why);
	if (r == 0)
		r = fd = fd_memfd("keys", why);
	if (r >= 0)
		r = fd_write_all(fd, strbuf_str(&b), why);
	if (r == 0)
		r = fd_seal(fd, why);
	if (b.n)
		explicit_bzero(b.p, b.n);
	if (r < 0)
		return r;
	*ret_bundle = take_fd(fd);
	return 0;
}
