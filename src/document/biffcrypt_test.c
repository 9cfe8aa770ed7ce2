/* Workbooks that were encrypted record by record, byte by byte. */
#include "document/biffcrypt.h"

#include "archive/officerc4.h"
#include "base/exact.h"
#include "base/strbuf.h"
#include "document/biff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PASSWORD STR("\xc3\x89t\xc3\xa9 2026")
static const str header = STR("\x01\x00\x01\x00\x00\x01\x02\x03\x04\x05\x06\x07"
			      "\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x43\x52\xc3\xc1"
			      "\xb9\x20\x29\xf2\xed\xf2\x9f\x4d\x30\xc1\xc2\x56"
			      "\x79\x2a\x8b\x1d\xc6\x04\x39\x68\x5c\x7c\xaf\xd2"
			      "\x55\x16\x65\x69");

static void put(struct strbuf *b, uint32_t id, str data)
{
	strbuf_char(b, (char)id);
	strbuf_char(b, (char)(id >> 8));
	strbuf_char(b, (char)data.n);
	strbuf_char(b, (char)(data.n >> 8));
	strbuf_put(b, data);
}

/* As put, and encrypted from byte clear of its data on. */
static void put_secret(struct strbuf *b, uint32_t id, str data, size_t clear)
{
	size_t begin = b->n + 4;
	struct officerc4 c;

	assert_true(officerc4_open(b->arena, header, PASSWORD, &c));
	put(b, id, data);
	for (size_t at = begin + clear; at < b->n; at++) {
		unsigned char stream[1024];

		officerc4_stream(&c, (uint32_t)(at / 1024), stream, at % 1024 + 1);
		b->p[at] = (char)(b->p[at] ^ stream[at % 1024]);
	}
}

/* Longer than a few blocks; the sheets of macros stand behind FILEPASS, one in its
 * clear bytes' way. */
static str workbook(struct arena *a)
{
	struct strbuf b = strbuf_make(a, 1 << 16), filepass = strbuf_make(a, 256);

	strbuf_put(&filepass, STR("\1\0"));
	strbuf_put(&filepass, header);
	put(&b, 0x809, STR("\0\6\5\0\0\0\0\0"));
	put(&b, 0x2f, strbuf_str(&filepass));
	put_secret(&b, 0x85, STR("\x11\x22\x33\x44\2\1\2\0m1"), 4);
	for (int i = 0; i < 100; i++)
		put_secret(&b, 0x204, STR("\0\0\0\0\0\0\x10\0une ligne claire"), 0);
	put(&b, 0x809, STR("\0\6\x40\0\0\0\0\0"));
	put_secret(&b, 6,
		   STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0b\0\x17\4\0calc\x42"
		       "\1\x6e\0"),
		   0);
	put_secret(&b, 0x0a, STR(""), 0);
	return strbuf_str(&b);
}

static void with_the_password_it_reads_like_any_other(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	cleanup(exact_freep) str in = exact_copy(workbook(a));
	struct biff b;
	str plain;

	(void)state;
	biff_read(a, in, &b);
	assert_true(b.encrypted && !b.hidden);
	assert_true(biffcrypt_is_locked(in));
	assert_true(biffcrypt_open(a, in, PASSWORD, &plain));
	assert_int_equal(plain.n, in.n);
	assert_false(biffcrypt_is_locked(plain));
	biff_read(a, plain, &b);
	assert_false(b.encrypted || b.broken);
	assert_true(b.macro_sheet && b.hidden);
	assert_true(str_eq(b.formulas, STR("\"calc\" EXEC \n")));
	assert_true(str_find(b.text, STR("une ligne claire")) != STR_NONE);
}

static void anything_else_stays_as_it_is(void **state)
{
	static const str others[] = {
		STR(""),
		STR("\x2f\0"),
		STR("\x2f\0\xff\xff\1\0"),
		STR("\x2f\0\2\0\1\0"),
		STR("\x2f\0\6\0\0\0\x11\x22\x33\x44"), /* by XOR */
		STR("\x09\x08\x04\0\0\6\5\0\x0a\0\0\0"),
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	str in = workbook(a), plain;

	(void)state;
	assert_false(biffcrypt_open(a, in, STR("Ete 2026"), &plain));
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		cleanup(exact_freep) str other = exact_copy(others[i]);

		assert_false(biffcrypt_open(a, other, PASSWORD, &plain));
	}
	/* Cut anywhere: as much as there is. */
	for (size_t n = 90; n < in.n; n += 7) {
		cleanup(exact_freep) str cut = exact_copy(str_sub(in, 0, n));

		assert_true(biffcrypt_open(a, cut, PASSWORD, &plain));
		assert_int_equal(plain.n, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_the_password_it_reads_like_any_other),
		cmocka_unit_test(anything_else_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
