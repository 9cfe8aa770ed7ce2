#include "battery/kit.h"

#include "base/base64.h"
#include "battery/fixture.h"
#include "battery/signature.h"

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
	uint64_t v =
		(k->seed * 6364136223846793005u + (unsigned char)which * 1442695040888963407u) %
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
		.received =
			STR("from poste.partner.example (poste.partner.example [192.0.2.14])\r\n"
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
		.signer = "partner.example",
		.html = STR("<html><body><p>Bonjour,</p><p>Voici les documents du service pour la "
			    "r=C3=A9union de jeudi.</p><p>Bien cordialement,<br>Marie "
			    "Martin</p></body></html>\r\n"),
	};
}

struct kit_mail kit_party(struct kit *k, const char *domain, const char *ip, str from)
{
	struct kit_mail m = kit_mail(k);

	m.from = from;
	m.reverse_path = kit_fmt(k, "bounce@%s", domain);
	m.helo = kit_fmt(k, "mail.%s", domain);
	m.client_ip = str_c(ip);
	m.received = STR_NULL;
	m.signer = domain;
	m.message_id = kit_fmt(k, "<20261121185957.%s@%s>", k->c->id + 2, domain);
	return m;
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

void kit_send_bytes(struct kit *k, const char *variant, struct kit_mail *m, str bytes)
{
	static const char *const suffix[] = { [KIT_CLEAN] = "-clean", [KIT_ACSS] = "-acss" };
	struct battery_message out = {
		.id = kit_fmt(k, "%s%s%s", k->c->id, variant,
			      k->c->plain ? "" : suffix[k->wrapping]),
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
	out.bytes = bytes;
	k->take(k->ctx, &out);
}

void kit_send(struct kit *k, const char *variant, struct kit_mail *m)
{
	str bytes = kit_bytes(k, m);

	if (m->signer)
		bytes = signature_dkim(k, bytes, &(struct signature){ .domain = m->signer });
	kit_send_bytes(k, variant, m, bytes);
}

void kit_send_attached(struct kit *k, const char *variant, const char *type, const char *name,
		       str bytes)
{
	struct kit_mail m = kit_mail(k);

	kit_attach(k, &m, type, name, bytes);
	kit_send(k, variant, &m);
}

/* In lines of 45 bytes between begin and end. */
static str uuencoded(struct kit *k, const char *name, str file)
{
	struct strbuf b = strbuf_make(k->arena, KIT_MAX);

	strbuf_fmt(&b, "begin 644 %s\r\n", name);
	for (size_t at = 0; at < file.n; at += 45) {
		str line = str_sub(file, at, at + 45);

		strbuf_char(&b, (char)(' ' + line.n));
		for (size_t i = 0; i < line.n; i += 3) {
			uint32_t v = 0;

			for (size_t j = i; j < i + 3; j++)
				v = v << 8 | (j < line.n ? (unsigned char)line.p[j] : 0);
			for (int shift = 18; shift >= 0; shift -= 6)
				strbuf_char(&b, (char)((v >> shift & 63) ? ' ' + (v >> shift & 63)
									 : '`'));
		}
		strbuf_put(&b, STR("\r\n"));
	}
	strbuf_put(&b, STR("`\r\nend\r\n"));
	return strbuf_str(&b);
}

static str value_of(struct kit *k, str key, const char *name, str file)
{
	if (str_eq(key, STR("b")))
		return kit_boundary(k, 't');
	if (str_eq(key, STR("text")))
		return STR(
			"Content-Type: text/plain; charset=utf-8\r\n\r\nVoir la piece jointe.\r\n");
	if (str_eq(key, STR("part")))
		return kit_part(k, "application/octet-stream", name, file);
	if (str_eq(key, STR("b64")))
		return kit_base64(k, file);
	if (str_eq(key, STR("qp")))
		return kit_qp(k, file);
	if (str_eq(key, STR("uu")))
		return uuencoded(k, name, file);
	if (str_eq(key, STR("uuhalf")) || str_eq(key, STR("uulines"))) {
		str all = uuencoded(k, name, file);
		size_t first = str_find(all, STR("\n")) + 1, end = str_find(all, STR("`\r\nend"));

		return str_eq(key, STR("uuhalf")) ? str_sub(all, 0, end) : str_sub(all, first, end);
	}
	bug_if(!str_eq(key, STR("name")));
	return str_c(name);
}

str kit_expand(struct kit *k, const char *template, const char *name, str file)
{
	struct strbuf b = strbuf_make(k->arena, KIT_MAX);
	str rest = str_c(template);

	while (rest.n) {
		size_t close = rest.p[0] == '{' ? str_chr(rest, '}') : STR_NONE;

		if (close != STR_NONE && close > 1 && str_is_alpha(rest.p[1])) {
			strbuf_put(&b, value_of(k, str_sub(rest, 1, close), name, file));
			rest = str_skip(rest, close + 1);
			continue;
		}
		if (rest.p[0] == '\n')
			strbuf_char(&b, '\r');
		strbuf_char(&b,
			    rest.p[0] >= 1 && rest.p[0] <= 3 ? "\n\0\r"[rest.p[0] - 1] : rest.p[0]);
		rest = str_skip(rest, 1);
	}
	return strbuf_str(&b);
}

struct kind {
	const char *mark, *name;
	str file;
	uint32_t allowed;
};

enum { KINDS = 3 };

/* A program in a zip file, the test virus in a zip file, a harmless text. */
static void fill_kinds(struct kit *k, uint32_t harmless, struct kind kinds[KINDS])
{
	kinds[0] = (struct kind){ "M", "facture.zip", fixture_zip1(k, "setup.exe", fixture_pe(k)),
				  BATTERY_REJECT | BATTERY_QUARANTINE };
	kinds[1] =
		(struct kind){ "E", "facture.zip", fixture_zip1(k, "eicar.com", fixture_eicar(k)),
			       BATTERY_REJECT | BATTERY_QUARANTINE };
	kinds[2] = (struct kind){ "B", "notice.txt", fixture_txt(k), harmless };
}

static void send_kind(struct kit *k, const char *variant, const struct kind *kind, bool malicious,
		      const char *symbols, struct kit_mail *m)
{
	m->malicious = malicious;
	kit_expect(k, kind->allowed, malicious ? NULL : symbols);
	kit_send(k, kit_fmt(k, "%s%s", variant, kind->mark).p, m);
}

void kit_send_both(struct kit *k, const char *variant, uint32_t harmless, const char *symbols,
		   void (*make)(struct kit *k, struct kit_mail *m, const char *name, str file))
{
	struct kind kinds[KINDS];

	fill_kinds(k, harmless, kinds);
	for (size_t i = 0; i < KINDS; i++) {
		struct kit_mail m = kit_mail(k);

		make(k, &m, kinds[i].name, kinds[i].file);
		send_kind(k, variant, &kinds[i], i < 2, symbols, &m);
	}
}

void kit_send_template(struct kit *k, const char *variant, uint32_t harmless, const char *symbols,
		       const char *template)
{
	struct kind kinds[KINDS];

	fill_kinds(k, harmless, kinds);
	for (size_t i = 0; i < KINDS; i++) {
		struct kit_mail m = kit_mail(k);

		m.entity = kit_expand(k, template, kinds[i].name, kinds[i].file);
		send_kind(k, variant, &kinds[i], i < 2, symbols, &m);
	}
}
