#include "base/base64.h"
#include "inspect/inspect.h"

#include <archive.h>
#include <archive_entry.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ARCHIVE_MAX = 1 << 16 };

static str archived(struct arena *a, const char *const *names, size_t n, str content)
{
	char *bytes = arena_alloc(a, ARCHIVE_MAX);
	struct archive *out = archive_write_new();
	size_t used = 0;

	assert_int_equal(archive_write_set_format_ustar(out), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(out, bytes, ARCHIVE_MAX, &used), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, names[i]);
		archive_entry_set_size(e, (la_int64_t)content.n);
		archive_entry_set_filetype(e, AE_IFREG);
		archive_entry_set_perm(e, 0644);
		assert_int_equal(archive_write_header(out, e), ARCHIVE_OK);
		assert_int_equal(archive_write_data(out, content.p, content.n), content.n);
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_close(out), ARCHIVE_OK);
	archive_write_free(out);
	return str_of(bytes, used);
}

static void inspect_attached(struct arena *a, const char *name, str bytes, struct facts *ret)
{
	struct strbuf b = strbuf_make(a, ARCHIVE_MAX * 2);

	strbuf_fmt(&b,
		   "From: a@b.example\r\nContent-Type: application/octet-stream; name=%s\r\n"
		   "Content-Disposition: attachment\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\n",
		   name);
	base64_encode(&b, bytes);
	inspect_message(a, strbuf_str(&b), NULL, &inspect_default_limits, ret);
}

static void a_script_beside_web_pages_is_part_of_them(void **state)
{
	static const char *const site[] = { "lib.js", "index.html", "style.css" };
	static const char *const lure[] = { "facture.js", "lisez-moi.txt" };
	static const char *const encoded[] = { "lib.jse", "index.html" };
	static const str dropper = STR(
		"var n = 'Act' + 'iveXObj' + 'ect';\nvar s = new this[n]('WSc' + 'ript.Shell');\n"
		"s['R' + 'un']('calc');\n");
	static const str code = STR("function f(a) {\n  return a;\n}\nvar b = f(1);\n");
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct facts f;

	(void)state;
	inspect_attached(a, "site.tar", archived(a, site, 3, code), &f);
	assert_true(facts_has_finding(&f, STR("WEB_SCRIPT")));
	/* what Windows would run is no page's */
	inspect_attached(a, "site.tar", archived(a, site, 3, dropper), &f);
	assert_true(facts_has_finding(&f, STR("ATTACHMENT_SCRIPT")));
	inspect_attached(a, "site.tar", archived(a, encoded, 2, code), &f);
	assert_true(facts_has_finding(&f, STR("ATTACHMENT_SCRIPT")));
	inspect_attached(a, "facture.tar", archived(a, lure, 2, code), &f);
	assert_false(facts_has_finding(&f, STR("WEB_SCRIPT")));
	assert_true(facts_has_finding(&f, STR("ATTACHMENT_SCRIPT")));
	inspect_attached(a, "lib.js", code, &f);
	assert_true(facts_has_finding(&f, STR("ATTACHMENT_SCRIPT")));
}

static void text_about_scripts_is_no_script(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	struct facts f;

	(void)state;
	inspect_attached(a, "protocol.txt",
			 STR("a sub group (n=12)\nset x = f(t)\nrun powershell as usual\n"), &f);
	assert_false(facts_has_finding(&f, STR("ATTACHMENT_SCRIPT")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_script_beside_web_pages_is_part_of_them),
		cmocka_unit_test(text_about_scripts_is_no_script),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
