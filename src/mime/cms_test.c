#include "base/exact.h"
#include "mime/cms.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define OID(n) "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07" n
#define END "\0\0"
/* What stands around the content, with indefinite lengths. */
#define OPEN(n) "\x30\x80" OID(n) "\xa0\x80\x30\x80\x02\x01\x01\x31\x80\x30\x02\x05\x00" END
#define SIGNED(content) OPEN("\x02") "\x30\x80" OID("\x01") "\xa0\x80" content END END END END END

static void what_is_signed_comes_out(void **state)
{
	static const struct {
		str in;
		enum cms_kind kind;
		str content;
	} cases[] = {
		{ STR("\x30\x29" OID("\x02") "\xa0\x1c\x30\x1a\x02\x01\x01\x31\x00\x30\x13" OID(
			  "\x01") "\xa0\x06\x04\x04"
				  "data"),
		  CMS_SIGNED, STR("data") },
		{ STR(SIGNED("\x04\x04"
			     "data")),
		  CMS_SIGNED, STR("data") },
		{ STR(SIGNED("\x24\x80\x04\x02"
			     "da\x04\x02"
			     "ta" END)),
		  CMS_SIGNED, STR("data") },
		{ STR(SIGNED("\x24\x80\x24\x80\x04\x02"
			     "da" END "\x04\x81\x02"
			     "ta" END)),
		  CMS_SIGNED, STR("data") },
		{ STR(SIGNED("\x24\x08\x04\x02"
			     "da\x04\x02"
			     "ta")),
		  CMS_SIGNED, STR("data") },
		{ STR(OPEN("\x02") "\x30\x0b" OID("\x01") END END END), CMS_SIGNED, STR("") },
		{ STR(OPEN("\x03") END END END), CMS_ENCRYPTED, STR("") },
		{ STR("\x30\x80\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x09\xa0\x80" END END
			      END END END),
		  CMS_COMPRESSED, STR("") },
		{ STR(OPEN("\x02")), CMS_OTHER, STR("") },
		{ STR("\x30\x80\x02\x01\x01 a certificate, for example"), CMS_NONE, STR("") },
		{ STR(""), CMS_NONE, STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct cms cms;

		cms_open(a, in, &cms);
		if (cms.kind != cases[i].kind || !str_eq(cms.content, cases[i].content))
			fail_msg("case %zu: kind %d, %zu bytes", i, cms.kind, cms.content.n);
	}
}

static void no_damage_reads_outside(void **state)
{
	static const str whole = STR(SIGNED("\x24\x80\x04\x02"
					    "da\x04\x02"
					    "ta" END));

	(void)state;
	for (size_t i = 0; i < whole.n * 256; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(str_sub(whole, 0, whole.n - (i & 3)));
		struct cms cms;

		if (i / 256 < in.n)
			((char *)(uintptr_t)in.p)[i / 256] = (char)i;
		cms_open(a, in, &cms);
		assert_true(cms.content.n <= in.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_signed_comes_out),
		cmocka_unit_test(no_damage_reads_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
