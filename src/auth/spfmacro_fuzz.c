#include "auth/spfmacro.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static str no_name(void *ctx, str domain)
{
	(void)ctx, (void)domain;
	return STR("unknown");
}

/* What is valid expands, within its maximum; a valid domain-spec is a valid string. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new("fuzz", 256 << 20);
	struct spfmacro_env env = {
		.local = STR("a-b+c"),
		.sender_domain = STR("x.example"),
		.domain = STR("d.x.example"),
		.helo = STR("h"),
		.receiver = STR("r"),
		.ip = ip_of("\xc0\0\2\1", 4),
		.validated_name = no_name,
	};
	str s = str_of(data, size), out;

	if (size <= 4096 && spfmacro_string_valid(s, true)) {
		bug_if(!spfmacro_expand(a, &env, s, 4096 * 64, &out));
		if (spfmacro_expand(a, &env, s, 100, &out))
			bug_if(out.n > 100);
	}
	if (spfmacro_domain_spec_valid(s))
		bug_if(!spfmacro_string_valid(s, false));
	arena_free(a);
	return 0;
}
