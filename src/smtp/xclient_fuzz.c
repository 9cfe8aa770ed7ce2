/* What is taken has a name that a log and a header field can hold, and is taken again when
 * it is written differently: names in lower case, more spaces. */
#include "smtp/xclient.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str vary(struct arena *a, str in)
{
	struct strbuf b = strbuf_make(a, 2 * in.n + 1);
	bool in_value = false;

	for (size_t i = 0; i < in.n; i++) {
		char c = in.p[i];

		if (c == ' ')
			strbuf_char(&b, ' ');
		in_value = c != ' ' && (in_value || c == '=');
		strbuf_char(&b, in_value ? c : str_lower_char(c));
	}
	return strbuf_str(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	struct xclient x, again;
	str in = str_of(data, size > 4096 ? 4096 : size);

	if (!xclient_parse(in, a, &x))
		return 0;
	bug_if(x.helo.n > XCLIENT_VALUE_MAX || (x.addr.n && !x.has_addr));
	for (size_t i = 0; i < x.helo.n; i++)
		bug_if((unsigned char)x.helo.p[i] <= ' ' || x.helo.p[i] == 0x7f);
	bug_if(!xclient_parse(vary(a, in), a, &again));
	bug_if(!ip_eq(x.addr, again.addr) || x.port != again.port || !str_eq(x.helo, again.helo));
	return 0;
}
