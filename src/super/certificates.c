#include "super/certificates.h"

#include "base/fd.h"
#include "super/child.h"
#include "sys/pembundle.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* The paths of one entry of the bundle; key is empty for the authorities of clients. */
struct source {
	const char *name; /* of the configuration key, for error texts */
	str certificate, key;
};

struct sources {
	struct source v[PEMBUNDLE_FILES];
	size_t n;
};

static void add(struct sources *s, const char *name, str certificate, str key)
{
	if (s->n < PEMBUNDLE_FILES) /* conf_check has said what is too much */
		s->v[s->n++] = (struct source){ name, certificate, key };
}

static struct sources find_sources(const struct conf *conf, struct arena *a)
{
	struct sources s = { .n = 0 };

	if (conf->tls.certificate.n)
		add(&s, "tls.certificate", conf->tls.certificate, conf->tls.key);
	for (size_t i = 0; i < conf->tls.certificates.n; i++) {
		str certificate, key;

		bug_if(!conf_certificate_pair(conf->tls.certificates.v[i], &certificate, &key));
		add(&s, "tls.certificates", certificate, key);
	}
	if (s.n == 0)
		add(&s, "self-signed certificate",
		    arena_fmt(a, "%.*s/tls/self-signed.pem", STR_ARG(conf->paths.state)),
		    arena_fmt(a, "%.*s/tls/self-signed.key", STR_ARG(conf->paths.state)));
	if (conf->tls.client_ca.n)
		add(&s, "tls.client_ca", conf->tls.client_ca, STR(""));
	return s;
}

static uint64_t mix(uint64_t sum, uint64_t n)
{
	return (sum ^ n) * 0x9e3779b97f4a7c15U + (sum >> 29);
}

static uint64_t mix_file(uint64_t sum, struct arena *a, str path)
{
	struct stat st = { 0 };

	if (path.n && stat(arena_cz(a, path), &st) < 0)
		st.st_size = -errno;
	sum = mix(sum, st.st_ino);
	sum = mix(sum, (uint64_t)st.st_size);
	sum = mix(sum, (uint64_t)st.st_mtim.tv_sec);
	return mix(sum, (uint64_t)st.st_mtim.tv_nsec);
}

uint64_t certificates_stamp(const struct conf *conf)
{
	cleanup(arena_freep) struct arena *a = arena_new("stamp", 4 << 20);
	struct sources s = find_sources(conf, a);
	uint64_t sum = 1;

	for (size_t i = 0; i < s.n; i++)
		sum = mix_file(mix_file(sum, a, s.v[i].certificate), a, s.v[i].key);
	return conf->smtp.starttls ? sum : 0;
}

static int make_self_signed(const struct conf *conf, struct arena *a, struct why *why)
{
	str dir = arena_fmt(a, "%.*s/tls", STR_ARG(conf->paths.state));
	char *argv[] = { arena_cz(a, STR("poterne")),
			 arena_cz(a, STR("certificate")),
			 arena_cz(a, STR("--hostname")),
			 arena_cz(a, conf->hostname),
			 arena_cz(a, STR("--out")),
			 arena_cz(a, dir),
			 NULL };
	int r = child_run_tool(conf, "poterne", argv, -1, why);

	if (r > 0)
		return why_set(why, -EIO, "could not make a self-signed certificate in %.*s",
			       STR_ARG(dir));
	return r;
}

static int read_file(const struct source *s, str path, struct arena *a, str *ret, struct why *why)
{
	int r = fd_read_path(arena_cz(a, path), a, PEMBUNDLE_FILE_MAX, ret, why);

	if (r == 0 && ret->n == 0)
		r = why_set(why, -EINVAL, "%.*s: found an empty file, expected PEM text",
			    STR_ARG(path));
	return r < 0 ? why_prefix(why, r, "%s", s->name) : 0;
}

static int put_source(const struct source *s, struct arena *a, struct strbuf *bundle,
		      struct why *why)
{
	struct pembundle_entry e = { .file = s->certificate, .key = STR("") };
	int r = read_file(s, s->certificate, a, &e.chain, why);

	if (r == 0 && s->key.n)
		r = read_file(s, s->key, a, &e.key, why);
	if (r == 0)
		pembundle_put(bundle, &e);
	return r;
}

static int seal(str bytes, struct why *why)
{
	cleanup(fd_closep) int fd = fd_memfd("certificates", why);
	int r = fd < 0 ? fd : fd_write_all(fd, bytes, why);

	if (r == 0)
		r = fd_seal(fd, why);
	return r < 0 ? r : take_fd(fd);
}

int certificates_load(const struct conf *conf, struct certificates *ret, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("certificates", 64 << 20);
	struct strbuf bundle = strbuf_make(a, PEMBUNDLE_MAX);
	struct certificates fresh = { .bundle = -1 };
	struct sources s = find_sources(conf, a);
	bool own = !conf->tls.certificate.n && !conf->tls.certificates.n;
	int r = 0;

	if (conf->smtp.starttls && own && access(arena_cz(a, s.v[0].certificate), R_OK) < 0)
		r = make_self_signed(conf, a, why);
	fresh.stamp = certificates_stamp(conf);
	for (size_t i = 0; i < s.n && r == 0 && conf->smtp.starttls; i++)
		r = put_source(&s.v[i], a, &bundle, why);
	if (r == 0 && bundle.overflow)
		r = why_set(why, -EFBIG, "tls.certificates: more than %d bytes together",
			    PEMBUNDLE_MAX);
	if (r == 0 && bundle.n)
		r = fresh.bundle = seal(strbuf_str(&bundle), why);
	if (r < 0)
		return r;
	*ret = fresh;
	return 0;
}

void certificates_close(struct certificates *c)
{
	fd_closep(&c->bundle);
}
