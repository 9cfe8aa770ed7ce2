/* conf/conf.h - the configuration: one typed struct, read once, const ever after.
 *
 * Every key stands once in the table of conf_schema.c: its path, type, bounds, default,
 * the processes that may see it and one line of documentation. The defaults are
 * complete, so no file is needed.
 *
 * Input    the administrator's file, --set, and (conf_text_decode) the supervisor's text.
 *          Control characters are refused in every value.
 * Memory   everything lives in the arena given to conf_new_default.
 * Limits   CONF_FILE_MAX bytes a file, CONF_LIST_MAX elements a list.
 * Threads  one at a time while loading; const afterwards, any number.
 * Errors   negative errno and a why: FILE:LINE:COL: found X, expected Y; did you mean "Z"?
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/ip.h"
#include "base/strbuf.h"
#include "base/why.h"

enum {
	CONF_FILE_MAX = 1 << 20,
	CONF_LIST_MAX = 10000,
	CONF_CERTIFICATES_MAX = 62,
	CONF_MAILBOX_MAX = 254,
	CONF_TEXT_MAX = 1 << 20
};

/* The processes, as the audience of a key. */
enum conf_audience {
	CONF_FOR_POTERNED = 1 << 0,
	CONF_FOR_EDGE = 1 << 1,
	CONF_FOR_INSPECT = 1 << 2,
	CONF_FOR_SCAN = 1 << 3,
	CONF_FOR_DNS = 1 << 4,
	CONF_FOR_STORE = 1 << 5,
	CONF_FOR_RELAY = 1 << 6,
	CONF_FOR_CLI = 1 << 7,
	CONF_FOR_WEB = 1 << 8,
	CONF_FOR_IMAGE = 1 << 9,
	CONF_FOR_KEYS = 1 << 10,
	CONF_FOR_REPORT = 1 << 11,
	CONF_FOR_MEMORY = 1 << 12,
	CONF_FOR_FETCH = 1 << 13,
	CONF_FOR_ALL = (1 << 14) - 1
};

enum conf_role { CONF_ROLE_MX, CONF_ROLE_OUT };
enum conf_early_talker { CONF_EARLY_TALKER_REJECT, CONF_EARLY_TALKER_LOG };
enum conf_mode { CONF_MODE_ENFORCE, CONF_MODE_OBSERVE };
enum conf_lang { CONF_LANG_EN, CONF_LANG_FR, CONF_LANGS };
enum conf_tls_version { CONF_TLS_1_2, CONF_TLS_1_3, CONF_TLS_1_0 };
enum conf_when { CONF_WHEN_ACCEPT, CONF_WHEN_DEFER, CONF_WHEN_QUARANTINE };
/* When 250 is said: after the next hop's 250, after our own disk has it, or as it comes. */
enum conf_handover { CONF_HANDOVER_AUTO, CONF_HANDOVER_DIRECT, CONF_HANDOVER_SPOOL };
/* verify: a certificate of the system's roots for that name; dane: of its TLSA records. */
enum conf_client_tls {
	CONF_CLIENT_TLS_NONE,
	CONF_CLIENT_TLS_MAY,
	CONF_CLIENT_TLS_ENCRYPT,
	CONF_CLIENT_TLS_VERIFY,
	CONF_CLIENT_TLS_DANE
};

struct conf_strings {
	str *v;
	size_t n;
};

struct conf_durations {
	int64_t *v; /* milliseconds */
	size_t n;
};

/* HOST:PORT; an IPv6 address is written [::1]:25 and stored without its brackets. */
struct conf_hostport {
	str host;
	uint16_t port;
};

struct conf_hostports {
	struct conf_hostport *v;
	size_t n;
};

/* Where SMTP is listened: "HOST:PORT [proxy] [xclient] [client_cert] [handover=...]". */
struct conf_listener {
	struct conf_hostport at;
	bool proxy;	  /* each connection begins with a PROXY header */
	bool xclient;	  /* XCLIENT is offered to smtp.trusted */
	bool client_cert; /* a certificate is asked for in the TLS handshake */
	enum conf_handover handover;
};

struct conf_listeners {
	struct conf_listener *v;
	size_t n;
};

/* ADDRESS or ADDRESS/PREFIX. */
struct conf_network {
	struct ip ip;
	unsigned prefix;
};

struct conf_networks {
	struct conf_network *v;
	size_t n;
};

enum conf_peer_kind {
	CONF_PEER_NONE,	     /* "" */
	CONF_PEER_MAILDIR,   /* "maildir" */
	CONF_PEER_SMTP,	     /* "smtp:HOST:PORT" */
	CONF_PEER_LMTP,	     /* "lmtp:HOST:PORT" */
	CONF_PEER_LMTP_UNIX, /* "lmtp:unix:/path" */
	CONF_PEER_TCP,	     /* "tcp:HOST:PORT" */
	CONF_PEER_UNIX,	     /* "unix:/path" */
	CONF_PEER_MX,	     /* "mx": the MX hosts of the domain */
	CONF_PEER_REJECT,    /* "reject" */
};

struct conf_peer {
	enum conf_peer_kind kind;
	struct conf_hostport at; /* SMTP, LMTP, TCP */
	str path;		 /* LMTP_UNIX, UNIX */
};

/* The members follow the paths of the keys. Durations are milliseconds, sizes bytes. */
struct conf {
	struct arena *arena;
	str hostname;
	struct conf_strings domains;
	enum conf_role role;
	enum conf_mode mode;
	enum conf_lang lang;
	struct {
		str state, rules, lists, programs, overlay, site_lists, candidate;
		str compiled; /* empty: below state; use conf_compiled_dir */
		str runtime;  /* empty: state; use conf_runtime_dir */
	} paths;
	struct {
		struct conf_listeners smtp;
		struct conf_hostports web;
	} listen;
	struct {
		uint64_t max_message_bytes;
		uint32_t max_recipients, max_connections, max_connections_per_client, max_errors;
		uint32_t max_bounces;
		uint32_t threads;
		int64_t command_timeout, data_timeout, session_timeout;
		bool starttls;
		struct conf_networks trusted;
		enum conf_early_talker early_talker;
	} smtp;
	struct {
		str file, delimiter;
		struct conf_networks inside;
		struct conf_strings reject;
		uint32_t slow_after, close_after;
	} recipients;
	struct {
		struct conf_networks clients;
		struct conf_strings senders, remove_fields;
	} out;
	struct {
		uint32_t processes;
	} edge;
	struct {
		str certificate, key;
		struct conf_strings certificates; /* conf_certificate_pair */
		str client_ca, ca;
		enum conf_tls_version min_version;
	} tls;
	struct {
		uint32_t workers; /* 0: one a core, at least two */
		int64_t deadline;
		uint64_t memory, max_unpacked_bytes;
		uint32_t max_depth, max_parts;
	} inspect;
	struct {
		uint32_t workers; /* 0: one for every two cores, at least one */
		int64_t deadline;
		uint64_t memory;
	} image;
	struct {
		struct conf_strings disabled;
	} yara;
	struct {
		bool resolve;
	} links;
	struct {
		uint32_t spam_from, ham_to; /* per cent */
		int64_t keep, fuzzy_keep;
		bool share;
	} learn;
	struct {
		struct conf_peer clamd;
		int64_t timeout;
		uint64_t max_bytes;
		uint32_t connections;
		enum conf_when when_down, when_absent;
	} antivirus;
	struct {
		struct conf_strings services; /* rows of conf/scannerrow.h */
	} scanners;
	struct {
		struct conf_strings servers;
		str file;
		int64_t timeout;
		bool validate, trust_ad;
	} dns;
	struct {
		struct conf_strings databases;
	} asn;
	struct {
		struct conf_strings keys; /* rows of conf/signkey.h */
	} dkim;
	struct {
		str seal; /* "DOMAIN SELECTOR", or empty: signkey_seal */
		struct conf_strings trusted;
	} arc;
	struct {
		struct conf_strings exceptions; /* rows of conf/spfexception.h */
	} spf;
	struct {
		struct conf_peer next_hop;
		struct conf_strings routes; /* rows of conf/route.h */
		str maildir;		    /* below paths.state when relative */
		struct conf_durations retry;
		int64_t max_age, timeout, patience;
		uint32_t connections;
		enum conf_client_tls tls;
		uint32_t mx_port, sts_port;
		bool allow_private;
	} delivery;
	struct {
		struct conf_peer via;
		int64_t warn_after;
	} dsn;
	struct {
		int64_t keep;
	} quarantine, history;
	struct {
		int64_t keep; /* 0: nothing is kept */
		uint64_t max_bytes;
		bool required;
	} replay;
	struct {
		struct conf_strings addresses; /* of those we receive */
		int64_t keep;
		str from, org_name, contact; /* of those we send */
	} reports;
	struct {
		int64_t replies, correspondents;
		uint32_t max_rows;
		struct conf_peer shared;
		str password_file, secret_file;
	} memory;
	struct {
		bool enabled;
		int64_t delay, expire, keep;
	} greylist;
	struct {
		struct conf_strings limits; /* rows of conf/raterow.h */
	} rates;
	struct {
		uint32_t threads;
		int64_t deadline;
	} scan;
	struct {
		bool details;
	} log;
	struct {
		struct conf_strings targets; /* rows of conf/exportrow.h */
	} exporter;
	struct {
		bool symbols, recipient_tag;
	} fields;
	struct {
		struct conf_strings sources; /* rows of conf/feedrow.h */
		uint64_t max_bytes;
		int64_t timeout;
	} feeds;
	struct {
		bool enabled;
		uint32_t max_links, redirects, connections;
		int64_t timeout;
		struct conf_strings get;
	} url_check;
	struct {
		struct conf_peer proxy;
		struct conf_networks allow_private;
	} fetch;
	struct {
		str edge, inspect, image, scan, dns, store, relay, web, keys, report, memory, fetch;
	} users;
};

/* The embedded defaults. */
struct conf *conf_new_default(struct arena *a) must_use;
/* One key from text, as in --set path.to.key=value; lists are comma separated and
 * replaced as a whole. On error the configuration is unchanged. */
int conf_set(struct conf *c, str path, str value, struct why *why) must_use;
/* "path.to.key=value" in one piece. */
int conf_set_assignment(struct conf *c, str assignment, struct why *why) must_use;
/* The file, then conf.d/ *.yaml beside it in the order of their names. */
int conf_load_file(struct conf *c, const char *path, struct why *why) must_use;
/* The same from memory; name stands in error texts. */
int conf_load_text(struct conf *c, const char *name, str text, struct why *why) must_use;
/* The rules that concern more than one key. */
int conf_check(const struct conf *c, struct why *why) must_use;
/* The n-th warning about a valid configuration, NULL after the last. */
const char *conf_check_warning(const struct conf *c, size_t n);
/* Effective configuration as commented YAML that conf_load_text reads back. */
void conf_show(const struct conf *c, struct strbuf *out);

/* The part of the configuration that an audience may see as lines path=value: what the
 * supervisor hands to each process. CONF_TEXT_MAX bytes are enough. */
void conf_text_encode(const struct conf *c, unsigned audience, struct strbuf *out);
int conf_text_decode(struct conf *c, str text, struct why *why) must_use;

/* The two absolute paths of an element of tls.certificates, "CERTIFICATE KEY". */
bool conf_certificate_pair(str element, str *ret_certificate, str *ret_key) must_use;
/* paths.runtime, or paths.state when that is empty. */
str conf_runtime_dir(const struct conf *c);
/* paths.compiled, or where it is when that is empty. */
str conf_compiled_dir(const struct conf *c, struct arena *a);
/* The directory of the local Maildir, absolute. */
str conf_maildir(const struct conf *c, struct arena *a);
/* Is s one of them, without regard to ASCII case? For domains. */
bool conf_strings_has(const struct conf_strings *list, str s);
/* The listener at an address as conf_show writes it ("[::1]:25"); NULL when there is none. */
const struct conf_listener *conf_listener_at(const struct conf *c, str address);
bool conf_networks_has(const struct conf_networks *list, struct ip ip);
/* Is there a way by which mail of our own making may leave: notifications, reports? */
bool conf_has_way_out(const struct conf *c);
/* Is there a table of the recipients that exist? */
bool conf_has_recipients(const struct conf *c);
/* True when domain is one of ours. */
bool conf_is_own_domain(const struct conf *c, str domain);

#endif
