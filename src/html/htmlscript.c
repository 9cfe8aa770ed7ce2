#include "html/htmlscript_private.h"

#include "base/num.h"
#include "base/utf8.h"

enum {
	WORD_MAX = 40,
	PIECE_MIN = 8,	    /* of a coded list of strings */
	PACKED_NAMES = 20,  /* "_0x1a2b": what obfuscators call variables */
	WORDLESS_MIN = 400, /* bytes of a script written in six signs */
};

struct reading {
	struct htmlscript *s;
	str in;
	size_t at;
	char before, last; /* the signs before the next word or string */
	struct strbuf literal;
	bool pending; /* .literal holds something */
	size_t piece; /* where the last string of a list begins in it */
	struct htmlscript_numbers numbers;
	size_t packed_names;
	size_t signs; /* of "[]()!+" */
};

static const struct {
	str word;
	uint32_t use;
} words[] = {
	{ STR("blob"), HTMLSCRIPT_BLOB },
	{ STR("createobjecturl"), HTMLSCRIPT_SAVE },
	{ STR("mssaveblob"), HTMLSCRIPT_SAVE },
	{ STR("mssaveoropenblob"), HTMLSCRIPT_SAVE },
	{ STR("saveas"), HTMLSCRIPT_SAVE },
	{ STR("download"), HTMLSCRIPT_DOWNLOAD },
	{ STR("atob"), HTMLSCRIPT_DECODE },
	{ STR("fromcharcode"), HTMLSCRIPT_DECODE },
	{ STR("unescape"), HTMLSCRIPT_DECODE },
	{ STR("decodeuricomponent"), HTMLSCRIPT_DECODE },
	{ STR("decodeuri"), HTMLSCRIPT_DECODE },
	{ STR("uint8array"), HTMLSCRIPT_DECODE },
	{ STR("textdecoder"), HTMLSCRIPT_DECODE },
	{ STR("eval"), HTMLSCRIPT_EVAL },
	{ STR("execscript"), HTMLSCRIPT_EVAL },
	{ STR("executeglobal"), HTMLSCRIPT_EVAL },
	{ STR("write"), HTMLSCRIPT_WRITE },
	{ STR("writeln"), HTMLSCRIPT_WRITE },
	{ STR("innerhtml"), HTMLSCRIPT_WRITE },
	{ STR("outerhtml"), HTMLSCRIPT_WRITE },
	{ STR("insertadjacenthtml"), HTMLSCRIPT_WRITE },
	{ STR("srcdoc"), HTMLSCRIPT_WRITE },
	{ STR("subtle"), HTMLSCRIPT_DECRYPT },
	{ STR("cryptojs"), HTMLSCRIPT_DECRYPT },
	{ STR("decrypt"), HTMLSCRIPT_DECRYPT },
	{ STR("inflate"), HTMLSCRIPT_DECRYPT },
	{ STR("decompressionstream"), HTMLSCRIPT_DECRYPT },
	{ STR("activexobject"), HTMLSCRIPT_SYSTEM },
	{ STR("wscript"), HTMLSCRIPT_SYSTEM },
	{ STR("wscript.shell"), HTMLSCRIPT_SYSTEM },
	{ STR("shell.application"), HTMLSCRIPT_SYSTEM },
	{ STR("adodb.stream"), HTMLSCRIPT_SYSTEM },
	{ STR("scripting.filesystemobject"), HTMLSCRIPT_SYSTEM },
	{ STR("createobject"), HTMLSCRIPT_SYSTEM },
	{ STR("getobject"), HTMLSCRIPT_SYSTEM },
	{ STR("reverse"), HTMLSCRIPT_REVERSE },
	{ STR("strreverse"), HTMLSCRIPT_REVERSE },
	{ STR("xor"), HTMLSCRIPT_XOR },
	{ STR("location"), HTMLSCRIPT_LEAVE },
};

static void use(struct htmlscript *s, uint32_t what, str word)
{
	int bit = __builtin_ctz(what);

	if (!(s->uses & what))
		s->words[bit] = arena_str(s->arena, str_sub(word, 0, WORD_MAX));
	s->uses |= what;
}

static void look_up(struct htmlscript *s, str word)
{
	if (word.n < 3 || word.n > WORD_MAX)
		return;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_caseeq(word, words[i].word)) {
			use(s, words[i].use, word);
			return;
		}
	}
}

static void keep_url(struct htmlscript *s, str literal)
{
	bool is_url = str_casestarts(literal, STR("http://")) ||
		      str_casestarts(literal, STR("https://")) || str_starts(literal, STR("//"));

	if (is_url && literal.n > 4 && s->urls.n < HTMLSCRIPT_URLS_MAX)
		*arena_push(s->arena, &s->urls) = arena_str(s->arena, literal);
}

/* The literal that was joined so far. */
static void end_literal(struct reading *r)
{
	str literal = strbuf_str(&r->literal);

	if (!r->pending)
		return;
	r->pending = false;
	look_up(r->s, str_skip(literal, r->piece));
	r->piece = 0;
	keep_url(r->s, literal);
	if (literal.n >= WORD_MAX && htmlscript_is_coded(literal)) {
		strbuf_put(&r->s->all, literal);
		r->s->n_all++;
	}
	htmlscript_decode(r->s, literal);
	strbuf_clear(&r->literal);
}

static uint32_t hex_number(const struct reading *r, size_t at, size_t digits, size_t *ret_used)
{
	uint32_t value = 0;
	size_t n = 0;

	while (n < digits && at + n < r->in.n && num_hex_digit(r->in.p[at + n]) >= 0)
		value = value << 4 | (uint32_t)num_hex_digit(r->in.p[at + n++]);
	*ret_used = n;
	return value;
}

/* Behind a backslash at .at: puts what it means. */
static void escape(struct reading *r, struct strbuf *out)
{
	char c = r->in.p[r->at++];
	bool braces = r->at < r->in.n && r->in.p[r->at] == '{';
	size_t used;
	uint32_t value;

	if (c == 'x' || c == 'u') {
		r->at += braces && c == 'u';
		value = hex_number(r, r->at, c == 'x' ? 2 : braces ? 6 : 4, &used);
		r->at += used;
		if (braces && c == 'u' && r->at < r->in.n && r->in.p[r->at] == '}')
			r->at++;
		if (value < 0x80 || c == 'x')
			strbuf_char(out, (char)value);
		else
			strbuf_utf8(out, value);
	} else if (c >= '0' && c <= '7') {
		value = (uint32_t)(c - '0');
		for (int i = 0;
		     i < 2 && r->at < r->in.n && r->in.p[r->at] >= '0' && r->in.p[r->at] <= '7';
		     i++)
			value = value * 8 + (uint32_t)(r->in.p[r->at++] - '0');
		strbuf_char(out, (char)value);
	} else if (c == 'n' || c == 'r' || c == 't') {
		strbuf_char(out, c == 't' ? '\t' : '\n');
	} else if (c != '\n') {
		strbuf_char(out, c);
	}
}

/* Whether the string at .at goes on with what .literal holds: "a" + "b", s += "b", s & "b". */
static bool is_joined(const struct reading *r)
{
	return r->last == '+' || r->last == '&' || (r->last == '=' && r->before == '+');
}

static void string(struct reading *r, char quote)
{
	struct strbuf b = r->literal;
	bool listed = r->last == ',' && r->pending && b.n >= PIECE_MIN &&
		      htmlscript_is_coded(str_sub(strbuf_str(&b), b.n - PIECE_MIN, b.n));

	if (listed) {
		look_up(r->s, str_skip(strbuf_str(&b), r->piece));
		r->piece = b.n;
	} else if (!is_joined(r)) {
		end_literal(r);
	}
	r->at++;
	while (r->at < r->in.n) {
		size_t start = r->at;
		char c;

		while (r->at < r->in.n && r->in.p[r->at] != quote && r->in.p[r->at] != '\\' &&
		       (r->in.p[r->at] != '\n' || quote == '`'))
			r->at++;
		strbuf_put(&r->literal, str_sub(r->in, start, r->at));
		if (r->at >= r->in.n)
			break;
		c = r->in.p[r->at++];
		if (c != '\\')
			break;
		if (r->at < r->in.n)
			escape(r, &r->literal);
	}
	r->pending = true;
	r->before = r->last = '"';
}

static bool is_word_char(char c)
{
	return str_is_alnum(c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static void word(struct reading *r)
{
	size_t from = r->at;
	str w;

	while (r->at < r->in.n && is_word_char(r->in.p[r->at]))
		r->at++;
	w = str_sub(r->in, from, r->at);
	r->packed_names += str_starts(w, STR("_0x"));
	if (str_eq(w, STR("Function")) && r->at < r->in.n && r->in.p[r->at] == '(')
		use(r->s, HTMLSCRIPT_EVAL, w);
	look_up(r->s, w);
}

static void number(struct reading *r)
{
	bool hex = r->at + 1 < r->in.n && r->in.p[r->at] == '0' && (r->in.p[r->at + 1] | 32) == 'x';
	uint32_t value = 0;

	r->at += hex ? 2 : 0;
	while (r->at < r->in.n && is_word_char(r->in.p[r->at])) {
		int digit = num_hex_digit(r->in.p[r->at++]);

		if (digit >= 0 && value < 1 << 24)
			value = value * (hex ? 16 : 10) + (uint32_t)digit;
	}
	htmlscript_number(&r->numbers, value);
}

static void comment(struct reading *r, bool block)
{
	size_t end = block ? str_find(str_skip(r->in, r->at + 2), STR("*/"))
			   : str_chr(str_skip(r->in, r->at), '\n');

	r->at = end == STR_NONE ? r->in.n : r->at + end + (block ? 4 : 0);
}

static void sign(struct reading *r, char c)
{
	r->at++;
	if (str_is_space(c))
		return;
	if (c != ',' && r->numbers.n)
		htmlscript_numbers_end(r->s, &r->numbers);
	r->signs += strchr("[]()!+", c) != NULL && c;
	if (c == '^')
		use(r->s, HTMLSCRIPT_XOR, STR("^"));
	r->before = r->last;
	r->last = c;
}

static void read_one(struct reading *r)
{
	char c = r->in.p[r->at];
	char next = r->at + 1 < r->in.n ? r->in.p[r->at + 1] : '\0';

	if (c == '"' || c == '\'' || c == '`') {
		htmlscript_numbers_end(r->s, &r->numbers);
		string(r, c);
	} else if (str_is_digit(c)) {
		number(r);
	} else if (is_word_char(c)) {
		htmlscript_numbers_end(r->s, &r->numbers);
		word(r);
	} else if (c == '/' && (next == '/' || next == '*')) {
		comment(r, next == '*');
	} else {
		sign(r, c);
	}
}

struct htmlscript htmlscript_make(struct arena *a, size_t page_bytes)
{
	return (struct htmlscript){ .arena = a, .all = strbuf_make(a, page_bytes * 2) };
}

void htmlscript_read(struct htmlscript *s, str script)
{
	struct reading r = {
		.s = s,
		.in = script,
		.literal = strbuf_make(s->arena, script.n * 4 + 16),
		.numbers = { .bytes = strbuf_make(s->arena, script.n * 4 + 16) },
	};

	while (r.at < script.n)
		read_one(&r);
	htmlscript_numbers_end(s, &r.numbers);
	end_literal(&r);
	if (r.packed_names >= PACKED_NAMES)
		use(s, HTMLSCRIPT_PACKED, STR("_0x"));
	if (str_find(script, STR("(p,a,c,k,e,")) != STR_NONE)
		use(s, HTMLSCRIPT_PACKED, STR("(p,a,c,k,e,d)"));
	if (script.n >= WORDLESS_MIN && r.signs * 10 >= script.n * 9)
		use(s, HTMLSCRIPT_PACKED, STR("[]()!+"));
}

void htmlscript_end(struct htmlscript *s)
{
	if (s->n_all > 1)
		htmlscript_decode(s, strbuf_str(&s->all));
}
