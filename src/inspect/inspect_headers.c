#include "inspect/inspect_private.h"

#include "base/clock.h"
#include "base/utf8.h"
#include "mail/address_list.h"
#include "mail/header.h"
#include "mime/encoded_word.h"

/* Fields that stand there at most once (RFC 5322 3.6). */
enum singleton {
	DATE,
	FROM,
	SENDER,
	REPLY_TO,
	TO,
	CC,
	BCC,
	MESSAGE_ID,
	IN_REPLY_TO,
	REFERENCES,
	SUBJECT,
	SINGLETONS
};

static const str singletons[SINGLETONS] = {
	[DATE] = STR("Date"),
	[FROM] = STR("From"),
	[SENDER] = STR("Sender"),
	[REPLY_TO] = STR("Reply-To"),
	[TO] = STR("To"),
	[CC] = STR("Cc"),
	[BCC] = STR("Bcc"),
	[MESSAGE_ID] = STR("Message-ID"),
	[IN_REPLY_TO] = STR("In-Reply-To"),
	[REFERENCES] = STR("References"),
	[SUBJECT] = STR("Subject"),
};

struct headers {
	struct walk *w;
	uint32_t seen[SINGLETONS];
	bool crlf, lf;
};

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
			walk_find(h->w, table[i].finding, 0, f->whole);
	}
	/* UTF-8 is allowed (RFC 6532), other 8-bit text is not. */
	if ((f->flags & HEADER_8BIT) && !utf8_valid(f->whole))
		walk_find(h->w, FINDING_HEADER_8BIT, 0, f->whole);
}

static void read_addresses(struct headers *h, enum facts_where where, str value)
{
	struct walk *w = h->w;
	struct address_list list;

	address_list_parse(w->arena, value, FACTS_MAX_ADDRESSES - w->facts->addresses.n, &list);
	if (list.cut)
		walk_limit(w, STR("header.addresses"));
	for (size_t i = 0; i < list.boxes.n; i++) {
		const struct address_mailbox *box = &list.boxes.v[i];
		struct facts_address *a = arena_push(w->arena, &w->facts->addresses);

		a->where = where;
		a->display = encoded_word_decode(&w->charsets, w->arena, box->display, NULL);
		a->local = box->address.local;
		a->domain = box->address.domain;
	}
}

static void count_singleton(struct headers *h, const struct header_field *f, str raw_value)
{
	static const int where[SINGLETONS] = {
		[FROM] = FACTS_FROM + 1,
		[SENDER] = FACTS_SENDER + 1,
		[REPLY_TO] = FACTS_REPLY_TO + 1,
		[TO] = FACTS_TO + 1,
		[CC] = FACTS_CC + 1,
	};
	int64_t wall;

	for (int i = 0; i < SINGLETONS; i++) {
		if (!str_caseeq(f->name, singletons[i]))
			continue;
		if (++h->seen[i] == 2)
			walk_find(h->w, FINDING_HEADER_DUPLICATE_SINGLETON, 0, f->whole);
		if (where[i])
			read_addresses(h, (enum facts_where)(where[i] - 1), raw_value);
		if (i == DATE &&
		    !clock_parse_rfc5322(str_sub(raw_value, 0, str_chr(raw_value, '(')), &wall))
			walk_find(h->w, FINDING_BAD_DATE, 0, raw_value);
	}
}

static void read_field(struct headers *h, const struct header_field *f)
{
	struct walk *w = h->w;
	bool unknown_charset = false;
	struct facts_header *kept;
	str raw;

	find_flags(h, f);
	if (f->flags & HEADER_NO_COLON)
		return;
	if (w->facts->headers.n >= w->limits.max_headers) {
		walk_limit(w, STR("header.count"));
		return;
	}
	raw = header_unfold(w->arena, f->raw);
	kept = arena_push(w->arena, &w->facts->headers);
	kept->name = f->name;
	kept->line = f->line;
	kept->value = encoded_word_decode(&w->charsets, w->arena, raw, &unknown_charset);
	if (unknown_charset)
		walk_find(w, FINDING_HEADER_UNKNOWN_CHARSET, 0, raw);
	walk_scan(w, PATTERN_HEADER, f->name, kept->value, 0);
	count_singleton(h, f, raw);
}

/* The same, or one below the other. */
static bool domains_related(str a, str b)
{
	if (a.n < b.n) {
		str swap = a;

		a = b;
		b = swap;
	}
	return str_caseends(a, b) && (a.n == b.n || b.n == 0 || a.p[a.n - b.n - 1] == '.');
}

/* The domain behind the first "@" in a display name that looks like an address, or empty. */
static str domain_shown(str display)
{
	size_t at = str_chr(display, '@');
	size_t end;
	str domain;

	if (at == STR_NONE || at == 0)
		return STR_NULL;
	for (end = at + 1; end < display.n; end++) {
		if (!str_is_alnum(display.p[end]) && display.p[end] != '-' && display.p[end] != '.')
			break;
	}
	domain = str_sub(display, at + 1, end);
	while (domain.n && domain.p[domain.n - 1] == '.')
		domain.n--;
	if (str_chr(domain, '.') == STR_NONE || !address_domain_valid(domain, false))
		return STR_NULL;
	return domain;
}

static const struct facts_address *first_address(const struct facts *f, enum facts_where where)
{
	for (size_t i = 0; i < f->addresses.n; i++) {
		if (f->addresses.v[i].where == where && f->addresses.v[i].domain.n)
			return &f->addresses.v[i];
	}
	return NULL;
}

static void judge_sender(struct headers *h)
{
	struct walk *w = h->w;
	const struct facts_address *from = first_address(w->facts, FACTS_FROM);
	const struct facts_address *reply = first_address(w->facts, FACTS_REPLY_TO);
	size_t authors = 0;

	for (size_t i = 0; i < w->facts->addresses.n; i++) {
		const struct facts_address *a = &w->facts->addresses.v[i];
		str shown = a->where == FACTS_FROM ? domain_shown(a->display) : STR_NULL;

		authors += a->where == FACTS_FROM;
		if (shown.n && !domains_related(shown, a->domain))
			walk_find(w, FINDING_DISPLAY_NAME_IS_ADDRESS, 0, a->display);
	}
	if (!from)
		walk_find(w, FINDING_MISSING_FROM, 0, STR(""));
	if (authors > 1)
		walk_find(w, FINDING_MULTIPLE_FROM, 0, STR(""));
	if (from && reply && !domains_related(from->domain, reply->domain))
		walk_find(w, FINDING_FROM_REPLYTO_DIFFER, 0, reply->domain);
}

void inspect_headers_read(struct walk *w, str message)
{
	struct header_reader r = header_reader_make(message);
	struct headers h = { .w = w };
	struct header_field f;

	while (header_next(&r, &f))
		read_field(&h, &f);
	if (h.crlf && h.lf)
		walk_find(w, FINDING_HEADER_MIXED_LINE_ENDS, 0, STR(""));
	if (!h.seen[DATE])
		walk_find(w, FINDING_MISSING_DATE, 0, STR(""));
	if (!h.seen[MESSAGE_ID])
		walk_find(w, FINDING_MISSING_MESSAGE_ID, 0, STR(""));
	judge_sender(&h);
}
