#include "base/base64.h"
#include "base/exact.h"
#include "html/htmldata.h"
#include "html/htmlscript.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define PAGE "<html><body><form action=http://x.example/><input type=password></form></body></html>"

static struct htmlscript read_one(struct arena *a, str script)
{
	struct htmlscript s = htmlscript_make(a, script.n);

	htmlscript_read(&s, script);
	htmlscript_end(&s);
	return s;
}

static bool holds(const struct htmlscript *s, str payload)
{
	for (size_t i = 0; i < s->payloads.n; i++) {
		if (str_eq(s->payloads.v[i], payload))
			return true;
	}
	return false;
}

/* How one character is written: with a prefix, in a base, with so many digits at least. */
struct notation {
	const char *prefix;
	unsigned base, digits;
	const char *between;
	unsigned key;
};

static void put_number(struct strbuf *b, unsigned value, const struct notation *n)
{
	char digits[16];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % n->base];
		value /= n->base;
	} while (value || count < n->digits);
	strbuf_put(b, str_c(n->prefix));
	while (count)
		strbuf_char(b, digits[--count]);
}

/* before, PAGE in that notation, and after. */
static str coded(struct arena *a, const char *before, struct notation n, const char *after)
{
	struct strbuf b = strbuf_make(a, 1 << 16);

	strbuf_put(&b, str_c(before));
	for (size_t i = 0; i < strlen(PAGE); i++) {
		if (i)
			strbuf_put(&b, str_c(n.between));
		put_number(&b, (unsigned char)PAGE[i] ^ n.key, &n);
	}
	strbuf_put(&b, str_c(after));
	return strbuf_str(&b);
}

static str base64(struct arena *a, str s)
{
	struct strbuf b = strbuf_make(a, 1 << 16);

	base64_encode(&b, s);
	return strbuf_str(&b);
}

static void what_is_coded_in_a_script_comes_to_light(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 64 << 20);
	str b = base64(a, STR(PAGE)), r = arena_str(a, b);
	str scripts[] = {
		STR("document.write('" PAGE "')"),
		arena_fmt(a, "atob(\"%.*s\")", STR_ARG(b)),
		arena_fmt(a, "atob('%.*s'+`%.*s`)", 33, b.p, (int)b.n - 33, b.p + 33),
		arena_fmt(a, "s = '%.*s';\ns += '%.*s'", 40, b.p, (int)b.n - 40, b.p + 40),
		arena_fmt(a, "s = \"%.*s\"\r\ns = s & \"%.*s\"", 40, b.p, (int)b.n - 40, b.p + 40),
		arena_fmt(a, "['%.*s','%.*s'].join('')", 40, b.p, (int)b.n - 40, b.p + 40),
		arena_fmt(a, "a='%.*s';b=2;c='%.*s';atob(a+c)", 52, b.p, (int)b.n - 52, b.p + 52),
		arena_fmt(a, "location='data:text/html;base64,%.*s'", STR_ARG(b)),
		coded(a, "unescape('", (struct notation){ "%", 16, 2, "", 0 }, "')"),
		coded(a, "unescape('", (struct notation){ "%u", 16, 4, "", 0 }, "')"),
		coded(a, "write('", (struct notation){ "\\x", 16, 2, "", 0 }, "')"),
		coded(a, "write('", (struct notation){ "\\u", 16, 4, "", 0 }, "')"),
		coded(a, "write('", (struct notation){ "\\", 8, 3, "", 0 }, "')"),
		coded(a, "hex('", (struct notation){ "", 16, 2, "", 0 }, "')"),
		coded(a, "fromCharCode(", (struct notation){ "", 10, 1, ", ", 0 }, ")"),
		coded(a, "new Uint8Array([", (struct notation){ "0x", 16, 1, ",", 0 }, "])"),
		coded(a, "'", (struct notation){ "", 10, 1, ",", 0 }, "'.split(',')"),
		coded(a, "k ^ 7; x([", (struct notation){ "", 10, 1, ",", 7 }, "])"),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
		cleanup(exact_freep) str in = exact_copy(scripts[i]);
		struct htmlscript s = read_one(a, in);

		if (!holds(&s, STR(PAGE)))
			print_error("case %zu: %.*s\n", i, STR_ARG(scripts[i]));
		assert_true(holds(&s, STR(PAGE)));
	}
	for (size_t i = 0; i < b.n; i++)
		((char *)(uintptr_t)r.p)[i] = b.p[b.n - 1 - i];
	b = arena_fmt(a, "x.split('').reverse().join(''); x = '%.*s'", STR_ARG(r));
	struct htmlscript s = read_one(a, b);

	assert_true(holds(&s, STR(PAGE)));
}

static void words_tell_what_a_script_uses(void **state)
{
	static const struct {
		str script;
		uint32_t uses;
	} cases[] = {
		{ STR("new Blob([x]); URL.createObjectURL(b)"), HTMLSCRIPT_BLOB | HTMLSCRIPT_SAVE },
		{ STR("URL['create' + 'ObjectURL'](b)"), HTMLSCRIPT_SAVE },
		{ STR("l.setAttribute('download', n)"), HTMLSCRIPT_DOWNLOAD },
		{ STR("['createObjectURL','msSaveBlob','atob']"),
		  HTMLSCRIPT_SAVE | HTMLSCRIPT_DECODE },
		{ STR("window[\"\\x65val\"](x)"), HTMLSCRIPT_EVAL },
		{ STR("new Function(x)"), HTMLSCRIPT_EVAL },
		{ STR("function f() {}"), 0 },
		{ STR("Set x = CreateObject(\"WScript.Shell\")"), HTMLSCRIPT_SYSTEM },
		{ STR("// eval(x)\n/* atob(x) */ y"), 0 },
		{ STR("eval(function(p,a,c,k,e,d){})"), HTMLSCRIPT_EVAL | HTMLSCRIPT_PACKED },
		{ STR("location.href = x"), HTMLSCRIPT_LEAVE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
		cleanup(exact_freep) str in = exact_copy(cases[i].script);
		struct htmlscript s = read_one(a, in);

		if (s.uses != cases[i].uses)
			print_error("case %zu: %x\n", i, s.uses);
		assert_int_equal(s.uses, cases[i].uses);
	}
}

static void addresses_in_scripts_are_kept(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	struct htmlscript s = read_one(a, STR("location = 'htt' + 'ps://x.example/';"));

	(void)state;
	assert_int_equal(s.urls.n, 1);
	assert_true(str_eq(s.urls.v[0], STR("https://x.example/")));
}

static void data_urls_are_decoded(void **state)
{
	static const struct {
		str url, type, bytes;
	} cases[] = {
		{ STR("data:text/html,a%20b"), STR("text/html"), STR("a b") },
		{ STR("DATA:text/html;charset=x;base64,YSBi"), STR("text/html"), STR("a b") },
		{ STR("data:;base64,YS%42i"), STR(""), STR("a b") },
		{ STR("data:,"), STR(""), STR("") },
	};
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	str type, bytes;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_true(htmldata_read(a, cases[i].url, 100, &type, &bytes));
		assert_true(str_eq(type, cases[i].type) && str_eq(bytes, cases[i].bytes));
	}
	assert_false(htmldata_read(a, STR("data:text/html"), 100, &type, &bytes));
	assert_false(htmldata_read(a, STR("http://x,"), 100, &type, &bytes));
	assert_false(htmldata_read(a, STR("data:,abc"), 2, &type, &bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_coded_in_a_script_comes_to_light),
		cmocka_unit_test(words_tell_what_a_script_uses),
		cmocka_unit_test(addresses_in_scripts_are_kept),
		cmocka_unit_test(data_urls_are_decoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
