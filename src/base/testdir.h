/* base/testdir.h - a directory for one test, which goes away with all that is in it: for tests.
 */
#ifndef BASE_TESTDIR_H
#define BASE_TESTDIR_H

#include "base/defs.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { TESTDIR_MAX = 64, TESTDIR_PATH_MAX = TESTDIR_MAX + 64 };

static inline void testdir_make(char ret[TESTDIR_MAX])
{
	snprintf(ret, TESTDIR_MAX, "/tmp/%.40s.XXXXXX", program_invocation_short_name);
	assert_non_null(mkdtemp(ret));
}

static inline int testdir_drop(const char *path, const struct stat *st unused_arg,
			       int what unused_arg, struct FTW *at unused_arg)
{
	return remove(path);
}

static inline void testdir_remove(const char *dir)
{
	assert_int_equal(nftw(dir, testdir_drop, 16, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void testdir_path(const char *dir, const char *name, char ret[TESTDIR_PATH_MAX])
{
	snprintf(ret, TESTDIR_PATH_MAX, "%s/%s", dir, name);
}

/* Three bytes of that file are others from now on. */
static inline void testdir_damage(const char *dir, const char *name, off_t at)
{
	char path[TESTDIR_PATH_MAX];
	int fd;

	testdir_path(dir, name, path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\xff\xfe\xfd", 3, at), 3);
	close(fd);
}

#endif
