/* The simple form of a body is the body up to its last empty lines; the relaxed form of a relaxed
 * form is itself; line ends of a file do not matter; a cut form is the start of the whole. */
#include "base/strbuf.h"
#include "dkim/dkimcanon.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void collect(void *ctx, str bytes)
{
	strbuf_put(ctx, bytes);
}

static str body_form(struct arena *a, enum dkimcanon_kind kind, str body, uint64_t max)
{
	struct strbuf b = strbuf_make(a, 1 << 22);
	struct dkimcanon_sink sink = { collect, &b };
	uint64_t whole = dkimcanon_body(kind, body, max, &sink);

	bug_if(b.n != (whole < max ? whole : max));
	return b.n ? strbuf_str(&b) : STR("");
}

static str field_form(struct arena *a, enum dkimcanon_kind kind, str field, bool own)
{
	struct strbuf b = strbuf_make(a, 1 << 22);
	struct dkimcanon_sink sink = { collect, &b };

	(own ? dkimcanon_own_field : dkimcanon_field)(kind, field, false, &sink);
	return strbuf_str(&b);
}

/* The same lines, each with CRLF. */
static str with_crlf(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, 1 << 22);

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\n' && (i == 0 || s.p[i - 1] != '\r'))
			strbuf_char(&b, '\r');
		strbuf_char(&b, s.p[i]);
	}
	return b.n ? strbuf_str(&b) : STR("");
}

static void check_body(struct arena *a, str body)
{
	str crlf = with_crlf(a, body), simple, relaxed, text = crlf;

	simple = body_form(a, DKIMCANON_SIMPLE, body, UINT64_MAX);
	relaxed = body_form(a, DKIMCANON_RELAXED, body, UINT64_MAX);
	bug_if(!str_eq(body_form(a, DKIMCANON_SIMPLE, crlf, UINT64_MAX), simple));
	bug_if(!str_eq(body_form(a, DKIMCANON_RELAXED, crlf, UINT64_MAX), relaxed));
	bug_if(!str_eq(body_form(a, DKIMCANON_RELAXED, relaxed, UINT64_MAX), relaxed));
	bug_if(!str_eq(body_form(a, DKIMCANON_RELAXED, simple, UINT64_MAX), relaxed));
	bug_if(!str_eq(body_form(a, DKIMCANON_SIMPLE, body, body.n / 2),
		       str_sub(simple, 0, body.n / 2)));
	while (str_ends(text, STR("\r\n\r\n")))
		text.n -= 2;
	if (text.n > 2 && str_ends(text, STR("\r\n")))
		bug_if(!str_eq(simple, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 28);
	str in = str_of(data, size), relaxed;

	if (size > 1 << 18)
		return 0;
	check_body(a, in);
	relaxed = field_form(a, DKIMCANON_RELAXED, in, false);
	bug_if(!str_eq(field_form(a, DKIMCANON_RELAXED, relaxed, false), relaxed));
	bug_if(!str_eq(
		field_form(a, DKIMCANON_RELAXED, field_form(a, DKIMCANON_SIMPLE, in, false), false),
		relaxed));
	relaxed = field_form(a, DKIMCANON_SIMPLE, in, true);
	bug_if(!str_eq(field_form(a, DKIMCANON_SIMPLE, relaxed, true), relaxed));
	return 0;
}
