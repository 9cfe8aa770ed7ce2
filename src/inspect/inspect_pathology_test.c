#include "base/strbuf.h"
#include "inspect/inspect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <time.h>

#include <cmocka.h>

/* The sanitizer's memmem looks at all that lies ahead at each call, which is quadratic. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "intercept_memmem=0";
}

enum { SIZE = 1 << 20, TIMES = 4, SLACK_US = 20000 };

/* A message of SIZE bytes: head, then piece again and again. With number, each piece gets
 * its own: "%zu" in it. */
static str repeat(struct arena *a, const char *head, const char *piece)
{
	struct strbuf b = strbuf_make(a, SIZE + 1000);
	const char *mark = strstr(piece, "%zu");

	strbuf_put(&b, str_c(head));
	for (size_t i = 0; b.n < SIZE; i++) {
		if (mark)
			strbuf_fmt(&b, "%.*s%zu%s", (int)(mark - piece), piece, i, mark + 3);
		else
			strbuf_put(&b, str_c(piece));
	}
	return strbuf_str(&b);
}

static str nested_multiparts(struct arena *a)
{
	struct strbuf b = strbuf_make(a, SIZE + 1000);

	for (size_t i = 0; b.n < SIZE; i++)
		strbuf_fmt(&b, "Content-Type: multipart/mixed; boundary=b%zu\r\n\r\n--b%zu\r\n", i,
			   i);
	return strbuf_str(&b);
}

/* Of this process: others run beside it. */
static int64_t cpu_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
	return t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int64_t once(str message)
{
	cleanup(arena_freep) struct arena *a = arena_new("pathology", 1 << 30);
	int64_t start = cpu_us();
	struct facts f;

	inspect_message(a, message, NULL, &inspect_default_limits, &f);
	assert_true(facts_encode(a, &f).n <= FACTS_MAX_BYTES);
	return cpu_us() - start;
}

/* The best of some runs, fewer when one is quick enough. */
static int64_t best_of(int runs, str message, int64_t enough)
{
	int64_t best = INT64_MAX;

	for (int i = 0; i < runs && best > enough; i++) {
		int64_t t = once(message);

		best = t < best ? t : best;
	}
	return best;
}

static const struct {
	const char *name, *head, *piece;
} pathologies[] = {
	{ "parentheses in To", "To: ", "(" },
	{ "quotes in To", "To: ", "\"" },
	{ "angles in To", "To: ", "<" },
	{ "routes in To", "To: ", "<@:>" },
	{ "addresses in To", "To: ", "a@b," },
	{ "semicolons in Content-Type", "Content-Type: ", ";" },
	{ "parameters", "Content-Type: a/b", ";p%zu=x" },
	{ "sections", "Content-Type: a/b", ";p*%zu=x" },
	{ "backslashes in a parameter", "Content-Type: a/b; c=\"", "\\\"" },
	{ "encoded-word starts", "Subject: ", "=?" },
	{ "encoded-words without end", "Subject: ", "=?utf-8?Q?a" },
	{ "encoded-words", "Subject: ", "=?utf-8?Q?a?= " },
	{ "encoded-words of many charsets", "Subject: ", "=?iso-8859-%zu?Q?=E9?= " },
	{ "unknown charsets", "Subject: ", "=?x-%zu?Q?=E9?= " },
	{ "folded lines", "Subject: ", "\r\n x" },
	{ "fields", "", "X: y\r\n" },
	{ "lines without colon", "", "x\r\n" },
	{ "boundary lines", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n" },
	{ "nearly boundaries", "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--bx\r\n" },
	{ "boundary padding", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b", " " },
	{ "dashes", "Content-Type: multipart/mixed; boundary=--------\r\n\r\n", "-" },
	{ "nested messages", "", "Content-Type: message/rfc822\r\n\r\n" },
	{ "tag starts", "Content-Type: text/html\r\n\r\n", "<a" },
	{ "comment starts", "Content-Type: text/html\r\n\r\n", "<!--" },
	{ "script starts", "Content-Type: text/html\r\n\r\n", "<script>" },
	{ "references", "Content-Type: text/html\r\n\r\n", "&" },
	{ "quoted attributes", "Content-Type: text/html\r\n\r\n", "<a b=\"" },
	{ "open elements", "Content-Type: text/html\r\n\r\n", "<div>" },
	{ "ends of nothing", "Content-Type: text/html\r\n\r\n<b><b><b>", "</i>" },
	{ "unfinished lists", "Content-Type: text/html\r\n\r\n", "<ul><li><b><p>" },
	{ "attributes of one tag", "Content-Type: text/html\r\n\r\n<a", " b%zu=c" },
	{ "NUL in a style", "Content-Type: text/html\r\n\r\n<style>", "\xc0\x80" },
	{ "style rules", "Content-Type: text/html\r\n\r\n<style>", ".a%zu{color:red}" },
	{ "style sheets", "Content-Type: text/html\r\n\r\n", "<style>a{}</style>" },
	{ "declarations", "Content-Type: text/html\r\n\r\n<p style='", "color:red;" },
	{ "conditional comments", "Content-Type: text/html\r\n\r\n", "<!--[if x]><b><![endif]-->" },
	{ "pages in pages", "Content-Type: text/html\r\n\r\n", "<iframe srcdoc='<b>x'></iframe>" },
	{ "pieces of a script", "Content-Type: text/html\r\n\r\n<svg><script>", "&lt;a" },
	{ "strings of a script", "Content-Type: text/html\r\n\r\n<script>", "'b'+" },
	{ "coded strings", "Content-Type: text/html\r\n\r\n<script>",
	  "'QUJDREVGQUJDREVGQUJDREVGQUJDREVGQUJDREVGQUJDREVGQUJDREVGQUJDREVG';" },
	{ "numbers of a script", "Content-Type: text/html\r\n\r\n<script>x(", "65," },
	{ "drawings", "Content-Type: text/html\r\n\r\n", "<svg><p>" },
	{ "links of a page", "Content-Type: text/html\r\n\r\n", "<a href=//b%zu.example/>c" },
	{ "equals signs", "Content-Transfer-Encoding: quoted-printable\r\n\r\n", "=" },
	{ "padding", "Content-Transfer-Encoding: base64\r\n\r\n", "=" },
	{ "zip ends", "Content-Type: application/zip\r\n\r\nPK\3\4", "PK\5\6" },
	{ "short lines of base64", "\r\n", "AAAA\r\n" },
	{ "base64 of many lengths", "\r\n", "AAAAAAAA\r\nAAAA\r\nAAAAAAAAAAAA\r\n" },
	{ "broken zip files in the text", "\r\n", "UEsDBBQA\r\n.\r\n" },
	{ "data addresses", "Content-Type: text/html\r\n\r\n", ";base64,UEsDBBQA-" },
	{ "headers of parts outside of parts", "\r\n", "Content-Type: a/b\r\n\r\nx\r\n" },
	{ "encoded headers of parts", "\r\n",
	  "Content-Transfer-Encoding: base64\r\n\r\nUEsDBBQA\r\n--\r\n" },
	{ "damaged base64", "Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n",
	  "UEsDBBQA=#" },
	{ "damaged escapes",
	  "Content-Type: a/b\r\nContent-Transfer-Encoding: "
	  "quoted-printable\r\n\r\nPK=03=04",
	  "=X=0a" },
	{ "an unknown encoding", "Content-Transfer-Encoding: x\r\n\r\n", "UEsDBBQA\r\n" },
	{ "parts behind the end", "Content-Type: multipart/mixed; boundary=b\r\n\r\n",
	  "--b--\r\n--b\r\n" },
	{ "names", "Content-Type: a/b", "; name=\"%zu.e;:%%\"" },
	{ "sections of a name", "Content-Disposition: x", "; filename*%zu*=a''b" },
	{ "a long name", "Content-Disposition: x; filename=\"", "%E2%80%8B" },
	{ "uuencode", "\r\n", "begin 644 x\r\n#0V%T\r\n" },
	{ "yEnc starts", "\r\n", "=ybegin name=x\r\n" },
	{ "BinHex starts", "\r\n", "(This file must be converted with BinHex\r\n:!\r\n" },
	{ "properties", "Content-Type: text/calendar\r\n\r\n", "X;ENCODING=BASE64" },
	{ "files in properties", "Content-Type: text/calendar\r\n\r\n",
	  "ATTACH;ENCODING=BASE64:UEsDBBQA\r\n" },
	{ "nested octet strings",
	  "Content-Type: a/b\r\n\r\n\x30\x80\x06\x09\x2a\x86\x48\x86"
	  "\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x80",
	  "\x24\x80" },
	{ "uuencode starts", "\r\n", "begin 644 x\r\n" },
	{ "indented boundaries", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
	  " --b\r\n" },
	{ "boundaries of blanks", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n",
	  "     \t     --b " },
	{ "links", "\r\n", "http://%zu.example/ " },
	{ "foreign links", "\r\n", "http://h\xd0\xbep%zu.example/ " },
	{ "broken links", "\r\n", "http://%%zu/ " },
	{ "links without blanks", "\r\n", "http://a%zu," },
	{ "links in links", "\r\n", "http://a%zu.example/?u=" },
	{ "bare names", "\r\n", "a%zu.com " },
	{ "names under no domain", "\r\n", "a%zu.zz " },
	{ "names with accents", "\r\n", "\xc3\xa9%zu.com " },
	{ "defused links", "\r\n", "hxxp://a%zu[.]com " },
	{ "brackets", "\r\n", "http://a%zu)])}( " },
	{ "authors", "From: ", "\"Nom  Bizarre\" <z%zu@y.example>, " },
	{ "words of a name", "From: ", "Jean " },
	{ "hidden bytes in a name", "From: ", "=?utf-8?Q?a=00?= " },
	{ "a long Message-ID", "To: a@x,a@x,a@x,a@x\r\nFrom: a@y\r\nMessage-ID: <", "a" },
	{ "code in fields", "", "X: () {\r\n" },
	{ "look-alikes", "Content-Type: text/plain; charset=utf-8\r\n\r\n", "p\xd0\xb0ss " },
	{ "one word of look-alikes", "Content-Type: text/plain; charset=utf-8\r\n\r\n",
	  "a\xd0\xb0" },
	{ "invisible characters", "Content-Type: text/plain; charset=utf-8\r\n\r\n",
	  "a\xe2\x80\x8b" },
	{ "ligatures", "Content-Type: text/plain; charset=utf-8\r\n\r\n", "\xef\xb7\xba" },
	{ "overlong forms", "Content-Type: text/plain; charset=utf-8\r\n\r\n", "\xc0\xbc" },
	{ "unlabelled text", "\r\n", "\xc1\xd2\xd3 " },
	{ "received comments", "Received: from ", "(" },
};

static void hostile_megabytes_take_no_longer_than_honest_ones(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("messages", 256 << 20);
	/* What honest people send: a page of French text. */
	str page = repeat(
		a, "Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
		"<p style=3D\"x\">Voil=C3=A0 l'&eacute;t&eacute; &nbsp;!</p>\r\n");
	int64_t honest = best_of(3, page, 0);
	int64_t allowed = honest * TIMES + SLACK_US;
	bool slow = false;

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(pathologies); i++) {
		cleanup(arena_freep) struct arena *one = arena_new("message", 16 << 20);
		bool last = i == ARRAY_LEN(pathologies);
		str message = last ? nested_multiparts(one)
				   : repeat(one, pathologies[i].head, pathologies[i].piece);
		int64_t t = best_of(4, message, allowed);

		if (t > allowed)
			print_error("%s: %lld us, an honest page %lld us\n",
				    last ? "nested multiparts" : pathologies[i].name, (long long)t,
				    (long long)honest);
		slow |= t > allowed;
	}
	assert_false(slow);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_megabytes_take_no_longer_than_honest_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
