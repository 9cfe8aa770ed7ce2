#include "inspect/inspect_private.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "inspect/inspect_words.h"
#include "mail/address_list.h"
#include "mail/header.h"
#include "mime/encoded_word.h"
#include "mime/fold.h"
#include "url/urlskeleton.h"

enum { RECEIVED_MAX = 50, BLANK_RUN = 4, DATE_LENGTH_MAX = 100, HOP_AHEAD_MAX = 3 * 3600 };

struct headers {
	struct walk *w;
	struct header_field field; /* the one in work... */
	str raw, value;		   /* ...unfolded, and decoded too */
	uint32_t seen_words;	   /* enum encoded_word_seen of it */
	uint32_t received;
	int64_t hop; /* when the server wrote it that took the message after this one; 0: unknown */
	bool crlf, lf;
	bool mime, mime_version, content_type, content_other;
};

#define NOTHING FINDINGS_N

/* Fields that stand there at most once (RFC 5322 3.6, RFC 2045 4), and what is odd when they
 * stand there twice, are encoded without need, or are not there. */
struct singleton {
	str name;
	enum finding twice, base64, qp, missing;
	int where; /* enum facts_where + 1 of an address field */
};

static const struct singleton singletons[] = {
	{ STR("From"), FINDING_HEADER_DUPLICATE_FROM, FINDING_FROM_EXCESS_BASE64,
	  FINDING_FROM_EXCESS_QP, NOTHING, FACTS_FROM + 1 },
	{ STR("Sender"), FINDING_HEADER_DUPLICATE_SINGLETON, NOTHING, NOTHING, NOTHING,
	  FACTS_SENDER + 1 },
	{ STR("Reply-To"), FINDING_HEADER_DUPLICATE_SINGLETON, FINDING_REPLYTO_EXCESS_BASE64,
	  FINDING_REPLYTO_EXCESS_QP, NOTHING, FACTS_REPLY_TO + 1 },
	{ STR("To"), FINDING_HEADER_DUPLICATE_MINOR, FINDING_TO_EXCESS_BASE64, FINDING_TO_EXCESS_QP,
	  NOTHING, FACTS_TO + 1 },
	{ STR("Cc"), FINDING_HEADER_DUPLICATE_MINOR, FINDING_CC_EXCESS_BASE64, FINDING_CC_EXCESS_QP,
	  NOTHING, FACTS_CC + 1 },
	{ STR("Bcc"), FINDING_HEADER_DUPLICATE_MINOR, NOTHING, NOTHING, NOTHING, 0 },
	{ STR("Subject"), FINDING_HEADER_DUPLICATE_SINGLETON, FINDING_SUBJ_EXCESS_BASE64,
	  FINDING_SUBJ_EXCESS_QP, FINDING_MISSING_SUBJECT, 0 },
	{ STR("Date"), FINDING_HEADER_DUPLICATE_MINOR, NOTHING, NOTHING, FINDING_MISSING_DATE, 0 },
	{ STR("Message-ID"), FINDING_HEADER_DUPLICATE_SINGLETON, NOTHING, NOTHING,
	  FINDING_MISSING_MESSAGE_ID, 0 },
	{ STR("In-Reply-To"), FINDING_HEADER_DUPLICATE_SINGLETON, NOTHING, NOTHING, NOTHING, 0 },
	{ STR("References"), FINDING_HEADER_DUPLICATE_MINOR, NOTHING, NOTHING, NOTHING, 0 },
	{ STR("MIME-Version"), FINDING_HEADER_DUPLICATE_MINOR, NOTHING, NOTHING, NOTHING, 0 },
};

static void find(struct headers *h, enum finding what, str evidence)
{
	if (what != NOTHING)
		walk_find(h->w, what, 0, evidence);
}

static void find_flags(struct headers *h, const struct header_field *f)
{
	static const struct {
		uint32_t flag;
		enum finding finding;
	} table[] = {
		{ HEADER_NUL, FINDING_HEADER_NUL },
		{ HEADER_TOO_LONG, FINDING_HEADER_TOO_LONG },
		{ HEADER_NO_COLON, FINDING_HEADER_NO_COLON },
		{ HEADER_BAD_NAME, FINDING_HEADER_BAD_NAME },
		{ HEADER_BARE_CR, FINDING_HEADER_BARE_CR },
		{ HEADER_BLANK_LINE, FINDING_HEADER_BLANK_LINE },
	};

	if (f->flags & HEADER_BARE_LF)
		h->lf = true;
	else
		h->crlf = true;
	if (!(f->flags & ~(uint32_t)HEADER_BARE_LF))
		return;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (f->flags & table[i].flag)
			find(h, table[i].finding, f->whole);
	}
	/* UTF-8 is allowed (RFC 6532), other 8-bit text is not. */
	if ((f->flags & HEADER_8BIT) && !utf8_valid(f->whole))
		find(h, FINDING_HEADER_8BIT, f->whole);
}

/* Of the first few in each field: a longer list of authors deceives nobody, and this is slow. */
static void note_looks(struct walk *w, struct facts_address *a)
{
	enum { LOOKS_MAX = 8, DISPLAY_MAX = 500 };
	struct fold_facts unused;

	a->folded = a->skeleton = STR("");
	if (a->where == FACTS_TO || a->where == FACTS_CC || w->looks[a->where]++ >= LOOKS_MAX)
		return;
	a->folded = fold_text(w->arena, str_sub(a->display, 0, DISPLAY_MAX), &unused);
	a->skeleton = urlskeleton_domain(w->arena, a->domain);
}

static void read_addresses(struct headers *h, enum facts_where where)
{
	struct walk *w = h->w;
	struct address_list list;

	address_list_parse(w->arena, h->raw, FACTS_MAX_ADDRESSES - w->facts->addresses.n, &list);
	if (list.cut) {
		walk_limit(w, STR("header.addresses"));
		find(h, FINDING_HEADER_MANY_ADDRESSES, h->raw);
	}
	for (size_t i = 0; i < list.boxes.n; i++) {
		const struct address_mailbox *box = &list.boxes.v[i];
		struct facts_address *a = arena_push(w->arena, &w->facts->addresses);

		a->where = where;
		a->display = encoded_word_decode(&w->charsets, w->arena, box->display, NULL);
		a->local = box->address.local;
		a->domain = box->address.domain;
		note_looks(w, a);
		if (where == FACTS_FROM && box->obsolete && a->domain.n)
			find(h, FINDING_FROM_OBSOLETE_ADDRESS, h->raw);
	}
}

/* Does what follows a hidden line end read "Name: ..."? */
static bool shows_field(str value)
{
	str line, rest = value;
	size_t at = str_chr(rest, '\n');

	if (at == STR_NONE)
		at = str_chr(rest, '\r');
	if (at == STR_NONE)
		return false;
	line = str_skip(rest, at + 1);
	at = str_chr(line, ':');
	for (size_t i = 0; at != STR_NONE && i < at; i++) {
		if (!str_is_alnum(line.p[i]) && line.p[i] != '-')
			return false;
	}
	return at != STR_NONE && at > 1;
}

static void judge_words(struct headers *h, const struct singleton *s)
{
	uint32_t seen = h->seen_words;

	if (seen & ENCODED_WORD_UNKNOWN)
		find(h, FINDING_HEADER_UNKNOWN_CHARSET, h->raw);
	if (seen & ENCODED_WORD_NESTED)
		find(h, FINDING_HEADER_NESTED_ENCODING, h->raw);
	if (seen & ENCODED_WORD_BROKEN)
		find(h, FINDING_HEADER_BROKEN_ENCODING, h->raw);
	if (seen & ENCODED_WORD_ODD)
		find(h, FINDING_HEADER_ODD_ENCODING, h->raw);
	if ((seen & ENCODED_WORD_CONTROL) && s && s->where)
		find(h, FINDING_FROM_ENCODED_CONTROL, h->raw);
	else if ((seen & ENCODED_WORD_CONTROL) && shows_field(h->value))
		find(h, FINDING_HEADER_ENCODED_FIELD, h->raw);
	else if (seen & ENCODED_WORD_CONTROL)
		find(h, FINDING_HEADER_ENCODED_CONTROL, h->raw);
	if (!s || (seen & ENCODED_WORD_NEEDED))
		return;
	if (seen & ENCODED_WORD_BASE64)
		find(h, s->base64, h->raw);
	if (seen & ENCODED_WORD_QP)
		find(h, s->qp, h->raw);
}

bool inspect_headers_attack(str text)
{
	static const str attacks[] = {
		STR("<script"), STR("</script"), STR("${jndi:"),  STR("() {"),
		STR("() :"),	STR("onerror="), STR("onload="),  STR("javascript:"),
		STR("=cmd|"),	STR("${lower:"), STR("${upper:"), STR("${env:"),
		STR("${sys:"),	STR("${::-"),	 STR("%n%n"),	  STR("%s%s%s"),
		STR("%x%x%x"),	STR("<iframe"),	 STR("=dde(\""),
	};

	for (size_t i = 0; i < ARRAY_LEN(attacks); i++) {
		if (str_casefind(text, attacks[i]) != STR_NONE)
			return true;
	}
	return false;
}

/* Code for whoever shows or logs the field, and control characters, in one pass. */
static void judge_bytes(struct headers *h)
{
	bool mark = false, control = false;
	str v = h->value;

	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		mark |= c == '<' || c == '(' || c == '$' || c == ':' || c == '=' || c == '%';
		control |= (c < ' ' && c != '\t') || c == 0x7f;
	}
	/* NUL and line ends have findings of their own. */
	if (control && !(h->seen_words & ENCODED_WORD_CONTROL))
		find(h, FINDING_HEADER_CONTROL, h->raw);
	if (mark && inspect_headers_attack(v))
		find(h, FINDING_HEADER_ATTACK, h->raw);
}

/* The newest hop stands first: each one after it is older, but for clocks that are wrong. */
static void judge_hop(struct headers *h)
{
	size_t at = str_rchr(h->raw, ';');
	str date = at == STR_NONE ? STR("") : str_skip(h->raw, at + 1);
	int64_t hop;

	if (!clock_parse_rfc5322(str_sub(date, 0, str_chr(date, '(')), &hop))
		return;
	if (h->hop && hop > h->hop + HOP_AHEAD_MAX)
		find(h, FINDING_RCVD_BACKWARDS, h->field.whole);
	h->hop = hop;
}

static void judge_received(struct headers *h)
{
	if (++h->received == RECEIVED_MAX + 1)
		find(h, FINDING_RCVD_TOO_MANY, STR(""));
	judge_hop(h);
	if (h->field.flags & HEADER_NUL)
		find(h, FINDING_RCVD_ILLEGAL_CHARS, h->field.whole);
	for (size_t i = 0; i < h->raw.n; i++) {
		unsigned char c = (unsigned char)h->raw.p[i];

		if (c >= 0x7f || (c < ' ' && c != '\t')) {
			find(h, FINDING_RCVD_ILLEGAL_CHARS, h->field.whole);
			return;
		}
	}
}

static void note_mime(struct headers *h)
{
	str name = h->field.name;

	if (str_caseeq(name, STR("MIME-Version"))) {
		h->mime_version |=
			str_starts(h->raw, STR("1.0")) || h->raw.n == 0 || h->raw.p[0] == '(';
	} else if (str_caseeq(name, STR("Content-Type"))) {
		h->content_type = !str_casestarts(h->raw, STR("text/plain"));
		h->mime = true;
	} else if (str_caseeq(name, STR("Content-Transfer-Encoding")) ||
		   str_caseeq(name, STR("Content-Disposition"))) {
		h->content_other = h->mime = true;
	}
}

static const struct singleton *singleton_of(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(singletons); i++) {
		if (str_caseeq(name, singletons[i].name))
			return &singletons[i];
	}
	return NULL;
}

static bool has_text(str value)
{
	return str_trim(value).n > 0;
}

/* Blanks that push the address out of sight; a fold leaves one. */
static bool has_blank_run(str raw)
{
	str name = str_sub(raw, 0, str_rchr(raw, '<'));
	size_t run = 0;

	for (size_t i = 0; i < name.n && run < BLANK_RUN; i++)
		run = name.p[i] == ' ' || name.p[i] == '\t' ? run + 1 : 0;
	return run >= BLANK_RUN;
}

static void judge_from(struct headers *h)
{
	if (h->field.flags & HEADER_8BIT)
		find(h, FINDING_INVALID_FROM_8BIT, h->raw);
	if (has_blank_run(h->raw))
		find(h, FINDING_FROM_NAME_EXCESS_SPACE, h->raw);
}

/* "22 Nov 26" (RFC 5322 4.3), or more in the comment than a time zone's name. */
static bool is_obsolete_date(str date)
{
	str day = str_sub(date, 0, str_chr(date, ':'));
	size_t digits = 0, longest = 0;

	for (size_t i = 0; i < day.n; i++) {
		digits = str_is_digit(day.p[i]) ? digits + 1 : 0;
		longest = digits > longest ? digits : longest;
	}
	return longest < 4 || date.n > DATE_LENGTH_MAX;
}

static void judge_date(struct headers *h)
{
	int64_t wall;

	if (!clock_parse_rfc5322(str_sub(h->raw, 0, str_chr(h->raw, '(')), &wall))
		find(h, FINDING_BAD_DATE, h->raw);
	else if (is_obsolete_date(h->raw))
		find(h, FINDING_DATE_OBSOLETE, h->raw);
}

static void judge_singleton(struct headers *h, const struct singleton *s, uint32_t *seen)
{
	if (++*seen == 2)
		find(h, s->twice, h->field.whole);
	if (s->where)
		read_addresses(h, (enum facts_where)(s->where - 1));
	if (s->where == FACTS_FROM + 1)
		judge_from(h);
	if (s->missing == FINDING_MISSING_DATE)
		judge_date(h);
	if (s->where > FACTS_FROM + 1)
		inspect_words_shown(h->w, h->value, false);
	if (s->missing == FINDING_MISSING_SUBJECT && !has_text(h->value))
		find(h, FINDING_MISSING_SUBJECT, h->field.whole);
	if (s->missing == FINDING_MISSING_SUBJECT)
		inspect_words_shown(h->w, h->value, true);
}

static void read_field(struct headers *h, uint32_t *seen)
{
	const struct singleton *s = singleton_of(h->field.name);
	struct walk *w = h->w;
	struct facts_header *kept;

	find_flags(h, &h->field);
	if (h->field.flags & HEADER_NO_COLON)
		return;
	if (w->facts->headers.n >= w->limits.max_headers) {
		walk_limit(w, STR("header.count"));
		return;
	}
	h->seen_words = 0;
	h->raw = header_unfold(w->arena, h->field.raw);
	h->value = encoded_word_decode(&w->charsets, w->arena, h->raw, &h->seen_words);
	kept = arena_push(w->arena, &w->facts->headers);
	kept->name = h->field.name;
	kept->line = h->field.line;
	kept->value = h->value;
	walk_scan(w, PATTERN_HEADER, h->field.name, h->value, 0);
	judge_words(h, s);
	judge_bytes(h);
	note_mime(h);
	if (s)
		judge_singleton(h, s, &seen[s - singletons]);
	else if (str_caseeq(h->field.name, STR("Received")))
		judge_received(h);
}

void inspect_headers_read(struct walk *w, str message)
{
	struct header_reader r = header_reader_make(message);
	uint32_t seen[ARRAY_LEN(singletons)] = { 0 };
	struct headers h = { .w = w };

	while (header_next(&r, &h.field))
		read_field(&h, seen);
	if (h.crlf && h.lf)
		find(&h, FINDING_HEADER_MIXED_LINE_ENDS, STR(""));
	for (size_t i = 0; i < ARRAY_LEN(singletons); i++) {
		if (!seen[i])
			find(&h, singletons[i].missing, STR(""));
	}
	if (h.mime && !h.mime_version)
		find(&h, FINDING_MISSING_MIME_VERSION, STR(""));
	if (h.content_type && !h.content_other && !h.mime_version)
		find(&h, FINDING_MIME_HEADER_CTYPE_ONLY, STR(""));
	inspect_trace_read(w);
	inspect_sender_judge(w);
	inspect_msgid_judge(w);
}
