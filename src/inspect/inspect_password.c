#include "inspect/inspect_password.h"

enum {
	WINDOW = 240,	   /* bytes looked at behind "password" */
	TOKENS = 10,	   /* words looked at there... */
	TOKENS_BEFORE = 4, /* ...and in front of it */
	LOOSE_MIN = 3,	   /* a word that nobody called a password */
	LOOSE_MAX = 40,
};

/* What announces a password; "code" and its like only with a colon. */
static const struct {
	str word;
	bool vague;
} keywords[] = {
	{ STR("mot de passe"), false },
	{ STR("mots de passe"), false },
	{ STR("mot-de-passe"), false },
	{ STR("motdepasse"), false },
	{ STR("mot passe"), false },
	{ STR("mdp"), false },
	{ STR("m.d.p"), false },
	{ STR("password"), false },
	{ STR("pass word"), false },
	{ STR("passwd"), false },
	{ STR("passphrase"), false },
	{ STR("passcode"), false },
	{ STR("pwd"), false },
	{ STR("passwort"), false },
	{ STR("kennwort"), false },
	{ STR("wachtwoord"), false },
	{ STR("contrase\xc3\xb1"
	      "a"),
	  false },
	{ STR("senha"), false },
	{ STR("code"), true },
	{ STR("pass"), true },
	{ STR("pw"), true },
	{ STR("cl\xc3\xa9"), true },
	{ STR("cle"), true },
	{ STR("key"), true },
	{ STR("pin"), true },
};

/* Words that lead to the password. */
static const str connectors[] = {
	STR("is"), STR("est"), STR("sera"), STR("was"), STR("ist"),	     STR("lautet"),
	STR("es"), STR("->"),  STR("=>"),   STR("-"),	STR("\xe2\x86\x92"), STR("\xe2\x80\x93"),
};

/* Words that stand between and are none. */
static const str fillers[] = {
	STR("a"),
	STR("an"),
	STR("the"),
	STR("le"),
	STR("la"),
	STR("les"),
	STR("un"),
	STR("de"),
	STR("du"),
	STR("des"),
	STR("for"),
	STR("pour"),
	STR("to"),
	STR("of"),
	STR("this"),
	STR("ce"),
	STR("cette"),
	STR("l'archive"),
	STR("archive"),
	STR("fichier"),
	STR("file"),
	STR("document"),
	STR("zip"),
	STR("joint"),
	STR("jointe"),
	STR("attached"),
	STR("piece"),
	STR("suivant"),
	STR("open"),
	STR("ouvrir"),
	STR("following"),
	STR("your"),
	STR("votre"),
	STR("and"),
	STR("et"),
	STR("below"),
	STR("ci-dessous"),
	STR("as"),
	STR("follows"),
	STR("d'acces"),
	STR("d'acc\xc3\xa8s"),
	STR("d\xe2\x80\x99"
	    "acc\xc3\xa8s"),
	STR("l\xe2\x80\x99"
	    "archive"),
	STR("pi\xc3\xa8"
	    "ce"),
	STR("extract"),
	STR("unzip"),
	STR("in"),
	STR("dans"),
};

static bool is_in(str word, const str *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_caseeq(word, list[i]))
			return true;
	}
	return false;
}

static void add(struct walk *w, str text, bool agreed)
{
	struct passwords *p = w->passwords;
	char *c;

	if (text.n == 0 || text.n > PASSWORD_LENGTH_MAX || p->list.n >= PASSWORD_TRIES_MAX ||
	    map_get(&p->known, text))
		return;
	c = arena_cz(w->arena, text);
	if (!c) /* a NUL byte */
		return;
	(void)map_set(&p->known, str_c(c), c);
	*arena_push(w->arena, &p->list) = (struct password){ c, agreed };
}

/* Quotes, brackets and what ends a sentence, in UTF-8. */
static const str marks[] = {
	STR("\""),
	STR("'"),
	STR("`"),
	STR("("),
	STR(")"),
	STR("["),
	STR("]"),
	STR("<"),
	STR(">"),
	STR("{"),
	STR("}"),
	STR("*"),
	STR("_"),
	STR(":"),
	STR("="),
	STR(","),
	STR(";"),
	STR("."),
	STR("!"),
	STR("?"),
	STR("|"),
	STR("\xc2\xab"),
	STR("\xc2\xbb"),
	STR("\xe2\x80\x9c"),
	STR("\xe2\x80\x9d"),
	STR("\xe2\x80\x98"),
	STR("\xe2\x80\x99"),
	STR("\xe2\x80\x9e"),
};

static str without_first(str token)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (str_starts(token, marks[i]))
			return str_skip(token, marks[i].n);
	}
	return token;
}

static str without_last(str token)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (str_ends(token, marks[i]))
			return str_sub(token, 0, token.n - marks[i].n);
	}
	return token;
}

static str stripped(str token)
{
	for (str next = without_first(token); next.n != token.n; next = without_first(token))
		token = next;
	for (str next = without_last(token); next.n != token.n; next = without_last(token))
		token = next;
	return token;
}

/* A password may end with what also ends a sentence: each reading is tried. */
static void add_readings(struct walk *w, str token)
{
	add(w, stripped(token), false);
	while (token.n) {
		str next = without_last(token);

		add(w, token, false);
		if (next.n == token.n)
			break;
		token = next;
	}
	add(w, without_first(token), false);
}

/* The next word; none at the end. */
static str next_token(str *rest)
{
	size_t n = 0;
	str token;

	while (rest->n && str_is_space(rest->p[0]))
		*rest = str_skip(*rest, 1);
	while (n < rest->n && !str_is_space(rest->p[n]))
		n++;
	token = str_sub(*rest, 0, n);
	*rest = str_skip(*rest, n);
	return token;
}

static bool leads(str token)
{
	return is_in(token, connectors, ARRAY_LEN(connectors)) || str_ends(token, STR(":")) ||
	       str_ends(token, STR("="));
}

/* "Your password is required": nobody tells one there. */
static bool is_plain_word(str token)
{
	for (size_t i = 0; i < token.n; i++) {
		if (str_is_digit(token.p[i]) || (token.p[i] >= 'A' && token.p[i] <= 'Z'))
			return false;
	}
	return true;
}

static void say(struct walk *w, str from, str to)
{
	if (!w->passwords->said.n)
		w->passwords->said = str_of(from.p, (size_t)(to.p + to.n - from.p));
}

/* The rest of the line, for a password of several words. */
static void add_line(struct walk *w, str rest)
{
	size_t lf = str_chr(str_trim(rest), '\n');

	add(w, str_trim(str_sub(str_trim(rest), 0, lf == STR_NONE ? rest.n : lf)), false);
}

/* What stands behind "password". */
static void read_after(struct walk *w, str keyword, str rest, bool vague)
{
	bool led = false, colon = false;

	rest = str_sub(rest, 0, WINDOW);
	for (int i = 0; i < TOKENS && rest.n; i++) {
		str token = next_token(&rest), inner = token;

		while (inner.n && (inner.p[0] == ':' || inner.p[0] == '=')) /* "mdp:X" */
			inner = str_skip(inner, 1);
		if (inner.n < token.n) {
			led = colon = true;
			add_line(w, str_of(inner.p, inner.n + rest.n));
		}
		if (leads(inner)) {
			colon |= !is_in(inner, connectors, ARRAY_LEN(connectors));
			led = true;
			add_line(w, rest);
			continue;
		}
		if (inner.n == 0 || is_in(stripped(inner), fillers, ARRAY_LEN(fillers)))
			continue;
		if (led && (colon || (!vague && !is_plain_word(inner))))
			say(w, keyword, inner);
		if (!vague || led)
			add_readings(w, inner);
	}
}

/* "X is the password" */
static void read_before(struct walk *w, str text, size_t at)
{
	for (int i = 0; i < TOKENS_BEFORE && at; i++) {
		size_t end;

		while (at && str_is_space(text.p[at - 1]))
			at--;
		end = at;
		while (at && !str_is_space(text.p[at - 1]))
			at--;
		if (!is_in(str_sub(text, at, end), fillers, ARRAY_LEN(fillers)) &&
		    !leads(str_sub(text, at, end)))
			add_readings(w, str_sub(text, at, end));
	}
}

static bool is_word_char(char c)
{
	return str_is_alnum(c) || (unsigned char)c >= 0x80;
}

static void read_phrases(struct walk *w, str text)
{
	for (size_t at = 0; at < text.n; at++) {
		if (at && is_word_char(text.p[at - 1]))
			continue;
		for (size_t i = 0; i < ARRAY_LEN(keywords); i++) {
			str word = keywords[i].word, rest = str_skip(text, at + word.n);

			if (!str_casestarts(str_skip(text, at), word) ||
			    (rest.n && is_word_char(rest.p[0]) && rest.p[0] != 's'))
				continue;
			read_after(w, str_sub(text, at, at + word.n), rest, keywords[i].vague);
			if (!keywords[i].vague)
				read_before(w, text, at);
			break;
		}
	}
}

/* Letters and digits, or a mark within: nobody's ordinary word. */
static bool looks_chosen(str token)
{
	bool digit = false, letter = false, mark = false;

	for (size_t i = 0; i < token.n; i++) {
		digit |= str_is_digit(token.p[i]);
		letter |= str_is_alpha(token.p[i]);
		mark |= str_chr(STR("!@#$%&*+?=_"), token.p[i]) != STR_NONE;
	}
	return digit || (letter && mark);
}

static void read_words(struct walk *w, str text, bool chosen)
{
	while (text.n && w->passwords->list.n < PASSWORD_TRIES_MAX) {
		str token = stripped(next_token(&text));

		if (token.n >= LOOSE_MIN && token.n <= LOOSE_MAX && looks_chosen(token) == chosen)
			add(w, token, false);
	}
}

/* "rapport_Xy12.zip": its pieces. */
static void read_name(struct walk *w, str name)
{
	char spaced[PASSWORD_LENGTH_MAX * 2];
	size_t n = name.n < sizeof(spaced) ? name.n : sizeof(spaced);

	for (size_t i = 0; i < n; i++)
		spaced[i] = str_chr(STR("_-.()[]"), name.p[i]) == STR_NONE ? name.p[i] : ' ';
	read_words(w, str_of(spaced, n), true);
	add(w, str_sub(name, 0, str_rchr(name, '.')), false);
}

/* Blanks of every kind become one, what has no width goes. */
static str even(struct arena *a, str text)
{
	static const struct {
		str from, to;
	} table[] = {
		{ STR("\xc2\xa0"), STR(" ") },	   { STR("\xe2\x80\xaf"), STR(" ") },
		{ STR("\xe2\x80\x8b"), STR("") },  { STR("\xe2\x80\x8c"), STR("") },
		{ STR("\xe2\x80\x8d"), STR("") },  { STR("\xef\xbb\xbf"), STR("") },
		{ STR("\xef\xbc\x9a"), STR(":") }, { STR("\xc2\xad"), STR("") },
	};
	struct strbuf b = strbuf_make(a, text.n);

	while (text.n) {
		size_t i = 0;

		if ((unsigned char)text.p[0] < 0x80) {
			strbuf_char(&b, text.p[0]);
			text = str_skip(text, 1);
			continue;
		}
		while (i < ARRAY_LEN(table) && !str_starts(text, table[i].from))
			i++;
		strbuf_put(&b, i < ARRAY_LEN(table) ? table[i].to : str_sub(text, 0, 1));
		text = str_skip(text, i < ARRAY_LEN(table) ? table[i].from.n : 1);
	}
	return strbuf_str(&b);
}

static bool is_of(str domain, str partner)
{
	return str_caseeq(domain, partner) ||
	       (str_caseends(domain, partner) && domain.n > partner.n && partner.n &&
		domain.p[domain.n - partner.n - 1] == '.');
}

/* Lines "DOMAIN PASSWORD" for the author's domain. */
static void read_agreed(struct walk *w)
{
	str lines = w->patterns ? patterns_text(w->patterns) : STR(""), line;

	while (lines.n && str_split(&lines, '\n', &line)) {
		str partner = next_token(&line);

		for (size_t i = 0; i < w->facts->addresses.n; i++) {
			const struct facts_address *a = &w->facts->addresses.v[i];

			if (a->where == FACTS_FROM && is_of(a->domain, partner))
				add(w, str_trim(line), true);
		}
	}
}

const struct passwords *inspect_password_candidates(struct walk *w)
{
	const struct facts_header *h = facts_header(w->facts, STR("Subject"));
	str subject = h ? h->value : STR(""), text;

	if (w->passwords)
		return w->passwords;
	w->passwords = arena_make(w->arena, struct passwords);
	w->passwords->known = map_make(w->arena);
	subject = even(w->arena, subject);
	text = even(w->arena, strbuf_str(&w->text));
	read_phrases(w, subject);
	read_phrases(w, text);
	for (size_t i = 0; i < w->facts->parts.n; i++)
		read_phrases(w, w->facts->parts.v[i].filename);
	read_agreed(w);
	for (size_t i = 0; i < w->facts->parts.n; i++)
		read_name(w, w->facts->parts.v[i].filename);
	read_words(w, subject, true);
	read_words(w, text, true);
	read_words(w, subject, false);
	read_words(w, text, false);
	return w->passwords;
}
