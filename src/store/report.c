#include "store/report.h"

#include "base/clock.h"
#include "base/fd.h"
#include "base/log.h"
#include "keys/signmail.h"
#include "mail/dsnparams.h"

#include <errno.h>
#include <stdio.h>

bool report_may_send(const struct store_settings *c, const struct spoolmeta *m)
{
	return !str_empty(m->reverse_path) && conf_has_way_out(c->conf);
}

bool report_is_wanted(const struct spoolmeta *m, size_t i, enum dsn_action action)
{
	static const unsigned bits[DSN_ACTIONS] = {
		[DSN_FAILED] = DSNPARAMS_NOTIFY_FAILURE,
		[DSN_DELAYED] = DSNPARAMS_NOTIFY_DELAY,
		[DSN_DELIVERED] = DSNPARAMS_NOTIFY_SUCCESS,
		[DSN_RELAYED] = DSNPARAMS_NOTIFY_SUCCESS,
	};
	struct dsnparams_rcpt p = { 0 };

	if (m->rcpt_params && dsnparams_parse_rcpt(m->rcpt_params[i], &p) != DSNPARAMS_OK)
		p.notify = 0; /* written by another version: as if it had not been asked */
	if (p.notify == 0)
		return action == DSN_FAILED || action == DSN_DELAYED;
	return p.notify & bits[action];
}

/* Next hops that belong to others: what they say is public, and so is their name. */
static bool is_outside(const struct store_settings *c, str address)
{
	size_t at = str_rchr(address, '@');

	return route_find(&c->routes, at == STR_NONE ? STR("") : str_skip(address, at + 1))
		       ->to.kind == CONF_PEER_MX;
}

/* "mx1.example.org" of "smtp:mx1.example.org:25"; empty when none was spoken with. */
static str host_of(str next_hop)
{
	str at = str_starts(next_hop, STR("smtp:")) ? str_skip(next_hop, 5) : STR("");

	return str_sub(at, 0, at.n ? str_rchr(at, ':') : 0);
}

static struct dsn_recipient about(struct arena *a, const struct store_settings *c,
				  const struct spool_message *m, enum dsn_action action,
				  bool expired, size_t i)
{
	const struct spool_progress *p = &m->state.progress[i];
	struct dsnparams_rcpt params = { 0 };
	bool outside = is_outside(c, m->meta.recipients[i]);

	if (m->meta.rcpt_params &&
	    dsnparams_parse_rcpt(m->meta.rcpt_params[i], &params) != DSNPARAMS_OK)
		params.orcpt = STR("");
	return (struct dsn_recipient){
		.address = m->meta.recipients[i],
		.orcpt = params.orcpt,
		.status = dsn_status(a, action, p->reply, expired),
		.remote = outside ? host_of(p->next_hop) : STR(""),
		.diagnostic = outside ? p->reply : dsn_codes(p->reply),
		.expired = expired,
	};
}

/* "ID-f3": of message ID, about its recipient number 3; "ID-f3-HASH": about more. The same name
 * is the same notification, so another set of recipients must have another one. */
static struct spool_id name_of(struct spool_id id, enum dsn_action action, const size_t *recipients,
			       size_t n)
{
	static const char letters[DSN_ACTIONS] = {
		[DSN_FAILED] = 'f', [DSN_DELAYED] = 'w', [DSN_DELIVERED] = 's', [DSN_RELAYED] = 's'
	};
	struct spool_id name;
	uint32_t hash = 0;
	char rest[12] = "";

	for (size_t i = 0; i < n; i++)
		hash = hash * (SPOOLMETA_MAX_RECIPIENTS + 1) + (uint32_t)recipients[i] + 1;
	if (n > 1)
		snprintf(rest, sizeof(rest), "-%x", hash);
	snprintf(name.text, sizeof(name.text), "%.50s-%c%zu%s", id.text, letters[action],
		 recipients[0], rest);
	return name;
}

static bool is_ascii(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] > 126)
			return false;
	}
	return true;
}

/* The notification becomes a message like any other. */
static int put_in_spool(struct store *s, struct arena *a, const struct spool_message *about,
			const struct dsn_report *r, struct spool_id name, struct why *why)
{
	struct strbuf text = strbuf_make(a, DSN_MAX);
	const struct conf *conf = s->settings->conf;
	const struct signer signer = signer_over(s->keys);
	struct bodyparts body;
	str signature, to = about->meta.reverse_path;
	struct spoolmeta m = { .id = name,
			       .client_ip = STR(""),
			       .helo = STR(""),
			       .reverse_path = STR(""),
			       .recipients = &to,
			       .n_recipients = 1,
			       .received_at = r->now,
			       .queued_at = r->now,
			       .smtputf8 = !is_ascii(to),
			       .tls_wish = about->meta.tls_wish,
			       .mail_params = STR(""),
			       .from = STR("MAILER-DAEMON"),
			       .subject = STR("delivery status notification"),
			       .record = STR(""),
			       .held_class = STR(""),
			       .held_reason = STR("") };
	int status;

	dsn_put(&text, r);
	if (text.overflow)
		return why_set(why, -E2BIG, "the notification would be larger than %d bytes",
			       DSN_MAX);
	status = signmail_own(a, conf, &signer, conf->hostname, strbuf_str(&text), r->now,
			      &signature, why);
	if (status < 0)
		return status;
	bug_if(!bodyparts_make(a, signature, strbuf_str(&text), NULL, 0, &body));
	status = spool_commit(&s->spool, a, &m, &body, why);
	if (status == -EEXIST || status == SPOOL_E_ALREADY)
		return 0; /* told before a restart */
	if (status < 0)
		return status;
	m.body_size = body.size;
	store_put_in_history(s, &m);
	store_enqueue_new(s, &m);
	return 0;
}

int report_send(struct store *s, struct arena *a, const struct spool_message *m,
		enum dsn_action action, const size_t *recipients, const bool *expired, size_t n,
		struct why *why)
{
	cleanup(fd_unmapp) str file = STR_NULL;
	const struct store_settings *c = s->settings;
	struct spool_id name = name_of(m->meta.id, action, recipients, n);
	struct dsn_recipient *v = arena_array(a, struct dsn_recipient, n);
	struct dsnparams_mail params = { 0 };
	struct dsn_report r;
	int status = fd_map(m->fd, SIZE_MAX, &file, why);

	if (status < 0)
		return status;
	for (size_t i = 0; i < n; i++)
		v[i] = about(a, c, m, action, expired && expired[i], recipients[i]);
	if (dsnparams_parse_mail(m->meta.mail_params, &params) != DSNPARAMS_OK)
		params = (struct dsnparams_mail){ 0 };
	r = (struct dsn_report){ .action = action,
				 .french = c->conf->lang == CONF_LANG_FR,
				 .hostname = c->conf->hostname,
				 .id = str_c(name.text),
				 .now = clock_wall(),
				 .arrived = m->meta.received_at,
				 .retry_until = m->meta.queued_at + c->retry.max_age_ms / 1000,
				 .to = m->meta.reverse_path,
				 .envid = params.envid,
				 .recipients = v,
				 .n = n,
				 .original = str_skip(file, m->offset),
				 .headers_only = params.ret == DSNPARAMS_RET_HDRS };
	status = put_in_spool(s, a, m, &r, name, why);
	if (status < 0)
		return status;
	pthread_mutex_lock(&s->lock);
	s->results.reports++;
	pthread_mutex_unlock(&s->lock);
	log_event("dsn.sent", F_C("mid", m->meta.id.text), F_C("dsn", name.text),
		  F_C("about", action == DSN_FAILED    ? "failed"
			       : action == DSN_DELAYED ? "delayed"
						       : "delivered"),
		  F_STR("to", m->meta.reverse_path), F_INT("recipients", n));
	return 0;
}

static int tell_delay(struct store *s, struct arena *a, struct spool_message *m, struct why *why)
{
	size_t *late = arena_array(a, size_t, m->meta.n_recipients);
	size_t n = 0;
	int r = 0;

	for (size_t i = 0; i < m->meta.n_recipients; i++) {
		if (m->state.recipients[i] == SPOOL_PENDING &&
		    report_is_wanted(&m->meta, i, DSN_DELAYED))
			late[n++] = i;
	}
	if (m->state.warned || n == 0 || !report_may_send(s->settings, &m->meta))
		return 0;
	r = report_send(s, a, m, DSN_DELAYED, late, NULL, n, why);
	m->state.warned = true;
	return r < 0 ? r : spool_put_state(&s->spool, a, m->meta.id, &m->state, why);
}

void report_delay(struct store *s, struct arena *a, struct spool_id id)
{
	struct spool_message m;
	struct why why;
	int r;

	store_lock_state(s, id);
	r = spool_read(&s->spool, a, id, &m, &why);
	if (r == SPOOL_OK) {
		r = tell_delay(s, a, &m, &why);
		fd_close(m.fd);
	}
	store_unlock_state(s, id);
	if (r < 0)
		log_event("dsn.failed", F_C("mid", id.text), F_C("why", why.text));
}
