#include "audit/watchimap.h"

#include "audit/imapline.h"
#include "audit/letter.h"
#include "base/fd.h"
#include "base/map.h"
#include "base/num.h"
#include "net/connect.h"
#include "tls/tlsclient.h"

#include <errno.h>
#include <stdio.h>

enum { COMMAND_MAX = 2048, QUOTED_MAX = 512, OUT_BUFFER = 8 << 10 };

struct watchimap {
	struct arena *arena;
	struct watchimap_spec spec;
	int fd;
	struct stream io;
	char *in, *out;
	unsigned tag;
	bool can_starttls;
	uint32_t first; /* UIDNEXT when the audit began; 0: not known yet */
	struct map seen;
	ARENA_VEC(uint32_t) found;
};

bool watchimap_parse(str url, struct watchimap_spec *ret)
{
	bool tls = str_starts(url, STR("imaps://"));
	uint64_t port = tls ? WATCHIMAP_TLS_PORT : WATCHIMAP_PORT;
	size_t at, slash, colon;
	str host;

	if (!tls && !str_starts(url, STR("imap://")))
		return false;
	url = str_skip(url, tls ? 8 : 7);
	slash = str_chr(url, '/');
	host = str_sub(url, 0, slash);
	at = str_rchr(host, '@');
	if (at == STR_NONE || at == 0)
		return false;
	*ret = (struct watchimap_spec){ .user = str_sub(host, 0, at),
					.tls = tls,
					.mailbox = slash == STR_NONE || slash + 1 == url.n
							   ? STR("INBOX")
							   : str_skip(url, slash + 1) };
	host = str_skip(host, at + 1);
	colon = str_rchr(host, ':');
	if (colon != STR_NONE && !num_u64_max(str_skip(host, colon + 1), UINT16_MAX, &port))
		return false;
	ret->host = str_sub(host, 0, colon);
	ret->port = (uint16_t)port;
	return ret->host.n && port;
}

static bool is_loopback(struct ip ip)
{
	static const struct ip v6 = { IP_V6, { [15] = 1 } };

	return (ip.n == IP_V4 && ip.bytes[0] == 127) || ip_eq(ip, v6);
}

static void hang_up(struct watchimap *w)
{
	if (w->fd < 0)
		return;
	tlsstream_close(&w->io);
	w->fd = fd_close(w->fd);
}

static int lost(struct why *why, int r)
{
	if (r < 0)
		return r;
	return why_set(why, -EPIPE, "imap: the server %s",
		       r == STREAM_E_TIMEOUT ? "does not answer" : "broke the dialogue");
}

static int read_line(struct watchimap *w, deadline d, str *ret, struct why *why)
{
	int r = stream_read_line(&w->io, WATCHIMAP_LINE, d, ret, why);

	return r == STREAM_OK ? 0 : lost(why, r);
}

/* So many bytes, into the arena. */
static int read_literal(struct watchimap *w, struct arena *a, uint64_t n, deadline d, str *ret,
			struct why *why)
{
	char *p;
	size_t at = 0;

	if (n > WATCH_MESSAGE_MAX)
		return why_set(why, -EFBIG, "imap: a message of %llu bytes", (unsigned long long)n);
	p = arena_alloc(a, n + 1);
	while (at < n) {
		str chunk;
		int r = stream_peek(&w->io, d, &chunk, why);

		if (r != STREAM_OK)
			return lost(why, r);
		chunk = str_sub(chunk, 0, n - at);
		memcpy(p + at, chunk.p, chunk.n);
		stream_consume(&w->io, chunk.n);
		at += chunk.n;
	}
	*ret = str_of(p, n);
	return 0;
}

static uint32_t uid_next(str rest)
{
	size_t at = str_casefind(rest, STR("[UIDNEXT "));
	uint64_t n;

	if (at == STR_NONE)
		return 0;
	rest = str_skip(rest, at + 9);
	return num_u64_max(str_sub(rest, 0, str_chr(rest, ']')), UINT32_MAX, &n) ? (uint32_t)n : 0;
}

static void note_untagged(struct watchimap *w, str rest)
{
	uint32_t uid;

	if (str_casefind(rest, STR("STARTTLS")) != STR_NONE)
		w->can_starttls = true;
	if (!w->first)
		w->first = uid_next(rest);
	if (!str_casestarts(rest, STR("SEARCH")))
		return;
	while (w->found.n < WATCHIMAP_MESSAGES && imapline_next_uid(&rest, &uid))
		*arena_push(w->arena, &w->found) = uid;
}

/* One command to its end. body: what a literal of it holds, in a; a may be NULL. */
static int command(struct watchimap *w, const char *text, struct arena *a, str *body,
		   struct why *why)
{
	deadline d = deadline_in(WATCHIMAP_MS);
	char tag[16];
	int n = snprintf(tag, sizeof(tag), "a%u", ++w->tag), r, kind;
	struct imapline l;
	str line, literal;

	r = stream_write(&w->io, str_of(tag, (size_t)n), d, why);
	if (r == STREAM_OK)
		r = stream_write(&w->io, STR(" "), d, why);
	if (r == STREAM_OK)
		r = stream_write(&w->io, str_c(text), d, why);
	if (r == STREAM_OK)
		r = stream_write(&w->io, STR("\r\n"), d, why);
	if (r == STREAM_OK)
		r = stream_flush(&w->io, d, why);
	if (r != STREAM_OK)
		return lost(why, r);
	for (;;) {
		r = read_line(w, d, &line, why);
		if (r < 0)
			return r;
		kind = imapline_read(line, str_of(tag, (size_t)n), &l);
		if (kind == IMAPLINE_OK)
			return 0;
		if (kind == IMAPLINE_NO)
			return why_set(why, -EACCES, "imap: %.*s",
				       STR_ARG(str_sub(l.rest, 0, 200)));
		if (kind != IMAPLINE_UNTAGGED)
			return lost(why, STREAM_E_EOF);
		note_untagged(w, l.rest);
		if (!l.has_literal)
			continue;
		if (!a || body->p) /* one message was asked for */
			return lost(why, STREAM_E_LONG);
		r = read_literal(w, a, l.literal, d, &literal, why);
		if (r == 0)
			r = read_line(w, d, &line, why); /* ")" */
		if (r < 0)
			return r;
		*body = literal;
	}
}

/* The host's name is asked of the certificate; of this machine nothing is. */
static int encrypt(struct watchimap *w, struct why *why)
{
	const struct tlsclient_demand want = {
		.proof = is_loopback(w->spec.ip) ? TLSCLIENT_ANYONE : TLSCLIENT_NAMED,
		.host = w->spec.host,
		.names = { w->spec.host },
	};
	enum tlsclient_finding found;
	int r;

	(void)stream_discard_input(&w->io);
	r = tlsclient_connect(&w->io, w->spec.tls_ctx, &want, deadline_in(WATCHIMAP_MS), &found,
			      why);
	if (r == 0 && found != TLSCLIENT_PROVEN)
		return why_prefix(why, -EACCES, "imap: its certificate is not good");
	return r;
}

static int log_in(struct watchimap *w, struct why *why)
{
	char user[QUOTED_MAX], password[QUOTED_MAX], text[COMMAND_MAX];
	size_t n_user, n_password;

	if (!tlsstream_active(&w->io) && !is_loopback(w->spec.ip))
		return why_set(why, -EACCES, "imap: no TLS: the password is not sent in clear");
	if (!imapline_quote(w->spec.user, user, sizeof(user), &n_user) ||
	    !imapline_quote(w->spec.password, password, sizeof(password), &n_password))
		return why_set(why, -EINVAL, "imap: name and password must be printable ASCII");
	snprintf(text, sizeof(text), "LOGIN %.*s %.*s", (int)n_user, user, (int)n_password,
		 password);
	return command(w, text, NULL, NULL, why);
}

static int open_mailbox(struct watchimap *w, struct why *why)
{
	char mailbox[QUOTED_MAX], text[COMMAND_MAX];
	size_t n;

	if (!imapline_quote(w->spec.mailbox, mailbox, sizeof(mailbox), &n))
		return why_set(why, -EINVAL, "imap: the mailbox must be printable ASCII");
	snprintf(text, sizeof(text), "EXAMINE %.*s", (int)n, mailbox);
	return command(w, text, NULL, NULL, why);
}

static int call(struct watchimap *w, struct why *why)
{
	struct ip any = { 0 };
	str greeting;
	int r;

	w->fd = connect_tcp(w->spec.ip, w->spec.port, any, deadline_in(WATCHIMAP_MS), why);
	if (w->fd < 0)
		return why_prefix(why, w->fd, "imap");
	stream_init(&w->io, w->fd);
	stream_lend(&w->io, w->in, WATCHIMAP_LINE, w->out, OUT_BUFFER);
	w->can_starttls = false;
	r = w->spec.tls ? encrypt(w, why) : 0;
	if (r == 0)
		r = read_line(w, deadline_in(WATCHIMAP_MS), &greeting, why);
	if (r == 0 && !w->spec.tls)
		r = command(w, "CAPABILITY", NULL, NULL, why);
	if (r == 0 && !w->spec.tls && w->can_starttls) {
		r = command(w, "STARTTLS", NULL, NULL, why);
		if (r == 0)
			r = encrypt(w, why);
	}
	if (r == 0)
		r = log_in(w, why);
	return r == 0 ? open_mailbox(w, why) : r;
}

static int show(struct watchimap *w, uint32_t uid, watch_take_fn *take, void *ctx, struct why *why)
{
	cleanup(arena_freep) struct arena *a =
		arena_new("imap message", WATCH_MESSAGE_MAX + (1 << 20));
	str key = arena_fmt(w->arena, "%u", uid), message = STR_NULL;
	char text[COMMAND_MAX];
	int r;

	if (map_get(&w->seen, key))
		return 0;
	snprintf(text, sizeof(text), "UID FETCH %u BODY.PEEK[]", uid);
	r = command(w, text, a, &message, why);
	if (r < 0 && r != -EFBIG)
		return r;
	map_set(&w->seen, key, w);
	if (r == -EFBIG) /* no test of ours; what is left of it is not read */
		return -EPIPE;
	if (message.p)
		take(ctx, message);
	return 0;
}

static int search(struct watchimap *w, struct why *why)
{
	char text[COMMAND_MAX];

	w->found.n = 0;
	snprintf(text, sizeof(text), "UID SEARCH OR HEADER " LETTER_MARK " \"\" UID %u:*",
		 w->first ? w->first : 1);
	/* NOOP: a server tells of new messages when it is asked anything at all. */
	return command(w, "NOOP", NULL, NULL, why) < 0 ? -EPIPE : command(w, text, NULL, NULL, why);
}

static int look(void *ctx, watch_take_fn *take, void *take_ctx, struct why *why)
{
	struct watchimap *w = ctx;
	int r = w->fd < 0 ? call(w, why) : 0;

	if (r == 0)
		r = search(w, why);
	for (size_t i = 0; r == 0 && i < w->found.n; i++)
		r = show(w, w->found.v[i], take, take_ctx, why);
	if (r < 0)
		hang_up(w);
	/* A connection that broke is made again; one that is refused is not. */
	return r == -EPIPE ? 0 : r;
}

struct watch watchimap_new(struct arena *a, const struct watchimap_spec *spec)
{
	struct watchimap *w = arena_make(a, struct watchimap);

	*w = (struct watchimap){ .arena = a,
				 .spec = *spec,
				 .fd = -1,
				 .in = arena_alloc(a, WATCHIMAP_LINE),
				 .out = arena_alloc(a, OUT_BUFFER),
				 .seen = map_make(a) };
	return (struct watch){ w, look };
}

void watchimap_close(struct watch w)
{
	hang_up(w.ctx);
}
