#include "smtp/smtp_verbs.h"
#include "smtp/xclient.h"
#include "tls/tlsstream.h"

enum { KEYWORDS_MAX = 16 };

/* The name is kept for the record and judged later, with the address: here it only has
 * to be one word (RFC 5321 4.1.1.1). */
static bool take_name(struct smtpsession *s, str name)
{
	if (name.n == 0 || name.n > SMTPSESSION_HELO_MAX || str_chr(name, ' ') != STR_NONE ||
	    str_chr(name, '\t') != STR_NONE) {
		smtpsession_refuse(s, 501, STR("5.5.4"),
				   STR("One host name or address literal is expected"), name);
		return false;
	}
	memcpy(s->helo, name.p, name.n);
	s->helo_n = (uint8_t)name.n;
	return true;
}

/* Both also end a transaction (RFC 5321 4.1.4). */
static void greeted(struct smtpsession *s, bool esmtp)
{
	smtpsession_reset(s);
	s->esmtp = esmtp;
	s->state = SMTPSESSION_READY;
}

void verb_ehlo_helo(struct smtpsession *s, str args)
{
	if (!take_name(s, args))
		return;
	greeted(s, false);
	smtpsession_reply(s, 250, STR(""), s->policy->conf->hostname);
}

void verb_ehlo(struct smtpsession *s, str args)
{
	const struct conf *conf = s->policy->conf;
	char size[32], limits[32];
	str lines[KEYWORDS_MAX];
	size_t n = 0;

	if (!take_name(s, args))
		return;
	greeted(s, true);
	snprintf(size, sizeof(size), "SIZE %llu", (unsigned long long)conf->smtp.max_message_bytes);
	snprintf(limits, sizeof(limits), "LIMITS RCPTMAX=%u", conf->smtp.max_recipients);
	lines[n++] = conf->hostname;
	lines[n++] = STR("PIPELINING"); /* RFC 2920 */
	lines[n++] = str_c(size);	/* RFC 1870 */
	if (s->policy->tls && !tlsstream_active(s->io))
		lines[n++] = STR("STARTTLS");	 /* RFC 3207 */
	lines[n++] = STR("ENHANCEDSTATUSCODES"); /* RFC 2034 */
	lines[n++] = STR("8BITMIME");		 /* RFC 6152 */
	lines[n++] = STR("SMTPUTF8");		 /* RFC 6531 */
	lines[n++] = STR("CHUNKING");		 /* RFC 3030 */
	lines[n++] = STR("DSN");		 /* RFC 3461 */
	if (tlsstream_active(s->io))
		lines[n++] = STR("REQUIRETLS"); /* RFC 8689 */
	if (s->trusted)
		lines[n++] = STR("XCLIENT " XCLIENT_ATTRIBUTES);
	lines[n++] = str_c(limits); /* RFC 9422; the other limits it knows are not set here */
	smtpsession_reply_lines(s, 250, STR(""), lines, n);
}
