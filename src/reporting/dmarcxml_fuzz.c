#include "reporting/dmarcxml.h"
#include "reporting/tlsrow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A row that was read is written as the same row, and however it is made: an element opens and
 * closes, and no character stands in the document that XML does not have. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 64 << 20);
	struct strbuf text = strbuf_make(a, ROWTEXT_MAX), xml = strbuf_make(a, 1 << 20);
	struct strbuf again = strbuf_make(a, ROWTEXT_MAX);
	str in = str_of(data, size);
	const struct dmarcxml report = { .org_name = in, .domain = in, .record = in };
	struct dmarcrow row, same;
	struct tlsrow tls;
	size_t open = 0, closed = 0;

	if (size > ROWTEXT_MAX)
		goto out;
	(void)!tlsrow_parse(in, &tls); /* reads nothing that is not there */
	dmarcxml_begin(&xml, &report);
	if (dmarcrow_parse(in, &row)) {
		dmarcrow_put(&text, &row);
		bug_if(text.overflow || !dmarcrow_parse(strbuf_str(&text), &same));
		dmarcrow_put(&again, &same);
		bug_if(!str_eq(strbuf_str(&text), strbuf_str(&again)));
		dmarcxml_row(&xml, &row, 1);
	}
	dmarcxml_end(&xml);
	for (size_t i = 0; i < xml.n; i++) {
		unsigned char c = (unsigned char)xml.p[i];

		open += c == '<';
		closed += c == '>';
		bug_if(closed > open || open > closed + 1 || (c < ' ' && c != '\n') || c == 127);
	}
	bug_if(open != closed);
out:
	arena_free(a);
	return 0;
}
