#include "report/reportset.h"

#include "base/reader.h"
#include "base/strbuf.h"
#include "base/utf8.h"

/* The encoding: a magic, then reports one behind the other; all numbers little-endian, each
 * text a u32 length and its bytes, each list a u32 count and its elements. */
enum {
	MAGIC = 0x31535250, /* "PRS1" */
	KIND_AGGREGATE = 1,
	KIND_TLS = 2,
	ROOM_FOR_END = 1 << 10, /* the counts behind the reports always fit */
	COUNT_MAX = 1000000000,
};

static void put_text(struct strbuf *b, str s)
{
	strbuf_le(b, s.n, 4);
	strbuf_put(b, s);
}

static void put_texts(struct strbuf *b, const str *v, size_t n)
{
	strbuf_le(b, n, 4);
	for (size_t i = 0; i < n; i++)
		put_text(b, v[i]);
}

static void set_u32(struct strbuf *b, size_t at, size_t v)
{
	for (size_t i = 0; i < 4 && at + i < b->n; i++)
		b->p[at + i] = (char)(v >> (8 * i));
}

static void put_row(struct strbuf *b, const struct aggregate_row *r)
{
	put_text(b, str_of(r->source.bytes, r->source.n));
	strbuf_le(b, r->count, 8);
	strbuf_le(b, r->disposition, 1);
	strbuf_le(b, r->dkim | r->spf << 1, 1);
	put_text(b, r->header_from);
	put_text(b, r->envelope_from);
	put_text(b, r->envelope_to);
	strbuf_le(b, r->n_reasons, 1);
	for (size_t i = 0; i < r->n_reasons; i++) {
		strbuf_le(b, r->reasons[i].type, 1);
		put_text(b, r->reasons[i].comment);
	}
	strbuf_le(b, r->n_dkim_results, 1);
	for (size_t i = 0; i < r->n_dkim_results; i++) {
		put_text(b, r->dkim_results[i].domain);
		put_text(b, r->dkim_results[i].selector);
		strbuf_le(b, r->dkim_results[i].result, 1);
		put_text(b, r->dkim_results[i].human);
	}
	strbuf_le(b, r->n_spf_results, 1);
	for (size_t i = 0; i < r->n_spf_results; i++) {
		put_text(b, r->spf_results[i].domain);
		put_text(b, r->spf_results[i].scope);
		strbuf_le(b, r->spf_results[i].result, 1);
		put_text(b, r->spf_results[i].human);
	}
}

static void put_aggregate(struct strbuf *b, const struct aggregate *g)
{
	uint64_t left_out = g->rows_left_out;
	size_t count_at, left_out_at, done;

	strbuf_le(b, KIND_AGGREGATE, 1);
	put_texts(b,
		  (str[]){ g->org, g->email, g->contact, g->id, g->generator, g->domain, g->fo,
			   g->discovery },
		  8);
	put_texts(b, g->errors, g->n_errors);
	strbuf_le(b, (uint64_t)g->begin, 8);
	strbuf_le(b, (uint64_t)g->end, 8);
	strbuf_le(b, g->p, 1);
	strbuf_le(b, g->sp, 1);
	strbuf_le(b, g->np, 1);
	strbuf_le(b, g->strict_dkim | g->strict_spf << 1 | g->testing << 2, 1);
	strbuf_le(b, g->pct, 4);
	left_out_at = b->n;
	strbuf_le(b, 0, 4);
	count_at = b->n;
	strbuf_le(b, 0, 4);
	if (b->overflow)
		return;
	for (done = 0; done < g->rows.n; done++) {
		size_t before = b->n;

		put_row(b, &g->rows.v[done]);
		if (b->overflow) {
			b->n = before;
			b->overflow = false;
			left_out += g->rows.n - done;
			break;
		}
	}
	set_u32(b, left_out_at, left_out < UINT32_MAX ? left_out : UINT32_MAX);
	set_u32(b, count_at, done);
}

static void put_failure(struct strbuf *b, const struct tlsrpt_failure *f)
{
	put_texts(b,
		  (str[]){ f->result, f->sending_ip, f->receiving_mx, f->receiving_helo,
			   f->receiving_ip, f->information, f->reason },
		  7);
	strbuf_le(b, f->sessions, 8);
}

static void put_policy(struct strbuf *b, const struct tlsrpt_policy *p)
{
	put_text(b, p->type);
	put_text(b, p->domain);
	put_texts(b, p->strings, p->n_strings);
	put_texts(b, p->mx_hosts, p->n_mx_hosts);
	strbuf_le(b, p->successful, 8);
	strbuf_le(b, p->failed, 8);
	strbuf_le(b, p->failures.n, 4);
	for (size_t i = 0; i < p->failures.n; i++)
		put_failure(b, &p->failures.v[i]);
}

static void put_tls(struct strbuf *b, const struct tlsrpt *t)
{
	strbuf_le(b, KIND_TLS, 1);
	put_texts(b, (str[]){ t->org, t->contact, t->id }, 3);
	strbuf_le(b, (uint64_t)t->begin, 8);
	strbuf_le(b, (uint64_t)t->end, 8);
	strbuf_le(b, t->policies.n, 4);
	for (size_t i = 0; i < t->policies.n; i++)
		put_policy(b, &t->policies.v[i]);
}

str reportset_encode(struct arena *a, const struct reportset *set)
{
	struct strbuf b = strbuf_make(a, REPORTSET_MAX_BYTES - ROOM_FOR_END);
	size_t count_at, done;

	strbuf_le(&b, MAGIC, 4);
	count_at = b.n;
	strbuf_le(&b, 0, 4);
	for (done = 0; done < set->reports.n && done < REPORTSET_MAX_REPORTS; done++) {
		const struct reportset_report *r = &set->reports.v[done];
		size_t before = b.n;

		if (r->aggregate)
			put_aggregate(&b, r->aggregate);
		else
			put_tls(&b, r->tls);
		if (b.overflow) {
			b.n = before;
			b.overflow = false;
			break;
		}
	}
	set_u32(&b, count_at, done);
	b.max = REPORTSET_MAX_BYTES;
	strbuf_le(&b, set->failures, 4);
	strbuf_le(&b, set->unreadable + (set->reports.n - done), 4);
	put_text(&b, set->why.n || done == set->reports.n ? str_sub(set->why, 0, AGGREGATE_MAX_TEXT)
							  : STR("more reports than are taken"));
	return strbuf_str(&b);
}

/* Reading: every number is checked, every text is one line of UTF-8. */

struct source {
	struct reader r;
	struct arena *arena;
};

static void refuse_if(struct source *s, bool cond)
{
	s->r.bad |= cond;
}

static str get_text(struct source *s)
{
	str text = reader_lstr(&s->r, AGGREGATE_MAX_TEXT);

	refuse_if(s, !utf8_valid(text));
	for (size_t i = 0; i < text.n; i++)
		refuse_if(s, (unsigned char)text.p[i] < ' ' || text.p[i] == 0x7f);
	return text;
}

_Static_assert((int)AGGREGATE_MAX_TEXT == (int)TLSRPT_MAX_TEXT, "one maximum for all texts");

/* An element takes at least least bytes, so a count can never ask for much memory. */
static size_t get_count(struct source *s, size_t bytes, size_t max, size_t least)
{
	size_t n = bytes == 1 ? reader_u8(&s->r) : reader_u32le(&s->r);

	refuse_if(s, n > max || n > reader_left(&s->r) / least);
	return s->r.bad ? 0 : n;
}

static void get_texts_at(struct source *s, str *const *to, size_t n)
{
	refuse_if(s, reader_u32le(&s->r) != n);
	for (size_t i = 0; i < n && !s->r.bad; i++)
		*to[i] = get_text(s);
}

static str *get_texts(struct source *s, size_t max, size_t *ret_n)
{
	size_t n = get_count(s, 4, max, 4);
	str *v = n ? arena_array(s->arena, str, n) : NULL;

	for (size_t i = 0; i < n && !s->r.bad; i++)
		v[i] = get_text(s);
	*ret_n = n;
	return v;
}

static unsigned get_enum(struct source *s, unsigned n)
{
	uint8_t v = reader_u8(&s->r);

	refuse_if(s, v >= n);
	return s->r.bad ? 0 : v;
}

static uint64_t get_number(struct source *s)
{
	uint64_t n = reader_u64le(&s->r);

	refuse_if(s, n > COUNT_MAX);
	return n;
}

static int64_t get_time(struct source *s)
{
	uint64_t t = reader_u64le(&s->r);

	refuse_if(s, t == 0 || t > INT32_MAX);
	return (int64_t)t;
}

static void get_reasons(struct source *s, struct aggregate_row *r)
{
	size_t n = get_count(s, 1, AGGREGATE_MAX_RESULTS, 5);

	r->reasons = n ? arena_array(s->arena, struct aggregate_reason, n) : NULL;
	r->n_reasons = n;
	for (size_t i = 0; i < n && !s->r.bad; i++) {
		r->reasons[i].type = (enum aggregate_override)get_enum(s, AGGREGATE_OVERRIDES);
		r->reasons[i].comment = get_text(s);
	}
}

static void get_results(struct source *s, struct aggregate_row *r)
{
	size_t n = get_count(s, 1, AGGREGATE_MAX_RESULTS, 13);

	r->dkim_results = n ? arena_array(s->arena, struct aggregate_dkim, n) : NULL;
	r->n_dkim_results = n;
	for (size_t i = 0; i < n && !s->r.bad; i++) {
		r->dkim_results[i].domain = get_text(s);
		r->dkim_results[i].selector = get_text(s);
		r->dkim_results[i].result = (enum aggregate_result)get_enum(s, AGGREGATE_RESULTS);
		r->dkim_results[i].human = get_text(s);
	}
	n = get_count(s, 1, AGGREGATE_MAX_RESULTS, 13);
	r->spf_results = n ? arena_array(s->arena, struct aggregate_spf, n) : NULL;
	r->n_spf_results = n;
	for (size_t i = 0; i < n && !s->r.bad; i++) {
		r->spf_results[i].domain = get_text(s);
		r->spf_results[i].scope = get_text(s);
		r->spf_results[i].result = (enum aggregate_result)get_enum(s, AGGREGATE_RESULTS);
		r->spf_results[i].human = get_text(s);
	}
}

static void get_row(struct source *s, struct aggregate_row *r)
{
	str source = reader_lstr(&s->r, IP_V6);
	uint8_t passed;

	refuse_if(s, source.n != IP_V4 && source.n != IP_V6);
	if (!s->r.bad)
		r->source = ip_of(source.p, source.n);
	r->count = get_number(s);
	r->disposition = (enum aggregate_action)get_enum(s, AGGREGATE_ACTIONS);
	passed = reader_u8(&s->r);
	refuse_if(s, r->count == 0 || passed > 3 || r->source.n != source.n);
	r->dkim = passed & 1;
	r->spf = passed & 2;
	r->header_from = get_text(s);
	r->envelope_from = get_text(s);
	r->envelope_to = get_text(s);
	get_reasons(s, r);
	get_results(s, r);
}

static struct aggregate *get_aggregate(struct source *s)
{
	struct aggregate *g = arena_make(s->arena, struct aggregate);
	uint8_t flags;
	size_t n;

	get_texts_at(s,
		     (str *[]){ &g->org, &g->email, &g->contact, &g->id, &g->generator, &g->domain,
				&g->fo, &g->discovery },
		     8);
	g->errors = get_texts(s, AGGREGATE_MAX_ERRORS, &g->n_errors);
	g->begin = get_time(s);
	g->end = get_time(s);
	g->p = (enum aggregate_action)get_enum(s, AGGREGATE_ACTIONS);
	g->sp = (enum aggregate_action)get_enum(s, AGGREGATE_ACTIONS);
	g->np = (enum aggregate_action)get_enum(s, AGGREGATE_ACTIONS);
	flags = reader_u8(&s->r);
	g->strict_dkim = flags & 1;
	g->strict_spf = flags & 2;
	g->testing = flags & 4;
	g->pct = reader_u32le(&s->r);
	g->rows_left_out = reader_u32le(&s->r);
	refuse_if(s, flags > 7 || g->pct > 100 || !g->id.n || !g->domain.n || g->end < g->begin);
	n = get_count(s, 4, AGGREGATE_MAX_ROWS, 33);
	for (size_t i = 0; i < n && !s->r.bad; i++)
		get_row(s, arena_push(s->arena, &g->rows));
	return g;
}

static void get_failure(struct source *s, struct tlsrpt_failure *f)
{
	get_texts_at(s,
		     (str *[]){ &f->result, &f->sending_ip, &f->receiving_mx, &f->receiving_helo,
				&f->receiving_ip, &f->information, &f->reason },
		     7);
	f->sessions = get_number(s);
}

static void get_policy(struct source *s, struct tlsrpt_policy *p)
{
	size_t n;

	p->type = get_text(s);
	p->domain = get_text(s);
	p->strings = get_texts(s, TLSRPT_MAX_STRINGS, &p->n_strings);
	p->mx_hosts = get_texts(s, TLSRPT_MAX_STRINGS, &p->n_mx_hosts);
	p->successful = get_number(s);
	p->failed = get_number(s);
	n = get_count(s, 4, TLSRPT_MAX_FAILURES, 40);
	for (size_t i = 0; i < n && !s->r.bad; i++)
		get_failure(s, arena_push(s->arena, &p->failures));
}

static struct tlsrpt *get_tls(struct source *s)
{
	struct tlsrpt *t = arena_make(s->arena, struct tlsrpt);
	size_t n;

	get_texts_at(s, (str *[]){ &t->org, &t->contact, &t->id }, 3);
	t->begin = get_time(s);
	t->end = get_time(s);
	refuse_if(s, !t->id.n || t->end < t->begin);
	n = get_count(s, 4, TLSRPT_MAX_POLICIES, 36);
	for (size_t i = 0; i < n && !s->r.bad; i++)
		get_policy(s, arena_push(s->arena, &t->policies));
	return t;
}

bool reportset_decode(struct arena *a, str in, struct reportset *ret)
{
	struct source s = { .r = reader_make(in), .arena = a };
	struct reportset set = { 0 };
	size_t n;

	refuse_if(&s, in.n > REPORTSET_MAX_BYTES || reader_u32le(&s.r) != MAGIC);
	n = get_count(&s, 4, REPORTSET_MAX_REPORTS, 30);
	for (size_t i = 0; i < n && !s.r.bad; i++) {
		struct reportset_report *r = arena_push(a, &set.reports);
		uint8_t kind = reader_u8(&s.r);

		refuse_if(&s, kind != KIND_AGGREGATE && kind != KIND_TLS);
		if (kind == KIND_AGGREGATE)
			r->aggregate = get_aggregate(&s);
		else
			r->tls = get_tls(&s);
	}
	refuse_if(&s, s.r.at > REPORTSET_MAX_BYTES - ROOM_FOR_END);
	set.failures = reader_u32le(&s.r);
	set.unreadable = reader_u32le(&s.r);
	set.why = get_text(&s);
	if (s.r.bad || s.r.at != in.n)
		return false;
	*ret = set;
	return true;
}
