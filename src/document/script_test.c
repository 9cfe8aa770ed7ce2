#include "base/exact.h"
#include "document/script.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void languages_are_told_by_lines_of_code(void **state)
{
	static const struct {
		str in, type;
	} cases[] = {
		{ STR("var a = 1;\nfunction f(b) {\n  return b;\n}"),
		  STR("application/javascript") },
		{ STR("var s = new ActiveXObject(\"x\")"), STR("application/javascript") },
		{ STR("Dim a\r\nOn Error Resume Next\r\n"), STR("text/vbscript") },
		{ STR("Set a = CreateObject(\"x\")"), STR("text/vbscript") },
		{ STR("\xff\xfe"
		      "S\0e\0t\0 \0a\0 \0=\0 \0C\0r\0e\0a\0t\0e\0O\0b\0j\0e\0c\0t\0(\0"),
		  STR("text/vbscript") },
		{ STR("$a = 1\n$b = New-Object Net.WebClient"), STR("application/x-powershell") },
		{ STR("@ECHO OFF\r\ndel *"), STR("application/x-bat") },
		{ STR("import os\ndef f(a):\n  pass\n"), STR("text/x-python") },
		{ STR("a sub group (n=12)\nset x = f(t)\n"), STR("") },
		{ STR("Bonjour, votre powershell est en panne."), STR("") },
		{ STR("From the start of the pause, import goods\nDim. 12 avril\n"), STR("") },
		{ STR("The function (see page 2) returns; if (and only if) it does."), STR("") },
		{ STR("nom;prenom\n-5;12\n"), STR("") },
		{ STR(""), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str type = script_language(in);

		if (!str_eq(type, cases[i].type))
			print_error("case %zu: %.*s\n", i, STR_ARG(type));
		assert_true(str_eq(type, cases[i].type));
	}
}

static void scripts_of_pages_are_told_from_those_of_windows(void **state)
{
	static const struct {
		str in;
		bool page;
	} cases[] = {
		{ STR("document.title = f(1);"), true },
		{ STR("const words = {hello: 'bonjour', bye: 'au revoir'};"), true },
		{ STR("var a = b.join(''); window.alert(a)"), true },
		{ STR("x = new ActiveXObject('Microsoft.XMLHTTP'); document.write(x)"), true },
		{ STR("module.exports = function (a) { return eval(a); };"), true },
		{ STR("var s = new ActiveXObject(n); document.title = 1"), false },
		{ STR("document.x = WScript.CreateObject('a')"), false },
		{ STR("GetObject('winmgmts:').Get(a)"), false },
		{ STR("var q = this['Act' + 'ive'](x)"), false },
		{ STR("var q = String.fromCharCode(1, 2); run(q)"), false },
		{ STR("var q = ['a', 'b'].join(''); (0)[q]"), false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		if (script_may_be_of_page(cases[i].in) != cases[i].page)
			fail_msg("case %zu: %.*s", i, STR_ARG(cases[i].in));
	}
}

static void files_that_run_are_told_by_their_words(void **state)
{
	static const struct {
		str in, type;
	} cases[] = {
		{ STR("<HTML><hta:APPLICATION id=a></html>"), STR("application/hta") },
		{ STR("#@~^AAAAAA=="), STR("application/x-ms-encoded-script") },
		{ STR("<job><script language=\"VBScript\"></script></job>"),
		  STR("application/x-wsh-script") },
		{ STR("<?XML version=\"1.0\"?><scriptlet><script>"), STR("text/scriptlet") },
		{ STR("[InternetShortcut]\r\nURL=http://evil.example/"),
		  STR("application/x-mswinurl") },
		{ STR("[Shell]\r\nCommand=2\r\nIconFile=\\\\e\\x\r\n[Taskbar]"),
		  STR("application/x-ms-scf") },
		{ STR("[autorun]\nopen=a.exe"), STR("application/x-ms-inf") },
		{ STR("\xff\xfeR\0E\0G\0E\0D\0I\0T\0"
		      "4\0"),
		  STR("application/x-ms-regedit") },
		{ STR("<jnlp spec=\"1.0\" codebase=\"http://x\">"),
		  STR("application/x-java-jnlp-file") },
		{ STR("h\0t\0t\0p\0:\0/\0/\0e\0/\0a\0.\0a\0p\0p\0l\0i\0c\0a\0t\0i\0o\0n\0#\0"),
		  STR("application/x-ms-application") },
		{ STR("screen mode id:i:1\r\n"), STR("application/x-rdp") },
		{ STR("[Shell]\nname=x"), STR("") },
		{ STR("<html><component></component><script></script></html>"), STR("") },
		{ STR("an HTA holds the tag hta:application"), STR("") },
		{ STR(""), STR("") },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		str type = script_signature(in);

		if (!str_eq(type, cases[i].type))
			print_error("case %zu: %.*s\n", i, STR_ARG(type));
		assert_true(str_eq(type, cases[i].type));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages_are_told_by_lines_of_code),
		cmocka_unit_test(scripts_of_pages_are_told_from_those_of_windows),
		cmocka_unit_test(files_that_run_are_told_by_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
