#include "document/lzfu.h"

#include "base/reader.h"
#include "base/strbuf.h"

enum {
	WINDOW = 4096,
	PACKED = 0x75465a4c, /* "LZFu" */
	PLAIN = 0x414c454d   /* "MELA" */
};

/* 2.1.3.1.1: what the window holds at the start. */
static const char prefill[] =
	"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern "
	"\\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0"
	"\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

struct window {
	char bytes[WINDOW];
	size_t at;
};

static void put(struct strbuf *out, struct window *w, char c)
{
	w->bytes[w->at++ % WINDOW] = c;
	strbuf_char(out, c);
}

/* A reference into the window; false at the mark of the end. */
static bool copy(struct strbuf *out, struct window *w, uint32_t reference)
{
	size_t from = reference >> 4, length = (reference & 15) + 2;

	if (from == w->at % WINDOW)
		return false;
	for (size_t i = 0; i < length; i++)
		put(out, w, w->bytes[(from + i) % WINDOW]);
	return true;
}

static void unpack(struct strbuf *out, struct reader *r)
{
	struct window w = { .at = sizeof(prefill) - 1 };

	memcpy(w.bytes, prefill, sizeof(prefill) - 1);
	while (reader_left(r) && !out->overflow) {
		uint32_t flags = reader_u8(r);

		for (int bit = 0; bit < 8 && reader_left(r); bit++) {
			if (!(flags >> bit & 1))
				put(out, &w, (char)reader_u8(r));
			else if (!copy(out, &w, reader_u16be(r)))
				return;
		}
	}
}

str lzfu_unpack(struct arena *a, str in, size_t max)
{
	struct strbuf out = strbuf_make(a, max);
	struct reader r = reader_make(in);
	uint32_t kind;

	reader_skip(&r, 8);
	kind = reader_u32le(&r);
	reader_skip(&r, 4);
	if (kind == PLAIN)
		strbuf_put(&out, str_skip(in, 16));
	if (kind == PACKED)
		unpack(&out, &r);
	return strbuf_str(&out);
}
