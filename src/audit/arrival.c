#include "audit/arrival.h"

#include "base/map.h"
#include "base/num.h"
#include "base/strbuf.h"
#include "mail/header.h"

/* Beginnings of names of fields that gateways add. */
static const str added[] = {
	STR("X-Spam"),	     STR("X-Virus"),	   STR("X-Rspamd"),
	STR("X-Poterne-"),   STR("X-Amavis"),	   STR("X-Quarantine"),
	STR("X-Barracuda-"), STR("X-Proofpoint-"), STR("X-MS-Exchange-Organization-SCL"),
	STR("X-Bogosity"),   STR("X-DSPAM"),	   STR("X-CRM114"),
	STR("X-SCL"),	     STR("X-Forefront-"),  STR("X-Mimecast-"),
	STR("X-IronPort-"),  STR("X-MailScanner"), STR("X-Vade"),
	STR("X-VR-"),	     STR("X-Sophos-"),	   STR("X-Fortinet"),
	STR("X-Action"),     STR("X-Suspected"),   STR("X-Banned"),
};

/* Beginnings of values that say so. */
static const str bad_values[] = {
	STR("yes"),	   STR("true"),	    STR("spam"),	  STR("tag"),
	STR("quarantine"), STR("infected"), STR("reject"),	  STR("add header"),
	STR("rewrite"),	   STR("found"),    STR("default: True"),
};

static bool is_mark(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(added); i++) {
		if (str_casestarts(name, added[i]))
			return true;
	}
	return false;
}

static str body_of(str message)
{
	struct header_reader r = header_reader_make(message);
	struct header_field f;

	while (header_next(&r, &f))
		;
	return header_body(&r);
}

/* The next line without CR and blanks at its end. */
static bool next_line(struct arena *a, str *rest, str *ret)
{
	struct strbuf b;

	if (!str_split(rest, '\n', ret))
		return false;
	while (ret->n && (str_is_space(ret->p[ret->n - 1])))
		ret->n--;
	if (str_chr(*ret, '\r') == STR_NONE)
		return true;
	b = strbuf_make(a, ret->n);
	for (size_t i = 0; i < ret->n; i++) {
		if (ret->p[i] != '\r')
			strbuf_char(&b, ret->p[i]);
	}
	*ret = strbuf_str(&b);
	return true;
}

static void end_piece(struct arrival_print *p, str piece, size_t *most)
{
	while (piece.n && str_is_space(piece.p[piece.n - 1]))
		piece.n--;
	if (!piece.n || p->n_pieces == ARRIVAL_PIECES)
		return;
	if (piece.n > *most) {
		*most = piece.n;
		p->largest = p->n_pieces;
	}
	p->pieces[p->n_pieces++] = map_hash(piece, false);
}

static void print_body(struct arena *a, str body, struct arrival_print *p)
{
	struct strbuf b = strbuf_make(a, body.n + 2);
	size_t from = 0, most = 0, end;
	str line, rest = body;

	strbuf_reserve(&b, body.n + 1);
	while (rest.p && next_line(a, &rest, &line)) {
		if (str_starts(line, STR("--"))) {
			end_piece(p, str_skip(strbuf_str(&b), from), &most);
			from = b.n;
		}
		strbuf_put(&b, line);
		strbuf_char(&b, '\n');
	}
	end_piece(p, str_skip(strbuf_str(&b), from), &most);
	for (end = b.n; end && b.p[end - 1] == '\n'; end--)
		;
	p->body = map_hash(str_of(b.p, end), false);
}

static uint64_t field_hash(struct arena *a, const struct header_field *f)
{
	str text = arena_fmt(a, "%.*s:%.*s", STR_ARG(str_sub(f->name, 0, 256)),
			     STR_ARG(str_sub(header_unfold(a, f->raw), 0, 1024)));

	return map_hash(text, true);
}

void arrival_print(struct arena *a, str message, struct arrival_print *ret)
{
	struct header_reader r = header_reader_make(message);
	struct header_field f;

	*ret = (struct arrival_print){ 0 };
	while (header_next(&r, &f)) {
		if (is_mark(f.name) && ret->n_fields < ARRIVAL_FIELDS)
			ret->fields[ret->n_fields++] = field_hash(a, &f);
	}
	ret->subject = map_hash(header_find(a, message, STR("Subject")), false);
	print_body(a, body_of(message), ret);
}

static bool was_sent(const struct arrival_print *sent, uint64_t hash)
{
	for (size_t i = 0; i < sent->n_fields; i++) {
		if (sent->fields[i] == hash)
			return true;
	}
	return false;
}

/* "score=3.2 ..." or "... [3.20 / 15.00]", as filters write it; a bare number in a field of that
 * name. */
static bool has_points(str name, str value)
{
	size_t at = str_casefind(value, STR("score=")), end;
	double points;

	if (at != STR_NONE)
		value = str_skip(value, at + 6);
	else if ((at = str_chr(value, '[')) != STR_NONE)
		value = str_skip(value, at + 1);
	else if (!str_casestarts(name, STR("X-Spam-Score")) &&
		 !str_caseeq(name, STR("X-MS-Exchange-Organization-SCL")))
		return false;
	for (end = 0; end < value.n && end < 16; end++) {
		if (!str_is_digit(value.p[end]) && value.p[end] != '.' && value.p[end] != '-')
			break;
	}
	return num_double(str_sub(value, 0, end), &points) && points > 0;
}

static bool names_one(str value, str symbols)
{
	str name;

	while (symbols.n && str_split(&symbols, '|', &name)) {
		if (name.n && str_find(value, name) != STR_NONE)
			return true;
	}
	return false;
}

static bool says_bad(str value)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_values); i++) {
		if (str_casestarts(value, bad_values[i]))
			return true;
	}
	return false;
}

static void read_marks(struct arena *a, const struct arrival_print *sent, str symbols, str message,
		       struct arrival *ret)
{
	struct header_reader r = header_reader_make(message);
	struct strbuf b = strbuf_make(a, ARRIVAL_MARKS_MAX);
	struct header_field f;

	while (header_next(&r, &f)) {
		str value;

		if (!is_mark(f.name) || was_sent(sent, field_hash(a, &f)))
			continue;
		value = header_unfold(a, f.raw);
		ret->marked |= says_bad(value);
		ret->hinted |= has_points(f.name, value) || names_one(value, symbols);
		strbuf_put(&b, b.n ? STR("; ") : STR(""));
		strbuf_printable(&b, str_sub(f.name, 0, 64));
		strbuf_put(&b, STR(": "));
		strbuf_printable(&b, str_sub(value, 0, 512));
	}
	if (map_hash(header_find(a, message, STR("Subject")), false) != sent->subject) {
		ret->marked = true;
		strbuf_put(&b, b.n ? STR("; Subject changed") : STR("Subject changed"));
	}
	ret->marks = strbuf_str(&b);
}

static bool has_piece(const struct arrival_print *p, uint64_t piece)
{
	for (size_t i = 0; i < p->n_pieces; i++) {
		if (p->pieces[i] == piece)
			return true;
	}
	return false;
}

/* A file of a Maildir has LFs alone: there only a CR can be told to be bare. */
static bool has_bare(str s)
{
	bool lf_file = str_find(s, STR("\r\n")) == STR_NONE;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\r' && (i + 1 == s.n || s.p[i + 1] != '\n'))
			return true;
		if (!lf_file && s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			return true;
	}
	return false;
}

void arrival_compare(struct arena *a, const struct arrival_print *sent, str symbols, str message,
		     struct arrival *ret)
{
	struct arrival_print *came = arena_make(a, struct arrival_print);

	*ret = (struct arrival){ .pieces = sent->n_pieces };
	arrival_print(a, message, came);
	for (size_t i = 0; i < sent->n_pieces; i++)
		ret->kept += has_piece(came, sent->pieces[i]);
	ret->altered = came->body != sent->body;
	ret->defused =
		ret->altered && sent->n_pieces && !has_piece(came, sent->pieces[sent->largest]);
	ret->bare = has_bare(message);
	read_marks(a, sent, symbols, message, ret);
}
