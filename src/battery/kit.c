#include "battery/kit.h"

#include "base/base64.h"
#include "battery/fixture.h"

#include <stdarg.h>
#include <stdio.h>

enum { KIT_MAX = 64 << 20 };

static const str french = STR("Bonjour,\r\n\r\nVoici les documents du service pour la r=C3=A9union "
			      "de jeudi.\r\nBien cordialement,\r\nMarie Martin\r\n");

str kit_fmt(struct kit *k, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	bug_if(n < 0);
	text = arena_alloc(k->arena, (size_t)n + 1);
	bug_if(vsnprintf(text, (size_t)n + 1, fmt, again) != n);
	va_end(again);
	return str_of(text, (size_t)n);
}

str kit_join(struct kit *k, const str *pieces, size_t n)
{
	struct strbuf b = strbuf_make(k->arena, KIT_MAX);

	for (size_t i = 0; i < n; i++)
		strbuf_put(&b, pieces[i]);
	return strbuf_str(&b);
}

str kit_repeat(struct kit *k, str what, size_t times)
{
	struct strbuf b = strbuf_make(k->arena, KIT_MAX);

	strbuf_reserve(&b, what.n * times);
	for (size_t i = 0; i < times; i++)
		strbuf_put(&b, what);
	return strbuf_str(&b);
}

str kit_utf16(struct kit *k, str ascii, bool big, bool bom)
{
	struct strbuf b = strbuf_make(k->arena, KIT_MAX);

	if (bom)
		strbuf_put(&b, big ? STR("\xfe\xff") : STR("\xff\xfe"));
	for (size_t i = 0; i < ascii.n; i++) {
		if (big)
			strbuf_char(&b, 0);
		strbuf_char(&b, ascii.p[i]);
		if (!big)
			strbuf_char(&b, 0);
	}
	return strbuf_str(&b);
}

str kit_base64(struct kit *k, str bytes)
{
	struct strbuf flat = strbuf_make(k->arena, KIT_MAX), b = strbuf_make(k->arena, KIT_MAX);

	base64_encode(&flat, bytes);
	for (size_t i = 0; i < flat.n; i += 76) {
		strbuf_put(&b, str_sub(strbuf_str(&flat), i, i + 76));
		strbuf_put(&b, STR("\r\n"));
	}
	return strbuf_str(&b);
}

str kit_qp(struct kit *k, str bytes)
{
	struct strbuf b = strbuf_make(k->arena, KIT_MAX);
	size_t column = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		if (column > 70) {
			strbuf_put(&b, STR("=\r\n"));
			column = 0;
		}
		if (str_is_alnum((char)c)) {
			strbuf_char(&b, (char)c);
			column++;
		} else {
			strbuf_fmt(&b, "=%02X", c);
			column += 3;
		}
	}
	strbuf_put(&b, STR("\r\n"));
	return strbuf_str(&b);
}

/* Python writes fifteen equal signs, nineteen digits and two equal signs. */
str kit_boundary(struct kit *k, char which)
{
	uint64_t v = (k->seed * 6364136223846793005u + (unsigned char)which * 1442695040888963407u) %
		     10000000000000000000u;

	if (k->wrapping == KIT_ACSS)
		return kit_fmt(k, "===============%019llu==", (unsigned long long)v);
	return kit_fmt(k, "----=_Part_%c_%010llu", which, (unsigned long long)(v % 10000000000));
}

str kit_part_base64(struct kit *k, str headers, str bytes)
{
	const str pieces[] = { headers, STR("Content-Transfer-Encoding: base64\r\n\r\n"),
			       kit_base64(k, bytes) };

	return kit_join(k, pieces, ARRAY_LEN(pieces));
}

str kit_part(struct kit *k, const char *type, const char *name, str bytes)
{
	return kit_part_base64(k,
			       kit_fmt(k,
				       "Content-Type: %s; name=\"%s\"\r\n"
				       "Content-Disposition: attachment; filename=\"%s\"\r\n",
				       type, name, name),
			       bytes);
}

str kit_multipart(struct kit *k, const char *type, str boundary, const str *parts, size_t n)
{
	struct strbuf b = strbuf_make(k->arena, KIT_MAX);

	strbuf_fmt(&b, "Content-Type: %s; boundary=\"%.*s\"\r\n\r\n", type, STR_ARG(boundary));
	for (size_t i = 0; i < n; i++) {
		strbuf_fmt(&b, "--%.*s\r\n", STR_ARG(boundary));
		strbuf_put(&b, parts[i]);
		strbuf_put(&b, STR("\r\n"));
	}
	strbuf_fmt(&b, "--%.*s--\r\n", STR_ARG(boundary));
	return strbuf_str(&b);
}

struct kit_mail kit_mail(struct kit *k)
{
	if (k->wrapping == KIT_ACSS)
		return (struct kit_mail){
			.client_ip = STR("203.0.113.66"),
			.helo = STR("test.evil.example"),
			.reverse_path = STR("test@nospf.example"),
			.recipient = STR("alice@hopital.example"),
			.from = STR("test@nospf.example"),
			.to = STR("alice@hopital.example"),
			.subject = kit_fmt(k, "SEND %s", k->c->id),
			.mime_version = STR("1.0"),
			.html = STR("<html><body><p>Test</p></body></html>\r\n"),
		};
	return (struct kit_mail){
		.client_ip = STR("192.0.2.10"),
		.helo = STR("mail.partner.example"),
		.reverse_path = STR("marie.martin@partner.example"),
		.recipient = STR("alice@hopital.example"),
		.received = STR("from poste.partner.example (poste.partner.example [192.0.2.14])\r\n"
				"\tby mail.partner.example with ESMTPS id 7Bq3k2;\r\n"
				"\tSat, 21 Nov 2026 18:59:58 +0100"),
		.date = STR("Sat, 21 Nov 2026 18:59:57 +0100"),
		.from = STR("Marie Martin <marie.martin@partner.example>"),
		.to = STR("Alice Petit <alice@hopital.example>"),
		.subject = STR("Documents du service"),
		.message_id = kit_fmt(k, "<20261121185957.%s.%llu@partner.example>", k->c->id,
				      (unsigned long long)k->seed % 1000000),
		.mime_version = STR("1.0"),
		.text = french,
		.html = STR("<html><body><p>Bonjour,</p><p>Voici les documents du service pour la "
			    "r=C3=A9union de jeudi.</p><p>Bien cordialement,<br>Marie "
			    "Martin</p></body></html>\r\n"),
	};
}

void kit_text(struct kit *k, struct kit_mail *m, str text)
{
	m->text = text;
	m->html = kit_fmt(k, "<html><body><p>%.*s</p></body></html>\r\n", STR_ARG(text));
	if (k->wrapping == KIT_ACSS)
		m->text = STR_NULL;
}

void kit_attach(struct kit *k, struct kit_mail *m, const char *type, const char *name, str bytes)
{
	*arena_push(k->arena, &m->parts) = kit_part(k, type, name, bytes);
}

static str text_part(struct kit *k, const char *type, str text)
{
	return kit_fmt(k,
		       "Content-Type: %s; charset=\"utf-8\"\r\n"
		       "Content-Transfer-Encoding: quoted-printable\r\n\r\n%.*s",
		       type, STR_ARG(text));
}

static str body_entity(struct kit *k, const struct kit_mail *m)
{
	str both[2];

	if (!m->text.p)
		return text_part(k, "text/html", m->html);
	if (!m->html.p)
		return text_part(k, "text/plain", m->text);
	both[0] = text_part(k, "text/plain", m->text);
	both[1] = text_part(k, "text/html", m->html);
	return kit_multipart(k, "multipart/alternative", kit_boundary(k, 'a'), both, 2);
}

static str whole_entity(struct kit *k, const struct kit_mail *m)
{
	str body = m->entity.p ? m->entity : body_entity(k, m);
	str *parts;

	if (m->entity.p || !m->parts.n)
		return body;
	parts = arena_array(k->arena, str, m->parts.n + 1);
	parts[0] = body;
	for (size_t i = 0; i < m->parts.n; i++)
		parts[i + 1] = m->parts.v[i];
	return kit_multipart(k, "multipart/mixed", kit_boundary(k, 'm'), parts, m->parts.n + 1);
}

static void put_field(struct strbuf *b, const char *name, str value)
{
	if (!value.p)
		return;
	strbuf_fmt(b, "%s: ", name);
	strbuf_put(b, value);
	strbuf_put(b, STR("\r\n"));
}

str kit_bytes(struct kit *k, const struct kit_mail *m)
{
	struct strbuf b = strbuf_make(k->arena, KIT_MAX);

	put_field(&b, "Received", m->received);
	put_field(&b, "Date", m->date);
	put_field(&b, "From", m->from);
	put_field(&b, "Sender", m->sender);
	put_field(&b, "Reply-To", m->reply_to);
	put_field(&b, "To", m->to);
	put_field(&b, "Cc", m->cc);
	put_field(&b, "Subject", m->subject);
	put_field(&b, "Message-ID", m->message_id);
	strbuf_put(&b, m->extra);
	put_field(&b, "MIME-Version", m->mime_version);
	strbuf_put(&b, whole_entity(k, m));
	bug_if(b.overflow);
	return strbuf_str(&b);
}

void kit_expect(struct kit *k, uint32_t allowed, const char *symbols)
{
	k->allowed = allowed;
	k->symbols = symbols;
}

void kit_send(struct kit *k, const char *variant, struct kit_mail *m)
{
	static const char *const suffix[] = { [KIT_CLEAN] = "-clean", [KIT_ACSS] = "-acss" };
	struct battery_message out = {
		.id = kit_fmt(k, "%s%s%s", k->c->id, variant, k->c->plain ? "" : suffix[k->wrapping]),
		.case_id = str_c(k->c->id),
		.group = str_c(k->c->group),
		.title = str_c(k->c->title),
		.allowed = k->allowed,
		.symbols = k->symbols ? str_c(k->symbols) : STR(""),
		.malicious = m->malicious || k->allowed == BATTERY_REJECT,
		.client_ip = m->client_ip,
		.helo = m->helo,
		.reverse_path = m->reverse_path,
		.recipient = m->recipient,
	};

	/* A test script's message may always be treated more severely. */
	if (k->wrapping == KIT_ACSS) {
		out.allowed |= BATTERY_REJECT;
		if (out.allowed & (BATTERY_ACCEPT | BATTERY_FLAG))
			out.allowed |= BATTERY_QUARANTINE | BATTERY_FLAG;
	}
	if (!str_starts(out.id, k->prefix))
		return;
	out.bytes = kit_bytes(k, m);
	k->take(k->ctx, &out);
}

void kit_send_attached(struct kit *k, const char *variant, const char *type, const char *name,
		       str bytes)
{
	struct kit_mail m = kit_mail(k);

	kit_attach(k, &m, type, name, bytes);
	kit_send(k, variant, &m);
}

void kit_send_both(struct kit *k, const char *variant, uint32_t harmless, const char *symbols,
		   void (*make)(struct kit *k, struct kit_mail *m, const char *name, str file))
{
	struct {
		const char *mark, *name;
		str file;
		uint32_t allowed;
	} const kinds[] = {
		{ "M", "facture.zip", fixture_zip1(k, "setup.exe", fixture_pe(k)),
		  BATTERY_REJECT | BATTERY_QUARANTINE },
		{ "E", "facture.zip", fixture_zip1(k, "eicar.com", fixture_eicar(k)),
		  BATTERY_REJECT | BATTERY_QUARANTINE },
		{ "B", "notice.txt", fixture_txt(k), harmless },
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct kit_mail m = kit_mail(k);

		make(k, &m, kinds[i].name, kinds[i].file);
		m.malicious = i < 2;
		kit_expect(k, kinds[i].allowed, i < 2 ? NULL : symbols);
		kit_send(k, kit_fmt(k, "%s%s", variant, kinds[i].mark).p, &m);
	}
}
