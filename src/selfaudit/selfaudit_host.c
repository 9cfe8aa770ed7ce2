#include "selfaudit/selfaudit_private.h"

#include "antivirus/clamd.h"
#include "base/fd.h"
#include "base/num.h"
#include "conf/signkey.h"
#include "net/publicip.h"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum {
	CLAMD_MS = 5000,
	FRESH_S = 3 * 24 * 3600,
	TABLE_MAX = 16 << 20,
	LISTEN_STATE = 0x0a, /* TCP_LISTEN in /proc/net/tcp */
	SPACE_LEAST_MIB = 1024,
	SPACE_LEAST_PERCENT = 10,
};

/* --- antivirus --- */

/* "... Sat Nov 21 09:30:00 2026", as ctime writes it; 0 when it is none. */
static int64_t signatures_of(struct arena *a, str version)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	str date = str_skip(version, str_rchr(version, '/') + 1), month;
	int64_t at = 0;
	size_t m = 0;

	if (date.n < 24)
		return 0;
	month = str_sub(date, 4, 7);
	while (m < 12 && !str_eq(month, str_of(months + 3 * m, 3)))
		m++;
	date = arena_fmt(a, "%.4s-%02zu-%c%cT%.8sZ", date.p + 20, m + 1,
			 date.p[8] == ' ' ? '0' : date.p[8], date.p[9], date.p + 11);
	return m < 12 && clock_parse_rfc3339(date, &at) ? at : 0;
}

struct selfaudit_finding selfaudit_host_antivirus(struct selfaudit *in)
{
	const struct conf_peer *p = &in->conf->antivirus.clamd;
	const struct clamd_server server = { p->path, p->at.host, p->at.port, 0 };
	struct why why = { "" };
	str version;
	int64_t at;

	if (p->kind == CONF_PEER_NONE)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_FAIL,
			SELFAUDIT_IN(in, "antivirus.clamd is empty", "antivirus.clamd est vide"));
	if (clamd_version(in->arena, &server, deadline_in(CLAMD_MS), &version, &why) < 0)
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "%s", why.text);
	at = signatures_of(in->arena, version);
	if (at == 0)
		return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN,
				     SELFAUDIT_IN(in, "%.*s: no date of signatures",
						  "%.*s : signatures sans date"),
				     STR_ARG(version));
	return SELFAUDIT_SAY(in, in->now - at > FRESH_S ? SELFAUDIT_FAIL : SELFAUDIT_PASS, "%.*s",
			     STR_ARG(version));
}

/* --- what else listens here --- */

struct service {
	uint16_t port;
	const char *name;
};

static const struct service services[] = {
	{ 80, "HTTP" },	  { 110, "POP3" },	 { 143, "IMAP" },  { 443, "HTTPS" },
	{ 465, "SMTPS" }, { 587, "submission" }, { 993, "IMAPS" }, { 995, "POP3S" },
};

/* "  0: 0100007F:0016 00000000:0000 0A ..." of /proc/net/tcp: loopback is nobody's business. */
static const struct service *service_of(str line)
{
	str local, word;
	uint64_t port, state;
	size_t colon;

	line = str_trim(line);
	if (!str_split(&line, ' ', &word) || !str_split(&line, ' ', &local) ||
	    !str_split(&line, ' ', &word) || !str_split(&line, ' ', &word))
		return NULL;
	colon = str_rchr(local, ':');
	if (colon == STR_NONE || !num_hex(str_skip(local, colon + 1), &port) ||
	    !num_hex(word, &state) || state != LISTEN_STATE)
		return NULL;
	if (str_eq(str_sub(local, 0, colon), STR("0100007F")) ||
	    str_eq(str_sub(local, 0, colon), STR("00000000000000000000000001000000")))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(services); i++) {
		if (services[i].port == port)
			return &services[i];
	}
	return NULL;
}

static bool add_services(struct arena *a, const char *path, struct strbuf *seen)
{
	struct why why = { "" };
	str table, line;

	if (fd_read_path(path, a, TABLE_MAX, &table, &why) < 0)
		return false;
	while (str_split(&table, '\n', &line)) {
		const struct service *s = service_of(line);

		if (s)
			strbuf_fmt(seen, "%s%s (port %u)", seen->n ? ", " : "", s->name, s->port);
	}
	return true;
}

struct selfaudit_finding selfaudit_host_services(struct selfaudit *in)
{
	struct strbuf seen = strbuf_make(in->arena, SELFAUDIT_SEEN);

	if (!add_services(in->arena, "/proc/net/tcp", &seen))
		return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN,
				     SELFAUDIT_IN(in, "/proc/net/tcp cannot be read",
						  "/proc/net/tcp ne peut être lu"));
	(void)add_services(in->arena, "/proc/net/tcp6", &seen); /* absent without IPv6 */
	if (seen.n == 0)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_PASS,
			SELFAUDIT_IN(in,
				     "nothing listens on ports of mailboxes, webmail or clients",
				     "rien n’écoute sur les ports des boîtes, du webmail ou des "
				     "clients"));
	return selfaudit_found(SELFAUDIT_FAIL, &seen);
}

struct selfaudit_finding selfaudit_host_monitoring(struct selfaudit *in)
{
	const struct conf_hostports *web = &in->conf->listen.web;

	for (size_t i = 0; i < web->n; i++) {
		struct ip ip;

		if (!ip_parse(web->v[i].host, &ip) || publicip_is(ip) ||
		    str_eq(web->v[i].host, STR("0.0.0.0")) || str_eq(web->v[i].host, STR("::")))
			return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "listen.web %.*s:%u",
					     STR_ARG(web->v[i].host), web->v[i].port);
	}
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS, "%s",
			     web->n ? SELFAUDIT_IN(in, "private addresses only",
						   "des adresses privées seulement")
				    : SELFAUDIT_IN(in, "a socket of this machine only",
						   "une socket de cette machine seulement"));
}

/* --- accounts and files --- */

struct selfaudit_finding selfaudit_host_users(struct selfaudit *in)
{
	const struct conf *c = in->conf;
	const str users[] = { c->users.edge, c->users.inspect, c->users.image,	c->users.scan,
			      c->users.dns,  c->users.store,   c->users.relay,	c->users.web,
			      c->users.keys, c->users.report,  c->users.memory, c->users.fetch };
	struct strbuf missing = strbuf_make(in->arena, SELFAUDIT_SEEN);

	for (size_t i = 0; i < ARRAY_LEN(users); i++) {
		for (size_t k = 0; k < i; k++) {
			if (str_eq(users[i], users[k]))
				return SELFAUDIT_SAY(
					in, SELFAUDIT_FAIL,
					SELFAUDIT_IN(in, "%.*s is two processes",
						     "%.*s est celui de deux processus"),
					STR_ARG(users[i]));
		}
		if (!getpwnam(arena_cz(in->arena, users[i])))
			strbuf_fmt(&missing, " %.*s", STR_ARG(users[i]));
	}
	if (missing.n)
		return SELFAUDIT_SAY(in, SELFAUDIT_PASS,
				     SELFAUDIT_IN(in, "apart by numbers; without an account:%.*s",
						  "séparés par des numéros ; sans compte :%.*s"),
				     STR_ARG(strbuf_str(&missing)));
	return SELFAUDIT_SAY(
		in, SELFAUDIT_PASS,
		SELFAUDIT_IN(in, "an account for each process", "un compte pour chaque processus"));
}

/* A file of secrets that others may read; seen says so. */
static void look_at_secret(struct selfaudit *in, str path, struct strbuf *open,
			   struct strbuf *unknown)
{
	struct stat st;

	if (!path.n)
		return;
	if (stat(arena_cz(in->arena, path), &st) < 0)
		strbuf_fmt(unknown, " %.*s", STR_ARG(path));
	else if (st.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH))
		strbuf_fmt(open, " %.*s", STR_ARG(path));
}

struct selfaudit_finding selfaudit_host_secrets(struct selfaudit *in)
{
	const struct conf *c = in->conf;
	struct strbuf open = strbuf_make(in->arena, SELFAUDIT_SEEN);
	struct strbuf unknown = strbuf_make(in->arena, SELFAUDIT_SEEN);

	look_at_secret(in, c->tls.key, &open, &unknown);
	for (size_t i = 0; i < c->tls.certificates.n; i++) {
		str certificate, key;

		if (conf_certificate_pair(c->tls.certificates.v[i], &certificate, &key))
			look_at_secret(in, key, &open, &unknown);
	}
	for (size_t i = 0; i < c->dkim.keys.n; i++) {
		struct signkey row;

		if (signkey_parse(c->dkim.keys.v[i], &row))
			look_at_secret(in, row.file, &open, &unknown);
	}
	if (open.n)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_FAIL,
			SELFAUDIT_IN(in, "others than the owner may read:%.*s",
				     "d’autres que le propriétaire peuvent lire :%.*s"),
			STR_ARG(strbuf_str(&open)));
	if (unknown.n)
		return SELFAUDIT_SAY(
			in, SELFAUDIT_UNKNOWN,
			SELFAUDIT_IN(in, "not there, or not for this user:%.*s",
				     "absents, ou illisibles pour cet utilisateur :%.*s"),
			STR_ARG(strbuf_str(&unknown)));
	return SELFAUDIT_SAY(in, SELFAUDIT_PASS,
			     SELFAUDIT_IN(in, "private keys are for their owner alone",
					  "les clefs privées sont pour leur seul propriétaire"));
}

/* Encryption of the disk below cannot be seen from here. */
struct selfaudit_finding selfaudit_host_quarantine(struct selfaudit *in)
{
	str path = arena_fmt(in->arena, "%.*s/store", STR_ARG(in->conf->paths.state));
	struct stat st;

	if (stat(path.p, &st) < 0)
		return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN, "%s: %m", path.p);
	if (st.st_mode & (S_IRWXG | S_IRWXO))
		return SELFAUDIT_SAY(in, SELFAUDIT_FAIL, "%s: mode %03o", path.p,
				     st.st_mode & 0777);
	return SELFAUDIT_SAY(
		in, SELFAUDIT_UNKNOWN,
		SELFAUDIT_IN(in,
			     "%s is for one account alone, %llu days at most; whether the disk is "
			     "encrypted cannot be seen",
			     "%s est pour un seul compte, %llu jours au plus ; on ne voit pas si "
			     "le disque est chiffré"),
		path.p, (unsigned long long)in->conf->quarantine.keep / (24 * 3600 * 1000));
}

struct selfaudit_finding selfaudit_host_space(struct selfaudit *in)
{
	char *path = arena_cz(in->arena, in->conf->paths.state);
	struct statvfs st;
	uint64_t mib, percent;

	if (!path || statvfs(path, &st) < 0)
		return SELFAUDIT_SAY(in, SELFAUDIT_UNKNOWN, "%s: %m", path ? path : "paths.state");
	mib = (uint64_t)st.f_bavail * st.f_frsize >> 20;
	percent = st.f_blocks ? (uint64_t)st.f_bavail * 100 / st.f_blocks : 0;
	return SELFAUDIT_SAY(
		in,
		mib < SPACE_LEAST_MIB || percent < SPACE_LEAST_PERCENT ? SELFAUDIT_FAIL
								       : SELFAUDIT_PASS,
		SELFAUDIT_IN(in, "%s: %llu MiB free, %llu %%", "%s : %llu Mio libres, %llu %%"),
		path, (unsigned long long)mib, (unsigned long long)percent);
}

struct selfaudit_finding selfaudit_host_backups(struct selfaudit *in)
{
	return SELFAUDIT_SAY(
		in, SELFAUDIT_UNKNOWN,
		SELFAUDIT_IN(
			in,
			"to be kept elsewhere: %s, paths.overlay, paths.site_lists, the files of "
			"tls and dkim.keys",
			"à conserver ailleurs : %s, paths.overlay, paths.site_lists, les fichiers "
			"de tls et de dkim.keys"),
		in->config_file ? in->config_file
				: SELFAUDIT_IN(in, "the configuration", "la configuration"));
}
