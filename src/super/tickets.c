#include "super/tickets.h"

#include "base/fd.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

int tickets_rotate(struct tickets *t, int64_t now_ms, struct why *why)
{
	unsigned char fresh[TLSTICKETS_KEY_BYTES];
	cleanup(fd_closep) int fd = fd_memfd("ticket keys", why);
	size_t older = t->made.n < TLSTICKETS_GENERATIONS ? t->made.n : TLSTICKETS_GENERATIONS - 1;
	int r;

	t->rotate_at = now_ms + TICKETS_ROTATE_MS;
	if (fd < 0)
		return fd;
	if (getrandom(fresh, sizeof(fresh), 0) != (ssize_t)sizeof(fresh))
		return why_set(why, -errno, "random numbers: %m");
	r = fd_write_all(fd, str_of(fresh, sizeof(fresh)), why);
	if (r == 0)
		r = fd_write_all(fd, str_of(t->made.keys, older * TLSTICKETS_KEY_BYTES), why);
	if (r == 0)
		r = fd_seal(fd, why);
	if (r < 0)
		return r;
	memmove(t->made.keys[1], t->made.keys[0], older * TLSTICKETS_KEY_BYTES);
	memcpy(t->made.keys[0], fresh, sizeof(fresh));
	t->made.n = older + 1;
	fd_closep(&t->fd);
	t->fd = take_fd(fd);
	return 0;
}
