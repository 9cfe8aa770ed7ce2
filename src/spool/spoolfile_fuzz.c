#include "spool/frame.h"
#include "spool/spoolfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The heads of spool files, of quarantine files, and sidecars: what is accepted encodes to
 * the same bytes. An input that starts with '!' is the payload of a head that gets a right
 * frame, one that starts with '?' that of a sidecar. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 32 << 20);
	struct strbuf framed = strbuf_make(a, 2 << 20);
	str in = str_of(data, size), again;
	struct spool_state state;
	struct spoolmeta m;
	struct why why;
	uint64_t end;

	if (size && data[0] == '!') {
		frame_put(&framed, SPOOLFILE_MESSAGE, str_skip(in, 1));
		in = strbuf_str(&framed);
	}
	if (size && data[0] == '?') {
		frame_put(&framed, "POTSTAT2", str_skip(in, 1));
		in = arena_str(a, strbuf_str(&framed));
	}
	if (spoolfile_decode_head(in, a, SPOOLFILE_MESSAGE, &m, &end, &why) == SPOOLFILE_OK) {
		bug_if(end > in.n || !spoolfile_head(a, SPOOLFILE_MESSAGE, &m, &again));
		bug_if(!str_eq(again, str_sub(in, 0, end)));
	}
	if (spoolstate_decode(a, in, 2, &state)) {
		strbuf_clear(&framed);
		spoolstate_encode(&state, &framed);
		bug_if(!str_eq(strbuf_str(&framed), in));
	}
	return 0;
}
