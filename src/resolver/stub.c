#include "resolver/stub.h"

#include "base/fd.h"
#include "base/num.h"
#include "dns/dnsname.h"
#include "net/connect.h"
#include "resolver/dnswire.h"
#include "sys/sockaddr.h"
#include "sys/stream.h"

#include <errno.h>
#include <poll.h>
#include <sys/random.h>
#include <unistd.h>

enum {
	DNS_PORT = 53,
	RESOLV_CONF_MAX = 64 << 10,
	MESSAGE_MAX = 65535,
	OUT_BYTES = 1024,
	SCRATCH_BUDGET = 32 << 20, /* for taking one message apart, however it is made */
};

/* One lookup: question i has the id first_id + i. */
struct asking {
	const struct stub *stub;
	struct arena *arena;
	const struct dns_question *q;
	struct dns_answer *ret;
	bool *done;
	size_t n, waiting;
	uint16_t first_id;
	deadline d;
};

/* "192.0.2.53" or "192.0.2.53@5353" */
static bool add_server(struct stub *s, str text)
{
	size_t at = str_chr(text, '@');
	uint64_t port = DNS_PORT;

	if (s->n == STUB_MAX_SERVERS)
		return true;
	if (at != STR_NONE && !num_u64_max(str_skip(text, at + 1), UINT16_MAX, &port))
		return false;
	if (!ip_parse(str_sub(text, 0, at), &s->servers[s->n].ip))
		return false;
	s->servers[s->n++].port = (uint16_t)port;
	return true;
}

/* resolv.conf(5): only the nameserver lines; addresses with a zone are passed over. */
static int read_resolv_conf(struct stub *s, struct why *why)
{
	static const str keyword = { "nameserver", 10 };
	cleanup(arena_freep) struct arena *a = arena_new("resolv.conf", 4 * RESOLV_CONF_MAX);
	str text, line;
	int r = fd_read_path("/etc/resolv.conf", a, RESOLV_CONF_MAX, &text, why);

	if (r < 0)
		return r;
	while (str_split(&text, '\n', &line)) {
		line = str_trim(line);
		if (str_starts(line, keyword))
			(void)add_server(s, str_trim(str_skip(line, keyword.n)));
	}
	return s->n ? 0
		    : why_set(why, -ENOENT, "/etc/resolv.conf names no server; set dns.servers");
}

int stub_new(const str *servers, size_t n, struct stub *ret, struct why *why)
{
	struct stub s = { 0 };
	int r = 0;

	for (size_t i = 0; i < n; i++)
		if (!add_server(&s, servers[i]))
			return why_set(why, -EINVAL, "dns server \"%.*s\": not an address",
				       STR_ARG(servers[i]));
	if (n == 0)
		r = read_resolv_conf(&s, why);
	if (r == 0)
		*ret = s;
	return r;
}

static void settle(struct asking *k, size_t i, const struct dns_answer *answer)
{
	k->ret[i] = dns_copy_answer(k->arena, answer);
	k->done[i] = true;
	k->waiting--;
}

/* RFC 1035 4.2.2: the length before the message, both ways. */
static bool read_tcp(struct stream *s, struct arena *a, deadline d, str *ret)
{
	struct strbuf b = strbuf_make(a, MESSAGE_MAX + 2);
	struct why why;
	str have;

	while (stream_peek(s, d, &have, &why) == STREAM_OK) {
		strbuf_put(&b, have);
		stream_consume(s, have.n);
		*ret = strbuf_str(&b);
		if (ret->n >= 2 &&
		    ret->n - 2 == ((size_t)(uint8_t)ret->p[0] << 8 | (uint8_t)ret->p[1])) {
			*ret = str_skip(*ret, 2);
			return true;
		}
	}
	return false;
}

static void ask_tcp(struct asking *k, size_t i, size_t server)
{
	cleanup(arena_freep) struct arena *scratch = arena_new("dns message", SCRATCH_BUDGET);
	uint16_t id = (uint16_t)(k->first_id + i);
	str query = dnswire_query(scratch, id, &k->q[i]), message;
	char length[2] = { (char)(query.n >> 8), (char)query.n };
	struct dns_answer answer = dns_no_answer(DNS_SERVFAIL, k->q[i].name);
	cleanup(fd_closep) int fd =
		connect_tcp(k->stub->servers[server].ip, k->stub->servers[server].port,
			    (struct ip){ 0 }, k->d, NULL);
	struct stream s;
	struct why why;

	if (fd >= 0) {
		stream_init(&s, fd);
		stream_lend(&s, arena_alloc(scratch, MESSAGE_MAX), MESSAGE_MAX,
			    arena_alloc(scratch, OUT_BYTES), OUT_BYTES);
		if (stream_write(&s, str_of(length, 2), k->d, &why) == STREAM_OK &&
		    stream_write(&s, query, k->d, &why) == STREAM_OK &&
		    stream_flush(&s, k->d, &why) == STREAM_OK &&
		    read_tcp(&s, scratch, k->d, &message))
			(void)!dnswire_read(scratch, message, id, &k->q[i], &answer);
	}
	settle(k, i, &answer);
}

/* As many as the other side likes to send: none leaves anything behind but an answer. */
static void take_datagram(struct asking *k, str message, size_t server)
{
	cleanup(arena_freep) struct arena *scratch = arena_new("dns message", SCRATCH_BUDGET);
	uint16_t id;
	struct dns_answer answer;
	size_t i;
	int r;

	if (message.n < 2)
		return;
	id = (uint16_t)((uint8_t)message.p[0] << 8 | (uint8_t)message.p[1]);
	i = (uint16_t)(id - k->first_id);
	if (i >= k->n || k->done[i])
		return;
	r = dnswire_read(scratch, message, id, &k->q[i], &answer);
	if (r == DNSWIRE_OK)
		settle(k, i, &answer);
	else if (r == DNSWIRE_E_TRUNCATED)
		ask_tcp(k, i, server);
}

static int open_udp(const struct asking *k, size_t server)
{
	struct sockaddr_storage at;
	socklen_t n =
		sockaddr_fill(&at, k->stub->servers[server].ip, k->stub->servers[server].port);
	int fd = socket(at.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, n) < 0)
		return fd_close(fd);
	return fd;
}

/* Sends what is still open to one server and takes answers until d. */
static void try_server(struct asking *k, size_t server, deadline d)
{
	cleanup(fd_closep) int fd = open_udp(k, server);
	char *buffer = arena_alloc(k->arena, MESSAGE_MAX);

	if (fd < 0)
		return;
	for (size_t i = 0; i < k->n; i++) {
		str query;

		if (k->done[i])
			continue;
		query = dnswire_query(k->arena, (uint16_t)(k->first_id + i), &k->q[i]);
		if (send(fd, query.p, query.n, MSG_NOSIGNAL) < 0)
			return;
	}
	while (k->waiting > 0 && stream_wait(fd, POLLIN, d, NULL) == STREAM_OK) {
		ssize_t n = recv(fd, buffer, MESSAGE_MAX, 0);

		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return; /* nobody listens there */
		if (n > 0)
			take_datagram(k, str_of(buffer, (size_t)n), server);
	}
}

static void lookup(void *ctx, struct arena *a, const struct dns_question *q, size_t n, deadline d,
		   struct dns_answer *ret)
{
	struct dns_question *clean = arena_array(a, struct dns_question, n);
	struct asking k = { .stub = ctx, .arena = a, .q = clean, .ret = ret, .n = n, .d = d };

	k.done = arena_array(a, bool, n);
	bug_if(n > UINT16_MAX);
	for (size_t i = 0; i < n; i++) {
		clean[i] = q[i];
		k.done[i] = !dnsname_normalise(a, q[i].name, &clean[i].name);
		ret[i] = k.done[i] ? dns_no_answer(DNS_NXDOMAIN, STR(""))
				   : dns_no_answer(DNS_TIMEOUT, clean[i].name);
		k.waiting += !k.done[i];
	}
	for (size_t try = 0; try < STUB_TRIES && k.waiting > 0; try++) {
		bool last = try == STUB_TRIES - 1;

		bug_if(getrandom(&k.first_id, sizeof(k.first_id), 0) !=
		       (ssize_t)sizeof(k.first_id));
		try_server(&k, try % k.stub->n,
			   last ? d : clock_sooner(d, deadline_in(STUB_TRY_MS)));
	}
}

struct dns_resolver stub_resolver(struct stub *s)
{
	return (struct dns_resolver){ .lookup = lookup, .ctx = s };
}
