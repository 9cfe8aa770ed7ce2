/* smtp/smtpsession_fake.h - for tests: a session with no socket and no other
 * process: input comes from memory in chunks of any size, output goes to memory, messages
 * are handed to a note-taker.
 */
#ifndef SMTP_SMTPSESSION_FAKE_H
#define SMTP_SMTPSESSION_FAKE_H

#include "base/fd.h"
#include "smtp/smtpsession.h"

#include <errno.h>
#include <poll.h>

enum { FAKE_BUDGET = 64 << 20 };

struct fake_smtp {
	struct arena *arena;
	struct smtpsession_outside outside;
	struct bounces bounces;
	struct harvest harvest;
	struct smtpsession session;
	struct stream io;
	char in_buffer[LOBBY_IN_BYTES], out_buffer[LOBBY_OUT_BYTES];
	str input;		 /* what is still to come */
	size_t chunk;		 /* how much of it comes at once */
	bool ready, eof;	 /* a chunk, or the end, may be read now */
	bool deaf;		 /* the client has gone: writes fail */
	bool rude;		 /* the client does not wait where it must (RFC 2920 3.1) */
	const char *line, *sent; /* where the line begins that is being sent, and goes on */
	bool full;		 /* the client behind a proxy has too many connections */
	struct strbuf output;
	/* what to answer to a message, and what came */
	struct msg_submitted answer;
	int submit_error;
	size_t n_messages;
	struct strbuf envelopes; /* "<from> <to>... protocol size" a line */
	str message;		 /* the last one */
	size_t n_refused, n_trouble;
	str reason;	    /* of the last refusal */
	int64_t room, held; /* memory for messages */
	int writing;
	enum lobby_next next;
	deadline until;
};

static bool must_be_answered(str line)
{
	return str_casestarts(line, STR("EHLO")) || str_casestarts(line, STR("HELO")) ||
	       str_casestarts(line, STR("DATA")) || str_casestarts(line, STR("XCLIENT"));
}

/* How much a client that knows RFC 2920 sends now: up to a line whose answer it needs. */
static size_t until_wait(struct fake_smtp *f)
{
	const char *end = f->input.p + f->input.n;
	str rest, line;

	if (f->rude || f->session.state & (SMTPSESSION_PROXY | SMTPSESSION_NEW))
		return f->input.n;
	if (f->input.p != f->sent)
		f->line = f->input.p;
	rest = str_of(f->line, (size_t)(end - f->line));
	while (rest.n && str_split(&rest, '\n', &line)) {
		if (rest.p && (!f->session.esmtp || must_be_answered(line)))
			return (size_t)(rest.p - f->input.p);
	}
	return f->input.n;
}

static void note_sent(struct fake_smtp *f, size_t n)
{
	size_t lf = str_rchr(str_of(f->input.p, n), '\n');

	if (lf != STR_NONE)
		f->line = f->input.p + lf + 1;
	f->sent = f->input.p + n;
}

static ssize_t fake_read(void *ctx, int fd, char *p, size_t n, short *want)
{
	struct fake_smtp *f = ctx;
	size_t most = f->input.n ? until_wait(f) : 0;

	(void)fd;
	*want = POLLIN;
	if (!f->ready)
		return -EAGAIN;
	f->ready = false;
	if (n > f->chunk)
		n = f->chunk;
	if (n > most)
		n = most;
	if (n) {
		memcpy(p, f->input.p, n);
		note_sent(f, n);
	}
	f->input = str_skip(f->input, n);
	return (ssize_t)n;
}

static ssize_t fake_write(void *ctx, int fd, const char *p, size_t n, short *want)
{
	struct fake_smtp *f = ctx;

	(void)fd;
	(void)want;
	if (f->deaf)
		return -EPIPE;
	strbuf_put(&f->output, str_of(p, n));
	return (ssize_t)n;
}

static size_t fake_pending(void *ctx)
{
	(void)ctx;
	return 0;
}

static void put_param(struct fake_smtp *f, str params)
{
	if (params.n)
		strbuf_fmt(&f->envelopes, " (%.*s)", STR_ARG(params));
}

static int fake_submit(void *ctx, const struct msg_submit *m, int fd, const struct conf *conf,
		       struct arena *a, struct msg_submitted *ret, struct why *why)
{
	struct fake_smtp *f = ctx;
	cleanup(fd_unmapp) str map = STR_NULL;
	str message = m->bytes;

	(void)a;
	if (fd >= 0) {
		bug_if(!fd_is_sealed(fd) || m->bytes.n ||
		       fd_map(fd, conf->smtp.max_message_bytes, &map, why) < 0);
		message = map;
	}
	bug_if(message.n != m->size || m->recipients.n == 0);
	f->n_messages++;
	f->message = arena_str(f->arena, message);
	bug_if(m->rcpt_params.n && m->rcpt_params.n != m->recipients.n);
	strbuf_fmt(&f->envelopes, "<%.*s>", STR_ARG(m->reverse_path));
	put_param(f, m->mail_params);
	for (size_t i = 0; i < m->recipients.n; i++) {
		strbuf_fmt(&f->envelopes, " <%.*s>", STR_ARG(m->recipients.v[i]));
		put_param(f, m->rcpt_params.n ? m->rcpt_params.v[i] : STR(""));
	}
	if (m->login.n)
		strbuf_fmt(&f->envelopes, " login=%.*s", STR_ARG(m->login));
	strbuf_fmt(&f->envelopes, " %.*s %llu%s\n", STR_ARG(m->protocol),
		   (unsigned long long)m->size,
		   m->handover == CONF_HANDOVER_DIRECT ? " direct" : "");
	if (f->submit_error)
		return why_set(why, f->submit_error, "asked to fail");
	*ret = f->answer;
	return 0;
}

static bool fake_hold(void *ctx, struct smtpsession *s, int64_t bytes)
{
	struct fake_smtp *f = ctx;

	(void)s;
	if (f->held + bytes > f->room)
		return false;
	f->held += bytes;
	return true;
}

static int64_t fake_wall(void *ctx)
{
	(void)ctx;
	return 1795290000;
}

static bool fake_writing(void *ctx, int change)
{
	struct fake_smtp *f = ctx;

	f->writing += change;
	bug_if(f->writing != (change > 0));
	return true;
}

static bool fake_moved(void *ctx, struct smtpsession *s)
{
	(void)s;
	return !((struct fake_smtp *)ctx)->full;
}

static void fake_refused(void *ctx, const struct smtpsession *s, unsigned code, str enhanced,
			 str argument, str reason)
{
	(void)s;
	bug_if((code != 250 && code < 400) || code > 599 || enhanced.n == 0 ||
	       (argument.n && !argument.p));
	((struct fake_smtp *)ctx)->n_refused++;
	((struct fake_smtp *)ctx)->reason = reason;
}

static void fake_trouble(void *ctx, const struct smtpsession *s, const char *what,
			 const struct why *why)
{
	(void)s;
	(void)what;
	(void)why;
	((struct fake_smtp *)ctx)->n_trouble++;
}

/* settings: lines key=value of the configuration; the first listener is the session's, and
 * its client is 127.0.0.1. */
static struct fake_smtp *fake_smtp_new(str settings)
{
	static const struct stream_ops ops = { fake_read, fake_write, fake_pending };
	struct arena *a = arena_new("fake smtp", FAKE_BUDGET);
	struct fake_smtp *f = arena_make(a, struct fake_smtp);
	struct smtppolicy *policy;
	struct why why;

	bug_if(smtppolicy_new(settings, &policy, &why) < 0);
	f->arena = a;
	f->outside = (struct smtpsession_outside){
		f,	    fake_submit,  fake_hold,	fake_wall,   fake_writing,
		fake_moved, fake_refused, fake_trouble, &f->bounces, &f->harvest
	};
	bounces_init(&f->bounces);
	harvest_init(&f->harvest);
	f->output = strbuf_make(a, 8 << 20);
	f->envelopes = strbuf_make(a, 1 << 20);
	f->answer = (struct msg_submitted){ 250, STR("2.0.0"), STR("Accepted"), STR("m") };
	f->io = (struct stream){ .fd = -1, .ops = &ops, .ctx = f };
	f->chunk = SIZE_MAX;
	f->room = INT64_MAX;
	f->session.listener = &policy->conf->listen.smtp.v[0];
	f->session.ip = ip_of("\x7f\0\0\1", IP_V4);
	smtpsession_begin(&f->session, &f->outside, policy);
	stream_lend(&f->io, f->in_buffer, sizeof(f->in_buffer), f->out_buffer,
		    sizeof(f->out_buffer));
	return f;
}

static inline void fake_smtp_free(struct fake_smtp **f)
{
	smtpsession_end(&(*f)->session, &(*f)->io);
	bug_if((*f)->held);
	arena_free((*f)->arena);
}

static void fake_smtp_step(struct fake_smtp *f)
{
	f->until = -1;
	f->next = smtpsession_step(&f->session, &f->io, &f->until);
	bug_if(f->io.out_n && !f->deaf);
	bug_if(f->next != LOBBY_CLOSE && f->next != LOBBY_REST &&
	       (f->until < 0 || f->io.in_end - f->io.in_at > LOBBY_LEFT_MAX));
}

/* The whole conversation: banner, then input in chunks, then the end of the stream unless
 * the session was over before. */
static inline void fake_smtp_run(struct fake_smtp *f, str input, size_t chunk)
{
	fake_smtp_step(f);
	f->input = input;
	f->chunk = chunk;
	while (f->next != LOBBY_CLOSE && f->input.n) {
		f->ready = true;
		fake_smtp_step(f);
	}
	f->eof = f->next != LOBBY_CLOSE;
	if (f->eof) {
		f->ready = true;
		fake_smtp_step(f);
	}
}

#endif
