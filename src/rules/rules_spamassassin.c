#include "rules/rules_loader.h"

#include "base/num.h"

/* Rule files of SpamAssassin (*.cf of an overlay): header, body, rawbody, full, uri and meta with
 * score and describe. What is no part of that subset is left out and told
 * (rules.left_out): a rule that needs a plugin or code, or an expression that cannot be matched in
 * linear time (look-around, back-references). */

enum {
	SCORE_DEFAULT = 100,
	SCORE_TEST = 1, /* T_NAME */
	NAME_MAX_BYTES = 200,
};

struct line {
	struct rules_loader *l;
	str rest; /* what is still to be read */
	str whole;
	uint32_t number;
};

static uint32_t column(const struct line *at)
{
	return (uint32_t)(at->whole.n - at->rest.n) + 1;
}

static str word(struct line *at)
{
	size_t n = 0;
	str w;

	at->rest = str_trim(at->rest);
	while (n < at->rest.n && !str_is_space(at->rest.p[n]))
		n++;
	w = str_sub(at->rest, 0, n);
	at->rest = str_trim(str_skip(at->rest, n));
	return w;
}

static void leave_out(struct line *at, str name, const char *why)
{
	*arena_push(at->l->arena, &at->l->rules->left_out) =
		(struct rules_left_out){ name, at->l->file, at->number, why };
}

static bool is_name(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '_')
			return false;
	}
	return s.n && s.n <= NAME_MAX_BYTES && !str_is_digit(s.p[0]);
}

/* --- expressions --- */

/* The end of /.../ or m{...}, from behind the opening delimiter. */
static size_t closing(str s, char open, char close)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == close && depth == 0)
			return i;
		else if (s.p[i] == close)
			depth--;
		else if (s.p[i] == open)
			depth++;
	}
	return STR_NONE;
}

static char closes(char open)
{
	static const char pairs[] = "{}()[]<>";
	const char *at = strchr(pairs, open);

	return at && (at - pairs) % 2 == 0 ? at[1] : open;
}

/* Perl's delimiters and modifiers become an expression and inline options. */
static bool read_regex(struct line *at, str *ret, bool *ret_caseless, const char **ret_why)
{
	bool m = str_starts(at->rest, STR("m")) && at->rest.n > 1;
	str s = str_skip(at->rest, m);
	struct strbuf options = strbuf_make(at->l->arena, 64);
	bool dot_is_any = false;
	size_t end;
	str body;

	*ret_why = "found no /expression/";
	if (s.n < 2 || (!m && s.p[0] != '/'))
		return false;
	body = str_skip(s, 1);
	end = closing(body, closes(s.p[0]) == s.p[0] ? '\0' : s.p[0], closes(s.p[0]));
	if (end == STR_NONE || end == 0)
		return false;
	*ret_caseless = false;
	for (size_t i = end + 1; i < body.n && str_is_alpha(body.p[i]); i++) {
		if (body.p[i] == 'i')
			*ret_caseless = true;
		else if (body.p[i] == 'm' || body.p[i] == 'x')
			strbuf_char(&options, body.p[i]);
		else if (body.p[i] == 's')
			dot_is_any = true;
	}
	/* In Perl a dot is no end of line, unless it is said; here it is. */
	strbuf_put(&options, dot_is_any ? STR("") : STR("-s"));
	body = str_sub(body, 0, end);
	*ret = options.n ? arena_fmt(at->l->arena, "(?%.*s)%.*s", STR_ARG(strbuf_str(&options)),
				     STR_ARG(body))
			 : body;
	*ret_why = patterns_refuses(at->l->arena, *ret);
	return *ret_why == NULL;
}

/* --- symbols --- */

static struct rules_symbol *new_symbol(struct line *at, str name)
{
	struct rules *rules = at->l->rules;
	struct rules_symbol *s;

	if (rules->symbols.n >= RULES_MAX_SYMBOLS) {
		leave_out(at, name, "there are too many symbols");
		return NULL;
	}
	s = arena_make(at->l->arena, struct rules_symbol);
	*s = (struct rules_symbol){
		.name = name,
		.group = STR("spamassassin"),
		.index = (uint32_t)rules->symbols.n,
		.score = str_starts(name, STR("__"))   ? 0
			 : str_starts(name, STR("T_")) ? SCORE_TEST
						       : SCORE_DEFAULT,
		.priority = 50,
		.file = at->l->file,
		.line = at->number,
		.col = 1,
	};
	for (int i = 0; i < CONF_LANGS; i++)
		s->description[i] = name;
	*arena_push(at->l->arena, &rules->symbols) = s;
	map_set(&rules->by_name, s->name, s);
	return s;
}

static void add_pattern(struct line *at, str name, enum rules_when when, str header)
{
	const char *why;
	struct rules_symbol *s;
	str regex;
	bool caseless;

	if (!read_regex(at, &regex, &caseless, &why)) {
		leave_out(at, name, why);
		return;
	}
	s = new_symbol(at, name);
	if (!s)
		return;
	s->when = when;
	s->header = header;
	s->regex = regex;
	s->caseless = caseless;
}

static void add_expr(struct line *at, str name, str text, uint32_t col)
{
	struct rules_symbol *s = new_symbol(at, name);

	if (!s)
		return;
	s->when = RULES_EXPR;
	*arena_push(at->l->arena, &at->l->pending) = (struct rules_pending){
		.symbol = s, .text = text, .line = at->number, .col = col, .lenient = true
	};
}

/* NAME !~ /x/ is true when a hidden NAME =~ /x/ is not. */
static void add_unlike(struct line *at, str name, str header)
{
	str hidden = arena_fmt(at->l->arena, "__LIKE_%.*s", STR_ARG(name));

	add_pattern(at, hidden, RULES_HEADER, header);
	if (map_get(&at->l->rules->by_name, hidden))
		add_expr(at, name, arena_fmt(at->l->arena, "!%.*s", STR_ARG(hidden)), 1);
}

/* Names that stand for several fields, or for what is no field. */
static bool is_pseudo_header(str header)
{
	static const str names[] = { STR("ALL"), STR("ToCc"), STR("EnvelopeFrom"),
				     STR("MESSAGEID") };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_caseeq(header, names[i]))
			return true;
	}
	return str_chr(header, ':') != STR_NONE || str_casestarts(header, STR("X-Spam-Relays"));
}

static void header_rule(struct line *at, str name)
{
	static const str exists = { "exists:", 7 };
	str header = word(at), operator;

	if (str_starts(header, exists)) {
		struct rules_symbol *s = new_symbol(at, name);

		if (s) {
			s->when = RULES_HEADER;
			s->header = str_skip(header, exists.n);
			s->regex = STR(".");
		}
		return;
	}
	if (is_pseudo_header(header)) {
		leave_out(at, name, "its header is not a field of the message");
		return;
	}
	operator= word(at);
	if (str_eq(operator, STR("=~")))
		add_pattern(at, name, RULES_HEADER, header);
	else if (str_eq(operator, STR("!~")))
		add_unlike(at, name, header);
	else
		leave_out(at, name, "it needs code");
}

static void body_rule(struct line *at, str name)
{
	add_pattern(at, name, RULES_BODY, STR(""));
}

static void raw_rule(struct line *at, str name)
{
	add_pattern(at, name, RULES_RAW, STR(""));
}

static void uri_rule(struct line *at, str name)
{
	add_pattern(at, name, RULES_URL, STR(""));
}

static void meta_rule(struct line *at, str name)
{
	if (at->rest.n)
		add_expr(at, name, at->rest, column(at));
	else
		leave_out(at, name, "it is empty");
}

/* --- what is said about symbols, of any file --- */

/* One score, or four: the last is that with network tests and learning. */
static void set_score(struct line *at, str name)
{
	struct rules_symbol *s = map_get(&at->l->rules->by_name, name);
	double v = 0;
	bool known = false;

	while (at->rest.n) {
		if (!num_double(word(at), &v))
			break;
		known = true;
	}
	if (!s)
		return;
	if (!known || v > RULES_MAX_SCORE / 100 || v < -RULES_MAX_SCORE / 100)
		leave_out(at, name, "its score is no number from -1000 to 1000");
	else
		s->score = (int32_t)(v * 100 + (v < 0 ? -0.5 : 0.5));
}

static void set_description(struct line *at, str name, bool french)
{
	struct rules_symbol *s = map_get(&at->l->rules->by_name, name);

	if (!s || !at->rest.n || !str_eq(s->group, STR("spamassassin")))
		return;
	for (int i = 0; i < CONF_LANGS; i++) {
		if (!french || i == CONF_LANG_FR)
			s->description[i] = at->rest;
	}
}

static const struct directive {
	str name;
	void (*rule)(struct line *at, str name);
} directives[] = {
	{ STR("header"), header_rule }, { STR("body"), body_rule }, { STR("rawbody"), raw_rule },
	{ STR("full"), raw_rule },	{ STR("uri"), uri_rule },   { STR("meta"), meta_rule },
};

static void take_line(struct line *at)
{
	str directive = word(at);
	bool french = str_eq(directive, STR("lang")) && str_starts(at->rest, STR("fr"));
	str name;

	if (french) {
		(void)word(at);
		directive = word(at);
	}
	name = word(at);
	for (size_t i = 0; i < ARRAY_LEN(directives); i++) {
		if (!str_eq(directive, directives[i].name))
			continue;
		if (!is_name(name))
			leave_out(at, name, "its name is not of letters, digits and _");
		else if (map_get(&at->l->rules->by_name, name))
			leave_out(at, name, "its name is taken");
		else
			directives[i].rule(at, name);
		return;
	}
	if (str_eq(directive, STR("score")))
		set_score(at, name);
	else if (str_eq(directive, STR("describe")))
		set_description(at, name, french);
}

/* Rules that ask for a plugin or a version are left out up to the matching endif: nobody can say
 * what they mean without it. */
static bool is_conditional(str line, size_t *depth)
{
	if (str_starts(line, STR("ifplugin")) || str_starts(line, STR("if ")) ||
	    str_starts(line, STR("if(")))
		(*depth)++;
	else if (*depth && str_starts(line, STR("endif")))
		(*depth)--;
	else
		return *depth > 0;
	return true;
}

/* A '#' begins a comment unless a backslash stands before it. */
static str without_comment(str line)
{
	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\\')
			i++;
		else if (line.p[i] == '#')
			return str_sub(line, 0, i);
	}
	return line;
}

void rules_spamassassin_read(struct rules_loader *l, const char *name, str text)
{
	size_t depth = 0;
	uint32_t number = 0;

	l->file = name;
	while (text.n) {
		size_t end = str_chr(text, '\n');
		str whole = str_sub(text, 0, end);
		struct line at = { l, str_trim(without_comment(whole)), whole, ++number };

		text = end == STR_NONE ? STR("") : str_skip(text, end + 1);
		/* The column is counted from the end, so trailing blanks are not of the line. */
		at.whole.n = at.rest.n ? (size_t)(at.rest.p + at.rest.n - whole.p) : 0;
		if (at.rest.n && !is_conditional(at.rest, &depth))
			take_line(&at);
	}
}
