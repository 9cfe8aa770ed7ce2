#include "dkim/dkimcanon.h"

/* Small pieces on their way to the sink; what is behind the maximum is only counted. */
struct out {
	const struct dkimcanon_sink *to;
	uint64_t left, total;
	size_t n;
	char bytes[1024];
};

static void flush(struct out *o)
{
	if (o->n)
		o->to->put(o->to->ctx, str_of(o->bytes, o->n));
	o->n = 0;
}

static void put(struct out *o, str s)
{
	o->total += s.n;
	if (s.n > o->left)
		s.n = (size_t)o->left;
	o->left -= s.n;
	if (s.n > sizeof(o->bytes) - o->n)
		flush(o);
	if (s.n > sizeof(o->bytes)) {
		o->to->put(o->to->ctx, s);
	} else if (s.n) {
		memcpy(o->bytes + o->n, s.p, s.n);
		o->n += s.n;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The line at the start of *rest, without its end; *rest goes behind it. False at the end. */
static bool next_line(str *rest, str *ret_line, bool *ret_ended)
{
	size_t lf = str_chr(*rest, '\n');

	if (rest->n == 0)
		return false;
	*ret_ended = lf != STR_NONE;
	*ret_line = str_sub(*rest, 0, lf);
	*rest = *ret_ended ? str_skip(*rest, lf + 1) : STR("");
	if (*ret_ended && ret_line->n && ret_line->p[ret_line->n - 1] == '\r')
		ret_line->n--;
	return true;
}

/* Fields */

struct field {
	struct out out;
	enum dkimcanon_kind kind;
	bool in_value;	/* behind the colon */
	bool something; /* of the name or the value was put */
	bool blank;	/* a run of blanks waits to be put as one */
};

static void put_lower(struct out *o, str s)
{
	char low[64];

	while (s.n) {
		str piece = str_sub(s, 0, sizeof(low));

		for (size_t i = 0; i < piece.n; i++)
			low[i] = str_lower_char(piece.p[i]);
		put(o, str_of(low, piece.n));
		s = str_skip(s, piece.n);
	}
}

/* Text between two line ends; a run of blanks may go on over them (3.4.2). */
static void put_relaxed(struct field *f, str text)
{
	size_t at = 0;

	while (at < text.n) {
		size_t from = at;

		if (is_blank(text.p[at])) {
			f->blank = true;
			at++;
			continue;
		}
		if (!f->in_value && text.p[at] == ':') {
			put(&f->out, STR(":"));
			f->in_value = true;
			f->something = f->blank = false;
			at++;
			continue;
		}
		while (at < text.n && !is_blank(text.p[at]) && (f->in_value || text.p[at] != ':'))
			at++;
		if (f->blank && f->something)
			put(&f->out, STR(" "));
		f->blank = false;
		f->something = true;
		if (f->in_value)
			put(&f->out, str_sub(text, from, at));
		else
			put_lower(&f->out, str_sub(text, from, at));
	}
}

static void put_piece(struct field *f, str piece)
{
	str line;
	bool ended;

	while (next_line(&piece, &line, &ended)) {
		if (f->kind == DKIMCANON_RELAXED) {
			put_relaxed(f, line);
			continue;
		}
		put(&f->out, line);
		if (ended)
			put(&f->out, STR("\r\n"));
	}
}

static str without_line_end(str field)
{
	if (field.n && field.p[field.n - 1] == '\n')
		field.n--;
	if (field.n && field.p[field.n - 1] == '\r')
		field.n--;
	return field;
}

/* head and tail are one field, cut in two. */
static void put_field(enum dkimcanon_kind kind, str head, str tail, bool last,
		      const struct dkimcanon_sink *sink)
{
	struct field f = { .kind = kind, .out = { .to = sink, .left = UINT64_MAX } };

	put_piece(&f, head);
	put_piece(&f, tail);
	if (!last)
		put(&f.out, STR("\r\n"));
	flush(&f.out);
}

void dkimcanon_field(enum dkimcanon_kind kind, str field, bool last,
		     const struct dkimcanon_sink *out)
{
	put_field(kind, without_line_end(field), STR(""), last, out);
}

/* Where the value of the b= tag stands, with the white space around it (RFC 6376 3.5); an
 * empty range at the end when there is none. */
static str find_signature(str field)
{
	size_t colon = str_chr(field, ':');
	str rest = str_skip(field, colon == STR_NONE ? field.n : colon + 1), spec;

	while (str_split(&rest, ';', &spec)) {
		size_t equals = str_chr(spec, '=');

		if (equals != STR_NONE && str_eq(str_trim(str_sub(spec, 0, equals)), STR("b")))
			return str_skip(spec, equals + 1);
	}
	return str_skip(field, field.n);
}

void dkimcanon_own_field(enum dkimcanon_kind kind, str field, bool last,
			 const struct dkimcanon_sink *out)
{
	str all = without_line_end(field), b = find_signature(all);
	size_t at = (size_t)(b.p - all.p);

	put_field(kind, str_sub(all, 0, at), str_skip(all, at + b.n), last, out);
}

/* Bodies */

/* A tab, or two blanks in a row: without a branch, since most lines have neither. */
static bool has_blank_run(str line)
{
	unsigned found = line.n && line.p[0] == '\t';

	for (size_t i = 1; i < line.n; i++)
		found |= (line.p[i] == '\t') | ((line.p[i] == ' ') & (line.p[i - 1] == ' '));
	return found;
}

/* A line without the blanks at its end, each other run of them as one space (3.4.4). */
static void put_relaxed_line(struct out *o, str line)
{
	size_t at = 0;

	if (!has_blank_run(line)) {
		put(o, line);
		return;
	}
	while (at < line.n) {
		size_t from = at;

		while (at < line.n && !is_blank(line.p[at]))
			at++;
		put(o, str_sub(line, from, at));
		if (at == line.n)
			return;
		put(o, STR(" "));
		while (is_blank(line.p[at]))
			at++;
	}
}

static str without_blanks_behind(str line)
{
	while (line.n && is_blank(line.p[line.n - 1]))
		line.n--;
	return line;
}

uint64_t dkimcanon_body(enum dkimcanon_kind kind, str body, uint64_t max,
			const struct dkimcanon_sink *sink)
{
	struct out o = { .to = sink, .left = max };
	uint64_t empty = 0; /* lines that only count when another follows */
	bool ended;
	str line;

	while (next_line(&body, &line, &ended)) {
		if (kind == DKIMCANON_RELAXED)
			line = without_blanks_behind(line);
		if (line.n == 0) {
			empty++;
			continue;
		}
		for (; empty; empty--)
			put(&o, STR("\r\n"));
		if (kind == DKIMCANON_RELAXED)
			put_relaxed_line(&o, line);
		else
			put(&o, line);
		put(&o, STR("\r\n"));
	}
	if (kind == DKIMCANON_SIMPLE && o.total == 0)
		put(&o, STR("\r\n"));
	flush(&o);
	return o.total;
}
