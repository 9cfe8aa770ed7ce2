/* Services of our own on the other end: what each protocol says, and that no answer is ever clean.
 */
#include "scanner/scanner.h"

#include "antivirus/mailhead.h"
#include "base/fd.h"
#include "scanner/dcc.h"
#include "scanner/olefy.h"
#include "scanner/scannerline.h"
#include "sys/stream.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* Words of an answer with their texts, "infected=Eicar bulk"; "?" when there is none. */
static const char *told(int r, const struct scanner_answer *answer, char *out, size_t n)
{
	size_t at = 0;

	snprintf(out, n, "?");
	for (size_t i = 0; r == 0 && i < answer->words.n; i++)
		at += (size_t)snprintf(out + at, n - at, "%s%.*s%s%.*s", i ? " " : "",
				       STR_ARG(answer->words.v[i].word),
				       answer->words.v[i].text.n ? "=" : "",
				       STR_ARG(answer->words.v[i].text));
	if (r == 0 && !answer->words.n)
		out[0] = '\0';
	return out;
}

struct parse_case {
	const char *answer, *expected;
};

static void try_cases(int (*parse)(struct arena *, str, struct scanner_answer *, struct why *),
		      const struct parse_case *cases, size_t n)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);

	for (size_t i = 0; i < n; i++) {
		struct scanner_answer answer = { 0 };
		struct why why = { "" };
		char out[1000];
		int r = parse(a, str_c(cases[i].answer), &answer, &why);

		if (strcmp(told(r, &answer, out, sizeof(out)), cases[i].expected) != 0)
			fail_msg("%s: %s, %s", cases[i].answer, out, why.text);
		assert_int_equal(r < 0, why.text[0] != '\0');
	}
}

#define META "{\"script_name\": \"olevba\", \"type\": \"MetaInformation\"}"
#define CODE(n) "{\"return_code\": " #n ", \"type\": \"MetaInformation\"}"

static void olefy_tells_what_macros_do(void **state)
{
	static const struct parse_case cases[] = {
		{ "[" META
		  ", {\"analysis\": null, \"macros\": [], \"type\": \"OLE\"}, " CODE(0) "]",
		  "" },
		{ "[" META
		  ", {\"type\": \"OpenXML\", \"macros\": [{\"code\": \"x\"}], \"analysis\": "
		  "[{\"type\": \"AutoExec\", \"keyword\": \"AutoOpen\"},"
		  " {\"type\": \"Suspicious\", \"keyword\": \"Shell\"},"
		  " {\"type\": \"Suspicious\", \"keyword\": \"Chr\\u0007\"},"
		  " {\"type\": \"Hex Strings\", \"keyword\": \"41\"}]}, " CODE(0) "]",
		  "macros=OpenXML autoexec=AutoOpen suspicious=Shell, Chr\\x07 hex" },
		{ "[" META ", " CODE(9) "]", "encrypted" },
		{ "[" META ", {\"message\": \"no such file\"}, " CODE(5) "]", "?" },
		{ "[" META "]", "?" },
		{ "[]", "?" },
		{ "[{\"error\": \"File too small\"}]", "" },
		{ "[{\"error\": \"Protocol error\"}]", "?" },
		{ "[" META ", " CODE(-1) "]", "?" },
		{ "{\"return_code\": 0}", "?" },
		{ "[" META ", " CODE(0), "?" },
		{ "", "?" },
	};

	(void)state;
	try_cases(olefy_parse, cases, ARRAY_LEN(cases));
}

static void dcc_tells_what_is_frequent(void **state)
{
	static const struct parse_case cases[] = {
		{ "A\nA\nX-DCC-x-Metrics: mx 1102; Body=1 Fuz1=3 Fuz2=7\n\n", "" },
		{ "A\nA\nX-DCC-x-Metrics: mx 1102; bulk Body=1 Fuz1=many\n\n",
		  "bulk=bulk Body=1 Fuz1=many" },
		{ "R\nR\nX-DCC-x-Metrics: mx 1102; bulk Body=many\n\n",
		  "reject=bulk Body=many bulk=bulk Body=many" },
		{ "R\nR\n", "reject" },
		{ "S\nAR\n\n", "" },
		{ "T\nT\n\n", "?" },
		{ "AR\nA\n\n", "?" },
		{ "A", "?" },
		{ "\n\n\n", "?" },
	};

	(void)state;
	try_cases(dcc_parse, cases, ARRAY_LEN(cases));
}

static void own_services_have_words_of_their_own(void **state)
{
	static const struct parse_case cases[] = {
		{ "{\"says\":[]}", "" },
		{ "{\"says\":[{\"word\":\"phishing\",\"text\":\"a\\nb\"},{\"word\":\"x-1_2\"}]}",
		  "phishing=a\\x0ab x-1_2" },
		{ "{\"says\":[{\"word\":\"same\"},{\"word\":\"same\",\"text\":\"2\"}],\"more\":1}",
		  "same" },
		{ "{\"error\":\"busy\",\"says\":[]}", "?" },
		{ "{\"says\":[{\"word\":\"failed\"}]}", "?" },
		{ "{\"says\":[{\"word\":\"down\"}]}", "?" },
		{ "{\"says\":[{\"word\":\"two words\"}]}", "?" },
		{ "{\"says\":[{\"word\":\"\"}]}", "?" },
		{ "{\"says\":[\"phishing\"]}", "?" },
		{ "{\"says\":\"phishing\"}", "?" },
		{ "{\"says\":[],\"says\":[]}", "?" },
		{ "[]", "?" },
		{ "clean", "?" },
		{ "", "?" },
	};

	(void)state;
	try_cases(scannerline_parse, cases, ARRAY_LEN(cases));
}

/* --- with a service on a socket --- */

enum { ASKED_MAX = 64 << 10 };

struct service {
	int listener;
	const char *answer; /* NULL: none, and no end */
	const char *until;  /* what the question ends with; NULL: its end; "": it is not read */
	bool stays;	    /* until we hang up */
	char asked[ASKED_MAX];
	size_t n;
};

static bool is_whole(const struct service *s)
{
	return s->until && str_ends(str_of(s->asked, s->n), str_c(s->until));
}

static void *serve(void *ctx)
{
	struct service *s = ctx;
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC);

	while (fd >= 0 && !is_whole(s)) {
		ssize_t r = read(fd, s->asked + s->n, sizeof(s->asked) - s->n);

		if (r <= 0)
			break;
		s->n += (size_t)r;
	}
	if (fd >= 0 && s->answer)
		defs_ignore((int)write(fd, s->answer, strlen(s->answer)));
	else if (fd >= 0)
		usleep(300 * 1000);
	if (fd >= 0 && s->stays)
		defs_ignore(stream_wait(fd, POLLRDHUP, deadline_in(5000), NULL));
	close(fd);
	return NULL;
}

struct asked {
	const char *row; /* without its peer's name: "x icap %s" */
	str bytes;
	const char *expected;
	const char *question; /* a part of it, or NULL */
	const char *why;      /* a part of it, or NULL */
};

static const str recipients[] = { { "paul@hopital.example", 20 } };
static const struct scanner_envelope envelope = {
	.hostname = { "mx.hopital.example", 18 },
	.mid = { "01JD0000", 8 },
	.client_ip = { "192.0.2.7", 9 },
	.helo = { "mail.sender.example", 19 },
	.reverse_path = { "anna@sender.example", 19 },
	.recipients = recipients,
	.n_recipients = 1,
};

static void ask(struct service *s, const struct asked *q)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 23);
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct scanner_subject subject = { &envelope, q->bytes, true, STR(""), STR("") };
	struct scanner_answer answer;
	struct scannerrow row;
	struct why why = { "" };
	char out[1000];
	pthread_t t;
	int r;

	snprintf(at.sun_path, sizeof(at.sun_path), "/tmp/scanner_test.%d", (int)getpid());
	unlink(at.sun_path);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	s->n = 0;
	assert_int_equal(bind(s->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->listener, 4), 0);
	assert_true(scannerrow_parse(a, arena_fmt(a, "x %s", q->row), &row));
	row.peer = (struct conf_peer){ .kind = CONF_PEER_UNIX, .path = str_c(at.sun_path) };
	assert_int_equal(pthread_create(&t, NULL, serve, s), 0);
	r = scanner_ask(a, &row, &subject, deadline_in(s->answer ? 5000 : 100), &answer, &why);
	shutdown(s->listener, SHUT_RDWR); /* when nobody came, it waits no longer */
	pthread_join(t, NULL);
	close(s->listener);
	unlink(at.sun_path);
	if (strcmp(told(r, &answer, out, sizeof(out)), q->expected) != 0)
		fail_msg("%s, \"%s\": %s, %s", q->row, s->answer, out, why.text);
	if (q->question && str_find(str_of(s->asked, s->n), str_c(q->question)) == STR_NONE)
		fail_msg("%s: %.*s", q->row, (int)s->n, s->asked);
	if (q->why && !strstr(why.text, q->why))
		fail_msg("%s: %s", q->row, why.text);
}

#define BODY STR("Subject: x\r\n\r\nx\r\n")
#define ICAP "icap unix:/x service=av"
#define HTTP "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"

static void icap_has_one_answer_that_is_clean(void **state)
{
	static const struct {
		const char *answer, *expected;
	} cases[] = {
		{ "ICAP/1.0 204 No Content\r\nISTag: x\r\n\r\n", "clean" },
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=25\r\n\r\n" HTTP
		  "467\r\n" MAILHEAD_FIELD "Subject: x\r\n\r\nx\r\n\r\n0\r\n\r\n",
		  "limits=status 200" },
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-body=0\r\n\r\n"
		  "45f;x=y\r\n" MAILHEAD_FIELD "Subject: \r\n8\r\nx\r\n\r\nx\r\n\r\n0\r\n\r\n",
		  "limits=status 200" },
		{ "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Resolution=2; "
		  "Threat=Eicar;\r\n\r\n",
		  "infected=Eicar" },
		{ "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=2; Resolution=2; Threat=Encrypted "
		  "container violation;\r\n\r\n",
		  "encrypted=Encrypted container violation" },
		{ "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=2; Threat=Too deep\r\n\r\n",
		  "limits=Too deep" },
		{ "ICAP/1.0 204 x\r\nX-Virus-ID: Troj/X\x1b\r\n\r\n", "infected=Troj/X\\x1b" },
		{ "ICAP/1.0 204 x\r\nX-Virus-ID: no threats\r\n\r\n", "clean" },
		{ "ICAP/1.0 204 x\r\nX-Violations-Found: 0\r\n\r\n", "clean" },
		{ "ICAP/1.0 200 OK\r\nX-Violations-Found: 2\r\n\tone\r\n\tTroj/X\r\n\t0\r\n\t0\r\n"
		  "\ttwo\r\n\tTroj/Y\r\n\t0\r\n\t0\r\nEncapsulated: null-body=0\r\n\r\n",
		  "infected=Troj/X" },
		{ "ICAP/1.0 200 OK\r\nX-Violations-Found: 1\r\n\t-\r\n\tOther\r\n\t0\r\n\t0\r\n"
		  "X-Infection-Found: Type=0; Threat=Eicar;\r\n\r\n",
		  "infected=Eicar" },
		{ "ICAP/1.0 200 OK\r\nX-Violations-Found: 1\r\n\r\n", "infected=violations" },
		{ "ICAP/1.0 204 x\r\nISTag: \"CI0001-1B2M2Y8AsgTpgAmY7PhCfgAA\"\r\n\r\n", "?" },
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=25\r\n\r\n"
		  "HTTP/1.1 403 Forbidden\r\n\r\n",
		  "infected=blocked" },
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=25\r\n\r\n" HTTP
		  "5\r\nOther\r\n0\r\n\r\n",
		  "modified=status 200" },
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=25\r\n\r\n" HTTP
		  "8\r\nReceived\r\n0\r\n\r\n",
		  "modified=status 200" },
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, null-body=25\r\n\r\n" HTTP,
		  "modified=status 200" },
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=25\r\n\r\n" HTTP
		  "ffffffffff\r\n",
		  "?" },
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=25\r\n\r\n" HTTP "7\r\nRec",
		  "?" },
		{ "ICAP/1.0 500 Server error\r\n\r\n", "?" },
		{ "ICAP/1.0 404 No such service\r\n\r\n", "?" },
		{ "ICAP/1.0 100 Continue\r\n\r\n", "?" },
		{ "ICAP/1.0 204 No Content\r\n", "?" },
		{ "HTTP/1.1 204 No Content\r\n\r\n", "?" },
		{ "", "?" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct service s = { .answer = cases[i].answer, .until = "\r\n0\r\n\r\n" };

		ask(&s, &(struct asked){ ICAP, BODY, cases[i].expected,
					 "RESPMOD icap://localhost/av ICAP/1.0\r\n", NULL });
	}
}

/* It does not read on while it waits for us to read, and what it says so early is not clean. */
static void icap_is_heeded_while_it_is_asked(void **state)
{
	static const struct {
		const char *answer, *expected;
	} cases[] = {
		{ "ICAP/1.0 200 OK\r\nEncapsulated: res-hdr=0, res-body=25\r\n\r\n" HTTP,
		  "limits=began before it had all" },
		{ "ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Threat=Eicar;\r\n\r\n",
		  "infected=Eicar" },
		{ "ICAP/1.0 204 No Content\r\n\r\n", "?" },
	};
	static char large[16 << 20];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct service s = { .answer = cases[i].answer, .until = "", .stays = true };

		ask(&s, &(struct asked){ ICAP, str_of(large, sizeof(large)), cases[i].expected,
					 NULL, NULL });
	}
}

static void each_is_asked_as_it_wants_to_be(void **state)
{
	struct service icap = { .answer = "ICAP/1.0 204 x\r\n\r\n", .until = "\r\n0\r\n\r\n" };
	struct service olefy = { .answer = "[" META ", " CODE(0) "]" };
	struct service dcc = { .answer = "A\nA\n\n" };
	struct service own = { .answer = "{\"says\":[{\"word\":\"ours\"}]}\nand more",
			       .until = "\r\nx\r\n" };

	(void)state;
	/* As a mail, whatever it begins with. */
	ask(&icap, &(struct asked){ ICAP, BODY, "clean",
				    "\r\n\r\n467\r\n" MAILHEAD_FIELD "Subject: x\r\n", NULL });
	ask(&olefy,
	    &(struct asked){ "olefy unix:/x", BODY, "clean",
			     "OLEFY/1.0\nMethod: oletools\nRspamd-ID: 01JD0000\n\nSubject", NULL });
	ask(&dcc, &(struct asked){ "dcc unix:/x", BODY, "clean",
				   "header grey-off query\n192.0.2.7\nmail.sender.example\n"
				   "anna@sender.example\n\nSubject",
				   NULL });
	ask(&dcc, &(struct asked){ "dcc unix:/x report", BODY, "clean",
				   "header grey-off\n192.0.2.7\nmail.sender.example\n"
				   "anna@sender.example\nrecipient1@localhost\n\nSubject",
				   NULL });
	ask(&own, &(struct asked){ "line unix:/x", BODY, "ours",
				   "{\"version\":1,\"about\":\"message\",\"length\":17,", NULL });
	ask(&own, &(struct asked){ "line unix:/x max_bytes=16", BODY,
				   "limits=larger than max_bytes", NULL, NULL });
}

static const char *const rows[] = { ICAP, "olefy unix:/x", "dcc unix:/x", "line unix:/x" };

static void no_answer_is_never_clean(void **state)
{
	static char large[4 << 20];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *until = i ? "x\r\n" : "\r\n0\r\n\r\n";
		struct service silent = { .answer = NULL, .until = until };
		struct service gone = { .answer = "", .until = until };
		struct service deaf = { .answer = "ICAP/1.0 204 x\r\n\r\n", .until = "" };

		ask(&silent, &(struct asked){ rows[i], BODY, "?", NULL, "in time" });
		ask(&gone, &(struct asked){ rows[i], BODY, "?", NULL, "closed" });
		/* It hangs up before it can have it all. */
		ask(&deaf,
		    &(struct asked){ rows[i], str_of(large, sizeof(large)), "?", NULL, NULL });
	}
}

static void answers_without_end_end(void **state)
{
	static char endless[2 << 20];
	(void)state;
	memset(endless, '[', sizeof(endless) - 1);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct service s = { .answer = endless, .until = i ? "x\r\n" : "0\r\n\r\n" };

		ask(&s, &(struct asked){ rows[i], BODY, "?", NULL, NULL });
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(olefy_tells_what_macros_do),
		cmocka_unit_test(dcc_tells_what_is_frequent),
		cmocka_unit_test(own_services_have_words_of_their_own),
		cmocka_unit_test(icap_has_one_answer_that_is_clean),
		cmocka_unit_test(icap_is_heeded_while_it_is_asked),
		cmocka_unit_test(each_is_asked_as_it_wants_to_be),
		cmocka_unit_test(no_answer_is_never_clean),
		cmocka_unit_test(answers_without_end_end),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
