#include "document/runs.h"

#include "base/reader.h"

static bool is_shown(uint32_t c)
{
	return (c >= ' ' && c < 0x7f) || c == '\t';
}

/* Characters from i on, of that width, that would be shown. */
static size_t run_at(str b, size_t i, size_t width)
{
	size_t n = 0;

	while (i + width <= b.n && is_shown((unsigned char)b.p[i]) &&
	       (width == 1 || b.p[i + 1] == '\0')) {
		i += width;
		n++;
	}
	return n;
}

void runs_extract(struct strbuf *out, str bytes)
{
	for (size_t i = 0; i < bytes.n;) {
		size_t width = i + 1 < bytes.n && bytes.p[i + 1] == '\0' ? 2 : 1;
		size_t n = run_at(bytes, i, width);

		if (n < RUNS_MIN) {
			/* A narrow run may end in the first character of a wide one. */
			i += n > 1 ? (n - 1) * width : 1;
			continue;
		}
		for (size_t k = 0; k < n; k++)
			strbuf_char(out, bytes.p[i + k * width]);
		strbuf_char(out, '\n');
		i += n * width;
	}
}

str runs_text(struct arena *a, str bytes, bool wide)
{
	struct strbuf out = strbuf_make(a, bytes.n * 3 + 4);
	struct reader r = reader_make(bytes);

	while (reader_left(&r) >= (wide ? 2 : 1)) {
		uint32_t c = wide ? reader_u16le(&r) : reader_u8(&r);

		if (c >= 0xd800 && c < 0xdc00 && reader_left(&r) >= 2)
			c = 0x10000 + ((c - 0xd800) << 10) + ((reader_u16le(&r) - 0xdc00u) & 0x3ff);
		strbuf_utf8(&out, c);
	}
	return strbuf_str(&out);
}
