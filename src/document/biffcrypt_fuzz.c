/* Whatever is opened is as long as it was, and asks for no password any more. */
#include "document/biffcrypt.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	str in = str_of(data, size), plain;

	if (biffcrypt_open(a, in, STR("1234"), &plain))
		bug_if(plain.n != size || biffcrypt_is_locked(plain));
	return 0;
}
