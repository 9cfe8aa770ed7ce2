#include "resolver/resolver.h"

#include "base/fd.h"
#include "dns/dnscodec.h"
#include "resolver/dnswire.h"
#include "resolver/stub.h"

#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

/* A name server on a loopback port: names beginning with "a" have an address, "n" do not
 * exist, "s" fail, "t" are never answered. Every answer has the AD bit. */
struct server {
	int fd;
	char at[32];
	pthread_t thread;
};

static size_t answer(const unsigned char *q, size_t n, unsigned char out[512])
{
	static const char address[] = "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1";
	size_t end = 12;

	while (end < n && q[end])
		end += q[end] + 1U;
	end += 5;
	if (n > 300 || end > n || (q[13] | 32) == 't')
		return 0;
	memcpy(out, q, end);
	memcpy(out + 2, "\x81\xa0\0\1\0\0\0\0\0\0", 10);
	if ((q[13] | 32) == 'n')
		out[3] |= 3;
	else if ((q[13] | 32) == 's')
		out[3] |= 2;
	if ((q[13] | 32) != 'a' || q[end - 3] != DNS_A)
		return end;
	out[7] = 1;
	memcpy(out + end, address, sizeof(address) - 1);
	return end + sizeof(address) - 1;
}

static void *serve(void *ctx)
{
	struct server *s = ctx;
	unsigned char q[512], out[512];

	static const char junk[60000];

	for (;;) {
		struct sockaddr_in from;
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(s->fd, q, sizeof(q), 0, (struct sockaddr *)&from, &len);
		size_t reply;

		if (n == 1) /* server_stop */
			return NULL;
		if (n > 17 && (q[13] | 32) == 'f') {
			memcpy(out, q, 2); /* the right id, again and again */
			memcpy(out + 2, junk, sizeof(out) - 2);
			for (int i = 0; i < 1500; i++) {
				struct iovec v[] = { { out, sizeof(out) },
						     { (void *)(uintptr_t)junk, sizeof(junk) } };
				struct msghdr h = { .msg_name = &from,
						    .msg_namelen = len,
						    .msg_iov = v,
						    .msg_iovlen = 2 };

				if (sendmsg(s->fd, &h, 0) < 0)
					break;
			}
			q[13] = 'a';
			q[13] |= 32;
		}
		reply = n > 17 ? answer(q, (size_t)n, out) : 0;
		if (reply && sendto(s->fd, out, reply, 0, (struct sockaddr *)&from, len) < 0)
			return NULL;
	}
}

static int server_start(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct server *s = calloc(1, sizeof(*s));
	socklen_t n = sizeof(at);

	if (!s)
		return -1;
	s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (bind(s->fd, (struct sockaddr *)&at, n) < 0 ||
	    getsockname(s->fd, (struct sockaddr *)&at, &n) < 0)
		return -1;
	snprintf(s->at, sizeof(s->at), "127.0.0.1@%u", ntohs(at.sin_port));
	*state = s;
	return pthread_create(&s->thread, NULL, serve, s);
}

static int server_stop(void **state)
{
	struct server *s = *state;
	struct sockaddr_in at;
	socklen_t n = sizeof(at);

	getsockname(s->fd, (struct sockaddr *)&at, &n);
	if (sendto(s->fd, "x", 1, 0, (struct sockaddr *)&at, n) != 1)
		return -1;
	pthread_join(s->thread, NULL);
	close(s->fd);
	free(s);
	return 0;
}

static const struct dns_question questions[] = {
	{ { "a.example", 9 }, DNS_A }, { { "a.example", 9 }, DNS_MX },
	{ { "A1.test", 7 }, DNS_A },   { { "n.example", 9 }, DNS_TXT },
	{ { "bad..x", 6 }, DNS_A },    { { "s.example", 9 }, DNS_A },
	{ { "t.example", 9 }, DNS_A },
};
static const enum dns_status want[] = {
	DNS_OK, DNS_NODATA, DNS_OK, DNS_NXDOMAIN, DNS_NXDOMAIN, DNS_SERVFAIL, DNS_TIMEOUT,
};

static void check(struct dns_resolver r, bool secure)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 24);
	struct dns_answer w[ARRAY_LEN(questions)];
	int64_t began = clock_now_ms();

	r.lookup(r.ctx, a, questions, ARRAY_LEN(questions), deadline_in(1500), w);
	assert_in_range(clock_now_ms() - began, 1400, 4000);
	for (size_t i = 0; i < ARRAY_LEN(questions); i++) {
		/* libunbound tries failing servers again and may not be done in time. */
		if (want[i] == DNS_SERVFAIL)
			assert_true(dns_temporary(w[i].status));
		else
			assert_int_equal(w[i].status, want[i]);
	}
	assert_true(str_eq(w[0].records[0].value, STR("\xc0\0\2\1")));
	assert_true(str_eq(w[2].canonical, STR("a1.test")));
	assert_int_equal(w[0].secure, secure);
}

static void libunbound_answers_and_gives_up_at_the_deadline(void **state)
{
	struct server *s = *state;
	str at = str_c(s->at);
	struct resolver_spec spec = { .servers = &at, .n_servers = 1 };
	struct resolver *r;
	struct why why;

	assert_int_equal(resolver_new(&spec, &r, &why), 0);
	check(resolver_resolver(r), false);
	resolver_free(r);
}

static void the_stub_answers_and_believes_the_ad_bit(void **state)
{
	struct server *s = *state;
	str at = str_c(s->at);
	struct stub stub;
	struct why why;

	assert_int_equal(stub_new(&at, 1, &stub, &why), 0);
	check(stub_resolver(&stub), true);
}

static void a_flood_of_datagrams_costs_no_memory(void **state)
{
	cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 20);
	const struct dns_question q = { { "f.example", 9 }, DNS_A };
	struct server *s = *state;
	str at = str_c(s->at);
	struct dns_answer w;
	struct stub stub;
	struct why why;

	assert_int_equal(stub_new(&at, 1, &stub, &why), 0);
	stub_resolver(&stub).lookup(&stub, a, &q, 1, deadline_in(1500), &w);
	assert_true(w.status == DNS_TIMEOUT || w.status == DNS_OK);
}

struct asker {
	struct dns_resolver r;
	pthread_t thread;
	bool good;
};

static void *ask_often(void *ctx)
{
	struct asker *k = ctx;

	k->good = true;
	for (int i = 0; i < 40; i++) {
		cleanup(arena_freep) struct arena *a = arena_new("test", 1 << 22);
		struct dns_question q[] = { { arena_fmt(a, "a%d.example", i), DNS_A },
					    { STR("t.example"), DNS_A } };
		struct dns_answer w[2];

		k->r.lookup(k->r.ctx, a, q, 1 + i % 2, deadline_in(i % 2 ? 5 : 5000), w);
		k->good = k->good && (i % 2 || w[0].status == DNS_OK);
	}
	return NULL;
}

static void many_threads_may_ask_and_give_up_at_once(void **state)
{
	enum { THREADS = 8 };
	struct server *s = *state;
	str at = str_c(s->at);
	struct resolver_spec spec = { .servers = &at, .n_servers = 1 };
	struct asker askers[THREADS];
	struct resolver *r;
	struct why why;

	assert_int_equal(resolver_new(&spec, &r, &why), 0);
	for (int i = 0; i < THREADS; i++) {
		askers[i].r = resolver_resolver(r);
		assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_often, &askers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(askers[i].thread, NULL);
		assert_true(askers[i].good);
	}
	resolver_free(r);
}

static void a_server_that_is_no_address_is_refused(void **state)
{
	str at = STR("dns.example");
	struct resolver_spec spec = { .servers = &at, .n_servers = 1 };
	struct resolver *r;
	struct stub stub;
	struct why why = { "" };

	(void)state;
	assert_true(resolver_new(&spec, &r, &why) < 0);
	assert_non_null(strstr(why.text, "dns.example"));
	assert_true(stub_new(&at, 1, &stub, &why) < 0);
	assert_non_null(strstr(why.text, "dns.example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libunbound_answers_and_gives_up_at_the_deadline),
		cmocka_unit_test(the_stub_answers_and_believes_the_ad_bit),
		cmocka_unit_test(a_flood_of_datagrams_costs_no_memory),
		cmocka_unit_test(many_threads_may_ask_and_give_up_at_once),
		cmocka_unit_test(a_server_that_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, server_start, server_stop);
}
