#include "base/reader.h"
#include "base/strbuf.h"
#include "spool/segmentscan.h"

#include <errno.h>
#include <xxhash.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 64 << 10 };

/* The input as a disk that can be read only. */
static ssize_t read_memory(void *ctx, int fd unused_arg, void *p, size_t n, uint64_t at)
{
	const str *file = ctx;
	str part = str_sub(*file, at < file->n ? (size_t)at : file->n, file->n);

	n = n < part.n ? n : part.n;
	if (n)
		memcpy(p, part.p, n);
	return (ssize_t)n;
}

static void pad(struct strbuf *b)
{
	while (b->n % RECORD_ALIGN)
		strbuf_char(b, 0);
}

/* Each two bytes of the input put a record of that type and body size, or that many words of
 * garbage from the input. Returns the number of records. */
static size_t build(struct strbuf *b, str in, uint64_t mark)
{
	struct reader r = reader_make(in);
	size_t n = 0;

	while (reader_left(&r) >= 2 && b->n < MOST) {
		uint8_t type = reader_u8(&r) % RECORD_TYPES, length = reader_u8(&r);
		char header[RECORD_HEADER];
		str head = STR("\1\0\0\0M");

		if (type == 0) {
			strbuf_put(b,
				   reader_bytes(&r, reader_left(&r) < 8U * length ? reader_left(&r)
										  : 8U * length));
		} else {
			spoolrecord_put(header, type, head, length, mark, b->n);
			strbuf_put(b, str_of(header, sizeof(header)));
			strbuf_put(b, head);
			for (int i = 0; i < length; i++)
				strbuf_char(b, (char)i);
			n++;
		}
		pad(b);
	}
	return n;
}

/* Whatever is between them, every record that was written is found, in order, and every byte
 * belongs to one item. An input that starts with '!' is a recipe; others are the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 32 << 20);
	struct strbuf b = strbuf_make(a, 1 << 20);
	uint64_t mark = XXH64(data, size, 1) | 1, end = RECORD_FIRST;
	str file = str_of(data, size);
	bool recipe = size && data[0] == '!', known;
	struct spoolio io = { .ctx = &file, .read = read_memory };
	struct segmentscan_item item;
	struct segmentscan scan;
	size_t expected = 0, found = 0;
	int kind;

	if (recipe) {
		char header[RECORD_FIRST] = { 0 };

		spoolrecord_put_segment(header + RECORD_SECOND, mark);
		strbuf_put(&b, str_of(header, sizeof(header)));
		expected = build(&b, str_skip(file, 1), mark);
		file = strbuf_str(&b);
	}
	bug_if(segmentscan_open(&scan, &io, -1, file.n, a, &known) < 0);
	if (!known)
		return 0;
	while ((kind = segmentscan_next(&scan, &item)) != SEGMENTSCAN_END) {
		bug_if(kind < 0 || item.at != end || item.end <= end || item.end > file.n);
		end = item.end;
		found += kind == SEGMENTSCAN_RECORD;
	}
	bug_if(recipe && found != expected);
	return 0;
}
