#include "base/why.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int why_set(struct why *why, int err, const char *fmt, ...)
{
	va_list ap;

	if (!why)
		return err;
	if (err < 0)
		errno = -err;
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return err;
}

int why_prefix(struct why *why, int err, const char *fmt, ...)
{
	char old[WHY_MAX];
	va_list ap;
	int n;

	if (!why)
		return err;
	memcpy(old, why->text, sizeof(old));
	va_start(ap, fmt);
	n = vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(why->text))
		snprintf(why->text + n, sizeof(why->text) - (size_t)n, ": %s", old);
	return err;
}
