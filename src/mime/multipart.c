#include "mime/multipart.h"

struct multipart multipart_open(struct arena *a, str body, str boundary)
{
	char *p = arena_alloc(a, boundary.n + 2);

	p[0] = p[1] = '-';
	if (boundary.n)
		memcpy(p + 2, boundary.p, boundary.n);
	return (struct multipart){ .body = body, .delimiter = str_of(p, boundary.n + 2) };
}

struct boundary_line {
	size_t start; /* of the line */
	size_t next;  /* behind its line end */
	bool close;
};

/* dash-boundary *LWSP at the end of a line: transport padding is allowed (RFC 2046 5.1.1). */
static bool line_ends(str body, size_t at, size_t *ret_next)
{
	while (at < body.n && (body.p[at] == ' ' || body.p[at] == '\t'))
		at++;
	if (at < body.n && body.p[at] == '\r')
		at++;
	if (at < body.n && body.p[at] != '\n')
		return false;
	*ret_next = at < body.n ? at + 1 : at;
	return true;
}

static bool find_line(const struct multipart *m, struct boundary_line *ret)
{
	size_t at = m->at;

	for (;;) {
		size_t hit = str_find(str_skip(m->body, at), m->delimiter);
		size_t end;

		if (hit == STR_NONE)
			return false;
		ret->start = at + hit;
		end = ret->start + m->delimiter.n;
		at = end;
		if (ret->start > 0 && m->body.p[ret->start - 1] != '\n')
			continue;
		ret->close = false;
		if (line_ends(m->body, end, &ret->next))
			return true;
		ret->close = true;
		if (str_starts(str_skip(m->body, end), STR("--")) &&
		    line_ends(m->body, end + 2, &ret->next))
			return true;
	}
}

/* The CRLF before a boundary line belongs to it (RFC 2046 5.1.1). */
static size_t before_line_end(str body, size_t from, size_t at)
{
	if (at > from && body.p[at - 1] == '\n')
		at--;
	if (at > from && body.p[at - 1] == '\r')
		at--;
	return at;
}

bool multipart_next(struct multipart *m, str *ret_part)
{
	struct boundary_line line;
	size_t from;

	if (!m->started) {
		if (!find_line(m, &line))
			return false;
		m->started = true;
		m->first = line.start;
		m->at = line.next;
		m->closed = line.close;
	}
	if (m->closed || m->at >= m->body.n)
		return false;
	from = m->at;
	if (find_line(m, &line)) {
		*ret_part = str_sub(m->body, from, before_line_end(m->body, from, line.start));
		m->at = line.next;
		m->closed = line.close;
	} else {
		*ret_part = str_skip(m->body, from);
		m->at = m->body.n;
	}
	return true;
}

bool multipart_reopen(struct multipart *m)
{
	struct boundary_line line;

	while (m->closed && find_line(m, &line)) {
		m->at = line.next;
		m->closed = line.close;
	}
	return !m->closed && m->started && m->at < m->body.n;
}

/* Only blanks and control characters stand between the line's start and at. */
static bool is_indented(str body, size_t at)
{
	while (at > 0 && body.p[at - 1] != '\n') {
		at--;
		if ((unsigned char)body.p[at] > ' ')
			return false;
	}
	return true;
}

bool multipart_next_near(const struct multipart *m, struct multipart_near *near, str *ret_line)
{
	for (;;) {
		size_t hit = str_find(str_skip(m->body, near->at), m->delimiter);
		size_t start = near->at + hit, end = start + m->delimiter.n, next;
		bool whole;

		if (hit == STR_NONE)
			return false;
		near->at = end;
		if (!is_indented(m->body, start))
			continue;
		whole = start == 0 || m->body.p[start - 1] == '\n';
		if (str_starts(str_skip(m->body, end), STR("--")) &&
		    line_ends(m->body, end + 2, &next) && whole)
			continue;
		if (whole && line_ends(m->body, end, &next))
			continue;
		*ret_line = str_skip(m->body, start);
		*ret_line = str_trim(str_sub(*ret_line, 0, str_chr(*ret_line, '\n')));
		return true;
	}
}

bool multipart_boundary_valid(str boundary)
{
	if (boundary.n == 0 || boundary.n > MULTIPART_BOUNDARY_MAX ||
	    boundary.p[boundary.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < boundary.n; i++) {
		char c = boundary.p[i];

		if (!str_is_alnum(c) && (c == '\0' || !strchr("'()+_,-./:=? ", c)))
			return false;
	}
	return true;
}

str multipart_guess_boundary(str body)
{
	size_t at = str_starts(body, STR("--")) ? 0 : str_find(body, STR("\n--"));
	str line;

	if (at == STR_NONE)
		return STR_NULL;
	line = str_skip(body, body.p[at] == '\n' ? at + 3 : at + 2);
	return str_trim(str_sub(line, 0, str_chr(line, '\n')));
}
