#include "super/prepare.h"

#include "base/fd.h"
#include "conf/feedrow.h"
#include "conf/route.h"
#include "super/child.h"
#include "sys/listen.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_CAP = 4096 };

/* A directory that belongs to user when we are root; NULL keeps it ours. */
static int make_dir(const char *path, const char *user, mode_t mode, struct why *why)
{
	unsigned uid, gid;
	struct stat st;

	if (mkdir(path, mode) < 0 && errno != EEXIST)
		return why_set(why, -errno, "%s: %m", path);
	if (stat(path, &st) < 0)
		return why_set(why, -errno, "%s: %m", path);
	if (!S_ISDIR(st.st_mode))
		return why_set(why, -ENOTDIR, "%s: found a file, expected a directory", path);
	if (geteuid() != 0 || !user)
		return 0;
	sandbox_ids(user, &uid, &gid);
	if (st.st_uid != uid && st.st_uid != 0)
		return why_set(
			why, -EPERM,
			"%s: belongs to uid %u, expected %u (%s); give it back with chown -R", path,
			(unsigned)st.st_uid, uid, user);
	if (chown(path, uid, gid) < 0 || chmod(path, mode) < 0)
		return why_set(why, -errno, "%s: %m", path);
	return 0;
}

static int make_parents(const char *path, struct why *why)
{
	char part[PATH_CAP];

	snprintf(part, sizeof(part), "%s", path);
	for (char *p = part + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(part, 0755) < 0 && errno != EEXIST)
			return why_set(why, -errno, "%s: %m", part);
		*p = '/';
	}
	return 0;
}

static int lock_state(const char *dir, int *ret_lock, struct why *why)
{
	char path[PATH_CAP], pid[32];
	cleanup(fd_closep) int fd = -1;

	snprintf(path, sizeof(path), "%s/poterned.pid", dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return why_set(why, -errno, "%s: %m", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return why_set(why, -EBUSY,
			       "%s: another poterned works in this state directory; stop it first",
			       path);
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) < 0)
		return why_set(why, -errno, "%s: %m", path);
	if (fd_write_all(fd, str_c(pid), why) < 0)
		return why_prefix(why, -EIO, "%s", path);
	*ret_lock = take_fd(fd);
	return 0;
}

int prepare_directories(const struct conf *conf, struct prepared *ret, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("prepare", 64 << 20);
	const char *state = arena_cz(a, conf->paths.state);
	const char *store = arena_fmt(a, "%s/store", state).p;
	const char *memory = arena_fmt(a, "%s/memory", state).p;
	const char *feeds = feedrow_home(a, conf).p;
	const char *maildir = arena_cz(a, conf_maildir(conf, a));
	struct route_table routes;
	int r = make_parents(state, why);

	if (r == 0)
		r = make_dir(state, NULL, 0755, why);
	if (r == 0)
		r = make_dir(arena_fmt(a, "%s/tls", state).p, NULL, 0700, why);
	if (r == 0)
		r = make_dir(arena_cz(a, conf_compiled_dir(conf, a)), NULL, 0755, why);
	if (r == 0)
		r = make_dir(store, arena_cz(a, conf->users.store), 0700, why);
	if (r == 0)
		r = make_dir(memory, arena_cz(a, conf->users.memory), 0700, why);
	if (r == 0)
		r = make_dir(feeds, arena_cz(a, conf->users.fetch), 0755, why);
	if (r == 0)
		r = route_table_make(a, conf, &routes, why);
	if (r == 0 && routes.has_maildir) {
		r = make_parents(maildir, why);
		if (r == 0)
			r = make_dir(maildir, arena_cz(a, conf->users.relay), 0700, why);
	}
	if (r == 0)
		r = lock_state(state, &ret->lock, why);
	return r;
}

/* The UNIX socket is for root and whoever is in poterne-web's group. */
static int prepare_web(const struct conf *conf, struct arena *a, struct prepared *ret,
		       struct why *why)
{
	const char *path = arena_fmt(a, "%.*s/web.sock", STR_ARG(conf_runtime_dir(conf))).p;
	unsigned uid, gid;

	if (conf->listen.web.n > PREPARE_MAX_LISTENERS)
		return why_set(why, -E2BIG, "listen.web: at most %d addresses",
			       PREPARE_MAX_LISTENERS);
	ret->web[0] = listen_unix_stream(path, 0660, why);
	if (ret->web[0] < 0)
		return why_prefix(why, ret->web[0], "web socket");
	ret->n_web = 1;
	sandbox_ids(arena_cz(a, conf->users.web), &uid, &gid);
	if (geteuid() == 0 && chown(path, (uid_t)-1, gid) < 0)
		return why_set(why, -errno, "%s: %m", path);
	for (size_t i = 0; i < conf->listen.web.n; i++) {
		int fd = listen_tcp(conf->listen.web.v[i].host, conf->listen.web.v[i].port, why);

		if (fd < 0)
			return why_prefix(why, fd, "listen.web");
		ret->web[ret->n_web++] = fd;
	}
	return 0;
}

int prepare_listeners(const struct conf *conf, struct activation *open, struct arena *a,
		      struct prepared *ret, struct why *why)
{
	const char *control = arena_fmt(a, "%.*s/control.sock", STR_ARG(conf_runtime_dir(conf))).p;

	for (size_t i = 0; i < conf->listen.smtp.n; i++) {
		const struct conf_hostport *at = &conf->listen.smtp.v[i].at;
		bool v6 = str_chr(at->host, ':') != STR_NONE;
		str text = arena_fmt(a, v6 ? "[%.*s]:%u" : "%.*s:%u", STR_ARG(at->host), at->port);
		int fd;

		if (i == PREPARE_MAX_LISTENERS)
			return why_set(why, -E2BIG, "listen.smtp: at most %d addresses",
				       PREPARE_MAX_LISTENERS);
		fd = activation_take(open, at->host, at->port);
		if (fd < 0)
			fd = listen_tcp(at->host, at->port, why);
		if (fd < 0)
			return why_prefix(why, fd, "listen.smtp");
		ret->listeners[i] = fd;
		ret->addresses[i] = text;
		ret->n_listeners = i + 1;
	}
	ret->control = listen_unix(control, 0600, why);
	if (ret->control < 0)
		return why_prefix(why, ret->control, "control socket");
	return prepare_web(conf, a, ret, why);
}
