/* Cases X that send much: a message over the limit, many messages, many notifications. */
#include "audit/dialogue_private.h"

enum {
	NOTIFICATIONS = 30,
	HASTE = 200,
	CHUNK = 32 << 10,
	OVERSIZE_MAX = 64 << 20, /* above this limit the case would only be a load */
	OVERSIZE_REPLY_MS = 60000,
	LINE = 64,
};

static void lost(struct fate_row *ret, struct talk *t, const char *what)
{
	dialogue_say(ret, FATE_UNCLEAR, str_c(what));
	ret->transcript = strbuf_str(&t->transcript);
	talk_close(t);
}

/* MAIL, RCPT and DATA; the reply that stood in the way is in *reply. */
static bool begin(struct talk *t, const struct dialogue_setting *s, struct arena *a,
		  const char *mail, struct smtpreply *reply)
{
	return talk_ask(t, dialogue_expand(a, s, t, mail), reply) == TALK_OK &&
	       reply->code == 250 &&
	       talk_ask(t, dialogue_expand(a, s, t, "RCPT TO:<{rcpt}>"), reply) == TALK_OK &&
	       reply->code / 10 == 25 && talk_ask(t, STR("DATA"), reply) == TALK_OK &&
	       reply->code == 354;
}

/* So many bytes of lines; false when the server has gone. */
static bool pour(struct talk *t, struct arena *a, uint64_t bytes)
{
	char *lines = arena_alloc(a, CHUNK);

	for (size_t i = 0; i < CHUNK; i += LINE) {
		memset(lines + i, 'x', LINE - 2);
		memcpy(lines + i + LINE - 2, "\r\n", 2);
	}
	for (uint64_t sent = 0; sent < bytes; sent += CHUNK) {
		if (talk_send_quietly(t, str_of(lines, CHUNK)) != TALK_OK)
			return false;
	}
	return true;
}

static void judge_oversize(const struct dialogue_case *c, struct talk *t, struct arena *a,
			   struct fate_row *ret)
{
	struct smtpreply reply = { 0 };
	int r = talk_reply(t, OVERSIZE_REPLY_MS, &reply);

	ret->code = reply.code;
	ret->text = arena_str(a, smtpreply_text(&reply));
	if (r != TALK_OK)
		dialogue_say(ret, FATE_UNCLEAR, str_c(talk_trouble(r)));
	else if (reply.code / 100 == 5)
		dialogue_say(ret, FATE_PASS, ret->text);
	else
		dialogue_say(ret, c->bad,
			     reply.code / 100 == 4
				     ? STR("put off: it will be sent again, and again too big")
				     : STR("taken, though it is bigger than SIZE says"));
}

/* Nothing is announced: only its bytes say that it is too big. */
static void oversize(const struct dialogue_case *c, const struct dialogue_setting *s,
		     struct arena *a, struct fate_row *ret)
{
	struct smtpreply reply;
	struct talk t;

	if (talk_open(&t, s->to, a) != TALK_OK ||
	    !dialogue_ready(&t, s, a, DIALOGUE_PARTNER, NULL, &reply)) {
		lost(ret, &t, "the dialogue did not get that far");
		return;
	}
	if (!t.size_max || t.size_max > OVERSIZE_MAX) {
		lost(ret, &t, "no limit is announced that can be tried");
		return;
	}
	if (!begin(&t, s, a, "MAIL FROM:<{from}>", &reply) ||
	    talk_send(&t, dialogue_expand(a, s, &t,
					  LETTER_MARK ": {run} X-010b\r\nFrom: <{from}>\r\n"
						      "Subject: " DIALOGUE_SUBJECT "\r\n\r\n")) !=
		    TALK_OK) {
		lost(ret, &t, "the dialogue did not get that far");
		return;
	}
	if (pour(&t, a, t.size_max))
		(void)!talk_send(&t, STR("x\r\n.\r\n"));
	judge_oversize(c, &t, a, ret);
	ret->transcript = strbuf_str(&t.transcript);
	talk_close(&t);
}

/* One message on a connection of its own; what was answered last, 0: nothing. HELO is the domain of
 * the author, which SPF asks about when the reverse-path is null. */
static int send_one(const struct dialogue_case *c, const struct dialogue_setting *s,
		    const char *mail, struct arena *a, struct fate_row *ret)
{
	cleanup(arena_freep) struct arena *one = arena_new("message", 1 << 20);
	struct smtpreply reply = { 0 };
	struct talk t;

	if (talk_open(&t, s->to, one) == TALK_OK &&
	    dialogue_ready(&t, s, one, DIALOGUE_PARTNER, "{sender}", &reply) &&
	    begin(&t, s, one, mail, &reply) &&
	    (talk_send(&t, dialogue_letter(one, s, c->id, "", "Audit.\r\n")) != TALK_OK ||
	     talk_reply(&t, 2 * s->to->timeout_ms, &reply) != TALK_OK))
		reply.code = 0;
	ret->code = reply.code;
	ret->text = arena_str(a, smtpreply_text(&reply));
	ret->transcript = arena_str(a, strbuf_str(&t.transcript));
	talk_close(&t);
	return reply.code;
}

/* Passes when some are taken and one is put off. */
static void send_many(const struct dialogue_case *c, const struct dialogue_setting *s,
		      const char *mail, size_t max, struct arena *a, struct fate_row *ret)
{
	int code = 250;
	size_t n = 0;

	while (n < max && code / 100 == 2) {
		code = send_one(c, s, mail, a, ret);
		n += code / 100 == 2;
	}
	if (n == max)
		dialogue_say(ret, c->bad, arena_fmt(a, "%zu in a row were taken", n));
	else if (n && code / 100 == 4)
		dialogue_say(ret, FATE_PASS, arena_fmt(a, "put off after %zu", n));
	else if (n && code / 100 == 5)
		dialogue_say(ret, c->bad,
			     arena_fmt(a, "refused for good after %zu: honest ones are lost", n));
	else
		dialogue_say(ret, FATE_UNCLEAR, ret->text);
}

static void notifications(const struct dialogue_case *c, const struct dialogue_setting *s,
			  struct arena *a, struct fate_row *ret)
{
	send_many(c, s, "MAIL FROM:<>", NOTIFICATIONS, a, ret);
}

static void haste(const struct dialogue_case *c, const struct dialogue_setting *s, struct arena *a,
		  struct fate_row *ret)
{
	send_many(c, s, "MAIL FROM:<{from}>", HASTE, a, ret);
}

const struct dialogue_case dialogue_volume[] = {
	{ .id = "X-010b",
	  .case_id = "X-010",
	  .group = "connection",
	  .title = "A message that is too big",
	  .bad = FATE_FAIL,
	  .run = oversize },
	{ .id = "X-015",
	  .case_id = "X-015",
	  .group = "connection",
	  .title = "Two hundred messages in a row",
	  .bad = FATE_FAIL,
	  .run = haste,
	  .stress = true },
	{ .id = "X-016",
	  .case_id = "X-016",
	  .group = "connection",
	  .title = "Thirty notifications in a row",
	  .bad = FATE_FAIL,
	  .run = notifications,
	  .stress = true },
	{ 0 },
};
