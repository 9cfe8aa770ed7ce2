#include "report/aggregate.h"

#include "base/num.h"
#include "report/reporttext.h"
#include "report/reportword.h"

#include <expat.h>

enum {
	COUNT_MAX = 1000000000, /* of one row: more is no number of messages */
	TIME_MAX = INT32_MAX,	/* 2038: sums and clocks of others end there, too */
	TEXT_BUFFER = 2048,
};

/* Where the parser stands. Elements of other places and names are passed over with all they
 * hold. */
enum place {
	OUTSIDE,
	FEEDBACK,
	METADATA,
	DATE_RANGE,
	POLICY,
	RECORD,
	ROW,
	EVALUATED,
	REASON,
	IDENTIFIERS,
	RESULTS,
	DKIM,
	SPF,
	LEAF,
	FOREIGN,
};

enum value {
	NO_VALUE,
	TEXT,
	NAME,
	ACTION,
	RESULT,
	PASSED,
	STRICT,
	YES,
	OVERRIDE,
	NUMBER,
	TIME,
	ADDRESS,
	COUNT,
	ERROR
};

/* An element: inside which place, and what it is or where its text goes. */
struct element {
	enum place in;
	const char *name;
	enum place place;
	enum value value;
	size_t at; /* in the struct that the place belongs to */
};

#define IN_REPORT(member) offsetof(struct aggregate, member)
#define IN_ROW(member) offsetof(struct aggregate_row, member)

static const struct element elements[] = {
	{ OUTSIDE, "feedback", FEEDBACK, NO_VALUE, 0 },
	{ FEEDBACK, "report_metadata", METADATA, NO_VALUE, 0 },
	{ METADATA, "org_name", LEAF, TEXT, IN_REPORT(org) },
	{ METADATA, "email", LEAF, TEXT, IN_REPORT(email) },
	{ METADATA, "extra_contact_info", LEAF, TEXT, IN_REPORT(contact) },
	{ METADATA, "report_id", LEAF, TEXT, IN_REPORT(id) },
	{ METADATA, "generator", LEAF, TEXT, IN_REPORT(generator) },
	{ METADATA, "error", LEAF, ERROR, 0 },
	{ METADATA, "date_range", DATE_RANGE, NO_VALUE, 0 },
	{ DATE_RANGE, "begin", LEAF, TIME, IN_REPORT(begin) },
	{ DATE_RANGE, "end", LEAF, TIME, IN_REPORT(end) },
	{ FEEDBACK, "policy_published", POLICY, NO_VALUE, 0 },
	{ POLICY, "domain", LEAF, NAME, IN_REPORT(domain) },
	{ POLICY, "p", LEAF, ACTION, IN_REPORT(p) },
	{ POLICY, "sp", LEAF, ACTION, IN_REPORT(sp) },
	{ POLICY, "np", LEAF, ACTION, IN_REPORT(np) },
	{ POLICY, "adkim", LEAF, STRICT, IN_REPORT(strict_dkim) },
	{ POLICY, "aspf", LEAF, STRICT, IN_REPORT(strict_spf) },
	{ POLICY, "testing", LEAF, YES, IN_REPORT(testing) },
	{ POLICY, "pct", LEAF, NUMBER, IN_REPORT(pct) },
	{ POLICY, "fo", LEAF, TEXT, IN_REPORT(fo) },
	{ POLICY, "discovery_method", LEAF, NAME, IN_REPORT(discovery) },
	{ FEEDBACK, "record", RECORD, NO_VALUE, 0 },
	{ RECORD, "row", ROW, NO_VALUE, 0 },
	{ ROW, "source_ip", LEAF, ADDRESS, IN_ROW(source) },
	{ ROW, "count", LEAF, COUNT, IN_ROW(count) },
	{ ROW, "policy_evaluated", EVALUATED, NO_VALUE, 0 },
	{ EVALUATED, "disposition", LEAF, ACTION, IN_ROW(disposition) },
	{ EVALUATED, "dkim", LEAF, PASSED, IN_ROW(dkim) },
	{ EVALUATED, "spf", LEAF, PASSED, IN_ROW(spf) },
	{ EVALUATED, "reason", REASON, NO_VALUE, 0 },
	{ REASON, "type", LEAF, OVERRIDE, offsetof(struct aggregate_reason, type) },
	{ REASON, "comment", LEAF, TEXT, offsetof(struct aggregate_reason, comment) },
	{ RECORD, "identifiers", IDENTIFIERS, NO_VALUE, 0 },
	{ RECORD, "identities", IDENTIFIERS, NO_VALUE, 0 }, /* of early drafts */
	{ IDENTIFIERS, "header_from", LEAF, NAME, IN_ROW(header_from) },
	{ IDENTIFIERS, "envelope_from", LEAF, NAME, IN_ROW(envelope_from) },
	{ IDENTIFIERS, "envelope_to", LEAF, NAME, IN_ROW(envelope_to) },
	{ RECORD, "auth_results", RESULTS, NO_VALUE, 0 },
	{ RESULTS, "dkim", DKIM, NO_VALUE, 0 },
	{ DKIM, "domain", LEAF, NAME, offsetof(struct aggregate_dkim, domain) },
	{ DKIM, "selector", LEAF, NAME, offsetof(struct aggregate_dkim, selector) },
	{ DKIM, "result", LEAF, RESULT, offsetof(struct aggregate_dkim, result) },
	{ DKIM, "human_result", LEAF, TEXT, offsetof(struct aggregate_dkim, human) },
	{ RESULTS, "spf", SPF, NO_VALUE, 0 },
	{ SPF, "domain", LEAF, NAME, offsetof(struct aggregate_spf, domain) },
	{ SPF, "scope", LEAF, NAME, offsetof(struct aggregate_spf, scope) },
	{ SPF, "result", LEAF, RESULT, offsetof(struct aggregate_spf, result) },
	{ SPF, "human_result", LEAF, TEXT, offsetof(struct aggregate_spf, human) },
};

struct reading {
	struct arena *arena;
	XML_Parser parser;
	struct aggregate *report;
	const struct element *open[AGGREGATE_MAX_DEPTH]; /* NULL: foreign */
	size_t depth;
	char text[TEXT_BUFFER]; /* of the leaf */
	size_t n;
	const char *refused; /* why the parser was stopped */
	bool seen;	     /* the root is that of a report */
	/* the record */
	struct aggregate_row row;
	struct aggregate_reason reasons[AGGREGATE_MAX_RESULTS];
	struct aggregate_dkim dkim[AGGREGATE_MAX_RESULTS];
	struct aggregate_spf spf[AGGREGATE_MAX_RESULTS];
	size_t n_reasons, n_dkim, n_spf;
	str errors[AGGREGATE_MAX_ERRORS];
};

/* "1529366400", "1529366400.0"; 0 when it is none. */
static int64_t find_time(str s)
{
	uint64_t n = 0;

	return num_u64_max(str_sub(s, 0, str_chr(s, '.')), TIME_MAX, &n) ? (int64_t)n : 0;
}

/* The struct that the leaf's place stands for: of a list, the last one that was begun. */
static void *target(struct reading *r, enum place in)
{
	switch (in) {
	case METADATA:
	case DATE_RANGE:
	case POLICY:
		return r->report;
	case REASON:
		return &r->reasons[r->n_reasons - 1];
	case DKIM:
		return &r->dkim[r->n_dkim - 1];
	case SPF:
		return &r->spf[r->n_spf - 1];
	default:
		return &r->row;
	}
}

static void add_error(struct reading *r, str text)
{
	text = reporttext_clean(r->arena, text, AGGREGATE_MAX_TEXT);
	if (text.n && r->report->n_errors < AGGREGATE_MAX_ERRORS)
		r->errors[r->report->n_errors++] = text;
}

static void take_number(str text, enum value value, void *to)
{
	uint64_t n = 0;

	if (value == NUMBER && num_u64_max(text, 100, &n))
		*(uint32_t *)to = (uint32_t)n;
	else if (value == COUNT)
		*(uint64_t *)to = num_u64_max(text, COUNT_MAX, &n) ? n : 0;
	else if (value == TIME)
		*(int64_t *)to = find_time(text);
}

static void take_text(struct reading *r, const struct element *e, str text)
{
	char *base = target(r, e->in);
	void *to = base + e->at;

	text = str_trim(text);
	switch (e->value) {
	case TEXT:
		*(str *)to = reporttext_clean(r->arena, text, AGGREGATE_MAX_TEXT);
		return;
	case NAME:
		*(str *)to = reporttext_name(r->arena, text, AGGREGATE_MAX_TEXT);
		return;
	case ACTION:
		*(enum aggregate_action *)to = reportword_find_action(text);
		return;
	case RESULT:
		*(enum aggregate_result *)to = reportword_find_result(text);
		return;
	case OVERRIDE:
		*(enum aggregate_override *)to = reportword_find_override(text);
		return;
	case PASSED:
		*(bool *)to = str_caseeq(text, STR("pass"));
		return;
	case STRICT:
		*(bool *)to = str_caseeq(text, STR("s")) || str_caseeq(text, STR("strict"));
		return;
	case YES:
		*(bool *)to = str_caseeq(text, STR("y"));
		return;
	case ADDRESS:
		(void)!ip_parse(text, to); /* stays unknown */
		return;
	case ERROR:
		add_error(r, text);
		return;
	default:
		take_number(text, e->value, to);
	}
}

static void begin_record(struct reading *r)
{
	r->row = (struct aggregate_row){ 0 };
	r->n_reasons = r->n_dkim = r->n_spf = 0;
}

/* A further element of a list; above the limit it is foreign. */
static bool begin_one(struct reading *r, enum place place)
{
	size_t *n = place == REASON ? &r->n_reasons : place == DKIM ? &r->n_dkim : &r->n_spf;

	if (*n == AGGREGATE_MAX_RESULTS)
		return false;
	if (place == REASON)
		r->reasons[*n] = (struct aggregate_reason){ 0 };
	else if (place == DKIM)
		r->dkim[*n] = (struct aggregate_dkim){ 0 };
	else
		r->spf[*n] = (struct aggregate_spf){ 0 };
	++*n;
	return true;
}

static void *keep(struct arena *a, const void *v, size_t n, size_t size)
{
	void *p = n ? arena_alloc_array(a, n, size) : NULL;

	if (n)
		memcpy(p, v, n * size);
	return p;
}

static void end_record(struct reading *r)
{
	struct aggregate_row *row;

	if (!r->row.source.n || !r->row.count || r->report->rows.n == AGGREGATE_MAX_ROWS) {
		r->report->rows_left_out++;
		return;
	}
	row = arena_push(r->arena, &r->report->rows);
	*row = r->row;
	row->reasons = keep(r->arena, r->reasons, r->n_reasons, sizeof(*r->reasons));
	row->n_reasons = r->n_reasons;
	row->dkim_results = keep(r->arena, r->dkim, r->n_dkim, sizeof(*r->dkim));
	row->n_dkim_results = r->n_dkim;
	row->spf_results = keep(r->arena, r->spf, r->n_spf, sizeof(*r->spf));
	row->n_spf_results = r->n_spf;
}

static void refuse(struct reading *r, const char *why)
{
	if (!r->refused)
		r->refused = why;
	(void)XML_StopParser(r->parser, XML_FALSE); /* fails only when it stands already */
}

/* Prefixes are anything: senders of reports write other ones than readers expect. */
static str local_name(const XML_Char *name)
{
	str n = str_c(name);
	size_t colon = str_rchr(n, ':');

	return colon == STR_NONE ? n : str_skip(n, colon + 1);
}

static const struct element *find_element(const struct reading *r, str name)
{
	const struct element *parent = r->depth ? r->open[r->depth - 1] : NULL;
	enum place in = !r->depth ? OUTSIDE : parent ? parent->place : FOREIGN;

	for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
		if (elements[i].in == in && str_caseeq(name, str_c(elements[i].name)))
			return &elements[i];
	}
	return NULL;
}

static void XMLCALL on_start(void *ctx, const XML_Char *name,
			     const XML_Char **attributes unused_arg)
{
	struct reading *r = ctx;
	const struct element *e = find_element(r, local_name(name));

	if (r->refused)
		return;
	if (r->depth == AGGREGATE_MAX_DEPTH) {
		refuse(r, "elements nest too deep");
		return;
	}
	if (!r->depth && !e) {
		refuse(r, "the root element is not feedback");
		return;
	}
	r->seen = true;
	if (e && e->place == RECORD)
		begin_record(r);
	if (e && (e->place == REASON || e->place == DKIM || e->place == SPF) &&
	    !begin_one(r, e->place))
		e = NULL;
	r->open[r->depth++] = e;
	r->n = 0;
}

static void XMLCALL on_end(void *ctx, const XML_Char *name unused_arg)
{
	struct reading *r = ctx;
	const struct element *e;

	if (r->refused)
		return;
	e = r->open[--r->depth];
	if (!e)
		return;
	if (e->place == LEAF)
		take_text(r, e, str_of(r->text, r->n));
	if (e->place == RECORD)
		end_record(r);
}

static void XMLCALL on_text(void *ctx, const XML_Char *s, int n)
{
	struct reading *r = ctx;
	const struct element *e = r->depth ? r->open[r->depth - 1] : NULL;
	size_t room = sizeof(r->text) - r->n, more = (size_t)n;

	if (!e || e->place != LEAF)
		return;
	if (more > room)
		more = room;
	memcpy(r->text + r->n, s, more);
	r->n += more;
}

static void XMLCALL on_doctype(void *ctx, const XML_Char *name, const XML_Char *where unused_arg,
			       const XML_Char *public unused_arg, int internal unused_arg)
{
	struct reading *r = ctx;

	r->seen = str_caseeq(local_name(name), STR("feedback"));
	refuse(r, "a document type declaration");
}

/* What some programs put around a document. */
static str bare(str xml)
{
	if (str_starts(xml, STR("\xef\xbb\xbf")))
		xml = str_skip(xml, 3);
	while (xml.n && str_is_space(xml.p[0]))
		xml = str_skip(xml, 1);
	while (xml.n && (str_is_space(xml.p[xml.n - 1]) || !xml.p[xml.n - 1]))
		xml.n--;
	return xml;
}

static int parse(struct reading *r, str xml, struct why *why)
{
	int status;

	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	status = XML_Parse(r->parser, xml.p, (int)xml.n, XML_TRUE);
	if (r->refused)
		return why_set(why, r->seen ? AGGREGATE_E_BROKEN : AGGREGATE_E_OTHER,
			       "%s, line %lu", r->refused, XML_GetCurrentLineNumber(r->parser));
	if (status != XML_STATUS_OK)
		return why_set(why, r->seen ? AGGREGATE_E_BROKEN : AGGREGATE_E_OTHER,
			       "%s, line %lu", XML_ErrorString(XML_GetErrorCode(r->parser)),
			       XML_GetCurrentLineNumber(r->parser));
	return AGGREGATE_OK;
}

/* What a report cannot do without. */
static int finish(struct reading *r, struct why *why)
{
	struct aggregate *g = r->report;
	const char *missing = !g->id.n	     ? "report_id"
			      : !g->begin    ? "date_range"
			      : !g->domain.n ? "policy_published domain"
					     : NULL;

	if (missing)
		return why_set(why, AGGREGATE_E_BROKEN, "no %s", missing);
	if (g->end < g->begin)
		g->end = g->begin;
	for (size_t i = 0; i < g->rows.n; i++) {
		if (!g->rows.v[i].header_from.n)
			g->rows.v[i].header_from = g->domain;
	}
	g->errors = keep(r->arena, r->errors, g->n_errors, sizeof(*r->errors));
	return AGGREGATE_OK;
}

int aggregate_read(struct arena *a, str xml, struct aggregate *ret, struct why *why)
{
	struct aggregate report = { .pct = 100 };
	struct reading *r = arena_make(a, struct reading);
	int e;

	xml = bare(xml);
	if (!xml.n || xml.n > AGGREGATE_MAX_BYTES)
		return why_set(why, AGGREGATE_E_OTHER, xml.n ? "it is too large" : "it is empty");
	r->arena = a;
	r->report = &report;
	r->parser = XML_ParserCreate(NULL);
	bug_if(!r->parser); /* no memory */
	e = parse(r, xml, why);
	XML_ParserFree(r->parser);
	if (e == AGGREGATE_OK)
		e = finish(r, why);
	if (e == AGGREGATE_OK)
		*ret = report;
	return e;
}
