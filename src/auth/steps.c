#include "auth/steps.h"

#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>

static printf_like(2, 0) str line_of(struct arena *a, const char *fmt, va_list args)
{
	char text[STEPS_MAX_LINE + 1];
	struct strbuf b = strbuf_make(a, STEPS_MAX_LINE * 4);
	int n = vsnprintf(text, sizeof(text), fmt, args);

	if (n < 0)
		n = 0;
	if (n > STEPS_MAX_LINE)
		n = STEPS_MAX_LINE;
	strbuf_printable(&b, str_of(text, (size_t)n));
	return b.n ? strbuf_str(&b) : STR("");
}

void steps_add(struct steps *s, const char *fmt, ...)
{
	va_list args;

	if (s->lines.n >= STEPS_MAX)
		return;
	va_start(args, fmt);
	*arena_push(s->arena, &s->lines) = line_of(s->arena, fmt, args);
	va_end(args);
}

str steps_line(struct arena *a, const char *fmt, ...)
{
	va_list args;
	str line;

	va_start(args, fmt);
	line = line_of(a, fmt, args);
	va_end(args);
	return line;
}

struct auth_trace steps_trace(const struct steps *s)
{
	return (struct auth_trace){ s->lines.v, s->lines.n };
}
