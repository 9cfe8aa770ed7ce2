#include "selfaudit/selftalk.h"

#include "base/fd.h"
#include "base/num.h"
#include "net/connect.h"
#include "sys/stream.h"

enum { BUFFER = 16384 };

struct talk {
	struct arena *arena;
	struct stream stream;
	deadline d;
	str why; /* set once it cannot go on */
};

static void give_up(struct talk *t, const char *what, const struct why *why)
{
	if (!t->why.n)
		t->why = arena_fmt(t->arena, "%s%s%s", what, why->text[0] ? ": " : "", why->text);
}

static void put_line(struct strbuf *out, str line)
{
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	strbuf_put(out, out->n ? STR(" / ") : STR(""));
	strbuf_printable(out, line);
}

/* A whole reply (RFC 5321 4.2): its code, 0 when none came. */
static int read_reply(struct talk *t, str *ret)
{
	struct strbuf out = strbuf_make(t->arena, (size_t)SELFTALK_LINE * SELFTALK_LINES);
	uint64_t code = 0;

	for (int i = 0; i < SELFTALK_LINES && !t->why.n; i++) {
		struct why why = { "" };
		str line;
		int r = stream_read_line(&t->stream, SELFTALK_LINE, t->d, &line, &why);

		if (r != STREAM_OK || line.n < 4 || !num_u64(str_sub(line, 0, 3), &code)) {
			give_up(t, "no reply that makes sense", &why);
			break;
		}
		put_line(&out, line);
		if (line.p[3] != '-')
			break;
	}
	*ret = strbuf_str(&out);
	return t->why.n ? 0 : (int)code;
}

static int say(struct talk *t, const char *line, str *ret)
{
	struct why why = { "" };

	*ret = STR("");
	if (t->why.n)
		return 0;
	if (stream_write(&t->stream, str_c(line), t->d, &why) != 0 ||
	    stream_flush(&t->stream, t->d, &why) != 0) {
		give_up(t, "cannot send", &why);
		return 0;
	}
	return read_reply(t, ret);
}

/* Addresses of the documentation domains: nobody's. */
static void converse(struct talk *t, struct selftalk *ret)
{
	str reply;

	ret->relay = read_reply(t, &ret->greeting);
	ret->relay_reply = ret->greeting;
	ret->let_in = ret->relay == 220;
	if (!ret->let_in)
		return;
	(void)say(t, "EHLO selfaudit.example.org\r\n", &ret->ehlo);
	ret->starttls = str_find(ret->ehlo, STR("STARTTLS")) != STR_NONE;
	(void)say(t, "HELP\r\n", &ret->help);
	(void)say(t, "VRFY postmaster\r\n", &ret->vrfy);
	ret->relay = say(t, "MAIL FROM:<selfaudit@example.org>\r\n", &ret->relay_reply);
	if (ret->relay == 250)
		ret->relay = say(t, "RCPT TO:<selfaudit@example.com>\r\n", &ret->relay_reply);
	(void)say(t, "QUIT\r\n", &reply);
}

static const struct conf_listener *choose(const struct conf *conf)
{
	for (size_t i = 0; i < conf->listen.smtp.n; i++) {
		if (!conf->listen.smtp.v[i].proxy)
			return &conf->listen.smtp.v[i];
	}
	return NULL;
}

/* Who listens everywhere is spoken to here. */
static bool address_of(const struct conf_listener *l, struct ip *ret)
{
	if (str_eq(l->at.host, STR("0.0.0.0")))
		return ip_parse(STR("127.0.0.1"), ret);
	if (str_eq(l->at.host, STR("::")))
		return ip_parse(STR("::1"), ret);
	return ip_parse(l->at.host, ret);
}

void selftalk_run(struct arena *a, const struct conf *conf, struct selftalk *ret)
{
	const struct conf_listener *l = choose(conf);
	struct talk t = { .arena = a, .d = deadline_in(SELFTALK_MS) };
	cleanup(fd_closep) int fd = -1;
	struct why why = { "" };
	struct ip to, any = { 0 };

	*ret = (struct selftalk){ 0 };
	if (!l || !address_of(l, &to)) {
		ret->why = STR("every listener expects a proxy");
		return;
	}
	ret->at = arena_fmt(a, "%.*s port %u", STR_ARG(l->at.host), l->at.port);
	fd = connect_tcp(to, l->at.port, any, t.d, &why);
	if (fd < 0) {
		ret->why = arena_fmt(a, "nobody listens: %s", why.text);
		return;
	}
	stream_init(&t.stream, fd);
	stream_lend(&t.stream, arena_alloc(a, BUFFER), BUFFER, arena_alloc(a, BUFFER), BUFFER);
	converse(&t, ret);
	ret->spoken = !t.why.n;
	ret->why = t.why;
}
