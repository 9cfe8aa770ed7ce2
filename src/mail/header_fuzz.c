/* The fields, the empty line and the body are the message, byte for byte. */
#include "mail/header.h"
#include "mail/received.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	str message = str_of(data, size);
	struct header_reader r = header_reader_make(message);
	struct received_envelope envelope;
	struct header_field f;
	size_t seen = 0;
	uint32_t line = 0;
	str body, value;

	while (header_next(&r, &f)) {
		bug_if(f.whole.p != message.p + seen || f.line <= line);
		value = header_unfold(a, f.raw);
		bug_if(str_chr(value, '\n') != STR_NONE || str_chr(value, '\r') != STR_NONE ||
		       str_chr(value, '\0') != STR_NONE);
		seen += f.whole.n;
		line = f.line;
	}
	body = header_body(&r);
	bug_if(seen + body.n > size || seen + body.n + 2 < size);
	received_read(a, message, &envelope);
	return 0;
}
