#include "mime/lzfu.h"

#include "base/reader.h"

enum {
	COMPRESSED = 0x75465a4c,   /* "LZFu" */
	UNCOMPRESSED = 0x414c454d, /* "MELA" */
	WINDOW = 4096,
	SHORTEST = 2
};

/* What the window holds before the first byte (MS-OXRTFCP 2.1.2.1). */
static const str preset =
	STR("{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman "
	    "\\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArial"
	    "Times New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
	    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx");

struct window {
	struct strbuf *out;
	char bytes[WINDOW];
	size_t at;
};

static void put(struct window *w, char c)
{
	w->bytes[w->at] = c;
	w->at = (w->at + 1) % WINDOW;
	strbuf_char(w->out, c);
}

/* False at the end mark. */
static bool put_reference(struct window *w, uint16_t reference)
{
	size_t from = reference >> 4, n = (reference & 15U) + SHORTEST;

	if (from == w->at)
		return false;
	for (; n; n--) {
		put(w, w->bytes[from]);
		from = (from + 1) % WINDOW;
	}
	return true;
}

static void decompress(struct strbuf *out, struct reader *r)
{
	struct window w = { .out = out, .at = preset.n };

	memcpy(w.bytes, preset.p, preset.n);
	while (reader_left(r) && !out->overflow) {
		uint8_t flags = reader_u8(r);

		for (int bit = 0; bit < 8 && reader_left(r); bit++) {
			if (!(flags >> bit & 1)) {
				put(&w, (char)reader_u8(r));
				continue;
			}
			if (reader_left(r) < 2 || !put_reference(&w, reader_u16be(r)))
				return;
		}
	}
}

bool lzfu_decode(struct strbuf *out, str in)
{
	struct reader r = reader_make(in);
	uint32_t type;

	reader_skip(&r, 8); /* sizes, which nobody needs */
	type = reader_u32le(&r);
	reader_skip(&r, 4); /* check sum */
	if (r.bad || (type != COMPRESSED && type != UNCOMPRESSED))
		return false;
	if (type == UNCOMPRESSED)
		strbuf_put(out, reader_bytes(&r, reader_left(&r)));
	else
		decompress(out, &r);
	return true;
}
