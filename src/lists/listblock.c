#include "lists/listblock.h"

#include "lists/listtext.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

int listblock_begin(struct listblock *b, int fd, str text, struct why *why)
{
	size_t lines = listtext_lines(text), room = listset_room(lines, text.n);
	uint64_t seed;
	char *bytes;

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return why_set(why, -errno, "getrandom: %m");
	if (ftruncate(fd, (off_t)room) < 0)
		return why_set(why, -errno, "ftruncate: %m");
	bytes = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return why_set(why, -errno, "mmap: %m");
	*b = (struct listblock){ listset_begin(bytes, room, lines, seed), bytes, room, fd };
	return 0;
}

int listblock_end(struct listblock *b, int64_t now, struct why *why)
{
	size_t used = listset_end(&b->builder, now).n;

	munmap(b->bytes, b->room);
	if (ftruncate(b->fd, (off_t)used) < 0)
		return why_set(why, -errno, "ftruncate: %m");
	return 0;
}
