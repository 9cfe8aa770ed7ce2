/* The open relay (T001) and the cases X that are scripts. */
#include "audit/dialogue_private.h"

#define RELAY(letter, from_path, to_path)                                                          \
	{                                                                                          \
		.id = "T001" letter, .case_id = "T001", .group = "relay", .title = "Open relay",   \
		.bad = FATE_DANGER, .end = FATE_UNCLEAR, .from = from_path, .rcpt = to_path,       \
	}

const struct dialogue_case dialogue_relay[] = {
	RELAY("a", "{from}", "v@third.example"),
	RELAY("b", "", "v@third.example"),
	RELAY("c", "alice@{domain}", "v@third.example"),
	RELAY("d", "{from}", "v%third.example@{domain}"),
	RELAY("e", "{from}", "\"v@third.example\"@{domain}"),
	RELAY("f", "{from}", "@{domain}:v@third.example"),
	RELAY("g", "{from}", "third.example!v@{domain}"),
	RELAY("h", "{from}", "v@third.example@{domain}"),
	RELAY("i", "{from}", "v@[192.0.2.99]"),
	RELAY("j", "{from}", "v%third.example"),
	RELAY("k", "x@[198.51.100.20]", "v@third.example"),
	RELAY("l", "{from}", "\"v%third.example\"@{domain}"),
	RELAY("m", "{from}", "v@THIRD.EXAMPLE."),
	{ 0 },
};

#define STEPS(...) ((const struct dialogue_step[]){ __VA_ARGS__, { DIALOGUE_END } })
#define SCRIPT(id_, case_, group_, title_, bad_, end_, ...)                                        \
	{                                                                                          \
		.id = id_, .case_id = case_, .group = group_, .title = title_, .bad = bad_,        \
		.end = end_, .steps = STEPS(__VA_ARGS__),                                          \
	}

#define READY                                                                                      \
	{                                                                                          \
		DIALOGUE_EHLO, NULL, NULL, NULL, "250"                                             \
	}
#define MAIL                                                                                       \
	{                                                                                          \
		DIALOGUE_ASK, "MAIL FROM:<{from}>", NULL, NULL, "250"                              \
	}
#define RCPT                                                                                       \
	{                                                                                          \
		DIALOGUE_ASK, "RCPT TO:<{rcpt}>", NULL, NULL, "25"                                 \
	}
#define DATA                                                                                       \
	{                                                                                          \
		DIALOGUE_ASK, "DATA", NULL, NULL, "354"                                            \
	}

/* A second message behind what some servers take for the end of the first: one reply and no
 * more may come. */
#define SMUGGLE(letter, title_, end_of_first)                                                      \
	SCRIPT("X-001" letter, "X-001", "connection", title_, FATE_DANGER, FATE_PASS, READY, MAIL, \
	       RCPT, DATA,                                                                         \
	       { DIALOGUE_RAW,                                                                     \
		 LETTER_MARK ": {run} X-001" letter "\r\nFrom: <{from}>\r\n"                       \
			     "Subject: " DIALOGUE_SUBJECT "\r\n\r\nfirst" end_of_first             \
			     "MAIL FROM:<{from}>\r\nRCPT TO:<{rcpt}>\r\nDATA\r\n" LETTER_MARK      \
			     ": {run} X-001" letter "-second\r\nFrom: <{from}>\r\n"                \
			     "Subject: " DIALOGUE_SUBJECT "\r\n\r\nsecond\r\n.\r\n" },             \
	       { DIALOGUE_READ, NULL, "closed", NULL, NULL },                                      \
	       { DIALOGUE_LISTEN, NULL, "none|closed|421", "2|3|4|5", NULL })

const struct dialogue_case dialogue_scripts[] = {
	SCRIPT("T001n", "T001", "relay", "Open relay", FATE_DANGER, FATE_UNCLEAR, READY, MAIL, RCPT,
	       { DIALOGUE_ASK, "RSET", NULL, NULL, "250" }, MAIL, RCPT,
	       { DIALOGUE_ASK, "RCPT TO:<v@third.example>", "5|454", "2", "2" }),

	SMUGGLE("a", "Smuggling: LF . CRLF", "\n.\r\n"),
	SMUGGLE("b", "Smuggling: CR . CRLF", "\r.\r\n"),
	SMUGGLE("c", "Smuggling: CRLF . LF", "\r\n.\n"),
	SMUGGLE("d", "Smuggling: LF . LF", "\n.\n"),
	SMUGGLE("e", "Smuggling: CRLF NUL . CRLF", "\r\n{zero}.\r\n"),
	SMUGGLE("f", "Smuggling: CR . CR", "\r.\r"),

	SCRIPT("X-002a", "X-002", "connection", "Commands ended by a bare LF", FATE_FAIL, FATE_FAIL,
	       READY, { DIALOGUE_RAW, "MAIL FROM:<{from}>\n" },
	       { DIALOGUE_LISTEN, NULL, "5|none|closed|421", "2", NULL }),
	SCRIPT("X-002b", "X-002", "connection", "A message with bare LFs", FATE_FAIL, FATE_UNCLEAR,
	       READY, MAIL, RCPT, DATA,
	       { DIALOGUE_RAW,
		 LETTER_MARK ": {run} X-002b\r\nFrom: <{from}>\r\n"
			     "Subject: " DIALOGUE_SUBJECT "\r\n\r\nline\nline\r\n.\r\n" },
	       { DIALOGUE_READ, NULL, "5|closed", NULL, NULL }),

	SCRIPT("X-003", "X-003", "connection", "Words before the greeting", FATE_FAIL, FATE_FAIL,
	       { DIALOGUE_RAW, "EHLO early.example\r\n" },
	       { DIALOGUE_READ, NULL, "5|4|closed", NULL, "2" },
	       { DIALOGUE_READ, NULL, "5|4|closed|none", "2", NULL }),
	SCRIPT("X-004a", "X-004", "connection", "Commands before the reply to EHLO", FATE_FAIL,
	       FATE_PASS, { DIALOGUE_GREETING, NULL, NULL, NULL, "220" },
	       { DIALOGUE_RAW, "EHLO piped.example\r\nNOOP\r\nNOOP\r\n" },
	       { DIALOGUE_READ, NULL, "5|closed|421", NULL, "250" },
	       { DIALOGUE_READ, NULL, "5|closed|421", "none", NULL }),
	SCRIPT("X-004b", "X-004", "connection", "A message before the reply to DATA", FATE_FAIL,
	       FATE_PASS, READY, MAIL, RCPT,
	       { DIALOGUE_RAW, "DATA\r\n" LETTER_MARK ": {run} X-004b\r\nFrom: <{from}>\r\n"
			       "Subject: " DIALOGUE_SUBJECT "\r\n\r\npiped\r\n.\r\n" },
	       { DIALOGUE_READ, NULL, "5|closed|421", NULL, "354" },
	       { DIALOGUE_READ, NULL, "5|closed|421", "none", NULL }),

	SCRIPT("X-005", "X-005", "tls", "Commands behind STARTTLS, before TLS", FATE_DANGER,
	       FATE_PASS, { DIALOGUE_CLEAR, NULL, NULL, NULL, "250" },
	       { DIALOGUE_RAW, "STARTTLS\r\nRSET\r\n" },
	       { DIALOGUE_READ, NULL, "closed|421", NULL, "220" },
	       { DIALOGUE_SHAKE, NULL, "closed|none", NULL, NULL },
	       { DIALOGUE_LISTEN, NULL, "none|closed|421|5", "2", NULL }),

	SCRIPT("X-007", "X-007", "tls", "AUTH without TLS", FATE_FAIL, FATE_FAIL,
	       { DIALOGUE_CLEAR, NULL, NULL, NULL, "250" },
	       { DIALOGUE_ASK, "AUTH PLAIN AGF1ZGl0AGF1ZGl0", "50|530|538|523|closed", NULL,
		 NULL }),

	SCRIPT("X-008a", "X-008", "leak", "VRFY tells who exists", FATE_FAIL, FATE_PASS, READY,
	       { DIALOGUE_ASK, "VRFY {rcpt}", "50|closed", "250|251", NULL },
	       { DIALOGUE_ASK, "VRFY {unknown}", NULL, "55", NULL }),
	SCRIPT("X-008b", "X-008", "leak", "EXPN tells who is on a list", FATE_FAIL, FATE_PASS,
	       READY, { DIALOGUE_ASK, "EXPN staff", NULL, "2", NULL }),
	SCRIPT("X-008c", "X-008", "leak", "ETRN works for strangers", FATE_FAIL, FATE_PASS, READY,
	       { DIALOGUE_ASK, "ETRN {domain}", NULL, "25", NULL }),

	SCRIPT("X-010a", "X-010", "connection", "A message announced as too big", FATE_FAIL,
	       FATE_FAIL, READY,
	       { DIALOGUE_ASK, "MAIL FROM:<{from}> SIZE={oversize}", "552|5", "2", NULL }),

	SCRIPT("X-044", "X-044", "header", "Forged Authentication-Results in the gateway's name",
	       FATE_FAIL, FATE_UNCLEAR, READY, MAIL, RCPT,
	       { DIALOGUE_LETTER,
		 "Authentication-Results: {host}; dkim=pass header.d=forged-by-audit.example\r\n",
		 "5", NULL, NULL }),
	{ 0 },
};

/* Names no honest server says. A gateway refuses them, or counts them against the message. */
#define HELO(letter, title_, name)                                                                 \
	SCRIPT("X-017" letter, "X-017", "connection", "HELO " title_, FATE_FAIL, FATE_UNCLEAR,     \
	       { DIALOGUE_EHLO, name, "5|4", NULL, "250" },                                        \
	       { DIALOGUE_ASK, "MAIL FROM:<{from}>", "5|4", NULL, "250" },                         \
	       { DIALOGUE_ASK, "RCPT TO:<{rcpt}>", "5|4", NULL, "25" },                            \
	       { DIALOGUE_LETTER, "", "5", NULL, NULL })

const struct dialogue_case dialogue_helos[] = {
	HELO("a", "of a bare address", "203.0.113.66"),
	HELO("b", "of another client's address", "[203.0.113.67]"),
	HELO("c", "localhost", "localhost"),
	HELO("d", "localhost.localdomain", "localhost.localdomain"),
	HELO("e", "of one label", "poste"),
	HELO("f", "of the recipient's domain", "{domain}"),
	HELO("g", "of the gateway's own name", "{host}"),
	HELO("h", "with an underscore", "mail_server.third.example"),
	HELO("i", "ending in .local", "pc.local"),
	HELO("j", "ending in .lan", "serveur.lan"),
	HELO("k", "127.0.0.1", "127.0.0.1"),
	HELO("l", "beginning with a hyphen", "-.third.example"),
	HELO("m", "with an empty label", "third..example"),
	HELO("n", "[127.0.0.1]", "[127.0.0.1]"),
	HELO("o", "of a line of a home", "adsl-203-0-113-66.dynamic.third.example"),
	{ 0 },
};
