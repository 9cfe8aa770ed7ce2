#include "dkim/dkimsign.h"

#include "base/base64.h"

enum { LINE = 72, FIELD_MAX = 16 << 10 };

enum cover {
	COVER_ALWAYS, /* and once more than it is there */
	COVER_THERE,  /* the same when it is there at all */
};

static const struct {
	str name;
	enum cover cover;
} covered[] = {
	{ STR("from"), COVER_ALWAYS },
	{ STR("reply-to"), COVER_ALWAYS },
	{ STR("subject"), COVER_ALWAYS },
	{ STR("date"), COVER_ALWAYS },
	{ STR("to"), COVER_ALWAYS },
	{ STR("cc"), COVER_ALWAYS },
	{ STR("message-id"), COVER_ALWAYS },
	{ STR("in-reply-to"), COVER_ALWAYS },
	{ STR("references"), COVER_ALWAYS },
	{ STR("mime-version"), COVER_ALWAYS },
	{ STR("content-type"), COVER_ALWAYS },
	{ STR("content-transfer-encoding"), COVER_ALWAYS },
	{ STR("sender"), COVER_THERE },
	{ STR("list-id"), COVER_THERE },
	{ STR("list-help"), COVER_THERE },
	{ STR("list-unsubscribe"), COVER_THERE },
	{ STR("list-unsubscribe-post"), COVER_THERE },
	{ STR("list-subscribe"), COVER_THERE },
	{ STR("list-post"), COVER_THERE },
	{ STR("list-owner"), COVER_THERE },
	{ STR("list-archive"), COVER_THERE },
};

bool dkimsign_covers(str name)
{
	for (size_t i = 0; i < ARRAY_LEN(covered); i++) {
		if (str_caseeq(covered[i].name, name))
			return true;
	}
	return false;
}

static void put(void *ctx, str bytes)
{
	strbuf_put(ctx, bytes);
}

void dkimsign_put_canonical(struct strbuf *out, str field)
{
	const struct dkimcanon_sink sink = { put, out };

	dkimcanon_field(DKIMCANON_RELAXED, field, false, &sink);
}

struct collection {
	const struct header_field *fields;
	size_t n, chosen;
	struct strbuf names, headers;
};

static void add_name(struct collection *c, str name)
{
	strbuf_put(&c->names, c->names.n ? STR(":") : STR(""));
	strbuf_put(&c->names, name);
	c->chosen++;
}

/* From the bottom upwards (RFC 6376 5.4.2); how many there are. */
static size_t add_fields(struct collection *c, str name)
{
	size_t found = 0;

	for (size_t i = c->n; i-- > 0;) {
		if (!str_caseeq(c->fields[i].name, name))
			continue;
		add_name(c, name);
		dkimsign_put_canonical(&c->headers, c->fields[i].whole);
		found++;
	}
	return found;
}

static struct collection begin(struct arena *a, const struct dkimhash_message *m)
{
	struct collection c = { .names = strbuf_make(a, DKIMSIGN_MAX_NAME_BYTES),
				.headers = strbuf_make(a, DKIMSIGN_MAX_HEADERS) };

	c.fields = dkimhash_fields(m, &c.n);
	return c;
}

static const char *end(struct collection *c, struct dkimhash_message *m,
		       struct dkimsign_material *ret)
{
	uint64_t whole;

	if (c->chosen > DKIMSIGN_MAX_NAMES || c->names.overflow)
		return "more fields to sign than any writer has";
	if (c->headers.overflow)
		return "more bytes of fields to sign than any writer has";
	ret->names = strbuf_str(&c->names);
	ret->headers = strbuf_str(&c->headers);
	ret->body_hash =
		dkimhash_body(m, DKIMCANON_RELAXED, DKIMSIG_RSA_SHA256, UINT64_MAX, &whole);
	return ret->body_hash.n == DKIMSIGN_HASH ? NULL : "no hash of the body";
}

const char *dkimsign_collect(struct arena *a, struct dkimhash_message *m, enum dkimsig_kind kind,
			     struct dkimsign_material *ret)
{
	struct collection c = begin(a, m);
	bool arc = kind == DKIMSIG_ARC_MESSAGE;

	for (size_t i = 0; i < ARRAY_LEN(covered); i++) {
		size_t found = add_fields(&c, covered[i].name);

		if (!arc && (found || covered[i].cover == COVER_ALWAYS))
			add_name(&c, covered[i].name);
	}
	if (arc)
		add_fields(&c, STR("dkim-signature"));
	return end(&c, m, ret);
}

const char *dkimsign_collect_names(struct arena *a, struct dkimhash_message *m, str names,
				   struct dkimsign_material *ret)
{
	struct collection c = begin(a, m);
	str name;

	while (str_split(&names, ':', &name))
		add_fields(&c, name);
	return end(&c, m, ret);
}

static str field_name(enum dkimsig_kind kind)
{
	static const str names[] = { [DKIMSIG_DKIM] = STR("DKIM-Signature"),
				     [DKIMSIG_ARC_MESSAGE] = STR("ARC-Message-Signature"),
				     [DKIMSIG_ARC_SEAL] = STR("ARC-Seal") };

	return names[kind];
}

/* Names may be folded behind a colon (RFC 6376 3.5). */
static void put_names(struct strbuf *b, str names)
{
	size_t column = 10;
	str name;

	strbuf_put(b, STR(";\r\n\th="));
	for (bool first = true; str_split(&names, ':', &name); first = false) {
		strbuf_put(b, first ? STR("") : STR(":"));
		if (column + name.n + 1 > LINE && !first) {
			strbuf_put(b, STR("\r\n\t "));
			column = 9;
		}
		strbuf_put(b, name);
		column += name.n + 1;
	}
}

/* Tags stand in the order of their names, but for v= which old readers want in front. */
static str head_of(struct arena *a, const struct dkimsign_request *q, str algorithm)
{
	struct strbuf b = strbuf_make(a, FIELD_MAX);

	strbuf_put(&b, field_name(q->kind));
	strbuf_put(&b, q->kind == DKIMSIG_DKIM ? STR(": v=1; a=") : STR(": a="));
	strbuf_put(&b, algorithm);
	strbuf_put(&b, STR(";\r\n\tb="));
	return strbuf_str(&b);
}

static str tail_of(struct arena *a, const struct dkimsign_request *q)
{
	struct strbuf b = strbuf_make(a, FIELD_MAX);
	bool seal = q->kind == DKIMSIG_ARC_SEAL;

	if (!seal) {
		strbuf_put(&b, STR(";\r\n\tbh="));
		base64_encode(&b, q->material.body_hash);
		strbuf_put(&b, STR(";\r\n\tc=relaxed/relaxed"));
	} else {
		strbuf_put(&b, STR(";\r\n\tcv="));
		strbuf_put(&b, q->cv);
	}
	strbuf_put(&b, STR("; d="));
	strbuf_put(&b, q->domain);
	if (!seal)
		put_names(&b, q->material.names);
	if (q->kind != DKIMSIG_DKIM)
		strbuf_fmt(&b, "; i=%u", (unsigned)q->instance); /* dkimpy looks for " i=1;" */
	strbuf_put(&b, STR(";\r\n\ts="));
	strbuf_put(&b, q->selector);
	strbuf_put(&b, STR("; t="));
	strbuf_int(&b, q->time);
	bug_if(b.overflow); /* names have their limits */
	return strbuf_str(&b);
}

void dkimsign_draft(struct arena *a, const struct dkimsign_request *q,
		    enum dkimsig_algorithm algorithm, struct dkimsign_draft *ret)
{
	struct dkimhash *h = dkimhash_begin(a, algorithm);
	const struct dkimcanon_sink sink = dkimhash_sink(h);

	ret->head = head_of(a, q, dkimsig_algorithm_name(algorithm));
	ret->tail = tail_of(a, q);
	sink.put(sink.ctx, q->material.headers);
	dkimcanon_field(DKIMCANON_RELAXED,
			arena_fmt(a, "%.*s%.*s\r\n", STR_ARG(ret->head), STR_ARG(ret->tail)), true,
			&sink);
	ret->digest = dkimhash_finish(a, h);
}

/* b= stands on one line, of 700 characters at most: seals cover message signatures with their
 * folds, and not every reader takes those out of it. */
str dkimsign_finish(struct arena *a, const struct dkimsign_draft *d, str signature)
{
	struct strbuf b = strbuf_make(a, 2 * FIELD_MAX);

	strbuf_put(&b, d->head);
	base64_encode(&b, signature);
	strbuf_put(&b, d->tail);
	strbuf_put(&b, STR("\r\n"));
	return strbuf_str(&b);
}

str dkimsign_arc_results(struct arena *a, uint32_t instance, str payload)
{
	return arena_fmt(a, "ARC-Authentication-Results: i=%u; %.*s\r\n", (unsigned)instance,
			 STR_ARG(payload));
}
