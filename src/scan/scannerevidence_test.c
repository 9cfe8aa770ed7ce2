/* Services of our own, asked about a message and its files: what they say becomes the symbols that
 * rules name, and no answer is what the row says of it. */
#include "scan/scannerevidence.h"

#include "base/fd.h"
#include "inspect/inspect.h"
#include "policy/verdict.h"
#include "scanner/olefy.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { SERVICES = 3 };

#define OURS                                                                                       \
	"symbols:\n"                                                                               \
	"  OURS: {group: g, when: {scanner: {name: b, says: odd}}, score: 3, "                     \
	"created: 2026-11-22, description: {en: a, fr: b}}\n"

/* One that answers each question in the same way, once it has seen until. */
struct service {
	char path[64];
	int listener;
	const char *answer;
	const char *until; /* "": it says nothing at all */
	size_t questions, most;
};

struct world {
	struct arena *a;
	struct service services[SERVICES];
	pthread_t threads[SERVICES];
	struct scannerevidence_gates gates;
	struct scannerrows rows;
	struct facts facts;
	struct evidence evidence;
	struct verdict verdict;
};

static void *serve(void *ctx)
{
	struct service *s = ctx;

	while (s->questions < s->most) {
		int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);
		char asked[4096];
		size_t n = 0;

		if (fd < 0)
			break;
		s->questions++;
		while (!str_ends(str_of(asked, n), str_c(s->until))) {
			ssize_t r = read(fd, asked + n, sizeof(asked) - n);

			if (r <= 0)
				break;
			n += (size_t)r;
		}
		defs_ignore((int)write(fd, s->answer, strlen(s->answer)));
		close(fd);
	}
	return NULL;
}

static int set_up(void **state)
{
	struct arena *a = arena_new("test", 8 << 20);
	struct world *w = arena_make(a, struct world);

	w->a = a;
	scannerevidence_gates_init(&w->gates);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	arena_free(((struct world *)*state)->a);
	return 0;
}

static void add(struct world *w, const char *row, const char *until, const char *answer,
		size_t questions)
{
	struct service *s = &w->services[w->rows.n];
	struct scannerrow *r = &w->rows.v[w->rows.n];
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	*s = (struct service){ .answer = answer, .until = until, .most = questions };
	snprintf(s->path, sizeof(s->path), "/tmp/scannerevidence_test.%d.%zu", (int)getpid(),
		 w->rows.n);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", s->path);
	unlink(s->path);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->listener, 8), 0);
	assert_true(scannerrow_parse(w->a, str_c(row), r));
	r->peer = (struct conf_peer){ .kind = CONF_PEER_UNIX, .path = str_c(s->path) };
	assert_int_equal(pthread_create(&w->threads[w->rows.n], NULL, serve, s), 0);
	w->rows.n++;
}

static void add_file(struct world *w, const char *path, const char *type, uint32_t flags)
{
	*arena_push(w->a, &w->facts.parts) = (struct facts_part){
		.path = str_c(path), .detected = str_c(type), .flags = flags, .filename = STR("f")
	};
	*arena_push(w->a, &w->facts.extracts) =
		(struct facts_extract){ FACTS_EXTRACT_SCANNER, (uint32_t)w->facts.parts.n - 1, 3,
					STR("end") };
}

static void judge(struct world *w)
{
	struct envelope env = { .mid = STR("01JD"),
				.client_ip = STR("192.0.2.1"),
				.helo = STR("h"),
				.reverse_path = STR("a@b.example") };
	struct verdict_options options = { .own_domains = &(struct conf_strings){ 0 },
					   .outgoing = true };
	struct scannerevidence s;
	cleanup(fd_closep) int fd = open(POTERNE_SOURCE "/rules/14-scanners.yaml", O_RDONLY);
	struct rules *rules;
	struct why why;
	str shipped;

	scannerevidence_begin(&s, &w->gates, &w->rows, w->a, STR("mx.example"), &env,
			      STR("Subject: x\r\n\r\nend"), deadline_in(5000));
	scannerevidence_files(&s, w->a, &w->facts);
	scannerevidence_end(&s, w->a, &w->evidence);
	for (size_t i = 0; i < w->rows.n; i++) {
		shutdown(w->services[i].listener, SHUT_RDWR); /* it waits for nobody more */
		pthread_join(w->threads[i], NULL);
		close(w->services[i].listener);
		unlink(w->services[i].path);
	}
	assert_true(fd >= 0);
	assert_int_equal(fd_read_all(fd, w->a, 1 << 20, &shipped, &why), 0);
	shipped = arena_fmt(w->a, "thresholds: {tag: 6, quarantine: 10, reject: 15}\n%.*s",
			    STR_ARG(shipped));
	if (rules_load_text(w->a, shipped, STR(OURS), &rules, &why) < 0)
		fail_msg("%s", why.text);
	verdict_judge(w->a, rules, &options, &env, &w->facts, &w->evidence, &w->verdict);
	rules_close(rules);
}

/* The symbol's evidence, or NULL. */
static const char *seen(const struct world *w, const char *name)
{
	for (size_t i = 0; i < w->verdict.symbols.n; i++) {
		const struct verdict_symbol *s = &w->verdict.symbols.v[i];

		if (str_eq(s->rule->name, str_c(name)))
			return arena_cz(w->a, s->evidence);
	}
	return NULL;
}

static void all_are_asked_and_their_words_become_symbols(void **state)
{
	struct world *w = *state;

	add(w, "a icap unix:/x", "0\r\n\r\n",
	    "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Threat=Eicar;\r\n\r\n", 1);
	add(w, "b line unix:/x", "end", "{\"says\":[{\"word\":\"odd\",\"text\":\"t\"}]}\n", 1);
	add(w, "c dcc unix:/x", "end", "R\nR\nX-DCC: x; bulk Body=many\n", 1);
	judge(w);
	assert_string_equal(seen(w, "SCANNER_INFECTED"), "a: Eicar");
	assert_string_equal(seen(w, "OURS"), "b: t");
	assert_string_equal(seen(w, "DCC_REJECT"), "c: bulk Body=many");
	assert_string_equal(seen(w, "DCC_BULK"), "c: bulk Body=many");
	assert_null(seen(w, "SCANNER_FAILED"));
	assert_int_equal(w->verdict.score, 600);
	assert_int_equal(w->verdict.action, ACTION_REJECT);
	assert_false(w->evidence.temporary);
}

static void no_answer_puts_the_message_off_or_weighs(void **state)
{
	struct world *w = *state;

	add(w, "a dcc unix:/x on_failure=weigh", "end", "garbage", 1);
	judge(w);
	assert_non_null(seen(w, "SCANNER_FAILED"));
	assert_non_null(seen(w, "DCC_FAIL"));
	assert_null(seen(w, "SCANNER_DOWN"));
	assert_int_equal(w->verdict.action, ACTION_ACCEPT);
	assert_true(w->evidence.temporary);
	w->rows.n = 0;
	add(w, "b line unix:/x", "end", "garbage\n", 1);
	judge(w);
	assert_non_null(seen(w, "SCANNER_DOWN"));
	assert_int_equal(w->verdict.action, ACTION_DEFER);
}

static void who_is_late_is_waited_for_no_longer_than_its_row_says(void **state)
{
	struct world *w = *state;
	int64_t before = clock_now_ms();

	/* Two that never answer are waited for together. */
	add(w, "a line unix:/x timeout=1500ms", "never", "", 1);
	add(w, "b olefy unix:/x timeout=1500ms send=message on_failure=weigh", "never", "", 0);
	judge(w);
	assert_in_range(clock_now_ms() - before, 1500, 2900);
	assert_non_null(seen(w, "SCANNER_DOWN"));
	assert_non_null(strstr(seen(w, "SCANNER_FAILED"), "in time"));
}

static void each_is_asked_about_the_files_it_wants(void **state)
{
	static const char macros[] = "[{\"macros\":[1],\"type\":\"OLE\",\"analysis\":["
				     "{\"type\":\"AutoExec\",\"keyword\":\"AutoOpen\"},"
				     "{\"type\":\"Suspicious\",\"keyword\":\"Shell\"}]},"
				     "{\"return_code\":0}]";
	struct world *w = *state;

	add_file(w, "1.2", "application/msword", FACTS_PART_ATTACHMENT);
	add_file(w, "1.3", "image/png", FACTS_PART_ATTACHMENT);
	add_file(w, "1.4/1", "application/msword", FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE);
	add(w, "a olefy unix:/x", "end", macros, 2);
	add(w, "b line unix:/x send=attachments", "end", "{\"says\":[]}\n", 2);
	judge(w);
	assert_string_equal(seen(w, "OLETOOLS_MACROS"), "a: OLE in 1.2");
	assert_non_null(seen(w, "OLETOOLS"));
	assert_int_equal(w->verdict.action, ACTION_QUARANTINE);
	assert_int_equal(w->services[0].questions, 2);
	assert_int_equal(w->services[1].questions, 2);
	assert_null(seen(w, "SCANNER_FAILED"));
}

/* Macros as long as an answer may be, in as many documents as are extracted. */
static void long_answers_about_many_files_are_no_trouble(void **state)
{
	static const char before[] = "[{\"type\":\"OLE\",\"macros\":[{\"code\":\"",
			  after[] = "\"}]},{\"return_code\":0}]";
	struct world *w = *state;
	size_t n = OLEFY_ANSWER_MAX - strlen(after);
	char *answer = arena_alloc(w->a, OLEFY_ANSWER_MAX + 1);

	memset(answer, 'x', n);
	memcpy(answer, before, strlen(before));
	memcpy(answer + n, after, strlen(after));
	for (int i = 0; i < FACTS_MAX_SCANNER_EXTRACTS; i++)
		add_file(w, arena_fmt(w->a, "1.%d", i + 2).p, "application/msword",
			 FACTS_PART_ATTACHMENT);
	add(w, "a olefy unix:/x", "end", answer, FACTS_MAX_SCANNER_EXTRACTS);
	judge(w);
	assert_string_equal(seen(w, "OLETOOLS_MACROS"), "a: OLE in 1.2");
	assert_null(seen(w, "SCANNER_FAILED"));
}

static void what_an_antivirus_may_not_pass_is_held(void **state)
{
	struct world *w = *state;

	add(w, "a icap unix:/x", "0\r\n\r\n",
	    "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=2; Threat=Encrypted;\r\n\r\n", 1);
	add(w, "b icap unix:/x", "0\r\n\r\n",
	    "ICAP/1.0 200 OK\r\nEncapsulated: res-body=0\r\n\r\n3\r\nnew\r\n0\r\n\r\n", 1);
	judge(w);
	assert_string_equal(seen(w, "SCANNER_ENCRYPTED"), "a: Encrypted");
	assert_string_equal(seen(w, "SCANNER_MODIFIED"), "b: status 200");
	assert_int_equal(w->verdict.action, ACTION_QUARANTINE);
}

static void files_that_could_not_be_shown_are_told(void **state)
{
	struct world *w = *state;

	*arena_push(w->a, &w->facts.limits_hit) = STR(FACTS_LIMIT_SCANNER);
	add(w, "b line unix:/x send=attachments", "end", "", 0);
	judge(w);
	assert_non_null(seen(w, "SCANNER_LIMITS"));
}

static void the_inspector_is_told_what_to_extract(void **state)
{
	struct world *w = *state;

	assert_int_equal(scannerevidence_wants(&w->rows), 0);
	w->rows.n = 2;
	w->rows.v[0].send = SCANNERROW_DOCUMENTS;
	assert_int_equal(scannerevidence_wants(&w->rows), INSPECT_WANTS_DOCUMENTS);
	w->rows.v[1].send = SCANNERROW_ATTACHMENTS;
	assert_int_equal(scannerevidence_wants(&w->rows),
			 INSPECT_WANTS_DOCUMENTS | INSPECT_WANTS_ATTACHMENTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_are_asked_and_their_words_become_symbols,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_answer_puts_the_message_off_or_weighs, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			who_is_late_is_waited_for_no_longer_than_its_row_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_is_asked_about_the_files_it_wants, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(long_answers_about_many_files_are_no_trouble,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_an_antivirus_may_not_pass_is_held, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(files_that_could_not_be_shown_are_told, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_inspector_is_told_what_to_extract, set_up,
						tear_down),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
