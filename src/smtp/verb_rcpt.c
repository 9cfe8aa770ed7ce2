#include "mail/address.h"
#include "smtp/smtp_verbs.h"
#include "sys/metrics.h"

static void refuse_path(struct smtpsession *s, int error, str args)
{
	metrics_add(METRIC_edge_recipients_refused, 1);
	if (error == ADDRESS_E_UTF8)
		smtpsession_refuse(s, 553, STR("5.6.7"), STR("This address needs SMTPUTF8"), args);
	else
		smtpsession_refuse(s, 553, STR("5.1.3"),
				   STR("The recipient's address is not valid"), args);
}

static void refuse_params(struct smtpsession *s, int error, str args)
{
	if (error == ESMTP_E_UNKNOWN)
		smtpsession_refuse(s, 555, STR("5.5.4"),
				   STR("A parameter of RCPT is not supported"), args);
	else
		smtpsession_refuse(s, 501, STR("5.5.4"),
				   STR("The parameters of RCPT are not valid"), args);
}

/* Logged once for a message: a list server may go on with hundreds. */
static void refuse_one_more(struct smtpsession *s, str args)
{
	str text = STR("Too many recipients; send the others separately");

	metrics_add(METRIC_edge_recipients_refused, 1);
	if (s->mail->full)
		smtpsession_reply(s, 452, STR("4.5.3"), text);
	else
		smtpsession_refuse(s, 452, STR("4.5.3"), text, args);
	s->mail->full = true;
}

static bool is_postmaster(struct address to)
{
	return str_caseeq(to.local, STR("postmaster")) && to.domain.n == 0;
}

/* A local part that other servers may read as one more address, to relay to it: routes by
 * "%", "!" and a second "@", in quotes or not. */
static bool hides_a_route(str local)
{
	return str_chr(local, '@') != STR_NONE || str_chr(local, '%') != STR_NONE ||
	       str_chr(local, '!') != STR_NONE;
}

/* Mail is received for our own domains only, or in role out for anyone; postmaster alone is
 * whoever runs this server (RFC 5321 4.5.1). */
static bool is_ours(const struct conf *conf, struct address to)
{
	if (to.domain.n == 0)
		return is_postmaster(to);
	if (conf->role == CONF_ROLE_OUT && !conf_is_own_domain(conf, to.domain))
		return true;
	return conf_is_own_domain(conf, to.domain) && !hides_a_route(to.local);
}

/* Logged once for a message. The others are taken: who keeps one recipient busy keeps none of them
 * waiting, who would be named behind him each time. */
static void put_off(struct smtpsession *s, str args)
{
	str text = STR("This recipient got too many notifications; try again later");

	metrics_add(METRIC_edge_recipients_refused, 1);
	if (s->mail->n_put_off++)
		smtpsession_reply(s, 451, STR("4.7.1"), text);
	else
		smtpsession_refuse(s, 451, STR("4.7.1"), text, args);
}

/* Who watches over the mail itself needs all of them. */
static bool has_enough_bounces(const struct smtpsession *s, struct address to)
{
	struct strbuf text =
		strbuf_make(s->mail->arena, 2 * ADDRESS_LOCAL_MAX + ADDRESS_DOMAIN_MAX + 3);
	const struct conf *conf = s->policy->conf;

	if (s->mail->reverse_path.n || !s->outside->bounces || !conf->smtp.max_bounces ||
	    conf->role == CONF_ROLE_OUT || str_caseeq(to.local, STR("postmaster")) ||
	    str_caseeq(to.local, STR("mailer-daemon")))
		return false;
	address_put(&text, to);
	return bounces_full(s->outside->bounces, strbuf_str(&text), conf->smtp.max_bounces,
			    clock_now_ms());
}

/* --- the table of recipients --- */

static bool has_table(const struct smtpsession *s)
{
	return s->policy->recipients.map.p != NULL;
}

/* Our own servers and people, who may write to all that is there. */
static bool is_inside(const struct smtpsession *s)
{
	return s->login_n > 0 || conf_networks_has(&s->policy->conf->recipients.inside, s->ip);
}

/* Known recipients wait as long as unknown ones: the time of an answer tells nothing. */
static bool must_wait(struct smtpsession *s, str args)
{
	uint32_t tried;
	int64_t ms;

	if (!has_table(s) || s->rested || is_inside(s))
		return false;
	tried = harvest_count(s->outside->harvest, s->ip, clock_now_ms());
	ms = harvest_delay(tried, s->policy->conf->recipients.slow_after);
	if (ms == 0)
		return false;
	metrics_add(METRIC_edge_recipients_delayed, 1);
	smtpsession_rest(s, args, ms);
	return true;
}

/* In mode observe nobody is refused, and a table can be tried: the log says who would have been. */
static enum recipients_found look_up(struct smtpsession *s, struct address to, str args)
{
	const struct conf *conf = s->policy->conf;
	str delimiter = conf->recipients.delimiter;
	enum recipients_found found;

	if (!has_table(s) || to.domain.n == 0)
		return RECIPIENTS_KNOWN;
	found = recipients_find(&s->policy->recipients, to, delimiter.n ? delimiter.p[0] : 0);
	if (found == RECIPIENTS_KNOWN || (found == RECIPIENTS_INTERNAL && is_inside(s)))
		return RECIPIENTS_KNOWN;
	metrics_add(METRIC_edge_recipients_unlisted, 1);
	if (conf->mode != CONF_MODE_OBSERVE)
		return found;
	s->outside->refused(s->outside->ctx, s, 250, STR("2.1.5"), args, recipients_word(found));
	return RECIPIENTS_KNOWN;
}

/* True: it was one too many, and the session is over. */
static bool harvests(struct smtpsession *s, str args, str reason)
{
	uint32_t max = s->policy->conf->recipients.close_after;
	int64_t now = clock_now_ms();
	bool enough = max && harvest_count(s->outside->harvest, s->ip, now) >= max;

	if (is_inside(s))
		return false;
	harvest_add(s->outside->harvest, s->ip, now);
	if (!enough)
		return false;
	smtpsession_refuse_for(s, 421, STR("4.7.0"),
			       STR("Too many unknown recipients, try again later"), args, reason);
	smtpsession_over(s, "too many unknown recipients");
	return true;
}

/* What is not there, is disabled or may be reached from inside only has one answer, of which a
 * stranger learns as little as may be: no more than that mail does not get there now. */
static void refuse_unlisted(struct smtpsession *s, enum recipients_found found, str domain,
			    str args)
{
	bool for_good = conf_strings_has(&s->policy->conf->recipients.reject, domain);

	s->mail->n_unlisted++;
	metrics_add(METRIC_edge_recipients_refused, 1);
	if (harvests(s, args, recipients_word(found)))
		return;
	smtpsession_refuse_for(s, for_good ? 550 : 450, for_good ? STR("5.1.1") : STR("4.1.1"),
			       STR("This mailbox cannot be reached"), args, recipients_word(found));
}

static void keep_params(struct transaction *t, struct dsnparams_rcpt dsn)
{
	struct strbuf text = strbuf_make(t->arena, DSNPARAMS_RCPT_MAX);

	dsnparams_put_rcpt(&text, dsn);
	*arena_push(t->arena, &t->rcpt_params) = strbuf_str(&text);
	t->has_rcpt_params |= text.n > 0;
	t->rcpt_bytes += text.n;
}

static void add_recipient(struct smtpsession *s, struct address to)
{
	struct transaction *t = s->mail;
	struct strbuf text = strbuf_make(t->arena, 2 * ADDRESS_LOCAL_MAX + ADDRESS_DOMAIN_MAX + 3);

	if (is_postmaster(to) && s->policy->conf->domains.n)
		to.domain = s->policy->conf->domains.v[0];
	address_put(&text, to);
	*arena_push(t->arena, &t->recipients) = strbuf_str(&text);
	t->rcpt_bytes += text.n;
	s->recipients++;
	metrics_add(METRIC_edge_recipients_accepted, 1);
	s->state = SMTPSESSION_RCPT;
}

/* "RCPT TO:" Forward-path (RFC 5321 4.1.1.3). */
void verb_rcpt(struct smtpsession *s, str args)
{
	struct transaction *t = s->mail;
	enum recipients_found found;
	struct dsnparams_rcpt dsn;
	struct address to;
	str rest;
	int r;

	if (must_wait(s, args))
		return;
	if (!str_casestarts(args, STR("TO:"))) {
		smtpsession_refuse(s, 501, STR("5.5.4"), STR("RCPT TO:<address> is expected"),
				   args);
		return;
	}
	if (t->recipients.n + t->n_put_off + t->n_unlisted >=
		    s->policy->conf->smtp.max_recipients ||
	    t->rcpt_bytes >= TRANSACTION_RCPT_BYTES) {
		refuse_one_more(s, args);
		return;
	}
	r = address_parse_path(t->arena, str_trim(str_skip(args, 3)), t->params.smtputf8, &to,
			       &rest);
	if (r != ADDRESS_OK || address_is_null(to)) {
		refuse_path(s, r, args);
		return;
	}
	r = esmtp_parse_rcpt(rest, t->params.smtputf8, &dsn);
	if (r != ESMTP_OK) {
		refuse_params(s, r, args);
		return;
	}
	if (!is_ours(s->policy->conf, to)) {
		metrics_add(METRIC_edge_recipients_refused, 1);
		smtpsession_refuse(s, 550, STR("5.7.1"), STR("Relaying is refused"), args);
		return;
	}
	found = look_up(s, to, args);
	if (found != RECIPIENTS_KNOWN) {
		refuse_unlisted(s, found, to.domain, args);
		return;
	}
	if (has_enough_bounces(s, to)) {
		put_off(s, args);
		return;
	}
	add_recipient(s, to);
	keep_params(t, dsn);
	smtpsession_reply(s, 250, STR("2.1.5"), STR("Recipient OK"));
}
