/* A record that was taken has a key, is revoked, or holds a key that is too long. */
#include "auth/dkimkey.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 26);
	str txt = str_of(data, size);
	struct dkimkey key = { 0 };

	if (dkimkey_parse(a, txt, &key)) {
		bug_if(key.key);
		return 0;
	}
	bug_if(!dkimkey_is_record(txt));
	bug_if(!key.key && !key.revoked && key.bits <= DKIMKEY_MAX_BITS);
	bug_if(key.key && (key.bits == 0 || key.bits > DKIMKEY_MAX_BITS || key.revoked));
	bug_if(dkimkey_verifies(&key, key.ed25519 ? DKIMSIG_ED25519 : DKIMSIG_RSA_SHA256,
				STR("0123456789abcdef0123456789abcdef"), STR("no signature")));
	dkimkey_close(&key);
	return 0;
}
