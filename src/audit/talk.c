#include "audit/talk.h"

#include "base/fd.h"
#include "base/num.h"
#include "net/connect.h"
#include "tls/tlsstream.h"

enum { LINE_MAX_BYTES = 1024 };

static void put_line(struct talk *t, const char *who, str line)
{
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	strbuf_fmt(&t->transcript, "%s ", who);
	strbuf_printable(&t->transcript, str_sub(line, 0, TALK_LINE_SHOWN));
	strbuf_put(&t->transcript, line.n > TALK_LINE_SHOWN ? STR("...\n") : STR("\n"));
}

void talk_note(struct talk *t, const char *text)
{
	put_line(t, "*", str_c(text));
}

const char *talk_trouble(int error)
{
	switch (error) {
	case TALK_E_UNREACHED:
		return "no connection";
	case TALK_E_CLOSED:
		return "the connection was closed";
	case TALK_E_SILENT:
		return "no answer in time";
	case TALK_E_SYNTAX:
		return "the answer is not SMTP";
	case TALK_E_TLS:
		return "the TLS handshake failed";
	default:
		return "";
	}
}

static int trouble(struct talk *t, int error)
{
	talk_note(t, talk_trouble(error));
	return error;
}

int talk_open(struct talk *t, const struct talk_target *to, struct arena *a)
{
	struct why why = { "" };
	struct ip any = { 0 };

	*t = (struct talk){ .to = to, .fd = -1, .transcript = strbuf_make(a, TALK_TRANSCRIPT_MAX) };
	t->fd = to->connect ? to->connect(to->connect_ctx)
			    : connect_tcp(to->ip, to->port, any, deadline_in(to->timeout_ms), &why);
	if (t->fd < 0)
		return trouble(t, TALK_E_UNREACHED);
	stream_init(&t->io, t->fd);
	stream_lend(&t->io, arena_alloc(a, TALK_BUFFER), TALK_BUFFER, arena_alloc(a, TALK_BUFFER),
		    TALK_BUFFER);
	return TALK_OK;
}

void talk_close(struct talk *t)
{
	if (t->fd < 0)
		return;
	tlsstream_close(&t->io);
	t->fd = fd_close(t->fd);
}

static int of_stream(struct talk *t, int r)
{
	if (r == STREAM_OK)
		return TALK_OK;
	if (r == STREAM_E_LONG)
		return trouble(t, TALK_E_SYNTAX);
	return trouble(t, r == STREAM_E_TIMEOUT ? TALK_E_SILENT : TALK_E_CLOSED);
}

int talk_send_quietly(struct talk *t, str bytes)
{
	deadline d = deadline_in(t->to->timeout_ms);
	int r = stream_write(&t->io, bytes, d, NULL);

	return of_stream(t, r == STREAM_OK ? stream_flush(&t->io, d, NULL) : r);
}

int talk_send(struct talk *t, str bytes)
{
	str rest = bytes, line;

	while (rest.n && str_split(&rest, '\n', &line))
		put_line(t, "C:", line);
	return talk_send_quietly(t, bytes);
}

static void note_extension(struct talk *t, str line)
{
	static const struct {
		str keyword;
		enum talk_ext ext;
	} known[] = {
		{ { "STARTTLS", 8 }, TALK_STARTTLS }, { { "XCLIENT", 7 }, TALK_XCLIENT },
		{ { "8BITMIME", 8 }, TALK_8BITMIME }, { { "SIZE", 4 }, TALK_SIZE },
		{ { "AUTH", 4 }, TALK_AUTH },	      { { "SMTPUTF8", 8 }, TALK_SMTPUTF8 },
		{ { "AUTH=LOGIN", 10 }, TALK_AUTH },  { { "REQUIRETLS", 10 }, TALK_REQUIRETLS },
	};
	size_t space = str_chr(line, ' ');
	str keyword = str_sub(line, 0, space);

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_caseeq(keyword, known[i].keyword))
			t->ext |= known[i].ext;
	}
	if (str_caseeq(keyword, STR("SIZE")) && space != STR_NONE &&
	    !num_u64(str_trim(str_skip(line, space)), &t->size_max))
		t->size_max = 0;
}

static int read_reply(struct talk *t, int64_t ms, bool extensions, struct smtpreply *ret)
{
	deadline d = deadline_in(ms);
	int more = SMTPREPLY_MORE;

	*ret = (struct smtpreply){ 0 };
	while (more == SMTPREPLY_MORE) {
		str line, text;
		int r = stream_read_line(&t->io, LINE_MAX_BYTES, d, &line, NULL);

		if (r != STREAM_OK)
			return of_stream(t, r);
		put_line(t, "S:", line);
		more = smtpreply_line(ret, line, &text);
		if (more == SMTPREPLY_E_SYNTAX)
			return trouble(t, TALK_E_SYNTAX);
		if (extensions && ret->lines > 1)
			note_extension(t, text);
	}
	return TALK_OK;
}

int talk_reply(struct talk *t, int64_t ms, struct smtpreply *ret)
{
	return read_reply(t, ms, false, ret);
}

static int put_command(struct talk *t, str line)
{
	int r;

	put_line(t, "C:", line);
	r = stream_write(&t->io, line, deadline_in(t->to->timeout_ms), NULL);
	return r == STREAM_OK ? talk_send_quietly(t, STR("\r\n")) : of_stream(t, r);
}

int talk_ask(struct talk *t, str line, struct smtpreply *ret)
{
	int r = put_command(t, line);

	*ret = (struct smtpreply){ 0 };
	return r == TALK_OK ? talk_reply(t, t->to->timeout_ms, ret) : r;
}

int talk_greeting(struct talk *t, struct smtpreply *ret)
{
	int r = talk_reply(t, t->to->timeout_ms, ret);

	t->greeting = *ret;
	return r;
}

int talk_hello(struct talk *t, str name, struct smtpreply *ret)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "EHLO %.*s", STR_ARG(str_sub(name, 0, 400))), r;

	t->ext = 0;
	t->size_max = 0;
	*ret = (struct smtpreply){ 0 };
	r = put_command(t, str_of(line, (size_t)n));
	if (r == TALK_OK)
		r = read_reply(t, t->to->timeout_ms, true, ret);
	if (r != TALK_OK || ret->code / 100 != 5)
		return r;
	t->ext = 0;
	memcpy(line, "HELO", 4);
	return talk_ask(t, str_of(line, (size_t)n), ret);
}

int talk_starttls(struct talk *t, struct smtpreply *ret)
{
	struct why why = { "" };
	int r = talk_ask(t, STR("STARTTLS"), ret);

	if (r != TALK_OK || ret->code != 220)
		return r;
	/* RFC 3207 4.2 */
	(void)stream_discard_input(&t->io);
	if (tlsstream_connect(&t->io, t->to->tls_ctx, t->to->host, deadline_in(t->to->timeout_ms),
			      &why) < 0) {
		talk_note(t, why.text);
		return TALK_E_TLS;
	}
	t->tls = true;
	put_line(t, "*", tlsstream_version(&t->io));
	return TALK_OK;
}

int talk_xclient(struct talk *t, str client_ip, str helo, struct smtpreply *ret)
{
	char line[512];
	bool v6 = str_chr(client_ip, ':') != STR_NONE;
	int n = snprintf(line, sizeof(line), "XCLIENT ADDR=%s%.*s PROTO=ESMTP HELO=%.*s",
			 v6 ? "IPV6:" : "", STR_ARG(str_sub(client_ip, 0, IP_TEXT_MAX)),
			 STR_ARG(str_sub(helo, 0, 255)));

	return talk_ask(t, str_of(line, (size_t)n), ret);
}
