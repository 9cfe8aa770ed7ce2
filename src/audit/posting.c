#include "audit/posting.h"

#include <stdio.h>

enum { LINE_MAX_BYTES = 4096 };

static const char *const stages[POSTING_STAGES] = {
	[POSTING_CONNECT] = "connect", [POSTING_GREETING] = "greeting",
	[POSTING_HELLO] = "EHLO",      [POSTING_TLS] = "STARTTLS",
	[POSTING_XCLIENT] = "XCLIENT", [POSTING_MAIL] = "MAIL",
	[POSTING_RCPT] = "RCPT",       [POSTING_DATA] = "DATA",
	[POSTING_END] = "end of data",
};

const char *posting_stage_name(enum posting_stage s)
{
	return stages[s];
}

bool posting_stage_parse(str name, enum posting_stage *ret)
{
	for (size_t i = 0; i < POSTING_STAGES; i++) {
		if (str_eq(name, str_c(stages[i]))) {
			*ret = (enum posting_stage)i;
			return true;
		}
	}
	return false;
}

/* One message under way. */
struct way {
	struct talk t;
	const struct posting_letter *l;
	struct posting *ret;
	struct smtpreply reply;
	int error;
};

/* Notes the reply of a stage; true when the dialogue may go on. */
static bool passed(struct way *w, enum posting_stage stage, int class)
{
	w->ret->stage = stage;
	w->ret->code = w->error == TALK_OK ? w->reply.code : 0;
	return w->error == TALK_OK && w->reply.code / 100 == class;
}

static bool greet(struct way *w)
{
	w->error = talk_greeting(&w->t, &w->reply);
	if (!passed(w, POSTING_GREETING, 2))
		return false;
	w->error = talk_hello(&w->t, w->l->helo, &w->reply);
	return passed(w, POSTING_HELLO, 2);
}

/* A server that offers STARTTLS and then says no is spoken with in clear. */
static bool encrypt(struct way *w)
{
	if (!(w->t.ext & TALK_STARTTLS) || !w->t.to->tls_ctx)
		return true;
	w->error = talk_starttls(&w->t, &w->reply);
	if (w->error != TALK_OK)
		return passed(w, POSTING_TLS, 2);
	if (!w->t.tls)
		return true;
	w->ret->tls = true;
	w->error = talk_hello(&w->t, w->l->helo, &w->reply);
	return passed(w, POSTING_HELLO, 2);
}

static bool become_client(struct way *w)
{
	if (!(w->t.ext & TALK_XCLIENT) || !w->l->client_ip.n)
		return true;
	w->error = talk_xclient(&w->t, w->l->client_ip, w->l->helo, &w->reply);
	if (w->error == TALK_OK && w->reply.code == 502)
		return true;
	if (!passed(w, POSTING_XCLIENT, 2))
		return false;
	w->ret->as_client = true;
	w->error = talk_hello(&w->t, w->l->helo, &w->reply);
	return passed(w, POSTING_HELLO, 2);
}

static bool is_8bit(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] >= 0x80)
			return true;
	}
	return false;
}

static bool envelope(struct way *w)
{
	char line[LINE_MAX_BYTES];
	unsigned ext = w->t.ext;
	bool utf8 = is_8bit(w->l->reverse_path) && ext & TALK_SMTPUTF8;
	int n = snprintf(line, sizeof(line), "MAIL FROM:<%.*s>",
			 STR_ARG(str_sub(w->l->reverse_path, 0, 1024)));

	if (ext & TALK_SIZE)
		n += snprintf(line + n, sizeof(line) - (size_t)n, " SIZE=%zu", w->l->bytes.n);
	if (utf8)
		n += snprintf(line + n, sizeof(line) - (size_t)n, " SMTPUTF8");
	if (ext & TALK_8BITMIME && is_8bit(w->l->bytes))
		n += snprintf(line + n, sizeof(line) - (size_t)n, " BODY=8BITMIME");
	w->error = talk_ask(&w->t, str_of(line, (size_t)n), &w->reply);
	if (!passed(w, POSTING_MAIL, 2))
		return false;
	n = snprintf(line, sizeof(line), "RCPT TO:<%.*s>",
		     STR_ARG(str_sub(w->l->recipient, 0, 1024)));
	w->error = talk_ask(&w->t, str_of(line, (size_t)n), &w->reply);
	if (!passed(w, POSTING_RCPT, 2))
		return false;
	w->error = talk_ask(&w->t, STR("DATA"), &w->reply);
	return passed(w, POSTING_DATA, 3);
}

/* RFC 5321 4.5.2, for lines that end in CRLF only: what else a case puts before a dot is to
 * arrive as it is. */
static int put_body(struct talk *t, str rest)
{
	int r = TALK_OK;
	bool ended = str_ends(rest, STR("\r\n"));

	if (str_starts(rest, STR(".")))
		r = talk_send_quietly(t, STR("."));
	while (rest.n && r == TALK_OK) {
		size_t at = str_find(rest, STR("\r\n."));
		str piece = str_sub(rest, 0, at == STR_NONE ? rest.n : at + 3);

		r = talk_send_quietly(t, piece);
		if (r == TALK_OK && at != STR_NONE)
			r = talk_send_quietly(t, STR("."));
		rest = str_skip(rest, piece.n);
	}
	if (r == TALK_OK && !ended)
		r = talk_send_quietly(t, STR("\r\n"));
	return r == TALK_OK ? talk_send_quietly(t, STR(".\r\n")) : r;
}

static void content(struct way *w)
{
	char note[64];

	snprintf(note, sizeof(note), "%zu bytes of message", w->l->bytes.n);
	talk_note(&w->t, note);
	/* A server that closes while it reads has often said why: its reply is read in any case.
	 * Twice the time: RFC 5321 4.5.3.2.6. */
	(void)!put_body(&w->t, w->l->bytes);
	w->error = talk_reply(&w->t, 2 * w->t.to->timeout_ms, &w->reply);
	(void)passed(w, POSTING_END, 2);
}

void posting_send(const struct talk_target *to, struct arena *a, const struct posting_letter *l,
		  struct posting *ret)
{
	struct way w = { .l = l, .ret = ret };

	*ret = (struct posting){ .stage = POSTING_CONNECT };
	w.error = talk_open(&w.t, to, a);
	if (w.error == TALK_OK && greet(&w) && encrypt(&w) && become_client(&w) && envelope(&w))
		content(&w);
	ret->text = w.error == TALK_OK ? arena_str(a, smtpreply_text(&w.reply))
				       : str_c(talk_trouble(w.error));
	if (w.error == TALK_OK)
		(void)!talk_send(&w.t, STR("QUIT\r\n"));
	talk_close(&w.t);
	ret->transcript = strbuf_str(&w.t.transcript);
}
