#include "mail/header.h"

/* Length of the line at s with its LF, or all of s. */
static size_t line_length(str s)
{
	size_t lf = str_chr(s, '\n');

	return lf == STR_NONE ? s.n : lf + 1;
}

static str without_line_end(str line)
{
	if (line.n && line.p[line.n - 1] == '\n')
		line.n--;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static uint32_t line_flags(str line)
{
	str text = without_line_end(line);
	size_t end = line.n - text.n;
	unsigned char high = 0;
	uint32_t flags = 0;

	for (size_t i = 0; i < text.n; i++)
		high |= (unsigned char)text.p[i];
	if (high & 0x80)
		flags |= HEADER_8BIT;
	if (str_chr(text, '\0') != STR_NONE)
		flags |= HEADER_NUL;
	if (str_chr(text, '\r') != STR_NONE)
		flags |= HEADER_BARE_CR;
	if (text.n > HEADER_LINE_MAX)
		flags |= HEADER_TOO_LONG;
	if (end == 1)
		flags |= line.p[line.n - 1] == '\n' ? HEADER_BARE_LF : HEADER_BARE_CR;
	return flags;
}

/* The name before the colon; ftext is printable ASCII without ":" (RFC 5322 3.6.8). */
static str field_name(str line, size_t colon, uint32_t *flags)
{
	str name = str_trim(str_sub(line, 0, colon));

	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] <= ' ' || name.p[i] >= 0x7f) {
			*flags |= HEADER_BAD_NAME;
			break;
		}
	}
	return name;
}

bool header_next(struct header_reader *r, struct header_field *ret)
{
	str rest = str_skip(r->in, r->at);
	size_t size = line_length(rest);
	struct header_field f = { .line = r->line };
	size_t colon;

	if (without_line_end(str_sub(rest, 0, size)).n == 0)
		return false;
	colon = str_chr(str_sub(rest, 0, size), ':');
	f.flags = line_flags(str_sub(rest, 0, size));
	r->line++;
	/* A line that starts with a blank continues the field (RFC 5322 2.2.3). */
	while (size < rest.n && (rest.p[size] == ' ' || rest.p[size] == '\t')) {
		size_t more = line_length(str_skip(rest, size));

		f.flags |= line_flags(str_sub(rest, size, size + more));
		if (str_trim(str_sub(rest, size, size + more)).n == 0)
			f.flags |= HEADER_BLANK_LINE;
		size += more;
		r->line++;
	}
	r->at += size;
	f.whole = str_sub(rest, 0, size);
	f.raw = without_line_end(f.whole);
	if (colon == STR_NONE || colon == 0) {
		f.flags |= HEADER_NO_COLON;
		f.name = STR("");
	} else {
		f.name = field_name(f.whole, colon, &f.flags);
		if (str_is_space(f.whole.p[0])) /* it continues no field */
			f.flags |= HEADER_BAD_NAME;
		f.raw = str_skip(f.raw, colon + 1);
	}
	*ret = f;
	return true;
}

str header_body(const struct header_reader *r)
{
	str rest = str_skip(r->in, r->at);
	struct header_reader probe = *r;
	struct header_field f;

	if (header_next(&probe, &f))
		return rest; /* the caller stopped early */
	return str_skip(rest, line_length(rest));
}

str header_unfold(struct arena *a, str raw)
{
	char *p;
	size_t n = 0;

	raw = str_trim(raw);
	if (str_chr(raw, '\n') == STR_NONE && str_chr(raw, '\r') == STR_NONE &&
	    str_chr(raw, '\0') == STR_NONE)
		return raw;
	p = arena_alloc(a, raw.n);
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '\n' || (c == '\r' && i + 1 < raw.n && raw.p[i + 1] == '\n'))
			continue;
		p[n++] = c == '\r' || c == '\0' ? ' ' : c;
	}
	return str_of(p, n);
}

str header_find(struct arena *a, str message, str name)
{
	struct header_reader r = header_reader_make(message);
	struct header_field f;

	while (header_next(&r, &f)) {
		if (str_caseeq(f.name, name))
			return header_unfold(a, f.raw);
	}
	return STR_NULL;
}
