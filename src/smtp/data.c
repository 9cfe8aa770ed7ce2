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

/* A byte of the message that is CR or LF, or comes behind CR. */
static void end_byte(struct data *d, char c)
{
	d->line++;
	if (d->state == DATA_CR && c == '\n') {
		count_line_end(d);
		d->state = DATA_LINE_START;
		return;
	}
	/* A bare LF does not start a line, so no dot behind it means anything. */
	if (d->state == DATA_CR || c == '\n')
		d->bare++;
	d->state = c == '\r' ? DATA_CR : DATA_TEXT;
}

void data_count(struct data *d, str bytes)
{
	d->bytes += bytes.n;
	while (bytes.n) {
		size_t run = d->state == DATA_CR ? 0 : plain_run(bytes);

		if (run) {
			d->line += run;
			d->state = DATA_TEXT;
		} else {
			end_byte(d, bytes.p[0]);
			run = 1;
		}
		bytes = str_skip(bytes, run);
	}
}

/* One byte that is not in the middle of a plain run. Returns whether the byte belongs to
 * the message. */
static bool step(struct data *d, char c)
{
	if (d->state == DATA_LINE_START && c == '.') {
		d->state = DATA_DOT;
		return false;
	}
	/* One dot was dropped; what follows it is ordinary but for CR. */
	if (d->state == DATA_DOT && c == '\r') {
		d->state = DATA_DOT_CR;
		return false;
	}
	if (d->state == DATA_DOT_CR) {
		if (c == '\n') {
			d->state = DATA_END;
			return false;
		}
		d->bare++; /* the CR that was kept back: such a message is refused */
		d->state = DATA_TEXT;
	}
	end_byte(d, c);
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
