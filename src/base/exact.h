/* base/exact.h - for tests: a copy of the input in a heap block of exactly its size, so
 * that the address sanitizer sees the first byte read behind it.
 *
 *	cleanup(exact_freep) str in = exact_copy(STR("..."));
 */
#ifndef BASE_EXACT_H
#define BASE_EXACT_H

#include "base/str.h"

#include <stdlib.h>

unused_arg static str exact_copy(str s)
{
	char *p = malloc(s.n ? s.n : 1);

	bug_if(!p);
	if (s.n)
		memcpy(p, s.p, s.n);
	return str_of(p, s.n);
}

unused_arg static void exact_freep(str *s)
{
	free((void *)(uintptr_t)s->p);
}

#endif
