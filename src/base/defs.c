#include "base/defs.h"

#include <stdio.h>
#include <stdlib.h>

void defs_bug(const char *file, int line, const char *what)
{
	fprintf(stderr, "{\"event\":\"bug\",\"where\":\"%s:%d\",\"what\":\"%s\"}\n", file, line,
		what);
	abort();
}
