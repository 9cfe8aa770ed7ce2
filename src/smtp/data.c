#include "smtp/data.h"

/* Ordinary bytes at the start of s: up to the first CR or LF. */
static size_t plain_run(str s)
{
	size_t lf = str_chr(s, '\n');
	size_t n = lf == STR_NONE ? s.n : lf;
	size_t cr = str_chr(str_sub(s, 0, n), '\r');

	return cr == STR_NONE ? n : cr;
}

static void count_line_end(struct data *d)
{
	if (d->line > DATA_LINE_MAX)
		d->long_lines++;
	d->line = 0;
}

/* One byte that is not in the middle of a plain run. Returns whether the byte belongs to
 * the message. */
static bool step(struct data *d, char c)
{
	switch (d->state) {
	case DATA_LINE_START:
		if (c == '.') {
			d->state = DATA_DOT;
			return false;
		}
		break;
	case DATA_DOT: /* one dot was dropped; what follows it is ordinary but for CR */
		if (c == '\r') {
			d->state = DATA_DOT_CR;
			return false;
		}
		break;
	case DATA_DOT_CR:
		if (c == '\n') {
			d->state = DATA_END;
			return false;
		}
		d->bare++; /* the CR that was kept back: such a message is refused */
		break;
	case DATA_CR:
		if (c == '\n') {
			d->line++;
			count_line_end(d);
			d->state = DATA_LINE_START;
			return true;
		}
		d->bare++;
		break;
	case DATA_TEXT:
	case DATA_END:
		break;
	}
	/* A bare LF does not start a line, so no dot behind it means anything. */
	if (c == '\n')
		d->bare++;
	d->line++;
	d->state = c == '\r' ? DATA_CR : DATA_TEXT;
	return true;
}

size_t data_unstuff(struct data *d, char *p, size_t n, size_t *ret_used)
{
	size_t at = 0, kept = 0;

	while (at < n && d->state != DATA_END) {
		size_t run = d->state == DATA_TEXT ? plain_run(str_of(p + at, n - at)) : 0;

		if (run) {
			if (kept != at)
				memmove(p + kept, p + at, run);
			d->line += run;
			at += run;
			kept += run;
			continue;
		}
		if (step(d, p[at]))
			p[kept++] = p[at];
		at++;
	}
	d->bytes += kept;
	*ret_used = at;
	return kept;
}
