/* Old Word documents and PowerPoint presentations. */
#include "document/worddoc.h"

#include "base/exact.h"
#include "document/cfb_make.h"
#include "document/powerpoint.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TEXT_AT = 0x400 };

static str document(struct arena *a, str text)
{
	char *p = arena_array(a, char, TEXT_AT + text.n);

	p[0x0b] = 2; /* its table is "1Table" */
	p[0x1a6] = 100;
	memcpy(p + TEXT_AT, text.p, text.n);
	return str_of(p, TEXT_AT + text.n);
}

/* Two pieces that stand in the file in the other order: "DDE" is cut in the middle. */
static void pieces_are_joined_in_their_order(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct strbuf table = strbuf_make(a, 1000);
	str doc = document(a, STR("E cmd\x14\x13\0 \0D\0D\0"));
	struct worddoc d;

	(void)state;
	strbuf_put(&table, STR("\1\2\0zz\2\x1c\0\0\0"));
	cfb_make_u32(&table, 0);
	cfb_make_u32(&table, 4);
	cfb_make_u32(&table, 10);
	strbuf_put(&table, STR("\0\0"));
	cfb_make_u32(&table, TEXT_AT + 6);
	strbuf_put(&table, STR("\0\0\0\0"));
	cfb_make_u32(&table, 1u << 30 | TEXT_AT * 2);
	strbuf_put(&table, STR("\0\0"));
	cleanup(exact_freep) str exact = exact_copy(doc);
	worddoc_read(a, exact, strbuf_str(&table), &d);
	assert_true(str_eq(worddoc_table_name(doc), STR("1Table")));
	assert_false(d.broken);
	assert_true(str_eq(d.text, STR("\x13 DDE cmd\x14")));
}

static void without_a_table_the_readable_bytes_are_the_text(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct worddoc d;

	(void)state;
	worddoc_read(a, document(a, STR("\x13\0D\0D\0E\0 \0x\0\x14\0")), STR(""), &d);
	assert_true(d.broken);
	assert_true(str_find(d.text, STR("\x13"
					 "DDE x\x14")) != STR_NONE);
	assert_false(d.encrypted);
}

static void presentations_tell_what_a_click_starts(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	/* A container, an interaction that runs a program, its name, a packed storage. */
	cleanup(exact_freep) str in = exact_copy(
		STR("\x0f\0\xf2\x0f\x30\0\0\0\0\0\xf3\x0f\x10\0\0\0\0\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0"
		    "\0\0\xba\x0f\6\0\0\0c\0m\0d\0"
		    "\x10\0\x11\x10\x0e\0\0\0\2\0\0\0\x78\x9c\xcb\xc8\x04\0\1\x3b\0\xd2"));
	struct powerpoint p;

	(void)state;
	powerpoint_read(a, in, 1000, &p);
	assert_true(p.runs_program && !p.runs_macro);
	assert_true(str_eq(p.text, STR("cmd\n")));
	assert_int_equal(p.storages.n, 1);
	assert_true(str_eq(p.storages.v[0], STR("hi")));
	assert_true(powerpoint_is_encrypted(STR("............\xdf\xc4\xd1\xf3")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_joined_in_their_order),
		cmocka_unit_test(without_a_table_the_readable_bytes_are_the_text),
		cmocka_unit_test(presentations_tell_what_a_click_starts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
