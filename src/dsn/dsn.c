#include "dsn/dsn.h"

#include "base/clock.h"
#include "base/qp.h"
#include "base/utf8.h"
#include "dsn/dsnoriginal.h"
#include "dsn/dsntext.h"
#include "mail/dsnparams.h"

static const char *const action_names[DSN_ACTIONS] = {
	[DSN_FAILED] = "failed",
	[DSN_DELAYED] = "delayed",
	[DSN_DELIVERED] = "delivered",
	[DSN_RELAYED] = "relayed",
};

static bool is_ascii(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] > 126)
			return false;
	}
	return true;
}

/* An address of either part needs the types of RFC 6533. */
static bool is_global(const struct dsn_report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (!is_ascii(r->recipients[i].address) || !is_ascii(r->recipients[i].orcpt))
			return true;
	}
	return !is_ascii(r->to);
}

/* --- codes */

/* "D.D" or "D.D.D" with up to three digits behind each dot, at the start of s. */
static str leading_status(str s)
{
	size_t i = 1, dots = 0, digits = 0;

	if (s.n < 5 || !str_is_digit(s.p[0]) || s.p[1] != '.')
		return STR("");
	for (; i < s.n && (s.p[i] == '.' || str_is_digit(s.p[i])); i++) {
		digits = s.p[i] == '.' ? 0 : digits + 1;
		dots += s.p[i] == '.';
		if (digits > 3 || dots > 2 || (s.p[i] == '.' && s.p[i - 1] == '.'))
			return STR("");
	}
	if (dots != 2 || digits == 0 || (i < s.n && s.p[i] != ' '))
		return STR("");
	return str_sub(s, 0, i);
}

static bool has_code(str reply)
{
	return reply.n >= 3 && str_is_digit(reply.p[0]) && str_is_digit(reply.p[1]) &&
	       str_is_digit(reply.p[2]) && (reply.n == 3 || reply.p[3] == ' ' || reply.p[3] == '-');
}

static str status_in(str reply)
{
	return has_code(reply) ? leading_status(str_skip(reply, 4)) : STR("");
}

str dsn_status(struct arena *a, enum dsn_action action, str reply, bool expired)
{
	str status = status_in(reply);
	char class = action == DSN_DELAYED || expired ? '4' : action == DSN_FAILED ? '5' : '2';

	if (expired)
		return STR("4.4.7");
	if (action == DSN_RELAYED)
		return STR("2.1.9"); /* to a server that sends no reports (RFC 3886) */
	if (status.n && status.p[0] == class)
		return status;
	return arena_fmt(a, "%c.0.0", class);
}

str dsn_codes(str reply)
{
	str status = status_in(reply);

	if (!has_code(reply))
		return STR("");
	return str_sub(reply, 0, status.n ? 4 + status.n : 3);
}

/* --- the part for programs */

static void put_date(struct strbuf *b, const char *name, int64_t at)
{
	strbuf_fmt(b, "%s: ", name);
	clock_put_rfc5322(b, at);
	strbuf_put(b, STR("\r\n"));
}

/* Text that stays on its line, whatever is in it; without UTF-8 unless global. */
static void put_clean(struct strbuf *b, str s, bool global)
{
	bool keep = global && utf8_valid(s);

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		strbuf_char(b, c < ' ' || c == 127 || (c > 127 && !keep) ? '?' : (char)c);
	}
}

static void put_field(struct strbuf *b, const char *name, str value, bool global)
{
	strbuf_fmt(b, "%s", name);
	put_clean(b, value, global);
	strbuf_put(b, STR("\r\n"));
}

/* "rfc822;xtext", decoded (RFC 3461 4.2, RFC 3464 2.3.1). */
static void put_orcpt(struct strbuf *b, str orcpt, bool global)
{
	size_t semicolon = str_chr(orcpt, ';');
	struct strbuf value = strbuf_make(b->arena, DSNPARAMS_ORCPT_MAX + 2);

	if (semicolon == STR_NONE)
		return;
	strbuf_put(&value, str_sub(orcpt, 0, semicolon));
	strbuf_put(&value, STR("; "));
	if (dsnparams_decode(str_skip(orcpt, semicolon + 1), &value))
		put_field(b, "Original-Recipient: ", strbuf_str(&value), global);
}

static void put_recipient(struct strbuf *b, const struct dsn_report *r,
			  const struct dsn_recipient *one, bool global)
{
	strbuf_put(b, STR("\r\n"));
	put_orcpt(b, one->orcpt, global);
	put_field(b,
		  is_ascii(one->address) ? "Final-Recipient: rfc822; " : "Final-Recipient: utf-8; ",
		  one->address, global);
	strbuf_fmt(b, "Action: %s\r\n", action_names[r->action]);
	put_field(b, "Status: ", one->status, false);
	if (one->remote.n)
		put_field(b, "Remote-MTA: dns; ", one->remote, false);
	if (one->diagnostic.n)
		put_field(b, "Diagnostic-Code: smtp; ",
			  str_sub(one->diagnostic, 0, DSN_DIAGNOSTIC_MAX), false);
	if (r->action == DSN_DELAYED && r->retry_until)
		put_date(b, "Will-Retry-Until", r->retry_until);
}

static void put_status_part(struct strbuf *out, const struct dsn_report *r)
{
	struct strbuf b = strbuf_make(out->arena, DSN_MAX);
	struct strbuf envid = strbuf_make(out->arena, DSNPARAMS_ENVID_MAX);
	bool global = is_global(r);

	put_field(&b, "Reporting-MTA: dns; ", r->hostname, false);
	if (r->envid.n && dsnparams_decode(r->envid, &envid))
		put_field(&b, "Original-Envelope-Id: ", strbuf_str(&envid), false);
	put_date(&b, "Arrival-Date", r->arrived);
	for (size_t i = 0; i < r->n; i++)
		put_recipient(&b, r, &r->recipients[i], global);
	strbuf_put(out, STR("Content-Description: Delivery report\r\n"));
	if (!global) {
		strbuf_put(out, STR("Content-Type: message/delivery-status\r\n\r\n"));
		strbuf_put(out, strbuf_str(&b));
		return;
	}
	strbuf_put(out, STR("Content-Type: message/global-delivery-status; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
	qp_encode(out, strbuf_str(&b));
}

/* --- the whole */

static void put_header(struct strbuf *out, const struct dsn_report *r)
{
	strbuf_fmt(out, "From: %s <MAILER-DAEMON@%.*s>\r\nTo: <",
		   r->french ? "Service de distribution du courrier" : "Mail delivery service",
		   STR_ARG(r->hostname));
	put_clean(out, r->to, true);
	strbuf_fmt(out, ">\r\nSubject: %s\r\n", dsntext_subject(r));
	put_date(out, "Date", r->now);
	strbuf_fmt(out, "Message-ID: <%.*s@%.*s>\r\n", STR_ARG(r->id), STR_ARG(r->hostname));
	strbuf_put(out, STR("Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"));
	strbuf_fmt(out,
		   "Content-Type: multipart/report; report-type=%sdelivery-status;\r\n"
		   "\tboundary=\"=_%.*s\"\r\n\r\n",
		   is_global(r) ? "global-" : "", STR_ARG(r->id));
}

static void put_boundary(struct strbuf *out, const struct dsn_report *r, const char *end)
{
	strbuf_fmt(out, "--=_%.*s%s\r\n", STR_ARG(r->id), end);
}

void dsn_put(struct strbuf *out, const struct dsn_report *r)
{
	struct strbuf text = strbuf_make(out->arena, DSN_MAX);

	put_header(out, r);
	put_boundary(out, r, "");
	strbuf_put(out, STR("Content-Description: Notification\r\n"
			    "Content-Type: text/plain; charset=utf-8\r\n"
			    "Content-Transfer-Encoding: quoted-printable\r\n\r\n"));
	dsntext_put(&text, r);
	qp_encode(out, strbuf_str(&text));
	strbuf_put(out, STR("\r\n"));
	put_boundary(out, r, "");
	put_status_part(out, r);
	strbuf_put(out, STR("\r\n"));
	put_boundary(out, r, "");
	dsnoriginal_put(out, r);
	strbuf_put(out, STR("\r\n"));
	put_boundary(out, r, "--");
}
