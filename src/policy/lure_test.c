#include "policy/lure.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct seen_case {
	const char *subject, *text, *link, *want;
	enum facts_url_where where;
};

static void add_link(struct arena *a, struct facts *f, const struct seen_case *c)
{
	str url = str_c(c->link);
	str host = str_skip(url, str_find(url, STR("://")) + 3);

	host = str_sub(host, 0, str_chr(host, '/'));
	*arena_push(a, &f->urls) =
		(struct facts_url){ .where = c->where, .url = url, .host = host, .domain = host };
}

/* "A B" of all names. */
static str seen(struct arena *a, const struct seen_case *c)
{
	str readers[] = { STR("nobody"), STR("a@b"), STR("jeanne.petit@hopital.example") };
	struct envelope env = { .recipients = readers, .n_recipients = ARRAY_LEN(readers) };
	struct strbuf b = strbuf_make(a, 4096);
	struct evidence e = { 0 };
	struct facts f = { .text = str_c(c->text) };

	*arena_push(a, &f.headers) =
		(struct facts_header){ STR("subject"), str_c(c->subject ? c->subject : ""), 1 };
	*arena_push(a, &f.addresses) = (struct facts_address){
		.where = FACTS_FROM, .local = STR("x"), .domain = STR("mail.author.example")
	};
	if (c->link)
		add_link(a, &f, c);
	lure_evidence(a, &env, &f, &e);
	for (size_t i = 0; i < e.symbols.n; i++)
		strbuf_fmt(&b, "%s%.*s", i ? " " : "", STR_ARG(e.symbols.v[i].name));
	return strbuf_str(&b);
}

static void assert_cases(const struct seen_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
		str got = seen(a, &cases[i]);

		if (!str_eq(got, str_c(cases[i].want)))
			fail_msg("case %zu: %.*s, expected %s", i, STR_ARG(got), cases[i].want);
	}
}

#define LONG_TEXT                                                                                  \
	"Bonjour, voici le compte rendu de la commission qui s'est tenue hier dans la grande "     \
	"salle "                                                                                   \
	"du premier etage, avec la liste des personnes presentes et les decisions qui ont ete "    \
	"prises "                                                                                  \
	"au sujet du nouveau batiment, de ses acces et du calendrier des travaux de l'annee."

static void a_page_that_is_but_a_link_is_told(void **state)
{
	static const struct seen_case cases[] = {
		{ .text = "Look",
		  .link = "https://a.example/x",
		  .where = FACTS_URL_HTML,
		  .want = "PAGE_LEADS_ELSEWHERE PAGE_OF_FEW_WORDS" },
		{ .text = "",
		  .link = "http://a.example/x",
		  .where = FACTS_URL_HTML,
		  .want = "PAGE_LEADS_ELSEWHERE PAGE_OF_FEW_WORDS" },
		{ .text = LONG_TEXT,
		  .link = "https://a.example/x",
		  .where = FACTS_URL_HTML,
		  .want = "PAGE_LEADS_ELSEWHERE" },
		{ .text = "Look",
		  .link = "https://author.example/x",
		  .where = FACTS_URL_HTML,
		  .want = "" },
		{ .text = "Look",
		  .link = "https://a.example/x",
		  .where = FACTS_URL_TEXT,
		  .want = "TEXT_OF_FEW_WORDS" },
		{ .text = LONG_TEXT,
		  .link = "https://a.example/x",
		  .where = FACTS_URL_TEXT,
		  .want = "" },
		{ .text = "Look",
		  .link = "ftp://a.example/x",
		  .where = FACTS_URL_HTML,
		  .want = "" },
		{ .text = "Look", .want = "" },
	};

	(void)state;
	assert_cases(cases, ARRAY_LEN(cases));
}

/* The links themselves, as text, are no words. */
static void shown_links_are_no_words(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
	struct strbuf b = strbuf_make(a, 100 << 10);
	struct seen_case c = { .link = "https://a.example/x", .where = FACTS_URL_HTML };

	(void)state;
	for (int i = 0; i < 1000; i++)
		strbuf_put(&b, STR("https://a.example/some/page/of/it\n"));
	strbuf_char(&b, '\0');
	c.text = strbuf_str(&b).p;
	assert_true(str_eq(seen(a, &c), STR("PAGE_LEADS_ELSEWHERE PAGE_OF_FEW_WORDS")));
}

static void who_knows_the_reader_is_told(void **state)
{
	static const struct seen_case cases[] = {
		{ .subject = "Jeanne.Petit@hopital.example, your prize",
		  .text = "",
		  .want = "SUBJECT_NAMES_READER" },
		{ .subject = "Paul.Petit@hopital.example", .text = "", .want = "" },
		{ .subject = "a@b", .text = "", .want = "" },
		{ .text = "",
		  .link = "https://a.example/#jeanne.petit@hopital.example",
		  .where = FACTS_URL_QR,
		  .want = "LINK_KNOWS_READER" },
		{ .text = "",
		  .link = "https://a.example/p?x=1#/JEANNE.PETIT%40hopital.example",
		  .where = FACTS_URL_QR,
		  .want = "LINK_KNOWS_READER" },
		/* base64, with and without what follows */
		{ .text = "",
		  .link = "https://a.example/#amVhbm5lLnBldGl0QGhvcGl0YWwuZXhhbXBsZQ==",
		  .where = FACTS_URL_QR,
		  .want = "LINK_KNOWS_READER" },
		{ .text = "",
		  .link = "https://a.example/#amVhbm5lLnBldGl0QGhvcGl0YWwuZXhhbXBsZXx4",
		  .where = FACTS_URL_QR,
		  .want = "LINK_KNOWS_READER" },
		{ .text = "",
		  .link = "https://a.example/leave?jeanne.petit@hopital.example",
		  .where = FACTS_URL_QR,
		  .want = "" },
		{ .text = "", .link = "https://a.example/#top", .where = FACTS_URL_QR, .want = "" },
		{ .text = "",
		  .link = "mailto:#jeanne.petit@hopital.example",
		  .where = FACTS_URL_QR,
		  .want = "" },
	};

	(void)state;
	assert_cases(cases, ARRAY_LEN(cases));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_that_is_but_a_link_is_told),
		cmocka_unit_test(shown_links_are_no_words),
		cmocka_unit_test(who_knows_the_reader_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
