#include "base/fd.h"
#include "ctl/ctlclient.h"
#include "ctl/ctlserver.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

struct world {
	char path[64];
	struct ctlserver server;
	pthread_t thread;
	struct arena *a;
};

static void echo(void *ctx, struct arena *a, const struct ctlserver_question *q,
		 struct ctlserver_answer *ret)
{
	size_t n = q->n;
	struct strbuf b = strbuf_make(a, 1000);
	struct why why;

	(void)ctx;
	for (size_t i = 0; i < n; i++) {
		strbuf_put(&b, q->words[i]);
		strbuf_char(&b, '|');
	}
	ret->status = (int)n;
	ret->text = strbuf_str(&b);
	if (n == 1)
		return;
	ret->fd = fd_memfd("document", &why);
	assert_int_equal(fd_write_all(ret->fd, STR("a document\n"), &why), 0);
	if (n == 2)
		assert_int_equal(fd_seal(ret->fd, &why), 0);
}

static void *serve_one(void *arg)
{
	struct why why;

	return ctlserver_step(arg, &why) == 0 ? NULL : arg;
}

static int setup(void **state)
{
	struct arena *a = arena_new("test", 16 << 20);
	struct world *w = arena_make(a, struct world);
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	w->a = a;
	snprintf(w->path, sizeof(w->path), "/tmp/ctl_test.%d", (int)getpid());
	memcpy(at.sun_path, w->path, strlen(w->path));
	unlink(w->path);
	w->server =
		(struct ctlserver){ socket(AF_UNIX, SOCK_SEQPACKET, 0), PROCESS_STORE, NULL, echo };
	assert_int_equal(bind(w->server.listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(w->server.listener, 1), 0);
	assert_int_equal(pthread_create(&w->thread, NULL, serve_one, &w->server), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	void *r;

	pthread_join(w->thread, &r);
	assert_null(r);
	close(w->server.listener);
	unlink(w->path);
	arena_free(w->a);
	return 0;
}

static void words_go_there_and_text_comes_back(void **state)
{
	struct world *w = *state;
	struct ctlclient_answer answer;
	struct why why;

	assert_int_equal(ctlclient_ask(w->path, &STR("hello"), 1, -1, w->a, &answer, &why), 0);
	assert_int_equal(answer.status, 1);
	assert_true(str_eq(answer.text, STR("hello|")));
	assert_null(answer.document.p);
}

static void a_document_comes_as_sealed_memory(void **state)
{
	const str words[] = { STR("queue"), STR("list") };
	struct world *w = *state;
	struct ctlclient_answer answer;
	struct why why;

	assert_int_equal(ctlclient_ask(w->path, words, 2, -1, w->a, &answer, &why), 0);
	assert_true(str_eq(answer.document, STR("a document\n")));
	ctlclient_end(&answer);
}

static void a_document_that_could_change_is_refused(void **state)
{
	const str words[] = { STR("a"), STR("b"), STR("c") };
	struct world *w = *state;
	struct ctlclient_answer answer;
	struct why why;

	assert_true(ctlclient_ask(w->path, words, 3, -1, w->a, &answer, &why) < 0);
}

static void no_gateway_is_said_in_words(void **state)
{
	struct arena *a = arena_new("test", 1 << 20);
	struct ctlclient_answer answer;
	struct why why;

	(void)state;
	assert_true(ctlclient_ask("/nonexistent/control.sock", &STR("x"), 1, -1, a, &answer, &why) <
		    0);
	assert_non_null(strstr(why.text, "is the gateway running"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(words_go_there_and_text_comes_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_document_comes_as_sealed_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(a_document_that_could_change_is_refused, setup,
						teardown),
		cmocka_unit_test(no_gateway_is_said_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
