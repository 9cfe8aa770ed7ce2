/* Each message of inspect_golden/ is inspected and its facts compared with a text that a
 * person has read: NAME.eml gives NAME.expect. BLESS=1 writes the texts anew. The messages
 * are stored with LF and inspected with CRLF, as they come in.
 */
#include "base/fd.h"
#include "base/strbuf.h"
#include "inspect/inspect.h"

#include <dirent.h>
#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define GOLDEN ROOM_DIR "/inspect_golden"

static const char *const where_names[] = { "from", "sender", "reply-to", "to", "cc" };
static const char *const url_where_names[] = { "text", "html", "header",  "calendar", "document",
					       "file", "qr",   "wrapped", "hop" };
static const char *const flag_names[] = { "attachment",	 "mismatch",  "encrypted", "in-archive",
					  "uninspected", "multipart", "message" };

static void put_line(struct strbuf *b, const char *label, str value)
{
	strbuf_fmt(b, "%s ", label);
	strbuf_json(b, value);
	strbuf_char(b, '\n');
}

static void put_parts(struct strbuf *b, const struct facts *f)
{
	for (size_t i = 0; i < f->parts.n; i++) {
		const struct facts_part *p = &f->parts.v[i];

		strbuf_fmt(b, "part %.*s in %.*s type=%.*s detected=%.*s size=%llu",
			   STR_ARG(p->path), STR_ARG(f->parts.v[p->parent].path), STR_ARG(p->type),
			   STR_ARG(p->detected), (unsigned long long)p->size);
		strbuf_fmt(b, " sha256=%02x%02x%02x%02x", p->sha256[0], p->sha256[1], p->sha256[2],
			   p->sha256[3]);
		for (size_t k = 0; k < ARRAY_LEN(flag_names); k++) {
			if (p->flags >> k & 1)
				strbuf_fmt(b, " %s", flag_names[k]);
		}
		strbuf_char(b, ' ');
		strbuf_json(b, p->filename);
		strbuf_char(b, '\n');
	}
}

static str dump(struct arena *a, const struct facts *f)
{
	struct strbuf b = strbuf_make(a, 1 << 20);

	for (size_t i = 0; i < f->headers.n; i++) {
		strbuf_fmt(&b, "header %u %.*s ", f->headers.v[i].line,
			   STR_ARG(f->headers.v[i].name));
		strbuf_json(&b, f->headers.v[i].value);
		strbuf_char(&b, '\n');
	}
	for (size_t i = 0; i < f->addresses.n; i++) {
		const struct facts_address *q = &f->addresses.v[i];

		strbuf_fmt(&b, "address %s ", where_names[q->where]);
		strbuf_json(&b, q->display);
		strbuf_char(&b, ' ');
		strbuf_json(&b, q->local);
		strbuf_char(&b, ' ');
		strbuf_json(&b, q->domain);
		strbuf_char(&b, '\n');
	}
	for (size_t i = 0; i < f->hops.n; i++) {
		strbuf_fmt(&b, "hop %.*s ", STR_ARG(f->hops.v[i].ip));
		strbuf_json(&b, f->hops.v[i].helo);
		strbuf_char(&b, '\n');
	}
	put_parts(&b, f);
	for (size_t i = 0; i < f->findings.n; i++) {
		const struct facts_finding *q = &f->findings.v[i];

		strbuf_fmt(&b, "finding %.*s part=%.*s at=%llu ", STR_ARG(q->name),
			   STR_ARG(f->parts.v[q->part].path), (unsigned long long)q->offset);
		strbuf_json(&b, q->evidence);
		strbuf_char(&b, '\n');
	}
	for (size_t i = 0; i < f->urls.n; i++) {
		const struct facts_url *u = &f->urls.v[i];

		strbuf_fmt(&b, "url %s part=%.*s ", url_where_names[u->where],
			   STR_ARG(f->parts.v[u->part].path));
		strbuf_json(&b, u->url);
		strbuf_char(&b, ' ');
		strbuf_json(&b, u->host);
		strbuf_char(&b, ' ');
		strbuf_json(&b, u->domain);
		strbuf_char(&b, ' ');
		strbuf_json(&b, u->shown);
		strbuf_char(&b, '\n');
	}
	for (size_t i = 0; i < f->limits_hit.n; i++)
		put_line(&b, "limit", f->limits_hit.v[i]);
	put_line(&b, "language", f->language);
	put_line(&b, "text", f->text);
	return strbuf_str(&b);
}

static str with_crlf(struct arena *a, str in)
{
	struct strbuf b = strbuf_make(a, in.n * 2);

	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '\n' && (i == 0 || in.p[i - 1] != '\r'))
			strbuf_char(&b, '\r');
		strbuf_char(&b, in.p[i]);
	}
	return strbuf_str(&b);
}

static void bless(const char *path, str text)
{
	cleanup(fd_closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	struct why why;

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, &why), 0);
}

static bool check(const char *name)
{
	cleanup(arena_freep) struct arena *a = arena_new("golden", 64 << 20);
	str stem = str_sub(str_c(name), 0, strlen(name) - 4);
	str eml = arena_fmt(a, "%s/%.*s.eml", GOLDEN, STR_ARG(stem));
	str expect = arena_fmt(a, "%s/%.*s.expect", GOLDEN, STR_ARG(stem));
	struct facts facts, again;
	str message, wanted, got;
	struct why why;
	char *exact;

	assert_int_equal(fd_read_path(eml.p, a, 1 << 20, &message, &why), 0);
	message = with_crlf(a, message);
	exact = malloc(message.n ? message.n : 1);
	memcpy(exact, message.p, message.n);
	inspect_message(a, str_of(exact, message.n), NULL, &inspect_default_limits, &facts);
	got = dump(a, &facts);
	assert_true(facts_decode(a, facts_encode(a, &facts), &again));
	assert_true(str_eq(got, dump(a, &again))); /* the codec loses nothing */
	free(exact);
	if (getenv("BLESS"))
		bless(expect.p, got);
	assert_int_equal(fd_read_path(expect.p, a, 1 << 20, &wanted, &why), 0);
	if (!str_eq(got, wanted))
		fprintf(stderr, "--- %.*s\n%.*s", STR_ARG(expect), STR_ARG(got));
	return str_eq(got, wanted);
}

static void every_golden_message_gives_the_facts_that_were_reviewed(void **state)
{
	DIR *d = opendir(GOLDEN);
	size_t n = 0, wrong = 0;
	struct dirent *e;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d))) {
		if (!str_ends(str_c(e->d_name), STR(".eml")))
			continue;
		n++;
		wrong += !check(e->d_name);
	}
	closedir(d);
	assert_true(n >= 15);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_golden_message_gives_the_facts_that_were_reviewed),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
