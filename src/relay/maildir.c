#include "relay/maildir.h"

#include "base/fd.h"
#include "relay/maildirname.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Opens a folder, makes it first when it is not there. */
static int open_dir(int dirfd, const char *name, struct why *why)
{
	int fd;

	if (mkdirat(dirfd, name, 0700) == 0) {
		if (fsync(dirfd) < 0)
			return why_set(why, -errno, "maildir: fsync: %m");
	} else if (errno != EEXIST) {
		return why_set(why, -errno, "maildir: mkdir %s: %m", name);
	}
	fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? why_set(why, -errno, "maildir: %s: %m", name) : fd;
}

static bool lower_name(str s, struct maildir_name *ret)
{
	char lower[ADDRESS_LOCAL_MAX];

	if (s.n > sizeof(lower))
		return false;
	for (size_t i = 0; i < s.n; i++)
		lower[i] = str_lower_char(s.p[i]);
	return maildirname_encode(str_of(lower, s.n), ret);
}

enum { NAME_BYTES = MAILDIRNAME_MAX + 16, MAX_LEFTOVERS = 100 };

struct tmp_name {
	char text[NAME_BYTES + 16];
};

struct folders {
	int tmp, new;
};

static int open_folders(int dirfd, const struct maildir_name *domain,
			const struct maildir_name *local, struct folders *ret, struct why *why)
{
	cleanup(fd_closep) int domain_fd = open_dir(dirfd, domain->text, why);
	cleanup(fd_closep) int box_fd = -1;
	cleanup(fd_closep) int cur = -1;
	cleanup(fd_closep) int tmp = -1;
	int new;

	if (domain_fd < 0)
		return domain_fd;
	box_fd = open_dir(domain_fd, local->text, why);
	if (box_fd < 0)
		return box_fd;
	cur = open_dir(box_fd, "cur", why); /* mail readers want it */
	if (cur < 0)
		return cur;
	tmp = open_dir(box_fd, "tmp", why);
	if (tmp < 0)
		return tmp;
	new = open_dir(box_fd, "new", why);
	if (new < 0)
		return new;
	*ret = (struct folders){ take_fd(tmp), new };
	return 0;
}

/* RFC 5321 4.4: the final delivery system puts the return path in front. */
static int write_message(int fd, const struct maildir_message *m, struct why *why)
{
	int r = fd_write_all(fd, STR("Return-Path: <"), why);

	if (r == 0)
		r = fd_write_all(fd, m->reverse_path, why);
	if (r == 0)
		r = fd_write_all(fd, STR(">\r\n"), why);
	if (r == 0)
		r = fd_write_all(fd, m->body, why);
	if (r == 0 && fdatasync(fd) < 0)
		r = why_set(why, -errno, "fdatasync: %m");
	return r;
}

static int put_in_new(const struct folders *f, const char *tmp, const char *name, struct why *why)
{
	int outcome = MAILDIR_OK;

	if (linkat(f->tmp, tmp, f->new, name, 0) < 0) {
		if (errno != EEXIST)
			return why_set(why, -errno, "link: %m");
		outcome = MAILDIR_E_ALREADY;
	}
	if (fsync(f->new) < 0)
		return why_set(why, -errno, "fsync of the directory: %m");
	return outcome;
}

/* A file in tmp/ that nobody else has: one of an earlier attempt may be the same file as
 * the delivered one in new/, or still be written to. */
static int open_tmp(const struct folders *f, const char *name, struct tmp_name *ret,
		    struct why *why)
{
	for (int i = 0; i < MAX_LEFTOVERS; i++) {
		int fd;

		snprintf(ret->text, sizeof(ret->text), "%s.%d", name, i);
		fd = openat(f->tmp, ret->text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0 || errno != EEXIST)
			return fd < 0 ? why_set(why, -errno, "maildir: tmp/%s: %m", ret->text) : fd;
	}
	return why_set(why, -EEXIST, "maildir: tmp/%s: too many leftovers", name);
}

static int deliver(const struct folders *f, const struct maildir_message *m, const char *name,
		   struct why *why)
{
	struct tmp_name tmp;
	cleanup(fd_closep) int fd = open_tmp(f, name, &tmp, why);
	int r;

	if (fd < 0)
		return fd;
	r = write_message(fd, m, why);
	if (r == 0)
		r = put_in_new(f, tmp.text, name, why);
	(void)unlinkat(f->tmp, tmp.text, 0); /* mail readers remove old files there, too */
	return r < 0 ? why_prefix(why, r, "maildir: %s", name) : r;
}

int maildir_deliver(int dirfd, const struct maildir_message *m, struct address to, struct why *why)
{
	struct maildir_name domain, local, id;
	struct folders f;
	char name[NAME_BYTES];
	int r;

	if (!lower_name(to.domain, &domain) || !lower_name(to.local, &local) ||
	    !maildirname_encode(m->id, &id))
		return why_set(why, MAILDIR_E_NAME, "550 5.1.1 no mailbox can have this name");
	r = open_folders(dirfd, &domain, &local, &f, why);
	if (r < 0)
		return r;
	snprintf(name, sizeof(name), "%s.poterne", id.text);
	r = deliver(&f, m, name, why);
	fd_close(f.tmp);
	fd_close(f.new);
	return r;
}
