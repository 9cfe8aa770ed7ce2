#include "base/exact.h"
#include "base/strbuf.h"
#include "document/pdf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { SAMPLE_MAX = 1 << 16 };

static const struct pdf_limits open_limits = { .max_decoded = 1 << 20 };

static str sample(struct arena *a, const char *name)
{
	char path[300], *bytes = arena_alloc(a, SAMPLE_MAX);
	FILE *f;
	size_t n;

	assert_true(snprintf(path, sizeof(path), TEST_DIR "/fuzz/pdf/%s.pdf", name) > 0);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(bytes, 1, SAMPLE_MAX, f);
	fclose(f);
	return str_of(bytes, n);
}

static const struct pdf_action *action_of(const struct pdf *pdf, enum pdf_does does)
{
	for (size_t i = 0; i < pdf->actions.n; i++) {
		if (pdf->actions.v[i].does == does)
			return &pdf->actions.v[i];
	}
	return NULL;
}

static bool has(const struct pdf *pdf, enum pdf_does does, bool automatic, str text)
{
	for (size_t i = 0; i < pdf->actions.n; i++) {
		const struct pdf_action *a = &pdf->actions.v[i];

		if (a->does == does && a->automatic == automatic && str_eq(a->text, text))
			return true;
	}
	return false;
}

static void read_sample(struct arena *a, const char *name, struct pdf *ret)
{
	pdf_read(a, sample(a, name), &open_limits, ret);
}

static void a_plain_document_has_links_and_text_and_nothing_else(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct pdf pdf;

	(void)state;
	read_sample(a, "plain", &pdf);
	assert_int_equal(pdf.notes, 0);
	assert_int_equal(pdf.actions.n, 1);
	assert_true(has(&pdf, PDF_URI, false, STR("http://link.example/")));
	assert_int_equal(pdf.files.n, 0);
	assert_true(str_find(pdf.text, STR("See http://text.example/")) != STR_NONE);
}

static void scripts_that_run_on_opening_are_found_wherever_they_stand(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct pdf pdf;

	(void)state;
	read_sample(a, "open-script", &pdf);
	assert_true(has(&pdf, PDF_SCRIPT, true, STR("app.alert(\"hello\");")));
	assert_int_equal(pdf.notes, PDF_HIDDEN_NAME);
	read_sample(a, "object-stream", &pdf);
	assert_true(has(&pdf, PDF_SCRIPT, true, STR("hidden()")));
	read_sample(a, "revisions", &pdf);
	assert_true(has(&pdf, PDF_SCRIPT, true, STR("old()")));
	read_sample(a, "codings", &pdf);
	assert_true(has(&pdf, PDF_NAMED_SCRIPT, true, STR("app.alert(85)")));
	assert_true(has(&pdf, PDF_NAMED_SCRIPT, true, STR("hello!!!")));
	assert_true(has(&pdf, PDF_NAMED_SCRIPT, true, STR("ap")));
	assert_true(has(&pdf, PDF_NAMED_SCRIPT, true, STR("predicted by rows ")));
	assert_int_equal(pdf.notes, 0);
}

static void actions_are_followed_through_their_chain_once(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct pdf pdf;

	(void)state;
	read_sample(a, "actions", &pdf);
	assert_true(has(&pdf, PDF_URI, true, STR("http://open.example/")));
	assert_true(has(&pdf, PDF_SUBMIT, true, STR("http://submit.example/")));
	assert_true(has(&pdf, PDF_GOTO, true, STR("\\\\host\\share\\a.pdf")));
	assert_true(has(&pdf, PDF_IMPORT, false, STR("a.fdf")));
	assert_true(has(&pdf, PDF_MEDIA, false, STR("RichMedia")));
	assert_int_equal(pdf.actions.n, 6);
	read_sample(a, "launch", &pdf);
	assert_true(has(&pdf, PDF_LAUNCH, true, STR("cmd.exe /c calc")));
}

static void holds_form_and_file(const struct pdf *pdf)
{
	assert_true(has(pdf, PDF_FORM_SCRIPT, false, STR("AFNumber_Format(2,0,0,0,\"\",true);")));
	assert_true(has(pdf, PDF_FORM_SCRIPT, false, STR("AFSimple_Calculate(\"SUM\",[\"a\"])")));
	assert_null(action_of(pdf, PDF_SCRIPT));
	assert_int_equal(pdf->files.n, 1);
	assert_true(str_eq(pdf->files.v[0].name, STR("\xc3\xa9.txt")));
	assert_true(str_eq(pdf->files.v[0].bytes, STR("the embedded text")));
	assert_false(pdf->files.v[0].unread);
	assert_int_equal(pdf->forms.n, 1);
	assert_true(str_find(pdf->forms.v[0], STR("<script")) != STR_NONE);
}

static void files_and_forms_are_brought_to_light(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct pdf pdf;

	(void)state;
	read_sample(a, "form-and-file", &pdf);
	assert_int_equal(pdf.notes, 0);
	holds_form_and_file(&pdf);
}

/* The samples were encrypted by another program. */
static void restricted_documents_are_read_like_any_other(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	static const char *const names[] = { "restricted-r2", "restricted-r3", "restricted-r4",
					     "restricted-r5", "restricted-r6" };
	struct pdf pdf;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		read_sample(a, names[i], &pdf);
		assert_int_equal(pdf.notes, PDF_RESTRICTED);
		holds_form_and_file(&pdf);
	}
}

static void locked_documents_open_with_their_password_only(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	static const char *const names[] = { "locked-r2", "locked-r3", "locked-r4", "locked-r5",
					     "locked-r6" };
	static const str passwords[] = { STR("wrong"), STR("secret") };
	struct pdf_limits limits = { .max_decoded = 1 << 20, .passwords = passwords };
	struct pdf pdf;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		str file = sample(a, names[i]);

		limits.n_passwords = 1;
		pdf_read(a, file, &limits, &pdf);
		assert_int_equal(pdf.notes & (PDF_LOCKED | PDF_RESTRICTED), PDF_LOCKED);
		assert_true(pdf.files.n == 0 || pdf.files.v[0].unread);
		limits.n_passwords = 2;
		pdf_read(a, file, &limits, &pdf);
		assert_int_equal(pdf.notes, PDF_RESTRICTED);
		assert_int_equal(pdf.password, 1);
		holds_form_and_file(&pdf);
	}
}

static void damage_is_noted_and_hides_nothing(void **state)
{
	static const struct {
		str in;
		uint32_t notes;
		size_t scripts;
	} cases[] = {
		{ STR("%PDF-1.4"), PDF_NO_TRAILER, 0 },
		{ STR("%PDF-1.4 1 0 obj<</OpenAction<</JS(a)"), PDF_NO_TRAILER, 1 },
		{ STR("%PDF-1.4 trailer<</Root<</OpenAction<</S/JavaScript/JS(a)>>>>>>"), 0, 1 },
		{ STR("x%PDF-1.4 1 0 obj null endobj trailer<</Root 1 0 R>>"), PDF_LATE_HEADER, 0 },
		{ STR("%PDF-1.4 1%c\n0%c\nobj<</OpenAction[<</JS(no)>>]>>trailer<</Root 1 0 R>>"),
		  0, 1 },
		{ STR("%PDF-1.4 1 0 obj<</JS 2 0 R>>endobj 2 0 obj<</Filter/Nobody>>stream\nx\n"
		      "endstream trailer<</Root 1 0 R>>"),
		  PDF_UNREAD_STREAM, 1 },
		{ STR("%PDF-1.4 1 0 obj<</OpenAction 1 0 R/Next 1 0 R/Kids[1 0 R]/JS 1 0 R>> "
		      "trailer<</Root 1 0 R>>"),
		  0, 1 },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct pdf pdf;

		pdf_read(a, in, &open_limits, &pdf);
		if (pdf.notes != cases[i].notes || pdf.actions.n != cases[i].scripts)
			print_error("case %zu: notes %x, %zu actions\n", i, pdf.notes,
				    pdf.actions.n);
		assert_int_equal(pdf.notes, cases[i].notes);
		assert_int_equal(pdf.actions.n, cases[i].scripts);
	}
}

static void fill(struct strbuf *b, str piece, size_t n)
{
	while (b->n + piece.n <= n)
		strbuf_put(b, piece);
}

/* A megabyte that could cost its square. */
static void hostile_megabytes_take_linear_time(void **state)
{
	static const str pieces[] = {
		STR("1 0 obj<<"),
		STR("1 0 obj("),
		STR("1 0 obj<<>>stream\n"),
		STR("2 0 obj<</OpenAction 2 0 R/Next[2 0 R]>>"),
		STR("1 0 obj["),
		STR("1 0 obj<</JS 1 0 R/F 1 0 R/EF<</F 1 0 R>>>>"),
		STR("trailer<</Encrypt 1 0 R>>"),
		STR("obj"),
		STR("1 0 obj<</XFA 1 0 R/AA 1 0 R/JavaScript 1 0 R>>"),
	};
	clock_t begin = clock();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", (size_t)2 << 30);
		struct strbuf b = strbuf_make(a, 1 << 20);
		struct pdf pdf;

		fill(&b, pieces[i], 1 << 20);
		pdf_read(a, strbuf_str(&b), &open_limits, &pdf);
		print_message("%.*s: %ld ms, notes %x\n", STR_ARG(pieces[i]),
			      (clock() - begin) * 1000 / CLOCKS_PER_SEC, pdf.notes);
	}
	assert_true((clock() - begin) / CLOCKS_PER_SEC < 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_document_has_links_and_text_and_nothing_else),
		cmocka_unit_test(scripts_that_run_on_opening_are_found_wherever_they_stand),
		cmocka_unit_test(actions_are_followed_through_their_chain_once),
		cmocka_unit_test(files_and_forms_are_brought_to_light),
		cmocka_unit_test(restricted_documents_are_read_like_any_other),
		cmocka_unit_test(locked_documents_open_with_their_password_only),
		cmocka_unit_test(damage_is_noted_and_hides_nothing),
		cmocka_unit_test(hostile_megabytes_take_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
