#include "antivirus/clamd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Only the one good reply is clean, and a name is always printable. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 1 << 20);
	str reply = str_of(data, size);
	struct clamd_result r;
	struct why why;

	r = clamd_parse(a, reply, &why);
	bug_if((r.code == CLAMD_CLEAN) != str_eq(str_trim(reply), STR("stream: OK")));
	bug_if((r.code == CLAMD_VIRUS || r.code == CLAMD_ENCRYPTED) && r.name.n == 0);
	for (size_t i = 0; i < r.name.n; i++)
		bug_if((unsigned char)r.name.p[i] < 0x20 || r.name.p[i] == 0x7f);
	arena_free(a);
	return 0;
}
