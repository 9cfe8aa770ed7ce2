#include "document/pdflex.h"

#include "base/strbuf.h"

enum { NUMBER_DIGITS = 10 };

static bool is_blank(char c)
{
	return c == '\0' || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static bool is_delimiter(char c)
{
	return c != '\0' && strchr("()<>[]{}/%", c);
}

static bool is_regular(char c)
{
	return !is_blank(c) && !is_delimiter(c);
}

static void skip_blanks(struct pdflex *l)
{
	while (l->at < l->in.n) {
		char c = l->in.p[l->at];

		if (c == '%') {
			while (l->at < l->in.n && l->in.p[l->at] != '\n' && l->in.p[l->at] != '\r')
				l->at++;
		} else if (is_blank(c)) {
			l->at++;
		} else {
			return;
		}
	}
}

static int hex_digit(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower_char(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static str regular_run(struct pdflex *l)
{
	size_t from = l->at;

	while (l->at < l->in.n && is_regular(l->in.p[l->at]))
		l->at++;
	return str_sub(l->in, from, l->at);
}

static str name_token(struct pdflex *l)
{
	str raw, ret;
	char *out;
	size_t n = 0;

	l->at++;
	raw = regular_run(l);
	if (str_chr(raw, '#') == STR_NONE)
		return raw;
	out = arena_alloc(l->arena, raw.n);
	for (size_t i = 0; i < raw.n; i++) {
		int high = i + 2 < raw.n && raw.p[i] == '#' ? hex_digit(raw.p[i + 1]) : -1;
		int low = high >= 0 ? hex_digit(raw.p[i + 2]) : -1;

		out[n] = raw.p[i];
		if (low >= 0) {
			out[n] = (char)(high * 16 + low);
			l->hidden_name |= str_is_alpha(out[n]);
			i += 2;
		}
		n++;
	}
	ret = str_of(out, n);
	return ret;
}

/* One escape of a literal string, behind the backslash at l->at. */
static void escape(struct pdflex *l, char *out, size_t *n)
{
	static const char letters[] = "nrtbf", bytes[] = "\n\r\t\b\f";
	char c = l->in.p[l->at++];
	const char *letter = c ? strchr(letters, c) : NULL;
	int value = 0;

	if (letter) {
		out[(*n)++] = bytes[letter - letters];
	} else if (c == '\r') {
		l->at += l->at < l->in.n && l->in.p[l->at] == '\n';
	} else if (c >= '0' && c <= '7') {
		l->at--;
		for (int i = 0;
		     i < 3 && l->at < l->in.n && l->in.p[l->at] >= '0' && l->in.p[l->at] <= '7';
		     i++)
			value = value * 8 + (l->in.p[l->at++] - '0');
		out[(*n)++] = (char)value;
	} else if (c != '\n') {
		out[(*n)++] = c;
	}
}

/* Where the literal string that begins at l->at ends, behind its parenthesis. */
static size_t string_end(const struct pdflex *l, bool *ret_plain)
{
	int depth = 0;

	*ret_plain = true;
	for (size_t i = l->at; i < l->in.n; i++) {
		char c = l->in.p[i];

		*ret_plain &= c != '\\';
		if (c == '\\')
			i++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			return i + 1;
	}
	return l->in.n;
}

static str literal_token(struct pdflex *l)
{
	bool plain;
	size_t end = string_end(l, &plain);
	size_t inner = end > l->at + 1 && l->in.p[end - 1] == ')' ? end - 1 : end;
	str raw = str_sub(l->in, l->at + 1, inner);
	char *out;
	size_t n = 0;

	if (plain) {
		l->at = end;
		return raw;
	}
	out = arena_alloc(l->arena, raw.n + 1);
	l->at++;
	while (l->at < inner) {
		char c = l->in.p[l->at++];

		if (c == '\\' && l->at < inner)
			escape(l, out, &n);
		else
			out[n++] = c;
	}
	l->at = end;
	return str_of(out, n);
}

static str hex_token(struct pdflex *l)
{
	str raw = str_skip(l->in, l->at + 1);
	size_t end = str_chr(raw, '>');
	char *out;
	size_t digits = 0;

	raw = str_sub(raw, 0, end == STR_NONE ? raw.n : end);
	l->at += 1 + raw.n + (end != STR_NONE);
	out = arena_alloc(l->arena, raw.n / 2 + 1);
	for (size_t i = 0; i < raw.n; i++) {
		int d = hex_digit(raw.p[i]);

		if (d < 0)
			continue;
		out[digits / 2] = (char)(out[digits / 2] | (digits % 2 ? d : d * 16));
		digits++;
	}
	return str_of(out, (digits + 1) / 2);
}

static bool all_digits(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_digit(s.p[i]))
			return false;
	}
	return s.n > 0 && s.n <= NUMBER_DIGITS;
}

static int64_t number_of(str s)
{
	int64_t n = 0;
	bool minus = s.n && s.p[0] == '-';

	for (size_t i = 0; i < s.n && i <= NUMBER_DIGITS; i++) {
		if (str_is_digit(s.p[i]))
			n = n * 10 + (s.p[i] - '0');
		else if (s.p[i] == '.')
			break;
	}
	return minus ? -n : n;
}

/* "12 0 R": what stands behind its first number. */
static bool is_reference(struct pdflex *l, uint32_t *ret_generation)
{
	size_t before = l->at;
	str generation;

	skip_blanks(l);
	generation = regular_run(l);
	if (all_digits(generation) && generation.n <= 5) {
		skip_blanks(l);
		if (l->at < l->in.n && l->in.p[l->at] == 'R' &&
		    (l->at + 1 == l->in.n || !is_regular(l->in.p[l->at + 1]))) {
			l->at++;
			*ret_generation = (uint32_t)number_of(generation);
			return true;
		}
	}
	l->at = before;
	return false;
}

static struct pdflex_value word_token(struct pdflex *l)
{
	str run = regular_run(l);
	struct pdflex_value v = { .kind = PDFLEX_WORD, .s = run };

	if (!str_is_digit(run.p[0]) && run.p[0] != '-' && run.p[0] != '+' && run.p[0] != '.')
		return v;
	v.kind = PDFLEX_NUMBER;
	v.number = number_of(run);
	if (all_digits(run) && is_reference(l, &v.generation))
		v.kind = PDFLEX_REF;
	return v;
}

struct pdflex_value pdflex_token(struct pdflex *l)
{
	bool twice;
	char c;

	skip_blanks(l);
	if (l->at >= l->in.n)
		return (struct pdflex_value){ .kind = PDFLEX_END };
	c = l->in.p[l->at];
	twice = l->at + 1 < l->in.n && l->in.p[l->at + 1] == c;
	if (c == '/')
		return (struct pdflex_value){ .kind = PDFLEX_NAME, .s = name_token(l) };
	if (c == '(')
		return (struct pdflex_value){ .kind = PDFLEX_STRING, .s = literal_token(l) };
	if (c == '<' && !twice)
		return (struct pdflex_value){ .kind = PDFLEX_STRING, .s = hex_token(l) };
	if (is_regular(c))
		return word_token(l);
	l->at += twice && (c == '<' || c == '>') ? 2 : 1;
	if (c == '<')
		return (struct pdflex_value){ .kind = PDFLEX_OPEN_DICT };
	if (c == '>' && twice)
		return (struct pdflex_value){ .kind = PDFLEX_CLOSE_DICT };
	if (c == '[')
		return (struct pdflex_value){ .kind = PDFLEX_OPEN_ARRAY };
	if (c == ']')
		return (struct pdflex_value){ .kind = PDFLEX_CLOSE_ARRAY };
	return (struct pdflex_value){ .kind = PDFLEX_WORD, .s = str_sub(l->in, l->at - 1, l->at) };
}

/* The containers that are open while a value is read. */
struct nest {
	struct {
		struct pdflex_value *container;
		struct pdflex_value **tail;
		str key;
		bool has_key;
	} level[PDFLEX_DEPTH];
	int n;	  /* open */
	int over; /* open beyond the limit */
	struct pdflex_value *root;
};

static struct pdflex_value *keep(struct nest *n, struct arena *a, struct pdflex_value v)
{
	struct pdflex_value *kept;
	int top = n->n - 1;

	if (n->n && n->level[top].container->kind == PDFLEX_DICT) {
		if (!n->level[top].has_key) {
			n->level[top].has_key = v.kind == PDFLEX_NAME;
			n->level[top].key = v.s;
			if (v.kind == PDFLEX_NAME)
				return NULL;
			v.key = STR("");
		} else {
			v.key = n->level[top].key;
			n->level[top].has_key = false;
		}
	}
	kept = arena_make(a, struct pdflex_value);
	*kept = v;
	if (n->n) {
		*n->level[top].tail = kept;
		n->level[top].tail = &kept->next;
	} else {
		n->root = kept;
	}
	return kept;
}

static void open_level(struct nest *n, struct arena *a, enum pdflex_kind kind)
{
	struct pdflex_value *v;

	if (n->n == PDFLEX_DEPTH) {
		n->over++;
		return;
	}
	v = keep(n, a, (struct pdflex_value){ .kind = kind });
	n->level[n->n].container = v;
	n->level[n->n].tail = &v->first;
	n->level[n->n++].has_key = false;
}

static void close_level(struct nest *n)
{
	if (n->over)
		n->over--;
	else if (n->n)
		n->n--;
}

static bool ends_object(str word)
{
	return str_eq(word, STR("endobj")) || str_eq(word, STR("stream")) ||
	       str_eq(word, STR("endstream")) || str_eq(word, STR("startxref"));
}

struct pdflex_value *pdflex_value(struct pdflex *l)
{
	struct nest n = { .root = NULL };
	uint32_t count = 0, objects = 0;

	do {
		size_t before = l->at;
		struct pdflex_value t = pdflex_token(l);

		if (t.kind == PDFLEX_END)
			break;
		objects += t.kind == PDFLEX_WORD && str_eq(t.s, STR("obj"));
		l->cut |= ++count > PDFLEX_VALUES_MAX || objects > PDFLEX_OBJECTS_MAX;
		if (l->cut)
			break;
		if (t.kind == PDFLEX_WORD && ends_object(t.s)) {
			l->at = before;
			break;
		}
		if (t.kind == PDFLEX_OPEN_DICT)
			open_level(&n, l->arena, PDFLEX_DICT);
		else if (t.kind == PDFLEX_OPEN_ARRAY)
			open_level(&n, l->arena, PDFLEX_ARRAY);
		else if (t.kind == PDFLEX_CLOSE_DICT || t.kind == PDFLEX_CLOSE_ARRAY)
			close_level(&n);
		else
			(void)keep(&n, l->arena, t);
	} while (n.n || !n.root);
	return n.root ? n.root : arena_make(l->arena, struct pdflex_value);
}

const struct pdflex_value *pdflex_get(const struct pdflex_value *dict, str key)
{
	if (!dict || dict->kind != PDFLEX_DICT)
		return NULL;
	for (const struct pdflex_value *v = dict->first; v; v = v->next) {
		if (str_eq(v->key, key))
			return v;
	}
	return NULL;
}

str pdflex_name(const struct pdflex_value *dict, str key)
{
	const struct pdflex_value *v = pdflex_get(dict, key);

	return v && v->kind == PDFLEX_NAME ? v->s : STR("");
}

int64_t pdflex_number(const struct pdflex_value *dict, str key, int64_t other)
{
	const struct pdflex_value *v = pdflex_get(dict, key);

	return v && v->kind == PDFLEX_NUMBER ? v->number : other;
}
