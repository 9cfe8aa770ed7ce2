/* battery/kit.h - what the cases are written with: a mail with good defaults, changed where
 * the case wants it, sent as a variant.
 *
 * Each case function runs once per wrapping. KIT_CLEAN is a complete, correct, authenticated
 * French message, so that only what is tested can cause the verdict; KIT_ACSS is the same
 * content as a script of Python's email package writes it, from an unknown client: no Date, no
 * Message-ID, HTML only, a subject in capitals. Its outcome must be at least as severe.
 *
 * Input    trusted.   Memory  in kit->arena, forgotten after each message is taken.
 */
#ifndef BATTERY_KIT_H
#define BATTERY_KIT_H

#include "base/strbuf.h"
#include "battery/battery.h"

enum kit_wrapping { KIT_CLEAN, KIT_ACSS };

struct kit;

struct battery_case {
	const char *id, *group, *title;
	uint32_t allowed;
	const char *symbols; /* or NULL */
	void (*make)(struct kit *k);
	bool plain; /* one wrapping only, with no suffix: the twins */
};

extern const struct battery_case cases_antivirus[], cases_extension[], cases_document[],
	cases_archive[], cases_url[], cases_identity[], cases_sender[], cases_header[],
	cases_structure[], cases_encoding[], cases_filename[], cases_container[], cases_twin[],
	cases_relayed[], cases_carried[], cases_reply[], cases_locked[], cases_visit[],
	cases_bulky[], cases_tension[], cases_listed[];

struct kit {
	struct arena *arena;
	uint64_t seed;
	enum kit_wrapping wrapping;
	const struct battery_case *c;
	uint32_t allowed; /* of the variants that follow */
	const char *symbols;
	str prefix;
	battery_take_fn *take;
	void *ctx;
};

/* STR_NULL leaves a field out. Fields are put as they are: the case is the encoder. */
struct kit_mail {
	str client_ip, helo, reverse_path, recipient;
	str received, date, from, sender, reply_to, to, cc, subject, message_id, mime_version;
	str extra; /* further header lines, each with its CRLF */
	str text, html;
	ARENA_VEC(str) parts; /* whole entities behind the text: header, empty line, body */
	str entity;	      /* instead of text, html and parts: MIME fields, empty line, body */
	const char *signer;   /* domain of its DKIM signature; NULL: none */
	bool malicious;
};

struct kit_mail kit_mail(struct kit *k);
/* From a sender of one of the clean third parties, whose authentication passes. */
struct kit_mail kit_party(struct kit *k, const char *domain, const char *ip, str from);
void kit_text(struct kit *k, struct kit_mail *m, str text); /* plain and HTML say the same */
/* A part in base64 with both names. */
void kit_attach(struct kit *k, struct kit_mail *m, const char *type, const char *name, str bytes);
str kit_part(struct kit *k, const char *type, const char *name, str bytes);
/* Header lines given whole (each with CRLF), body in base64. */
str kit_part_base64(struct kit *k, str headers, str bytes);
str kit_base64(struct kit *k, str bytes); /* in lines of 76 */
str kit_qp(struct kit *k, str bytes);	  /* every byte that is not a letter or digit */
str kit_boundary(struct kit *k, char which);
str kit_multipart(struct kit *k, const char *type, str boundary, const str *parts, size_t n);
/* Of text: a NUL byte in an argument would end it. */
str kit_fmt(struct kit *k, const char *fmt, ...) printf_like(2, 3);
str kit_join(struct kit *k, const str *pieces, size_t n);
str kit_repeat(struct kit *k, str what, size_t times);
str kit_utf16(struct kit *k, str ascii, bool big, bool bom);

/* The whole message as it goes out, its own signature and header lines of others included. */
void kit_send_bytes(struct kit *k, const char *variant, struct kit_mail *m, str bytes);
/* For the variants that follow. */
void kit_expect(struct kit *k, uint32_t allowed, const char *symbols);
/* The message goes out as variant "a" ("" for the only one). */
void kit_send(struct kit *k, const char *variant, struct kit_mail *m);
/* The commonest case: one attachment. */
void kit_send_attached(struct kit *k, const char *variant, const char *type, const char *name,
		       str bytes);
/* The same structure around a malicious and a harmless file: make gets the file as a zip or
 * text, and its name. Malicious must be refused or held; harmless as expected. */
void kit_send_both(struct kit *k, const char *variant, uint32_t harmless, const char *symbols,
		   void (*make)(struct kit *k, struct kit_mail *m, const char *name, str file));
/* The same with the structure as text: the MIME fields of the message, an empty line, its body,
 * lines ended by LF. {b} is a boundary, {text} a text part, {part} the file as a part, {b64}
 * the file in base64, {qp} in quoted-printable, {uu} uuencoded, {uuhalf} without its end,
 * {uulines} without begin and end, {name} its name. */
void kit_send_template(struct kit *k, const char *variant, uint32_t harmless, const char *symbols,
		       const char *template);
/* In the template \1 is a line feed alone, \2 a NUL byte, \3 a carriage return alone. */
str kit_expand(struct kit *k, const char *template, const char *name, str file);
/* The whole message as bytes, for messages inside messages. */
str kit_bytes(struct kit *k, const struct kit_mail *m);

/* Rows of honest mail that is to pass: unmarked, or marked at worst. */
#define TWIN(id, what, make)                                                                       \
	{                                                                                          \
		id, "twin", what, BATTERY_ACCEPT, NULL, make, true                                 \
	}
#define TWIN_MARKED(id, what, make)                                                                \
	{                                                                                          \
		id, "twin", what, BATTERY_ACCEPT | BATTERY_FLAG, NULL, make, true                  \
	}

#endif
