#include "smtp/smtp_verbs.h"
#include "smtp/xclient.h"

_Static_assert((int)XCLIENT_LOGIN_MAX == (int)SMTPSESSION_LOGIN_MAX, "a login fits");

enum { VALUES_MAX = 64 << 10 };

/* From here on the client behind the proxy speaks, and a proxy may pass on all it says: what
 * comes next is believed only when that client is trusted as well. */
static void take_client(struct smtpsession *s, const struct xclient *x)
{
	if (!x->has_addr)
		return;
	if (s->via.n == 0)
		s->via = s->ip;
	s->ip = x->addr;
	s->port = x->port;
	s->trusted = conf_networks_has(&s->policy->conf->smtp.trusted, s->ip);
	s->login_n = 0;
}

/* That nobody is logged in any more is said by [UNAVAILABLE]. */
static void take_login(struct smtpsession *s, const struct xclient *x)
{
	if (!x->has_login)
		return;
	if (x->login.n)
		memcpy(s->login, x->login.p, x->login.n);
	s->login_n = (uint8_t)x->login.n;
}

/* Without HELO here the client has to say it again. */
static void take_helo(struct smtpsession *s, const struct xclient *x)
{
	s->esmtp = x->has_proto && x->esmtp;
	s->helo_n = 0;
	if (x->helo.n == 0 || s->state == SMTPSESSION_OVER)
		return;
	memcpy(s->helo, x->helo.p, x->helo.n);
	s->helo_n = (uint8_t)x->helo.n;
	s->state = SMTPSESSION_READY;
}

/* XCLIENT (Postfix, XCLIENT_README): the session begins anew as that of the client behind the
 * proxy, with a new greeting; TLS stays. */
void verb_xclient(struct smtpsession *s, str args)
{
	cleanup(arena_freep) struct arena *a = NULL;
	struct xclient x;

	if (!s->trusted) {
		smtpsession_refuse(s, 502, STR("5.5.1"), STR("Command not offered here"), args);
		return;
	}
	a = arena_new("xclient", VALUES_MAX);
	if (!xclient_parse(args, a, &x)) {
		smtpsession_refuse(s, 501, STR("5.5.4"),
				   STR("The attributes of XCLIENT are not valid"), args);
		return;
	}
	take_client(s, &x);
	take_login(s, &x);
	if (x.has_addr && !s->outside->moved(s->outside->ctx, s)) {
		smtpsession_reply(s, 421, STR("4.7.0"),
				  STR("Too many connections, try again later"));
		smtpsession_over(s, "too many connections");
		return;
	}
	if (x.has_addr && !smtpsession_may_send(s)) {
		smtpsession_refuse(s, 554, STR("5.7.1"), STR("You may not send here"), args);
		smtpsession_over(s, "not in out.clients");
		return;
	}
	smtpsession_greet(s);
	take_helo(s, &x);
}
