/* The page shows what strangers said, and is a page of ours all the same. */
#include "audit/auditpage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static char *written(const struct auditrun *run, enum advice_lang lang)
{
	cleanup(arena_freep) struct arena *a = arena_new("page", 64 << 20);
	static const struct auditrun_spec spec = { .target_name = { "mx:25", 5 },
						   .world = { .rcpt = { "a@b.example", 11 } } };
	struct auditpage p = auditpage_of_run(a, run, &spec, lang, STR("2026-11-22T08:00:00Z"));
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	auditpage_write(out, &p);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void hostile_text_is_only_text(void **state)
{
	static const str hostile = STR("550 </pre><script>alert(1)</script>\"'&\x1b[2J\xff");
	struct fate_row rows[] = {
		{ .id = STR("T008a-clean"),
		  .case_id = STR("T008"),
		  .group = STR("attachment"),
		  .title = STR("Forbidden extension exe"),
		  .malicious = true,
		  .allowed = BATTERY_REJECT,
		  .fate = FATE_CLEAN,
		  .judgement = FATE_DANGER,
		  .stage = POSTING_END,
		  .code = 250,
		  .text = hostile,
		  .transcript = hostile,
		  .note = hostile },
	};
	struct auditrun run = { .greeting = hostile, .rows = { rows, 1, 1 } };
	char *page = written(&run, ADVICE_EN);

	(void)state;
	assert_null(strstr(page, "<script"));
	assert_null(strchr(page, '\x1b'));
	assert_null(strchr(page, '\xff'));
	assert_non_null(strstr(page, "&lt;script&gt;"));
	assert_non_null(strstr(page, "ACSS attachment; ANSSI-PA-066 R39"));
	assert_null(strstr(page, "http:"));
	assert_null(strstr(page, "https:"));
	free(page);
}

static void both_languages_say_what_to_do(void **state)
{
	struct fate_row rows[] = {
		{ .id = STR("T001a"),
		  .case_id = STR("T001"),
		  .group = STR("relay"),
		  .title = STR("Open relay"),
		  .fate = FATE_DIALOGUE,
		  .judgement = FATE_DANGER },
		{ .id = STR("C-001"),
		  .case_id = STR("C-001"),
		  .group = STR("twin"),
		  .title = STR("A letter"),
		  .fate = FATE_CLEAN,
		  .judgement = FATE_PASS },
	};
	struct auditrun run = { .rows = { rows, 2, 2 } };
	char *en = written(&run, ADVICE_EN), *fr = written(&run, ADVICE_FR);

	(void)state;
	assert_non_null(strstr(en, "reject_unauth_destination"));
	assert_non_null(strstr(en, "Open relay"));
	assert_non_null(strstr(fr, "reject_unauth_destination"));
	assert_non_null(strstr(fr, "Relais ouvert"));
	assert_non_null(strstr(fr, "lang=\"fr\""));
	/* What passed is counted, not told. */
	assert_null(strstr(en, "A letter"));
	free(en);
	free(fr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_text_is_only_text),
		cmocka_unit_test(both_languages_say_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
