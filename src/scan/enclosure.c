#include "scan/enclosure.h"

#include "base/fd.h"

int enclosure_attach(struct msg *m, const char *name, str bytes, struct why *why)
{
	cleanup(fd_closep) int fd = fd_memfd(name, why);
	int r = fd < 0 ? fd : fd_write_all(fd, bytes, why);

	if (r == 0)
		r = fd_seal(fd, why);
	if (r < 0)
		return r;
	m->fds[0] = take_fd(fd);
	m->n_fds = 1;
	return 0;
}

int enclosure_tell(struct lanes *to, struct msg *m, str *field, const char *name, str bytes,
		   deadline d, struct why *why)
{
	int r = 0;

	if (bytes.n <= MSG_INLINE_MAX)
		*field = bytes;
	else
		r = enclosure_attach(m, name, bytes, why);
	if (r == 0)
		r = lanes_tell(to, m, d, why);
	if (m->n_fds)
		fd_close(m->fds[0]);
	return r;
}
