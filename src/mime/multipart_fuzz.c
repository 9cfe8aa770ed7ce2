/* Parts lie in the body, in order, without overlap. The first line is the boundary. */
#include "mime/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 16 << 20);
	str body = str_of(data, size), boundary, part;
	const char *last;
	struct multipart m;

	if (!str_split(&body, '\n', &boundary) || !body.p)
		return 0;
	m = multipart_open(a, body, boundary.n ? boundary : multipart_guess_boundary(body));
	last = body.p;
	while (multipart_next(&m, &part)) {
		bug_if(part.p < last || part.p + part.n > body.p + body.n);
		bug_if(!m.started);
		last = part.p + part.n;
	}
	return 0;
}
