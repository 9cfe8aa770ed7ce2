#include "audit/letter.h"

#include "base/clock.h"
#include "battery/zone.h"
#include "mail/header.h"

/* Who sends the neutral messages, and who receives all of them. */
static const str partner = STR("partner.example"), nospf = STR("nospf.example"),
		 ours = STR("hopital.example");
enum { DATE_TOLERANCE_S = 3600 };

bool letter_needs_client(const struct battery_message *m)
{
	return !str_eq(m->client_ip, STR("192.0.2.10")) &&
	       !str_eq(m->client_ip, STR("203.0.113.66"));
}

static str domain_of(str address)
{
	size_t at = str_rchr(address, '@');

	return at == STR_NONE ? STR("") : str_skip(address, at + 1);
}

static bool is_neutral(str domain)
{
	return str_eq(domain, partner) || str_eq(domain, nospf) || str_eq(domain, ours);
}

bool letter_needs_zone(const struct letter_world *w, const struct battery_message *m)
{
	return w->from.n && !is_neutral(domain_of(m->reverse_path)) && m->reverse_path.n;
}

/* What stands for a name of the battery; *ret_n is its length. */
static str instead(const struct letter_world *w, str rest, size_t *ret_n)
{
	str found = STR_NULL;

	*ret_n = 0;
	if (w->from.n && str_starts(rest, partner)) {
		*ret_n = partner.n;
		found = domain_of(w->from);
	} else if (w->from.n && str_starts(rest, nospf)) {
		*ret_n = nospf.n;
		found = domain_of(w->from);
	} else if (str_starts(rest, ours)) {
		*ret_n = ours.n;
		found = domain_of(w->rcpt);
	}
	return found;
}

static str rename_all(struct arena *a, const struct letter_world *w, str s)
{
	struct strbuf b = strbuf_make(a, 2 * s.n + 4096);
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		size_t n = 0;
		char c = s.p[i];
		str other = c == 'p' || c == 'n' || c == 'h' ? instead(w, str_skip(s, i), &n)
							     : STR_NULL;

		if (!n)
			continue;
		strbuf_put(&b, str_sub(s, from, i));
		strbuf_put(&b, other);
		from = i + n;
		i = from - 1;
	}
	if (from == 0)
		return s;
	strbuf_put(&b, str_skip(s, from));
	return strbuf_str(&b);
}

/* A date keeps its distance from now; what cannot be read stays. */
static bool put_shifted(struct arena *a, struct strbuf *b, const struct header_field *f,
			int64_t shift)
{
	str value = header_unfold(a, f->raw);
	size_t semicolon = str_rchr(value, ';');
	bool is_received = str_caseeq(f->name, STR("Received"));
	int64_t wall;

	if (!is_received && !str_caseeq(f->name, STR("Date")) &&
	    !str_caseeq(f->name, STR("Resent-Date")))
		return false;
	if (is_received && semicolon == STR_NONE)
		return false;
	if (!clock_parse_rfc5322(is_received ? str_skip(value, semicolon + 1) : value, &wall))
		return false;
	if (is_received) {
		str raw = str_sub(f->whole, 0, str_rchr(f->whole, ';') + 1);

		strbuf_put(b, raw);
		strbuf_char(b, ' ');
	} else {
		strbuf_fmt(b, "%.*s: ", STR_ARG(f->name));
	}
	clock_put_rfc5322(b, wall + shift);
	strbuf_put(b, STR("\r\n"));
	return true;
}

/* Dates shifted, and the neutral sender's signature on top taken off. */
static str refit_header(struct arena *a, str message, int64_t shift, bool drop_signature)
{
	struct header_reader r = header_reader_make(message);
	struct strbuf b = strbuf_make(a, 2 * message.n + 4096);
	struct header_field f;
	size_t from = 0;
	bool first = true;

	while (header_next(&r, &f)) {
		size_t at = (size_t)(f.whole.p - message.p), before = b.n;
		bool drop = first && drop_signature && str_caseeq(f.name, STR("DKIM-Signature"));

		first = false;
		strbuf_put(&b, str_sub(message, from, at));
		from = at;
		if (drop || put_shifted(a, &b, &f, shift))
			from = at + f.whole.n;
		bug_if(b.n < before);
	}
	strbuf_put(&b, str_skip(message, from));
	return strbuf_str(&b);
}

/* On top, where it changes nothing that is signed. A message that begins with a continuation
 * line would make the mark its first line, so it goes without. */
static str mark(struct arena *a, const struct letter_world *w, str id, str message)
{
	struct strbuf b = strbuf_make(a, message.n + 512);

	if (message.n > LETTER_MARKED_MAX || str_starts(message, STR(" ")) ||
	    str_starts(message, STR("\t")))
		return message;
	strbuf_reserve(&b, message.n + 128);
	strbuf_fmt(&b, LETTER_MARK ": %.*s %.*s\r\n", STR_ARG(w->run), STR_ARG(id));
	strbuf_put(&b, message);
	return strbuf_str(&b);
}

void letter_make(struct arena *a, const struct letter_world *w, const struct battery_message *m,
		 struct posting_letter *ret)
{
	str path = m->reverse_path, domain = domain_of(path);
	bool renamed = w->from.n && !str_eq(domain_of(w->from), partner);
	int64_t shift = w->now ? w->now - BATTERY_ZONE_NOW : 0;
	str bytes = m->bytes;

	if (shift < DATE_TOLERANCE_S && shift > -DATE_TOLERANCE_S)
		shift = 0;
	if (renamed || shift)
		bytes = refit_header(a, bytes, shift, true);
	if (w->from.n && (str_eq(domain, partner) || str_eq(domain, nospf)))
		path = w->from;
	*ret = (struct posting_letter){
		.client_ip = m->client_ip,
		.helo = w->helo.n ? w->helo : m->helo,
		.reverse_path = rename_all(a, w, path),
		.recipient = w->rcpt,
		.bytes = mark(a, w, m->id, rename_all(a, w, bytes)),
	};
}

str letter_marked(struct arena *a, str run, str message)
{
	str value = header_find(a, message, STR(LETTER_MARK)), id;

	if (!str_split(&value, ' ', &id) || !str_eq(id, run))
		return STR_NULL;
	return str_trim(value);
}
