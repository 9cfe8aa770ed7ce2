/* Where a message ends does not depend on how its bytes are cut; and a message that is
 * stuffed comes out as it went in. */
#include "smtp/data.h"

#include <stdlib.h>

struct result {
	char *kept;
	size_t n, used;
	struct data d;
};

static struct result run(const uint8_t *in, size_t size, size_t chunk)
{
	struct result r = { .kept = malloc(size + 1) };

	while (r.used < size && !data_ended(&r.d)) {
		size_t n = size - r.used < chunk ? size - r.used : chunk, used, kept;
		char *piece = malloc(n);

		memcpy(piece, in + r.used, n);
		kept = data_unstuff(&r.d, piece, n, &used);
		bug_if(kept > used || used > n);
		memcpy(r.kept + r.n, piece, kept);
		free(piece);
		r.n += kept;
		r.used += used;
	}
	return r;
}

static void check_cut(const uint8_t *in, size_t size, size_t chunk)
{
	struct result whole = run(in, size, size + 1), cut = run(in, size, chunk);
	str text = str_of(in, whole.used);

	bug_if(whole.used != cut.used ||
	       !str_eq(str_of(whole.kept, whole.n), str_of(cut.kept, cut.n)));
	bug_if(whole.d.state != cut.d.state || whole.d.bare != cut.d.bare ||
	       whole.d.long_lines != cut.d.long_lines);
	if (data_ended(&whole.d))
		bug_if(!str_eq(text, STR(".\r\n")) && !str_ends(text, STR("\r\n.\r\n")));
	free(whole.kept);
	free(cut.kept);
}

/* Lines of the input without CR and LF, each ended by CRLF. */
static void check_round_trip(const uint8_t *in, size_t size)
{
	char *message = malloc(2 * size + 2), *wire = malloc(3 * size + 8);
	size_t m = 0, w = 0;
	struct result r;
	bool start = true;

	for (size_t i = 0; i <= size; i++) {
		if (i == size || in[i] == '\n') {
			memcpy(message + m, "\r\n", 2);
			memcpy(wire + w, "\r\n", 2);
			m += 2;
			w += 2;
			start = true;
		} else if (in[i] != '\r') {
			if (start && in[i] == '.')
				wire[w++] = '.';
			message[m++] = wire[w++] = (char)in[i];
			start = false;
		}
	}
	memcpy(wire + w, ".\r\n", 3);
	r = run((const uint8_t *)wire, w + 3, 5);
	bug_if(!data_ended(&r.d) || r.used != w + 3 || r.d.bare);
	bug_if(!str_eq(str_of(r.kept, r.n), str_of(message, m)));
	free(r.kept);
	free(message);
	free(wire);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	check_cut(data + 1, size - 1, data[0] % 16 + 1u);
	check_round_trip(data + 1, size - 1);
	return 0;
}
