#include "mail/address_list.h"

/* Text of one mailbox while it is collected: quoting and comments are gone. */
struct words {
	struct strbuf text;
	size_t word;	/* where the last word starts */
	size_t at;	/* offset of the last unquoted "@", or STR_NONE */
	size_t at_word; /* where the word before that "@" starts */
	size_t at_end;	/* first unquoted space behind that "@", or STR_NONE */
	size_t gap;	/* where white space beside a dot was left out of the domain, or STR_NONE */
	bool space;	/* white space is pending */
};

struct lists {
	struct arena *arena;
	str in;
	size_t at;
	size_t max;
	struct words phrase;
	struct words spec; /* inside "<...>" */
	str comment;	   /* the last one, old style for a display name (RFC 5322 3.4) */
	bool angle;	   /* this item already gave a mailbox by "<...>" */
	bool obsolete; /* see struct address_mailbox; what counts is behind "<" if there is one */
	bool open;     /* a quote that nothing closes was met: no other is one either */
	struct address_list *list;
};

static void words_clear(struct words *w)
{
	strbuf_clear(&w->text);
	w->word = 0;
	w->at = w->at_end = w->gap = STR_NONE;
	w->at_word = 0;
	w->space = false;
}

/* "a@b . example" is a@b.example (obs-domain, RFC 5322 4.4). */
static bool is_beside_dot(const struct words *w, char c)
{
	return w->at != STR_NONE && w->at_end == STR_NONE &&
	       (c == '.' || w->text.p[w->text.n - 1] == '.');
}

/* Puts c; white space between words becomes one space, beside "@" and a domain's dots none. */
static void words_put(struct words *w, char c, bool quoted)
{
	bool is_at = c == '@' && !quoted;
	bool behind_at = w->at != STR_NONE && w->text.n == w->at + 1;

	if (w->space && w->text.n && !is_at && !behind_at && is_beside_dot(w, c)) {
		if (w->gap == STR_NONE)
			w->gap = w->text.n;
	} else if (w->space && w->text.n && !is_at && !behind_at) {
		if (w->at != STR_NONE && w->at_end == STR_NONE)
			w->at_end = w->text.n;
		strbuf_char(&w->text, ' ');
		w->word = w->text.n;
	}
	w->space = false;
	if (is_at) {
		/* "a@b@c": the last one counts, the word goes on. */
		if (w->at == STR_NONE || w->at_end != STR_NONE)
			w->at_word = w->word;
		w->at = w->text.n;
		w->at_end = w->gap = STR_NONE;
	}
	if ((unsigned char)c >= 0x20 && c != 0x7f)
		strbuf_char(&w->text, c);
}

/* Offset of the quote that closes the one here, or STR_NONE. */
static size_t closing_quote(const struct lists *l)
{
	for (size_t i = l->at + 1; i < l->in.n; i++) {
		if (l->in.p[i] == '"')
			return i;
		i += l->in.p[i] == '\\';
	}
	return STR_NONE;
}

/* A quote that is never closed is left out: behind it clients still find the author. */
static void quoted(struct lists *l, struct words *w)
{
	l->open = l->open || closing_quote(l) == STR_NONE;
	l->at++;
	if (l->open)
		return;
	while (l->at < l->in.n && l->in.p[l->at] != '"') {
		if (l->in.p[l->at] == '\\' && l->at + 1 < l->in.n)
			l->at++;
		l->obsolete |= l->in.p[l->at] == '@';
		words_put(w, l->in.p[l->at++], true);
	}
	l->at++;
}

/* Nesting is counted, not followed; an unclosed comment ends the field. */
static void comment(struct lists *l)
{
	size_t start = ++l->at;
	size_t depth = 1;

	while (l->at < l->in.n) {
		char c = l->in.p[l->at++];

		if (c == '\\')
			l->at++;
		else if (c == '(')
			depth++;
		else if (c == ')' && --depth == 0)
			break;
	}
	if (depth == 0)
		l->comment = str_sub(l->in, start, l->at - 1);
	l->obsolete |= l->phrase.at == STR_NONE;
}

static str keep(struct lists *l, struct words *w, size_t from, size_t to)
{
	return arena_str(l->arena, str_trim(str_sub(strbuf_str(&w->text), from, to)));
}

/* The address in the collected words; empty when there is no "@". */
static struct address take_address(struct lists *l, struct words *w)
{
	if (w->at == STR_NONE)
		return (struct address){ STR(""), STR("") };
	return (struct address){ keep(l, w, w->at_word, w->at), keep(l, w, w->at + 1, w->at_end) };
}

static void push_one(struct lists *l, str display, struct address address)
{
	struct address_mailbox *box;

	if (l->list->boxes.n >= l->max) {
		l->list->cut = true;
		return;
	}
	box = arena_push(l->arena, &l->list->boxes);
	box->display = display;
	box->address = address;
	box->obsolete = l->obsolete;
}

/* Some readers end a domain at white space beside a dot: both ways there is an author. */
static void push(struct lists *l, struct words *w, str display)
{
	struct address address = take_address(l, w);

	l->obsolete |= w->gap != STR_NONE;
	push_one(l, display, address);
	if (w->gap != STR_NONE)
		push_one(l, display,
			 (struct address){ address.local, keep(l, w, w->at + 1, w->gap) });
}

/* Quoted pairs undone, control bytes dropped. */
static str comment_text(struct lists *l)
{
	struct words *w = &l->spec;

	words_clear(w);
	for (size_t i = 0; i < l->comment.n; i++) {
		if (l->comment.p[i] == '\\' && i + 1 < l->comment.n)
			words_put(w, l->comment.p[++i], true);
		else if (str_is_space(l->comment.p[i]))
			w->space = true;
		else
			words_put(w, l->comment.p[i], true);
	}
	return keep(l, w, 0, w->text.n);
}

/* The end of one item without brackets: "a@b", "a@b (Name)", "Name a@b", "Name". */
static void end_item(struct lists *l)
{
	struct words *w = &l->phrase;
	str display = STR("");

	if (w->text.n && !l->angle) {
		if (w->at == STR_NONE)
			display = keep(l, w, 0, w->text.n);
		else if (w->at_word > 0)
			display = keep(l, w, 0, w->at_word);
		else if (l->comment.n)
			display = comment_text(l);
		push(l, w, display);
	}
	words_clear(w);
	l->comment = STR_NULL;
	l->angle = l->obsolete = false;
}

/* "<" [obs-route] addr-spec ">"; without ">" it ends at the next comma. */
static void angle(struct lists *l)
{
	struct words *w = &l->spec;
	str display;

	words_clear(w);
	l->obsolete = false;
	l->at++;
	while (l->at < l->in.n && l->in.p[l->at] != '>') {
		char c = l->in.p[l->at];

		if (c == '"') {
			quoted(l, w);
			continue;
		}
		if (c == '(') {
			comment(l);
			continue;
		}
		if (c == ',' && !(w->text.n && w->text.p[0] == '@'))
			break;
		if (c == ':' && w->text.n && w->text.p[0] == '@') {
			words_clear(w); /* obs-route (RFC 5322 4.4) */
			l->obsolete = true;
		} else if (str_is_space(c)) {
			w->space = true;
		} else {
			words_put(w, c, false);
		}
		l->at++;
	}
	if (l->at < l->in.n && l->in.p[l->at] == '>')
		l->at++;
	display = keep(l, &l->phrase, 0, l->phrase.text.n);
	if (display.n || w->text.n)
		push(l, w, display);
	words_clear(&l->phrase);
	l->angle = true;
}

static void step(struct lists *l)
{
	char c = l->in.p[l->at];

	switch (c) {
	case '"':
		quoted(l, &l->phrase);
		return;
	case '(':
		comment(l);
		return;
	case '<':
		angle(l);
		return;
	case ',':
	case ';':
		end_item(l);
		break;
	case ':':
		/* A group's name (RFC 5322 3.4) is no mailbox. */
		if (l->phrase.at == STR_NONE)
			words_clear(&l->phrase);
		else
			words_put(&l->phrase, c, false);
		break;
	default:
		if (str_is_space(c))
			l->phrase.space = true;
		else
			words_put(&l->phrase, c, false);
	}
	l->at++;
}

void address_list_parse(struct arena *a, str value, size_t max, struct address_list *ret)
{
	struct lists l = { .arena = a, .in = value, .max = max, .list = ret };

	*ret = (struct address_list){ 0 };
	l.phrase.text = strbuf_make(a, value.n);
	l.spec.text = strbuf_make(a, value.n);
	words_clear(&l.phrase);
	while (l.at < value.n && !ret->cut)
		step(&l);
	end_item(&l);
}
