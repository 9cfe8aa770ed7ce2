#include "mime/params.h"

#include "base/num.h"
#include "base/strbuf.h"
#include "mime/encoded_word.h"

struct scan {
	struct arena *arena;
	str in;
	size_t at;
};

static bool more(const struct scan *s)
{
	return s->at < s->in.n;
}

static void skip_blank(struct scan *s)
{
	while (more(s) && str_is_space(s->in.p[s->at]))
		s->at++;
}

/* Text up to ";", a comment cut off (RFC 2045 5.1 allows comments anywhere). */
static str until_semicolon(struct scan *s)
{
	str rest = str_skip(s->in, s->at);
	size_t end = str_chr(rest, ';');
	str text = str_sub(rest, 0, end);
	size_t paren = str_find(text, STR(" ("));

	s->at += text.n;
	if (paren != STR_NONE)
		text = str_sub(text, 0, paren);
	return str_trim(text);
}

static str quoted_value(struct scan *s, bool *ret_odd)
{
	str rest = str_skip(s->in, ++s->at);
	size_t quote = str_chr(rest, '"');
	size_t slash = str_chr(str_sub(rest, 0, quote), '\\');
	struct strbuf b;

	if (slash == STR_NONE) {
		s->at += quote == STR_NONE ? rest.n : quote + 1;
		*ret_odd = quote == STR_NONE;
		return str_sub(rest, 0, quote);
	}
	b = strbuf_make(s->arena, rest.n);
	while (more(s) && s->in.p[s->at] != '"') {
		if (s->in.p[s->at] == '\\' && s->at + 1 < s->in.n) {
			s->at++;
			*ret_odd |= s->in.p[s->at] != '\\' && s->in.p[s->at] != '"';
		}
		strbuf_char(&b, s->in.p[s->at++]);
	}
	s->at += more(s);
	return strbuf_str(&b);
}

/* name, name*, name*N, name*N* (RFC 2231 7). */
static void split_name(str name, struct param *ret)
{
	size_t star = str_chr(name, '*');
	uint64_t section;
	str digits;

	ret->section = -1;
	ret->name = name;
	if (star == STR_NONE)
		return;
	ret->extended = name.p[name.n - 1] == '*';
	ret->name = str_sub(name, 0, star);
	digits = str_skip(name, star + 1);
	if (ret->extended && digits.n)
		digits.n--;
	if (num_u64_max(digits, PARAMS_MAX, &section)) {
		ret->section = (int)section;
		ret->odd = digits.n > 1 && digits.p[0] == '0'; /* RFC 2231 7: not that way */
	} else if (digits.n) {
		ret->name = name; /* some other use of "*" */
		ret->extended = false;
	}
}

/* One "name=value"; at stands behind a ";". */
static void parse_one(struct scan *s, struct params *ret)
{
	struct param p = { 0 };
	size_t start;

	skip_blank(s);
	start = s->at;
	while (more(s) && s->in.p[s->at] != '=' && s->in.p[s->at] != ';')
		s->at++;
	if (!more(s) || s->in.p[s->at] == ';')
		return; /* a name alone, or nothing between two ";" */
	split_name(str_trim(str_sub(s->in, start, s->at)), &p);
	s->at++;
	skip_blank(s);
	if (more(s) && s->in.p[s->at] == '"') {
		p.value = quoted_value(s, &p.odd);
		p.junk = until_semicolon(s);
	} else {
		p.value = until_semicolon(s);
	}
	if (ret->list.n == PARAMS_MAX)
		ret->cut = true;
	else if (p.name.n)
		*arena_push(s->arena, &ret->list) = p;
}

void params_parse(struct arena *a, str in, struct params *ret)
{
	struct scan s = { .arena = a, .in = in };

	*ret = (struct params){ 0 };
	ret->value = until_semicolon(&s);
	while (more(&s) && !ret->cut) {
		s.at++;
		parse_one(&s, ret);
	}
}

str params_get(const struct params *p, str name)
{
	for (size_t i = 0; i < p->list.n; i++) {
		const struct param *q = &p->list.v[i];

		if (q->section < 0 && !q->extended && str_caseeq(q->name, name))
			return q->value;
	}
	return STR_NULL;
}

static const struct param *section(const struct params *p, str name, int wanted)
{
	for (size_t i = 0; i < p->list.n; i++) {
		const struct param *q = &p->list.v[i];

		if (q->section == wanted && (wanted >= 0 || q->extended) &&
		    str_caseeq(q->name, name))
			return q;
	}
	return NULL;
}

static void put_percent(struct strbuf *b, str s)
{
	for (size_t i = 0; i < s.n; i++) {
		int hi = s.n - i > 2 && s.p[i] == '%' ? num_hex_digit(s.p[i + 1]) : -1;
		int lo = hi >= 0 ? num_hex_digit(s.p[i + 2]) : -1;

		if (lo >= 0) {
			strbuf_char(b, (char)(hi << 4 | lo));
			i += 2;
		} else {
			strbuf_char(b, s.p[i]);
		}
	}
}

/* charset'language'text (RFC 2231 4). */
static str cut_charset(str value, str *ret_charset)
{
	size_t first = str_chr(value, '\'');
	size_t second = first == STR_NONE ? STR_NONE : str_chr(str_skip(value, first + 1), '\'');

	*ret_charset = STR("");
	if (second == STR_NONE)
		return value;
	*ret_charset = str_sub(value, 0, first);
	return str_skip(value, first + 1 + second + 1);
}

/* The value by RFC 2231, or STR_NULL when nothing there uses it. */
static str extended_text(const struct params *p, struct charsets *c, struct arena *a, str name)
{
	const struct param *q = section(p, name, -1);
	int at = q ? -1 : 0;
	str charset = STR("");
	struct strbuf b;
	size_t room = 0;
	str text;

	if (!q)
		q = section(p, name, 0);
	if (!q)
		return STR_NULL;
	for (size_t i = 0; i < p->list.n; i++)
		room += p->list.v[i].value.n;
	b = strbuf_make(a, room + 1);
	for (; q; q = at < 0 ? NULL : section(p, name, ++at)) {
		str value = q->value;

		if (q->extended && at <= 0)
			value = cut_charset(value, &charset);
		if (q->extended)
			put_percent(&b, value);
		else
			strbuf_put(&b, value);
	}
	(void)charset_to_utf8(c, a, charset, strbuf_str(&b), &text); /* substitutes when unknown */
	return text.p ? text : STR("");
}

static str plain_text(const struct params *p, struct charsets *c, struct arena *a, str name)
{
	str raw = params_get(p, name);

	return raw.p ? encoded_word_decode(c, a, raw, NULL) : STR_NULL;
}

str params_get_text(const struct params *p, struct charsets *c, struct arena *a, str name)
{
	str text = extended_text(p, c, a, name);

	return text.p ? text : plain_text(p, c, a, name);
}

bool params_conflict(const struct params *p, struct charsets *c, struct arena *a, str name)
{
	str first = params_get(p, name);
	str extended = extended_text(p, c, a, name);

	for (size_t i = 0; i < p->list.n; i++) {
		const struct param *q = &p->list.v[i];

		if (!str_caseeq(q->name, name))
			continue;
		if (q->odd || (q->section >= 0 && q != section(p, name, q->section)))
			return true;
		if (q->junk.n || (q->section < 0 && !q->extended && !str_eq(q->value, first)))
			return true;
	}
	return extended.p && first.p && !str_eq(extended, plain_text(p, c, a, name));
}

/* Whose letters readers may take for others: no charset is named, or none that holds ASCII. */
bool params_odd_charset(const struct params *p, str name)
{
	static const str plain[] = { STR(""), STR("us-ascii"), STR("utf-8"), STR("iso-8859-1") };

	for (size_t i = 0; i < p->list.n; i++) {
		const struct param *q = &p->list.v[i];
		size_t end = str_chr(q->value, '\'');
		bool known = false;

		if (!q->extended || q->section > 0 || !str_caseeq(q->name, name))
			continue;
		for (size_t k = 0; k < ARRAY_LEN(plain) && end != STR_NONE; k++)
			known |= str_caseeq(str_sub(q->value, 0, end), plain[k]);
		if (!known)
			return true;
	}
	return false;
}

static void add_reading(struct params_readings *r, str value)
{
	for (size_t i = 0; i < r->n; i++) {
		if (str_eq(r->v[i], value))
			return;
	}
	if (value.n && r->n < PARAMS_READINGS_MAX)
		r->v[r->n++] = value;
}

static str utf8_of(struct charsets *c, struct arena *a, str charset, str bytes)
{
	str text;

	(void)charset_to_utf8(c, a, charset, bytes, &text);
	return text.p ? text : STR("");
}

/* Some readers decode again what was decoded: each step is a reading of its own. */
static void add_words(struct params_readings *r, struct charsets *c, struct arena *a, str value)
{
	enum { STEPS = 4 };

	for (int i = 0; i < STEPS; i++) {
		str text = encoded_word_decode(c, a, value, NULL);

		add_reading(r, text);
		if (str_eq(text, value))
			return;
		value = text;
	}
}

static str decoded_value(struct charsets *c, struct arena *a, str value)
{
	struct strbuf b = strbuf_make(a, value.n + 1);
	str charset;

	value = cut_charset(value, &charset);
	put_percent(&b, value);
	return utf8_of(c, a, charset, strbuf_str(&b));
}

/* All numbered sections in a row, by number or as they stand there, whatever is missing. */
static str joined_sections(const struct params *p, struct arena *a, str name, bool by_number)
{
	struct strbuf b = strbuf_make(a, 64 << 10);

	for (int i = 0; i < PARAMS_MAX; i++) {
		const struct param *q = by_number		? section(p, name, i)
					: (size_t)i < p->list.n ? &p->list.v[i]
								: NULL;

		if (q && q->section >= 0 && str_caseeq(q->name, name))
			strbuf_put(&b, q->value);
	}
	return strbuf_str(&b);
}

void params_read_all(const struct params *p, struct charsets *c, struct arena *a, str name,
		     struct params_readings *ret)
{
	struct params_readings got = { 0 };
	str text;

	add_reading(&got, params_get_text(p, c, a, name));
	for (size_t i = 0; i < p->list.n; i++) {
		const struct param *q = &p->list.v[i];

		if (!str_caseeq(q->name, name) || q->section >= 0)
			continue;
		add_words(&got, c, a, q->extended ? decoded_value(c, a, q->value) : q->value);
		if (q->junk.n)
			add_reading(&got, utf8_of(c, a, STR("utf-8"),
						  arena_fmt(a, "%.*s%.*s", STR_ARG(q->value),
							    STR_ARG(q->junk))));
	}
	for (int by_number = 0; by_number < 2; by_number++) {
		text = joined_sections(p, a, name, by_number);
		add_reading(&got, utf8_of(c, a, STR("utf-8"), text));
		add_reading(&got, decoded_value(c, a, text));
	}
	*ret = got;
}
