/* Headers and keystreams that another implementation made, by the words of MS-OFFCRYPTO. */
#include "archive/officerc4.h"

#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PASSWORD "\xc3\x89t\xc3\xa9 2026"

static const struct {
	str header, third; /* the keystream of block 3 begins so */
} forms[] = {
	{ STR("\x01\x00\x01\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b"
	      "\x0c\x0d\x0e\x0f\x43\x52\xc3\xc1\xb9\x20\x29\xf2\xed\xf2\x9f\x4d"
	      "\x30\xc1\xc2\x56\x79\x2a\x8b\x1d\xc6\x04\x39\x68\x5c\x7c\xaf\xd2"
	      "\x55\x16\x65\x69"),
	  STR("\x00\x75\x43\x82\xf1\x9e\x83\x32") },
	{ STR("\x02\x00\x02\x00\x04\x00\x00\x00\x24\x00\x00\x00\x04\x00\x00\x00"
	      "\x00\x00\x00\x00\x01\x68\x00\x00\x04\x80\x00\x00\x80\x00\x00\x00"
	      "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x43\x00\x00\x00"
	      "\x10\x00\x00\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b"
	      "\x0c\x0d\x0e\x0f\x01\xd0\x38\x86\xb7\xf2\x8c\xb5\xe9\xe5\xdd\x62"
	      "\xda\x42\x40\x5c\x14\x00\x00\x00\x8e\x27\x77\x24\x97\xbf\x38\x80"
	      "\x1f\x8b\x03\x8d\xd6\xca\xca\x60\x7c\x36\x32\xd3"),
	  STR("\x19\x10\xdb\x1b\x0e\x96\xbf\x1a") },
	{ STR("\x02\x00\x02\x00\x04\x00\x00\x00\x24\x00\x00\x00\x04\x00\x00\x00"
	      "\x00\x00\x00\x00\x01\x68\x00\x00\x04\x80\x00\x00\x28\x00\x00\x00"
	      "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x43\x00\x00\x00"
	      "\x10\x00\x00\x00\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b"
	      "\x0c\x0d\x0e\x0f\x35\x71\xb4\x8c\x3f\x8c\x7c\x5a\x56\x81\x15\xc8"
	      "\x46\x5f\x2a\xe5\x14\x00\x00\x00\xb1\x8b\x1f\x4e\x6b\xe4\x90\x92"
	      "\xb5\x71\x2e\x98\xfc\x74\xfa\xfc\x94\x62\x82\x4e"),
	  STR("\x18\xd6\x1c\x6d\xfc\x22\xc5\x39") },
};

static void the_password_opens_each_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str header = exact_copy(forms[i].header);
		unsigned char stream[8];
		struct officerc4 c;

		assert_true(officerc4_open(a, header, STR(PASSWORD), &c));
		officerc4_stream(&c, 3, stream, sizeof(stream));
		assert_true(str_eq(str_of(stream, sizeof(stream)), forms[i].third));
	}
}

static void another_password_does_not(void **state)
{
	static const str wrong[] = { STR(""), STR("Ete 2026"), STR(PASSWORD "x"),
				     STR("VelvetSweatshop") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms) * ARRAY_LEN(wrong); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		struct officerc4 c;

		assert_false(officerc4_open(a, forms[i % ARRAY_LEN(forms)].header,
					    wrong[i / ARRAY_LEN(forms)], &c));
	}
}

/* Cut anywhere, or of a key that is too long: it is none of ours. */
static void what_is_no_header_opens_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		for (size_t n = 0; n < forms[i].header.n; n++) {
			cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
			cleanup(exact_freep) str cut = exact_copy(str_sub(forms[i].header, 0, n));
			struct officerc4 c;

			assert_false(officerc4_open(a, cut, STR(PASSWORD), &c));
		}
	}
	for (unsigned bits = 0; bits < 1024; bits++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str header = exact_copy(forms[1].header);
		char *p = arena_alloc(a, header.n);
		struct officerc4 c;

		memcpy(p, header.p, header.n);
		p[28] = (char)bits;
		p[29] = (char)(bits >> 8);
		assert_int_equal(officerc4_open(a, str_of(p, header.n), STR(PASSWORD), &c),
				 bits == 128);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_password_opens_each_form),
		cmocka_unit_test(another_password_does_not),
		cmocka_unit_test(what_is_no_header_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
