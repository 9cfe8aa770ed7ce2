#include "inspect/inspect_features.h"

enum {
	HEADER_BYTES = 8192,
	TEXT_BYTES = 6000, /* more adds nothing */
	PAGE_BYTES = 32 << 10,
	TAG_BYTES = 300,
	URLS = 100,
	WORDS = 1500,
	FIELD_WORDS = 100,
	LINK_WORDS = 20,
	LINK_BYTES = 150,
	SHAPE_MAX = 64,
};

/* Fields that filters, mailboxes and delivery add: a message has them when it is learned
 * and not when it comes, or they repeat what another filter thought. */
static bool is_added_by_receiver(str name)
{
	static const str starts[] = {
		STR("x-spam"),	     STR("x-poterne-"),	    STR("x-rspam"),
		STR("x-amavis"),     STR("x-virus"),	    STR("x-barracuda-"),
		STR("x-proofpoint"), STR("x-ms-exchange-"), STR("x-microsoft-antispam"),
		STR("x-forefront-"), STR("x-mozilla-"),	    STR("x-gm-"),
		STR("x-bogosity"),   STR("x-crm114"),	    STR("x-dspam"),
		STR("arc-"),
	};
	static const str names[] = {
		STR("authentication-results"),
		STR("received-spf"),
		STR("delivered-to"),
		STR("x-delivered-to"),
		STR("x-original-to"),
		STR("return-path"),
		STR("delivery-date"),
		STR("x-uid"),
		STR("x-uidl"),
		STR("x-keywords"),
		STR("x-account-key"),
		STR("status"),
		STR("x-status"),
		STR("content-length"),
		STR("lines"),
	};

	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_casestarts(name, starts[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_caseeq(name, names[i]))
			return true;
	}
	return false;
}

static struct features_set *set_of(const struct walk *w, enum features_view view)
{
	return w->features[view];
}

static void token(struct walk *w, char kind, str a, str b)
{
	features_token(set_of(w, FEATURES_STRUCTURE), kind, a, b);
}

void inspect_features_begin(struct walk *w)
{
	for (int v = 0; v < FEATURES_VIEWS && w->limits.features_key; v++)
		w->features[v] =
			features_new(w->arena, w->limits.features_key, (enum features_view)v);
}

static char class_of(char c)
{
	if (str_is_alpha(c))
		return c <= 'Z' ? 'A' : 'a';
	return str_is_digit(c) ? '0' : c;
}

/* "<20021122@mail.example>" becomes "<x@x.x>": runs of one class are one character, three
 * runs and more in a row are an x. */
static str shape(char out[SHAPE_MAX], str text)
{
	size_t n = 0, run = 0;
	char last = 0;

	for (size_t i = 0; i < text.n && n < SHAPE_MAX; i++) {
		char c = class_of(text.p[i]);

		if (c == last || c == '\r' || c == '\n')
			continue;
		last = c;
		run = c == 'A' || c == 'a' || c == '0' ? run + 1 : 0;
		if (run == 3)
			n -= 2; /* it stands for the two before it as well */
		if (run <= 3)
			out[n++] = run == 3 ? 'x' : c;
	}
	return str_of(out, n);
}

/* Letters in a row, ASCII in lower case, what is not ASCII as it stands. */
static str next_word(str *rest, char out[SHAPE_MAX])
{
	size_t n = 0, i = 0;

	for (; i < rest->n; i++) {
		char c = rest->p[i];
		bool letter = str_is_alnum(c) || (unsigned char)c >= 0x80;

		if (!letter && n)
			break;
		if (letter && n < SHAPE_MAX)
			out[n++] = str_lower_char(c);
	}
	*rest = str_skip(*rest, i);
	return str_of(out, n);
}

static str lower(char out[SHAPE_MAX], str s)
{
	size_t n = 0;

	for (; n < s.n && n < SHAPE_MAX; n++)
		out[n] = str_lower_char(s.p[n]);
	return str_of(out, n);
}

static void words_of(struct walk *w, char kind, str name, str text, size_t most)
{
	char word[SHAPE_MAX];
	str rest = text, next;

	for (size_t i = 0; i < most && (next = next_word(&rest, word)).n; i++)
		features_token(set_of(w, FEATURES_WORDS), kind, name, next);
}

/* The fields of the message as they stand: what they are and look like, and their words. */
static void read_fields(struct walk *w)
{
	struct header_reader r = header_reader_make(w->message);
	struct header_field field;
	str last = STR("");
	size_t read = 0;

	while (header_next(&r, &field) && read < HEADER_BYTES) {
		char folded[SHAPE_MAX], value[SHAPE_MAX];
		str name = lower(folded, field.name);

		if (is_added_by_receiver(field.name))
			continue;
		read += field.whole.n;
		token(w, 'n', field.name, STR(""));
		token(w, 'p', last, field.name);
		last = field.name;
		token(w, 'v', name, shape(value, str_trim(field.raw)));
		words_of(w, 'h', name, field.raw, FIELD_WORDS);
	}
}

static void put_up_to(struct strbuf *out, str s)
{
	strbuf_put(out, str_sub(s, 0, out->max - out->n));
}

/* The fields as a reader sees them. */
static void read_header(struct walk *w)
{
	struct strbuf shown = strbuf_make(w->arena, HEADER_BYTES);

	for (size_t i = 0; i < w->facts->headers.n && shown.n < shown.max; i++) {
		const struct facts_header *h = &w->facts->headers.v[i];

		if (is_added_by_receiver(h->name))
			continue;
		put_up_to(&shown, h->name);
		put_up_to(&shown, STR(": "));
		put_up_to(&shown, h->value);
		put_up_to(&shown, STR("\n"));
	}
	features_grams(set_of(w, FEATURES_HEADER), 4, strbuf_str(&shown));
}

/* Fields of the parts. */
static void read_sections(struct walk *w)
{
	for (size_t i = 1; i < w->sections.n && i < 50; i++) {
		struct header_reader r = header_reader_make(w->sections.v[i]);
		struct header_field field;

		for (int n = 0; n < 20 && header_next(&r, &field); n++) {
			char name[SHAPE_MAX], value[SHAPE_MAX];

			token(w, 'w', lower(name, field.name), shape(value, str_trim(field.raw)));
		}
	}
}

static void read_parts(struct walk *w)
{
	static const char flags[] = "0123456";
	str last = STR("");

	for (size_t i = 0; i < w->facts->parts.n && i < 100; i++) {
		const struct facts_part *p = &w->facts->parts.v[i];
		size_t dot = str_rchr(p->filename, '.');
		char name[SHAPE_MAX];

		token(w, 't', p->type, STR(""));
		token(w, 'T', last, p->type);
		token(w, 'd', p->type, p->detected);
		last = p->type;
		if (dot != STR_NONE)
			token(w, 'e', lower(name, str_skip(p->filename, dot)), STR(""));
		for (size_t f = 0; flags[f]; f++) {
			if (p->flags & 1u << f)
				token(w, 'f', str_of(&flags[f], 1), STR(""));
		}
	}
}

/* Letters of where as text: one name for each place. */
static void read_links(struct walk *w)
{
	for (size_t i = 0; i < w->facts->urls.n && i < URLS; i++) {
		const struct facts_url *u = &w->facts->urls.v[i];
		char where = (char)('a' + u->where), path[SHAPE_MAX];
		size_t host = str_find(u->url, u->host);
		size_t dot = str_rchr(u->domain, '.');
		str behind = host == STR_NONE ? u->url : str_skip(u->url, host + u->host.n);

		words_of(w, 'u', STR(""), str_sub(u->url, 0, LINK_BYTES), LINK_WORDS);
		token(w, 'u', u->domain, STR(""));
		token(w, 'l', dot == STR_NONE ? u->domain : str_skip(u->domain, dot), STR(""));
		token(w, 'k', str_of(&where, 1), STR(""));
		token(w, 's', str_sub(u->url, 0, str_chr(u->url, ':')), shape(path, behind));
	}
}

static void read_findings(struct walk *w)
{
	for (size_t i = 0; i < w->facts->findings.n; i++)
		token(w, 'F', w->facts->findings.v[i].name, STR(""));
	token(w, 'L', w->facts->language, STR(""));
}

static str tag_name(char out[SHAPE_MAX], str tag)
{
	size_t n = 0;

	while (n < tag.n && n < SHAPE_MAX && str_is_alnum(tag.p[n])) {
		out[n] = str_lower_char(tag.p[n]);
		n++;
	}
	return str_of(out, n);
}

/* Names in front of "=" inside one tag. */
static void attributes(struct walk *w, str name, str tag)
{
	char attr[SHAPE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < tag.n; i++) {
		char c = tag.p[i];

		if (c == '=' && n)
			token(w, 'a', name, str_of(attr, n));
		if (!str_is_alpha(c) && c != '-')
			n = 0;
		else if (n < SHAPE_MAX)
			attr[n++] = str_lower_char(c);
	}
}

void inspect_features_page(struct walk *w, str page)
{
	char names[2][SHAPE_MAX];
	str last = STR(""), rest = str_sub(page, 0, PAGE_BYTES);
	size_t at, turn = 0;

	if (!w->features[FEATURES_STRUCTURE])
		return;
	while ((at = str_chr(rest, '<')) != STR_NONE) {
		str tag = str_skip(rest, at + 1), name = tag_name(names[turn], tag);

		rest = tag;
		if (!name.n)
			continue;
		tag = str_sub(tag, name.n, TAG_BYTES);
		tag = str_sub(tag, 0, str_chr(tag, '>'));
		token(w, 'g', name, STR(""));
		token(w, 'G', last, name);
		attributes(w, name, tag);
		rest = str_skip(rest, name.n + tag.n);
		last = name;
		turn = 1 - turn;
	}
}

/* Words of the text, each alone and with the one before it. */
static void text_words(struct walk *w, str text)
{
	char words[2][SHAPE_MAX];
	str last = STR(""), rest = text;

	for (size_t i = 0; i < WORDS && rest.n; i++) {
		str word = next_word(&rest, words[i % 2]);

		if (!word.n)
			break;
		features_token(set_of(w, FEATURES_WORDS), 'w', word, STR(""));
		features_token(set_of(w, FEATURES_WORDS), 'W', last, word);
		last = word;
	}
}

static void read_text(struct walk *w)
{
	const struct facts_header *subject = facts_header(w->facts, STR("Subject"));
	struct strbuf shown = strbuf_make(w->arena, TEXT_BYTES);

	if (subject)
		strbuf_put(&shown, str_sub(subject->value, 0, TEXT_BYTES / 2));
	strbuf_char(&shown, '\n');
	strbuf_put(&shown, str_sub(strbuf_str(&w->text), 0, TEXT_BYTES - shown.n));
	features_grams(set_of(w, FEATURES_TEXT), 5, strbuf_str(&shown));
	text_words(w, strbuf_str(&shown));
}

void inspect_features_end(struct walk *w)
{
	if (!w->features[FEATURES_HEADER])
		return;
	read_fields(w);
	read_header(w);
	read_sections(w);
	read_parts(w);
	read_links(w);
	read_findings(w);
	read_text(w);
	for (int v = 0; v < FEATURES_VIEWS; v++)
		w->facts->features.view[v] = features_encode(w->arena, w->features[v]);
}
