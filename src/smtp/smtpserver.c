#include "smtp/smtpserver.h"

#include "base/log.h"
#include "smtp/smtpsession.h"
#include "sys/metrics.h"
#include "tls/tlsstream.h"

#include <stdatomic.h>

/* Over the deadline of the verdict: the way there and back, and the commit. Counted from when
 * scan is asked: it must not commit what was answered 451 already, or it is sent again. */
enum { SUBMIT_MARGIN_MS = 10000 };

/* A listener of an older configuration. */
static const struct conf_listener no_options;

struct smtpserver {
	struct arena *arena;
	struct lobby *lobby;
	struct lanes *scan;
	struct clients clients;
	struct bounces bounces;
	struct harvest harvest;
	struct smtpsession_outside outside;
	_Atomic int64_t held; /* memory that messages take while they come in */
	size_t threads;
	_Atomic size_t writing; /* threads that write to clients, most of them at once done */
	pthread_mutex_t lock;	/* of policy */
	struct smtppolicy *policy;
	ARENA_VEC(str) addresses; /* of the listeners, in the order of their tags */
};

static struct smtppolicy *current_policy(struct smtpserver *server)
{
	struct smtppolicy *p;

	pthread_mutex_lock(&server->lock);
	p = smtppolicy_ref(server->policy);
	pthread_mutex_unlock(&server->lock);
	return p;
}

void smtpserver_reload(struct smtpserver *server, struct smtppolicy *policy)
{
	struct smtppolicy *old;

	pthread_mutex_lock(&server->lock);
	old = server->policy;
	server->policy = policy;
	pthread_mutex_unlock(&server->lock);
	smtppolicy_free(old);
}

/* ---- what sessions see ---- */

static int submit(void *ctx, const struct msg_submit *m, int fd, const struct conf *conf,
		  struct arena *a, struct msg_submitted *ret, struct why *why)
{
	struct smtpserver *server = ctx;
	struct msg question = { .type = MSG_submit, .fds = { fd }, .n_fds = fd >= 0, .submit = *m };
	struct msg answer;
	int r = lanes_ask_within(server->scan, &question, MSG_submitted, a,
				 deadline_in(conf->scan.deadline),
				 conf->scan.deadline + SUBMIT_MARGIN_MS, &answer, why);

	if (r < 0)
		return r;
	*ret = answer.submitted;
	msg_close(&answer);
	return 0;
}

/* Messages in memory at once: all the small ones, and some of the largest kind. No client gets
 * more than its share, or a single one that sends slowly would keep all the others out. */
enum { MEMORY_BYTES = 256 << 20, MEMORY_LARGEST = 16, MEMORY_SHARES = 4 };

static bool hold(void *ctx, struct smtpsession *s, int64_t bytes)
{
	struct smtpserver *server = ctx;
	int64_t max =
		MEMORY_BYTES + MEMORY_LARGEST * (int64_t)s->policy->conf->smtp.max_message_bytes;

	if (!clients_hold(&server->clients, &s->client, bytes, max / MEMORY_SHARES))
		return false;
	if (atomic_fetch_add(&server->held, bytes) + bytes <= max || bytes < 0)
		return true;
	atomic_fetch_sub(&server->held, bytes);
	(void)!clients_hold(&server->clients, &s->client, -bytes, 0);
	return false;
}

/* Half of the threads may stand still before clients that do not read: the others go on. */
static bool writing(void *ctx, int change)
{
	struct smtpserver *server = ctx;
	size_t n = atomic_fetch_add(&server->writing, (size_t)change) + (size_t)change;

	return n <= (server->threads + 1) / 2;
}

static int64_t wall(void *ctx)
{
	(void)ctx;
	return clock_wall();
}

struct ip_text {
	char text[IP_TEXT_MAX];
	size_t n;
};

static str ip_text(struct ip_text *t, struct ip ip)
{
	cleanup(arena_freep) struct arena *a = arena_new("ip", 1024);
	struct strbuf b = strbuf_make(a, IP_TEXT_MAX);

	ip_put(&b, ip);
	t->n = b.n;
	memcpy(t->text, b.p, b.n);
	return str_of(t->text, t->n);
}

static void refused(void *ctx, const struct smtpsession *s, unsigned code, str enhanced,
		    str argument, str reason)
{
	struct ip_text ip;
	str from = s->mail ? s->mail->reverse_path : STR_NULL;

	(void)ctx;
	log_event("smtp.reject", F_STR("sid", ident_str(&s->sid)), F_STR("ip", ip_text(&ip, s->ip)),
		  F_STR("helo", smtpsession_helo(s)), F_STR("from", from), F_INT("code", code),
		  F_STR("enhanced", enhanced), F_STR("argument", str_trim(argument)),
		  F_STR("reason", reason));
}

static void log_full(struct ip ip, int r)
{
	struct ip_text text;

	metrics_add(r == CLIENTS_E_FULL ? METRIC_edge_connections_full
					: METRIC_edge_connections_client_full,
		    1);
	log_event("smtp.full", F_STR("ip", ip_text(&text, ip)),
		  F_C("limit", r == CLIENTS_E_FULL ? "smtp.max_connections"
						   : "smtp.max_connections_per_client"));
}

static bool moved(void *ctx, struct smtpsession *s)
{
	struct smtpserver *server = ctx;
	int r = clients_move(&server->clients, &s->client, s->ip,
			     s->policy->conf->smtp.max_connections_per_client);

	if (r != CLIENTS_OK)
		log_full(s->ip, r);
	return r == CLIENTS_OK;
}

static void trouble(void *ctx, const struct smtpsession *s, const char *what, const struct why *why)
{
	(void)ctx;
	log_event("smtp.trouble", F_STR("sid", ident_str(&s->sid)), F_C("what", what),
		  F_C("why", why->text));
}

/* ---- what the lobby sees ---- */

/* A proxy that is believed does not count as a client: whoever is behind it does. */
static bool admit(struct smtpserver *server, struct smtpsession *s, const struct conf *conf,
		  str *ret_farewell)
{
	const struct conf_listener *at = s->listener;
	bool is_proxy = (at->proxy || at->xclient) && conf_networks_has(&conf->smtp.trusted, s->ip);
	struct ip_text text;
	int r;

	if (at->proxy && !is_proxy) {
		log_event("smtp.untrusted", F_STR("ip", ip_text(&text, s->ip)));
		*ret_farewell = STR("");
		return false;
	}
	r = clients_enter(&server->clients, &s->client, is_proxy ? (struct ip){ 0 } : s->ip,
			  conf->smtp.max_connections, conf->smtp.max_connections_per_client);
	if (r != CLIENTS_OK) {
		log_full(s->ip, r);
		*ret_farewell =
			at->proxy ? STR("")
				  : STR("421 4.7.0 Too many connections, try again later\r\n");
	}
	return r == CLIENTS_OK;
}

static bool arrive(void *ctx, void *guest, size_t tag, struct ip ip, uint16_t port,
		   str *ret_farewell)
{
	struct smtpserver *server = ctx;
	struct smtpsession *s = guest;
	struct smtppolicy *policy = current_policy(server);
	const struct conf *conf = policy->conf;

	s->listener = conf_listener_at(conf, server->addresses.v[tag]);
	if (!s->listener)
		s->listener = &no_options;
	s->ip = ip;
	s->port = port;
	if (!admit(server, s, conf, ret_farewell)) {
		smtppolicy_free(policy);
		return false;
	}
	metrics_add(METRIC_edge_connections_accepted, 1);
	metrics_add(METRIC_edge_sessions, 1);
	s->sid = ident_make(clock_wall_ms());
	smtpsession_begin(s, &server->outside, policy);
	return true;
}

static enum lobby_next step(void *ctx, void *guest, struct stream *io, deadline *ret_until)
{
	enum lobby_next next;

	(void)ctx;
	metrics_add(METRIC_edge_threads_busy, 1);
	next = smtpsession_step(guest, io, ret_until);
	metrics_add(METRIC_edge_threads_busy, -1);
	return next;
}

static void expire(void *ctx, void *guest, struct stream *io, enum lobby_expiry why)
{
	(void)ctx;
	smtpsession_expire(guest, io, why);
}

/* Who the client says it is, where a listener asks for that; "" when it said nothing. */
static str client_certificate(const struct stream *io, struct arena *a)
{
	struct tlsstream_peer peer;

	if (!tlsstream_peer(io, a, &peer))
		return STR("");
	return arena_fmt(a, "%s sha256:%.*s %.*s", peer.verified ? "verified" : "unverified",
			 STR_ARG(peer.fingerprint), STR_ARG(peer.subject));
}

static void leave(void *ctx, void *guest, struct stream *io)
{
	cleanup(arena_freep) struct arena *a = arena_new("leave", 16 << 10);
	struct smtpserver *server = ctx;
	struct smtpsession *s = guest;
	struct ip_text ip, via;

	log_event("smtp.disconnect", F_STR("sid", ident_str(&s->sid)),
		  F_STR("ip", ip_text(&ip, s->ip)),
		  F_STR("via", s->via.n ? ip_text(&via, s->via) : STR("")),
		  F_STR("helo", smtpsession_helo(s)), F_INT("early", s->early),
		  F_STR("tls", tlsstream_version(io)), F_INT("tls_resumed", tlsstream_resumed(io)),
		  F_STR("client_cert", client_certificate(io, a)), F_INT("accepted", s->accepted),
		  F_INT("rejected", s->rejected), F_INT("deferred", s->deferred),
		  F_INT("recipients", s->recipients), F_INT("refusals", s->refusals),
		  F_INT("bytes", s->bytes), F_INT("ms", clock_now_ms() - s->began),
		  F_C("ended", s->ended));
	metrics_add(METRIC_edge_sessions, -1);
	smtpsession_end(s, io);
	clients_leave(&server->clients, &s->client);
}

struct smtpserver *smtpserver_new(struct smtppolicy *policy, struct lanes *scan)
{
	struct arena *a = arena_new("smtp server", 1 << 20);
	struct smtpserver *server = arena_make(a, struct smtpserver);
	struct lobby_handlers handlers = {
		.ctx = server,
		.guest_size = sizeof(struct smtpsession),
		.arrive = arrive,
		.step = step,
		.expire = expire,
		.leave = leave,
	};

	server->arena = a;
	server->scan = scan;
	server->policy = policy;
	server->threads = policy->conf->smtp.threads;
	server->outside =
		(struct smtpsession_outside){ server,		submit,		 hold,	  wall,
					      writing,		moved,		 refused, trouble,
					      &server->bounces, &server->harvest };
	pthread_mutex_init(&server->lock, NULL);
	clients_init(&server->clients);
	bounces_init(&server->bounces);
	harvest_init(&server->harvest);
	server->lobby = lobby_new(&handlers, policy->conf->smtp.threads);
	return server;
}

void smtpserver_listen(struct smtpserver *server, int fd, str address)
{
	lobby_listen(server->lobby, fd, server->addresses.n);
	*arena_push(server->arena, &server->addresses) = arena_str(server->arena, address);
}

int smtpserver_start(struct smtpserver *server, struct why *why)
{
	return lobby_start(server->lobby, why);
}

bool smtpserver_stop(struct smtpserver *server, int64_t grace_ms)
{
	bool left = lobby_stop(server->lobby, grace_ms);

	if (!left)
		log_event("smtp.stop", F_INT("left_behind", lobby_guests(server->lobby)));
	return left;
}

struct smtpserver *smtpserver_free(struct smtpserver *server)
{
	lobby_free(server->lobby);
	smtppolicy_free(server->policy);
	pthread_mutex_destroy(&server->lock);
	arena_free(server->arena);
	return NULL;
}
