#include "conf/conf_schema.h"

#include "conf/nearest.h"

#define AT(member) .offset = offsetof(struct conf, member)

/* Who sees what. */
#define POTERNED CONF_FOR_POTERNED
#define EDGE CONF_FOR_EDGE
#define INSPECT CONF_FOR_INSPECT
#define IMAGE CONF_FOR_IMAGE
#define KEYS CONF_FOR_KEYS
#define SCAN CONF_FOR_SCAN
#define DNS CONF_FOR_DNS
#define STORE CONF_FOR_STORE
#define RELAY CONF_FOR_RELAY
#define WEB CONF_FOR_WEB
#define REPORT CONF_FOR_REPORT
#define MEMORY CONF_FOR_MEMORY
#define FETCH CONF_FOR_FETCH
#define CLI CONF_FOR_CLI
#define ALL CONF_FOR_ALL

#define SECOND 1000ull
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)
#define KIB 1024ull
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

const struct conf_key conf_schema[] = {
	{ "hostname", CONF_DOMAIN, AT(hostname), .initial = "mx.hopital.example", .audience = ALL,
	  .doc = "the name of this gateway in its greeting and in the headers it adds" },
	{ "domains", CONF_DOMAIN, .list = true, AT(domains), .initial = "hopital.example",
	  .audience = POTERNED | EDGE | SCAN | STORE | RELAY | CLI,
	  .doc = "the domains mail is received for" },
	{ "role", CONF_ENUM, AT(role), .initial = "mx", .audience = ALL, .words = { "mx", "out" },
	  .doc = "what this machine does: mx receives mail from the Internet for domains, out "
		 "takes mail for anyone from out.clients" },
	{ "mode", CONF_ENUM, AT(mode), .initial = "enforce", .audience = ALL,
	  .words = { "enforce", "observe" },
	  .doc = "observe judges and logs everything and refuses nothing" },
	{ "lang", CONF_ENUM, AT(lang), .initial = "en", .audience = ALL, .words = { "en", "fr" },
	  .doc = "language of explanations" },

	{ "paths.state", CONF_PATH, AT(paths.state), .initial = "/var/lib/poterne",
	  .audience = POTERNED | STORE | RELAY | SCAN | MEMORY | FETCH | CLI,
	  .doc = "spool, quarantine, records, feeds and the local Maildir" },
	{ "paths.runtime", CONF_PATH, .may_be_empty = true, AT(paths.runtime), .initial = "",
	  .audience = POTERNED | STORE | CLI, .doc = "sockets; empty: paths.state" },
	{ "paths.compiled", CONF_PATH, .may_be_empty = true, AT(paths.compiled), .initial = "",
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "where compiled expressions are kept between starts; empty: compiled below "
		 "paths.state" },
	{ "paths.rules", CONF_PATH, AT(paths.rules),
	  .initial = POTERNE_PREFIX "/share/poterne/rules", .audience = POTERNED | SCAN | CLI,
	  .doc = "the shipped rule files" },
	{ "paths.overlay", CONF_PATH, .may_be_empty = true, AT(paths.overlay), .initial = "",
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "rule files of this site: other scores, disabled and added symbols" },
	{ "paths.candidate", CONF_PATH, .may_be_empty = true, AT(paths.candidate), .initial = "",
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "an overlay that is tried: every message is judged by it, too, in place of "
		 "paths.overlay, and what would have been done otherwise is logged; it changes no "
		 "verdict. Empty: none" },
	{ "paths.lists", CONF_PATH, AT(paths.lists),
	  .initial = POTERNE_PREFIX "/share/poterne/lists", .audience = POTERNED | SCAN | CLI,
	  .doc = "the list files that rules name" },
	{ "paths.site_lists", CONF_PATH, .may_be_empty = true, AT(paths.site_lists), .initial = "",
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "list files of this site: their entries are added to the shipped list of the "
		 "same name" },
	{ "paths.programs", CONF_PATH, AT(paths.programs),
	  .initial = POTERNE_PREFIX "/libexec/poterne", .audience = POTERNED | SCAN | CLI,
	  .doc = "the programs of the processes" },

	{ "listen.smtp", CONF_LISTENER, .list = true, AT(listen.smtp), .initial = "127.0.0.1:2525",
	  .audience = POTERNED | EDGE | CLI,
	  .doc = "addresses and ports of SMTP reception, each with its options: proxy (requires "
		 "a PROXY header, from smtp.trusted), xclient (offers XCLIENT to smtp.trusted), "
		 "client_cert (asks for a certificate), handover=auto, direct (what the next "
		 "hop does not take the sender keeps, unless it may have taken it) or spool" },
	{ "listen.web", CONF_HOSTPORT, .list = true, .may_be_empty = true, AT(listen.web),
	  .initial = "", .audience = POTERNED | CLI,
	  .doc = "private addresses and ports of HTTP for /metrics and /healthz, without a "
		 "password; empty: only the socket web.sock in paths.runtime" },

	{ "smtp.max_message_bytes", CONF_SIZE, AT(smtp.max_message_bytes), .initial = "10240000",
	  .min = 64 * KIB, .max = GIB,
	  .audience = POTERNED | EDGE | INSPECT | SCAN | STORE | RELAY | CLI,
	  .doc = "larger messages are refused, also announced by SIZE (RFC 1870)" },
	{ "smtp.max_recipients", CONF_U32, AT(smtp.max_recipients), .initial = "100", .min = 1,
	  .max = 1000 /* of sys/messages.def */, .audience = EDGE | SCAN | STORE | RELAY | CLI,
	  .doc = "recipients of one message" },
	{ "smtp.max_bounces", CONF_U32, AT(smtp.max_bounces), .initial = "25", .max = 1000000,
	  .audience = EDGE | CLI,
	  .doc = "messages of the null reverse-path that one recipient is given in an hour, "
		 "counted "
		 "in each edge process; postmaster and mailer-daemon get all (0: no limit)" },
	{ "smtp.max_connections", CONF_U32, AT(smtp.max_connections), .initial = "2000", .min = 1,
	  .max = 100000, .audience = POTERNED | EDGE | CLI,
	  .doc = "connections of one edge process" },
	{ "smtp.max_connections_per_client", CONF_U32, AT(smtp.max_connections_per_client),
	  .initial = "50", .min = 1, .max = 100000, .audience = EDGE | CLI,
	  .doc = "connections from one address" },
	{ "smtp.max_errors", CONF_U32, AT(smtp.max_errors), .initial = "20", .min = 1, .max = 10000,
	  .audience = EDGE | CLI, .doc = "refused commands before the connection is closed" },
	{ "smtp.threads", CONF_U32, AT(smtp.threads), .initial = "128", .min = 1, .max = 4096,
	  .audience = EDGE | CLI, .doc = "sessions served at the same moment by one edge process" },
	{ "smtp.command_timeout", CONF_DURATION, AT(smtp.command_timeout), .initial = "5m",
	  .min = SECOND, .max = HOUR, .audience = EDGE | CLI, .doc = "wait for the next command" },
	{ "smtp.data_timeout", CONF_DURATION, AT(smtp.data_timeout), .initial = "10m",
	  .min = SECOND, .max = HOUR, .audience = EDGE | CLI, .doc = "from DATA to the final dot" },
	{ "smtp.session_timeout", CONF_DURATION, AT(smtp.session_timeout), .initial = "1h",
	  .min = SECOND, .max = DAY, .audience = EDGE | CLI, .doc = "the whole connection" },
	{ "smtp.starttls", CONF_BOOL, AT(smtp.starttls), .initial = "true",
	  .audience = POTERNED | EDGE | CLI, .doc = "offer STARTTLS" },
	{ "smtp.trusted", CONF_NETWORK, .list = true, .may_be_empty = true, AT(smtp.trusted),
	  .initial = "127.0.0.0/8,::1", .audience = EDGE | CLI,
	  .doc = "networks of the proxies whose PROXY header or XCLIENT is believed, on listeners "
		 "that have the option" },
	{ "smtp.early_talker", CONF_ENUM, AT(smtp.early_talker), .initial = "reject",
	  .audience = EDGE | CLI, .words = { "reject", "log" },
	  .doc = "a client that speaks before the greeting" },

	{ "recipients.file", CONF_PATH, .may_be_empty = true, AT(recipients.file), .initial = "",
	  .audience = POTERNED | EDGE | CLI,
	  .doc = "the mailboxes that exist, one a line, for all of domains: NAME@DOMAIN, @DOMAIN "
		 "for all of a domain, with internal or disabled behind it; the others are refused "
		 "(empty: every recipient of domains is taken)" },
	{ "recipients.delimiter", CONF_STRING, .may_be_empty = true, AT(recipients.delimiter),
	  .initial = "", .audience = EDGE | CLI,
	  .doc = "the character behind which a mailbox may be detailed, as + in alice+news; only "
		 "what the mail store delivers as well, or it has to send notifications of its own "
		 "(empty: none)" },
	{ "recipients.inside", CONF_NETWORK, .list = true, .may_be_empty = true,
	  AT(recipients.inside), .initial = "", .audience = EDGE | CLI,
	  .doc = "networks whose clients may write to recipients marked internal and are never "
		 "slowed down; who has logged in at a trusted proxy may as well" },
	{ "recipients.reject", CONF_DOMAIN, .list = true, .may_be_empty = true,
	  AT(recipients.reject), .initial = "", .audience = EDGE | CLI,
	  .doc = "domains whose unknown recipients are refused with 550 instead of 450: who "
		 "mistypes a name is told at once and not days later, and who tries names learns "
		 "faster which are none" },
	{ "recipients.slow_after", CONF_U32, AT(recipients.slow_after), .initial = "10", .max = 100,
	  .audience = EDGE | CLI,
	  .doc = "unknown recipients of a client after which its answers to RCPT come a second "
		 "later for each; one is forgotten every three minutes (0: never)" },
	{ "recipients.close_after", CONF_U32, AT(recipients.close_after), .initial = "20",
	  .max = 100, .audience = EDGE | CLI,
	  .doc = "unknown recipients of a client after which each one more is answered 421 and "
		 "ends the connection (0: never)" },

	{ "out.clients", CONF_NETWORK, .list = true, .may_be_empty = true, AT(out.clients),
	  .initial = "", .audience = EDGE | CLI,
	  .doc = "networks of the inside servers that may send through role out" },
	{ "out.senders", CONF_STRING, .list = true, .may_be_empty = true, AT(out.senders),
	  .initial = "", .audience = CLI,
	  .doc = "what sends mail of our domains besides this host, for the SPF records of poterne "
		 "dns: addresses, networks, host names, or terms such as include:DOMAIN" },

	{ "out.remove_fields", CONF_STRING, .list = true, .may_be_empty = true,
	  AT(out.remove_fields),
	  .initial =
		  "Authentication-Results,Delivered-To,Return-Path,User-Agent,X-Amavis*,X-"
		  "Antivirus*,"
		  "X-Auth-*,X-Authenticated-*,X-AV-*,X-Barracuda*,X-Bogosity,X-ClamAV*,X-Envelope-*"
		  ","
		  "X-EOP*,X-Exchange-*,X-Forefront*,X-Forwarded-*,X-Greylist*,X-IronPort*,X-Mailer,"
		  "X-Microsoft-*,X-MimeOLE,X-MS-Exchange-*,X-MS-Office365-*,X-Original-To,"
		  "X-Originating-*,X-OriginatorOrg,X-PHP-*,X-Proofpoint*,X-Quarantine*,X-Remote-*,"
		  "X-Roundcube*,X-Rspamd*,X-Scanned*,X-Sender,X-Sieve,X-Source*,X-Spam*,X-Virus*,"
		  "X-Webmail*",
	  .audience = SCAN | CLI,
	  .doc = "header fields that role out takes away because they tell of the inside, names or "
		 "beginnings of names (X-MS-*); the hops before this one (Received) always go" },

	{ "edge.processes", CONF_U32, AT(edge.processes), .initial = "1", .min = 1, .max = 64,
	  .audience = POTERNED | CLI, .doc = "processes that speak SMTP to strangers" },

	{ "tls.certificate", CONF_PATH, .may_be_empty = true, AT(tls.certificate), .initial = "",
	  .audience = POTERNED | CLI,
	  .doc = "PEM chain; empty: a self-signed one is made at the first start" },
	{ "tls.key", CONF_PATH, .may_be_empty = true, AT(tls.key), .initial = "",
	  .audience = POTERNED | CLI, .doc = "PEM private key of the certificate" },
	{ "tls.certificates", CONF_STRING, .list = true, .may_be_empty = true, AT(tls.certificates),
	  .initial = "", .audience = POTERNED | CLI,
	  .doc = "more of them, each the path of a PEM chain, a space and the path of its key; the "
		 "client's server name chooses, the first one is for unknown names" },
	{ "tls.client_ca", CONF_PATH, .may_be_empty = true, AT(tls.client_ca), .initial = "",
	  .audience = POTERNED | CLI,
	  .doc = "PEM certificates of the authorities that vouch for clients' certificates" },
	{ "tls.ca", CONF_PATH, .may_be_empty = true, AT(tls.ca),
	  .initial = "/etc/ssl/certs/ca-certificates.crt", .audience = RELAY | FETCH | CLI,
	  .doc = "PEM certificates of the authorities that are believed when a server's name is "
		 "verified; read at the start" },
	{ "tls.min_version", CONF_ENUM, AT(tls.min_version), .initial = "1.2",
	  .words = { "1.2", "1.3", "1.0" }, .audience = POTERNED | EDGE | RELAY | CLI,
	  .doc = "oldest TLS version that is spoken; 1.0 is for clients that are too old for "
		 "anything else, and only when receiving" },

	{ "inspect.workers", CONF_U32, AT(inspect.workers), .initial = "0", .max = 256,
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "sandboxed workers; 0: one for each core, at least two" },
	{ "inspect.deadline", CONF_DURATION, AT(inspect.deadline), .initial = "20s",
	  .min = SECOND / 10, .max = 10 * MINUTE, .audience = POTERNED | INSPECT | SCAN | CLI,
	  .doc = "a worker that has not answered by then is killed" },
	{ "inspect.memory", CONF_SIZE, AT(inspect.memory), .initial = "512MiB", .min = 64 * MIB,
	  .max = 64 * GIB, .audience = POTERNED | INSPECT | SCAN | CLI,
	  .doc = "memory of one worker" },
	{ "inspect.max_depth", CONF_U32, AT(inspect.max_depth), .initial = "20", .min = 1,
	  .max = 100, .audience = INSPECT | SCAN | CLI,
	  .doc = "parts within parts, archives within archives" },
	{ "inspect.max_parts", CONF_U32, AT(inspect.max_parts), .initial = "1000", .min = 1,
	  .max = 1000, .audience = INSPECT | SCAN | CLI,
	  .doc = "parts and archive members of one message" },
	{ "inspect.max_unpacked_bytes", CONF_SIZE, AT(inspect.max_unpacked_bytes),
	  .initial = "128MiB", .min = MIB, .max = 16 * GIB, .audience = INSPECT | SCAN | CLI,
	  .doc = "bytes of all parts of one message, decoded and unpacked" },

	{ "image.workers", CONF_U32, AT(image.workers), .initial = "0", .max = 64,
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "sandboxed workers that read QR codes in images; 0: one for every two cores" },
	{ "image.deadline", CONF_DURATION, AT(image.deadline), .initial = "5s", .min = SECOND / 10,
	  .max = MINUTE, .audience = POTERNED | IMAGE | SCAN | CLI,
	  .doc = "a worker that has not read an image by then is killed" },
	{ "image.memory", CONF_SIZE, AT(image.memory), .initial = "512MiB", .min = 128 * MIB,
	  .max = 16 * GIB, .audience = POTERNED | IMAGE | SCAN | CLI,
	  .doc = "memory of one worker that reads images" },

	{ "yara.disabled", CONF_NAME, .list = true, .may_be_empty = true, AT(yara.disabled),
	  .initial = "", .audience = POTERNED | SCAN | CLI,
	  .doc = "names of YARA rules that are not used" },

	{ "links.resolve", CONF_BOOL, AT(links.resolve), .initial = "false", .audience = SCAN | CLI,
	  .doc = "ask the DNS about the domains of links: where they lead and whether they take "
		 "mail; it tells their servers that somebody has such a message" },
	{ "learn.spam_from", CONF_U32, AT(learn.spam_from), .initial = "95", .min = 51, .max = 100,
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "per cent of probability from which the classifier speaks of spam" },
	{ "learn.ham_to", CONF_U32, AT(learn.ham_to), .initial = "5", .min = 0, .max = 49,
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "per cent of probability up to which it speaks of a wanted message" },
	{ "learn.keep", CONF_DURATION, AT(learn.keep), .initial = "365d", .min = DAY,
	  .max = 3650LL * DAY, .audience = CLI,
	  .doc = "how long the classifier knows a message that it learned; older ones are "
		 "forgotten with each lesson" },
	{ "learn.fuzzy_keep", CONF_DURATION, AT(learn.fuzzy_keep), .initial = "90d", .min = HOUR,
	  .max = 3650LL * DAY, .audience = POTERNED | SCAN | CLI,
	  .doc = "how long a learned message is known again by one that is nearly the same" },
	{ "learn.share", CONF_BOOL, AT(learn.share), .initial = "false", .audience = SCAN | CLI,
	  .doc = "digests of what is learned as spam are told to the gateways that share memory, "
		 "and theirs believed" },

	{ "antivirus.clamd", CONF_PEER, .may_be_empty = true, AT(antivirus.clamd), .initial = "",
	  .words = { "unix:/PATH", "tcp:HOST:PORT" }, .audience = POTERNED | SCAN | CLI,
	  .doc = "where clamd listens: unix:/PATH or tcp:HOST:PORT; empty: no antivirus" },
	{ "antivirus.timeout", CONF_DURATION, AT(antivirus.timeout), .initial = "30s",
	  .min = SECOND / 10, .max = 10 * MINUTE, .audience = SCAN | CLI,
	  .doc = "wait for its answer" },
	{ "antivirus.max_bytes", CONF_SIZE, AT(antivirus.max_bytes), .initial = "25MiB",
	  .min = 64 * KIB, .max = 4 * GIB, .audience = SCAN | CLI,
	  .doc = "messages above it are too large for the antivirus (its StreamMaxLength)" },
	{ "antivirus.connections", CONF_U32, AT(antivirus.connections), .initial = "8", .min = 1,
	  .max = 1000, .audience = SCAN | CLI,
	  .doc = "messages that are with the antivirus at the same moment (its MaxThreads)" },
	{ "antivirus.when_down", CONF_ENUM, AT(antivirus.when_down), .initial = "defer",
	  .words = { "", "defer", "quarantine" }, .audience = SCAN | CLI,
	  .doc = "a configured antivirus does not answer" },
	{ "antivirus.when_absent", CONF_ENUM, AT(antivirus.when_absent), .initial = "accept",
	  .words = { "accept", "defer", "quarantine" }, .audience = POTERNED | SCAN | CLI,
	  .doc = "no antivirus is configured, nor one of scanners.services" },

	{ "scanners.services", CONF_STRING, .list = true, .may_be_empty = true,
	  AT(scanners.services), .initial = "", .audience = POTERNED | SCAN | CLI,
	  .doc = "rows NAME PROTOCOL PEER [send=message|attachments|documents] [timeout=5s] "
		 "[connections=8] [max_bytes=25MiB] [on_failure=defer|weigh] "
		 "[service=avscan[?ARGUMENTS]] [report]: who else is asked about mail; PROTOCOL is "
		 "clamd, icap, olefy, dcc or line; PEER is unix:/PATH or tcp:ADDRESS:PORT. What "
		 "they answer becomes symbols by rules (condition scanner)" },

	{ "dns.servers", CONF_ADDRESS, .list = true, .may_be_empty = true, AT(dns.servers),
	  .initial = "", .audience = DNS | CLI,
	  .doc = "addresses of resolvers; empty: those of /etc/resolv.conf" },
	{ "dns.file", CONF_PATH, .may_be_empty = true, AT(dns.file), .initial = "",
	  .audience = POTERNED | DNS | CLI,
	  .doc = "answer from this JSON file and nothing else, for tests" },
	{ "dns.timeout", CONF_DURATION, AT(dns.timeout), .initial = "5s", .min = SECOND / 10,
	  .max = MINUTE, .audience = DNS | SCAN | RELAY | CLI, .doc = "wait for one answer" },
	{ "dns.validate", CONF_BOOL, AT(dns.validate), .initial = "true", .audience = DNS | CLI,
	  .doc = "validate DNSSEC here" },
	{ "dns.trust_ad", CONF_BOOL, AT(dns.trust_ad), .initial = "false", .audience = DNS | CLI,
	  .doc = "believe the resolver's own word that an answer is validated" },

	{ "asn.databases", CONF_PATH, .list = true, .may_be_empty = true, AT(asn.databases),
	  .initial = "", .audience = SCAN | CLI,
	  .doc = "at most two MMDB files of this site that say the operator (AS number) and the "
		 "country of an address; empty: neither is known. Put a new one in place by mv(1), "
		 "never by writing into the old; a file that was not named at the start needs a "
		 "restart" },
	{ "dkim.keys", CONF_STRING, .list = true, .may_be_empty = true, AT(dkim.keys),
	  .initial = "", .audience = POTERNED | SCAN | STORE | CLI,
	  .doc = "rows DOMAIN SELECTOR FILE [published]: mail that role out takes From DOMAIN is "
		 "signed with the private key of FILE (PEM, for root alone; poterne key makes "
		 "one); several rows sign together; published: its record stands, nothing is "
		 "signed with it" },
	{ "arc.seal", CONF_STRING, .may_be_empty = true, AT(arc.seal), .initial = "",
	  .audience = POTERNED | SCAN | CLI,
	  .doc = "DOMAIN SELECTOR of the row of dkim.keys that role mx seals what it delivers "
		 "with (ARC, RFC 8617); empty: it seals nothing" },
	{ "arc.trusted", CONF_DOMAIN, .list = true, .may_be_empty = true, AT(arc.trusted),
	  .initial = "", .audience = SCAN | CLI,
	  .doc = "domains of sealers whose word about a message is taken when its own "
		 "authentication was broken on the way" },
	{ "spf.exceptions", CONF_STRING, .list = true, .may_be_empty = true, AT(spf.exceptions),
	  .initial = "", .audience = SCAN | CLI,
	  .doc = "rows ADDRESS DOMAIN or NETWORK DOMAIN: clients whose SPF result for that domain "
		 "counts for nothing, because the domain's record forgets them" },

	{ "delivery.next_hop", CONF_PEER, AT(delivery.next_hop), .initial = "maildir",
	  .words = { "maildir", "smtp:HOST:PORT", "lmtp:HOST:PORT", "lmtp:unix:/PATH", "mx" },
	  .audience = POTERNED | SCAN | STORE | RELAY | CLI,
	  .doc = "where accepted mail goes: maildir, smtp:HOST:PORT, lmtp:HOST:PORT, "
		 "lmtp:unix:/PATH, or mx, the mail servers of each domain" },
	{ "delivery.routes", CONF_STRING, .list = true, .may_be_empty = true, AT(delivery.routes),
	  .initial = "", .audience = POTERNED | STORE | RELAY | CLI,
	  .doc = "rows PATTERN NEXTHOP [tls=none|may|encrypt|verify|dane] [connections=N] "
		 "[verify=NAME], for domains that go elsewhere: PATTERN is a domain, *.DOMAIN or "
		 "*; NEXTHOP is one of delivery.next_hop, or reject" },
	{ "delivery.maildir", CONF_STRING, AT(delivery.maildir), .initial = "maildir",
	  .audience = POTERNED | STORE | RELAY | CLI,
	  .doc = "directory of the local Maildir, below paths.state when relative" },
	{ "delivery.retry", CONF_DURATION, .list = true, AT(delivery.retry),
	  .initial = "1m,5m,15m,30m,1h,2h,4h", .min = SECOND, .max = 7 * DAY,
	  .audience = STORE | RELAY | CLI, .doc = "pauses between attempts; the last one repeats" },
	{ "delivery.max_age", CONF_DURATION, AT(delivery.max_age), .initial = "5d", .min = MINUTE,
	  .max = 60 * DAY, .audience = STORE | RELAY | CLI,
	  .doc = "then its sender is told, or the message held as undeliverable" },
	{ "delivery.connections", CONF_U32, AT(delivery.connections), .initial = "20", .min = 1,
	  .max = 1000, .audience = STORE | RELAY | CLI, .doc = "deliveries at the same moment" },
	{ "delivery.timeout", CONF_DURATION, AT(delivery.timeout), .initial = "5m", .min = SECOND,
	  .max = HOUR, .audience = RELAY | CLI, .doc = "wait for one answer of the next hop" },
	{ "delivery.patience", CONF_DURATION, AT(delivery.patience), .initial = "10s",
	  .min = SECOND / 10, .max = 5 * MINUTE, .audience = SCAN | CLI,
	  .doc = "how long a sender waits for the next hop; then the message is spooled" },
	{ "delivery.tls", CONF_ENUM, AT(delivery.tls), .initial = "may",
	  .words = { "none", "may", "encrypt", "verify", "dane" },
	  .audience = POTERNED | STORE | RELAY | CLI,
	  .doc = "TLS towards the next hop: may is encrypted when it can be, verify asks for a "
		 "certificate of tls.ca, dane for one of its TLSA records" },
	{ "delivery.mx_port", CONF_U32, AT(delivery.mx_port), .initial = "25", .min = 1,
	  .max = 65535, .audience = RELAY | CLI, .doc = "port of the mail servers of a domain" },
	{ "delivery.sts_port", CONF_U32, AT(delivery.sts_port), .initial = "443", .min = 1,
	  .max = 65535, .audience = RELAY | CLI,
	  .doc = "port of the web servers that MTA-STS policies are fetched from" },
	{ "delivery.allow_private", CONF_BOOL, AT(delivery.allow_private), .initial = "false",
	  .audience = RELAY | CLI,
	  .doc = "the servers of a domain may have loopback and private addresses, for "
		 "tests" },

	{ "dsn.via", CONF_PEER, .may_be_empty = true, AT(dsn.via), .initial = "",
	  .words = { "smtp:HOST:PORT" }, .audience = POTERNED | SCAN | STORE | RELAY | CLI,
	  .doc = "the gateway of role out that carries delivery status notifications away; "
		 "empty: a role mx sends none, and holds what it cannot deliver in quarantine" },
	{ "dsn.warn_after", CONF_DURATION, AT(dsn.warn_after), .initial = "4h", .min = 0,
	  .max = 60 * DAY, .audience = STORE | CLI,
	  .doc = "a sender is told once that his message is not delivered yet; 0: never" },

	{ "quarantine.keep", CONF_DURATION, AT(quarantine.keep), .initial = "30d", .min = HOUR,
	  .max = 3660 * DAY, .audience = STORE | CLI,
	  .doc = "how long quarantined messages are kept" },
	{ "history.keep", CONF_DURATION, AT(history.keep), .initial = "30d", .min = HOUR,
	  .max = 3660 * DAY, .audience = STORE | CLI, .doc = "how long the history is kept" },

	{ "replay.keep", CONF_DURATION, AT(replay.keep), .initial = "7d", .min = 0,
	  .max = 366 * DAY, .audience = SCAN | STORE | CLI,
	  .doc = "how long it is kept what messages were judged by (no text of theirs), so that "
		 "poterne replay can show what other rules would do; 0: never" },
	{ "replay.required", CONF_BOOL, AT(replay.required), .initial = "false", .audience = CLI,
	  .doc = "poterne rules lets no rule weigh more without the id of a replay of that "
		 "change" },
	{ "replay.max_bytes", CONF_SIZE, AT(replay.max_bytes), .initial = "1GiB", .min = 256 * MIB,
	  .max = 1024 * GIB, .audience = STORE | CLI, .doc = "then the oldest of it goes" },

	{ "reports.addresses", CONF_STRING, .list = true, .may_be_empty = true,
	  AT(reports.addresses), .initial = "", .audience = SCAN | CLI,
	  .doc = "mailboxes of our domains that DMARC and TLS records name in rua: reports that "
		 "arrive there are counted for poterne dmarc, and delivered like any mail" },
	{ "reports.keep", CONF_DURATION, AT(reports.keep), .initial = "400d", .min = DAY,
	  .max = 3660 * DAY, .audience = STORE | CLI, .doc = "how long what reports say is kept" },
	{ "reports.from", CONF_STRING, .may_be_empty = true, AT(reports.from), .initial = "",
	  .audience = POTERNED | SCAN | STORE | RELAY | REPORT | CLI,
	  .doc = "the address that aggregate reports by DMARC and TLS reports are sent from, "
		 "once a day, to the domains that ask for them; by dsn.via in role mx; empty: "
		 "none are counted or sent" },
	{ "reports.org_name", CONF_STRING, .may_be_empty = true, AT(reports.org_name),
	  .initial = "", .audience = REPORT | CLI,
	  .doc = "who we are, in reports; empty: the domain of reports.from" },
	{ "reports.contact", CONF_STRING, .may_be_empty = true, AT(reports.contact), .initial = "",
	  .audience = REPORT | CLI,
	  .doc = "the address for questions about our reports; empty: reports.from" },

	{ "memory.replies", CONF_DURATION, AT(memory.replies), .initial = "24h", .min = MINUTE,
	  .max = 400 * DAY, .audience = MEMORY | CLI,
	  .doc = "how long a message we sent is remembered, so that an answer to it is known as "
		 "one" },
	{ "memory.correspondents", CONF_DURATION, AT(memory.correspondents), .initial = "180d",
	  .min = DAY, .max = 3660 * DAY, .audience = MEMORY | CLI,
	  .doc = "how long it is remembered to whom we wrote last" },
	{ "memory.max_rows", CONF_U32, AT(memory.max_rows), .initial = "2000000", .min = 1000,
	  .max = 100000000, .audience = MEMORY | CLI,
	  .doc = "rows of memory; those not seen for longest are forgotten first" },

	{ "memory.shared", CONF_PEER, .may_be_empty = true, AT(memory.shared), .initial = "",
	  .words = { "tcp:ADDRESS:PORT" }, .audience = MEMORY | CLI,
	  .doc = "the Redis server in which several gateways share what they remember; so that "
		 "role mx knows the answers to what role out sent; empty: each keeps its own. "
		 "It is spoken to without TLS" },
	{ "memory.password_file", CONF_PATH, .may_be_empty = true, AT(memory.password_file),
	  .initial = "", .audience = MEMORY | CLI,
	  .doc = "file, for root alone, with the password of that server, or user and password, "
		 "in one line; read at the start" },
	{ "memory.secret_file", CONF_PATH, .may_be_empty = true, AT(memory.secret_file),
	  .initial = "", .audience = MEMORY | CLI,
	  .doc = "file, for root alone, with one line of 32 characters or more that all gateways "
		 "have which share memory, and nobody else: what one writes the others believe by "
		 "it, and the server learns no name; read at the start" },

	{ "greylist.enabled", CONF_BOOL, AT(greylist.enabled), .initial = "false",
	  .audience = SCAN | CLI,
	  .doc = "asks strangers whose mail scores from the threshold greylist on to come back "
		 "later, once, as mail servers do and many programs that send spam do not" },
	{ "greylist.delay", CONF_DURATION, AT(greylist.delay), .initial = "5m", .min = SECOND,
	  .max = HOUR, .audience = SCAN | CLI, .doc = "who comes back sooner is asked again" },
	{ "greylist.expire", CONF_DURATION, AT(greylist.expire), .initial = "1d", .min = MINUTE,
	  .max = 10 * DAY, .audience = SCAN | MEMORY | CLI,
	  .doc = "who does not come back within that time is a stranger again" },
	{ "greylist.keep", CONF_DURATION, AT(greylist.keep), .initial = "36d", .min = HOUR,
	  .max = 400 * DAY, .audience = MEMORY | CLI,
	  .doc = "for so long after its last mail nobody who came back once is asked again" },

	{ "rates.limits", CONF_STRING, .list = true, .may_be_empty = true, AT(rates.limits),
	  .initial = "sender 200/1m,sender 2000/1h", .audience = SCAN | CLI,
	  .doc = "how much may be sent in a time, in recipients, WHAT[:NAME] COUNT/TIME or "
		 "WHAT:NAME unlimited; WHAT is sender (who logged in, as XCLIENT says, or the "
		 "envelope sender) or domain (that of the envelope sender), both in role out, or "
		 "client (an address); rows with a NAME, for a sender its domain as well, hold "
		 "instead of those without; what is too much is asked to come back later" },

	{ "scan.threads", CONF_U32, AT(scan.threads), .initial = "64", .min = 1, .max = 1024,
	  .audience = POTERNED | EDGE | SCAN | CLI, .doc = "messages judged at the same moment" },
	{ "scan.deadline", CONF_DURATION, AT(scan.deadline), .initial = "60s", .min = SECOND / 10,
	  .max = 10 * MINUTE, .audience = EDGE | SCAN | CLI, .doc = "a verdict is due by then" },

	{ "log.details", CONF_BOOL, AT(log.details), .initial = "true", .audience = SCAN | CLI,
	  .doc = "the event message.done names recipients, hosts of links and attached files; "
		 "false: it counts recipients only" },
	{ "exporter.targets", CONF_STRING, .list = true, .may_be_empty = true, AT(exporter.targets),
	  .initial = "", .audience = POTERNED | SCAN | STORE | FETCH | CLI,
	  .doc = "rows NAME http URL, NAME mail ADDRESS or NAME queue, with options "
		 "[when=is_spam+SYMBOL...] [rate=10] [whole] [key=FILE] [ca=FILE] [http]: who is "
		 "told "
		 "of which messages, by a POST of JSON, by mail, or by lines in exports/NAME.jsonl "
		 "below paths.state; see docs/export.md" },
	{ "fields.symbols", CONF_BOOL, AT(fields.symbols), .initial = "true",
	  .audience = SCAN | CLI,
	  .doc = "mail for our recipients names in X-Poterne-Symbols what weighed; mail that "
		 "leaves (role out) never does" },
	{ "fields.recipient_tag", CONF_BOOL, AT(fields.recipient_tag), .initial = "false",
	  .audience = SCAN | CLI,
	  .doc = "a message to user+TAG, and to nobody else, gets the field X-Poterne-Tag: TAG for "
		 "the filing rules of the mailbox; one with a spam verdict does not" },

	{ "feeds.sources", CONF_STRING, .list = true, .may_be_empty = true, AT(feeds.sources),
	  .initial = "", .audience = POTERNED | SCAN | FETCH | CLI,
	  .doc = "rows NAME FORMAT URL [list=LIST] [every=1h] [keep=7d] [collection=ID] [ca=FILE] "
		 "[key=FILE] [http]: what others publish, fetched by poterne-fetch into lists; "
		 "FORMAT is phishtank-csv, phishtank-json, openphish, urlhaus, malwarebazaar, "
		 "misp, stix, taxii (URL is the API root) or map (one entry a line); key is a "
		 "header field to send, in a file for root alone" },
	{ "feeds.max_bytes", CONF_SIZE, AT(feeds.max_bytes), .initial = "64MiB", .min = KIB,
	  .max = GIB, .audience = FETCH | CLI, .doc = "a larger feed is refused, also unpacked" },
	{ "feeds.timeout", CONF_DURATION, AT(feeds.timeout), .initial = "2m", .min = SECOND,
	  .max = HOUR, .audience = FETCH | CLI, .doc = "a feed is there by then, or is refused" },
	{ "fetch.proxy", CONF_PEER, .may_be_empty = true, AT(fetch.proxy), .initial = "",
	  .words = { "tcp:HOST:PORT" }, .audience = FETCH | CLI,
	  .doc = "HTTP proxy of this site, tcp:HOST:PORT, by which poterne-fetch reaches others; "
		 "empty: none" },
	{ "fetch.allow_private", CONF_NETWORK, .list = true, .may_be_empty = true,
	  AT(fetch.allow_private), .initial = "", .audience = FETCH | CLI,
	  .doc = "networks that are not the Internet's and that feeds may be fetched from "
		 "nevertheless, like that of this site's own MISP; links are never followed "
		 "there" },

	{ "url_check.enabled", CONF_BOOL, AT(url_check.enabled), .initial = "false",
	  .audience = POTERNED | SCAN | FETCH | CLI,
	  .doc = "links of received mail are followed to see where they lead; servers then know "
		 "that the message was received, and links that hold once may be used up: see "
		 "the list link-check-never" },
	{ "url_check.max_links", CONF_U32, AT(url_check.max_links), .initial = "10", .min = 1,
	  .max = 50 /* of scan/urlcheck.h */, .audience = SCAN | CLI,
	  .doc = "links of one message that are followed" },
	{ "url_check.redirects", CONF_U32, AT(url_check.redirects), .initial = "2", .min = 1,
	  .max = 8 /* of net/visit.h */, .audience = FETCH | CLI,
	  .doc = "how often a link may lead on; URL_TOO_MUCH_REDIRECT above" },
	{ "url_check.timeout", CONF_DURATION, AT(url_check.timeout), .initial = "4s",
	  .min = SECOND / 10, .max = 30 * SECOND, .audience = SCAN | FETCH | CLI,
	  .doc = "for all links of a message together" },
	{ "url_check.connections", CONF_U32, AT(url_check.connections), .initial = "32", .min = 1,
	  .max = 250, .audience = POTERNED | FETCH | CLI,
	  .doc = "links that are followed at the same moment, of all messages" },
	{ "url_check.get", CONF_DOMAIN, .list = true, .may_be_empty = true, AT(url_check.get),
	  .initial = "onedrive.live.com,1drv.ms", .audience = SCAN | CLI,
	  .doc = "hosts, with those below them, whose pages are read (GET, 64 KiB) because they "
		 "do not say by HEAD where they lead" },
	{ "users.edge", CONF_NAME, AT(users.edge), .initial = "_potedge",
	  .audience = POTERNED | EDGE | CLI, .doc = "system user of poterne-edge" },
	{ "users.image", CONF_NAME, AT(users.image), .initial = "_potimage",
	  .audience = POTERNED | IMAGE | CLI, .doc = "system user of poterne-image" },
	{ "users.inspect", CONF_NAME, AT(users.inspect), .initial = "_potinsp",
	  .audience = POTERNED | INSPECT | CLI, .doc = "system user of poterne-inspect" },
	{ "users.scan", CONF_NAME, AT(users.scan), .initial = "_potscan",
	  .audience = POTERNED | SCAN | CLI, .doc = "system user of poterne-scan" },
	{ "users.dns", CONF_NAME, AT(users.dns), .initial = "_potdns",
	  .audience = POTERNED | DNS | CLI, .doc = "system user of poterne-dns" },
	{ "users.store", CONF_NAME, AT(users.store), .initial = "_potstore",
	  .audience = POTERNED | STORE | CLI, .doc = "system user of poterne-store" },
	{ "users.relay", CONF_NAME, AT(users.relay), .initial = "_potrelay",
	  .audience = POTERNED | RELAY | CLI, .doc = "system user of poterne-relay" },
	{ "users.keys", CONF_NAME, AT(users.keys), .initial = "_potkeys",
	  .audience = POTERNED | KEYS | CLI, .doc = "system user of poterne-keys" },
	{ "users.web", CONF_NAME, AT(users.web), .initial = "_potweb",
	  .audience = POTERNED | WEB | CLI, .doc = "system user of poterne-web" },
	{ "users.report", CONF_NAME, AT(users.report), .initial = "_potreport",
	  .audience = POTERNED | REPORT | CLI, .doc = "system user of poterne-report" },
	{ "users.memory", CONF_NAME, AT(users.memory), .initial = "_potmem",
	  .audience = POTERNED | MEMORY | CLI, .doc = "system user of poterne-memory" },
	{ "users.fetch", CONF_NAME, AT(users.fetch), .initial = "_potfetch",
	  .audience = POTERNED | FETCH | CLI, .doc = "system user of poterne-fetch" },
};

const size_t conf_schema_n = ARRAY_LEN(conf_schema);

const struct conf_key *conf_schema_find(str path)
{
	for (size_t i = 0; i < conf_schema_n; i++) {
		if (str_eq(path, str_c(conf_schema[i].path)))
			return &conf_schema[i];
	}
	return NULL;
}

bool conf_schema_is_section(str path)
{
	for (size_t i = 0; i < conf_schema_n; i++) {
		str p = str_c(conf_schema[i].path);

		if (p.n > path.n && str_starts(p, path) && p.p[path.n] == '.')
			return true;
	}
	return false;
}

/* What stands after the last dot. */
static str last_name(str path)
{
	size_t dot = str_rchr(path, '.');

	return dot == STR_NONE ? path : str_skip(path, dot + 1);
}

static bool same_section(str a, str b)
{
	return str_eq(str_sub(a, 0, a.n - last_name(a).n), str_sub(b, 0, b.n - last_name(b).n));
}

/* First a neighbour with a similar name, then a similar path, then the same name elsewhere. */
str conf_schema_nearest(str path)
{
	struct nearest sibling = nearest_to(last_name(path));
	struct nearest whole = nearest_to(path);
	str elsewhere = STR_NULL;
	str best = STR_NULL;

	for (size_t i = 0; i < conf_schema_n; i++) {
		str p = str_c(conf_schema[i].path);
		size_t before = sibling.distance;
		size_t dot = str_chr(p, '.');

		if (same_section(p, path))
			nearest_offer(&sibling, last_name(p));
		if (sibling.distance < before)
			best = p;
		nearest_offer(&whole, p);
		if (dot != STR_NONE)
			nearest_offer(&whole, str_sub(p, 0, dot));
		if (str_eq(last_name(p), last_name(path)))
			elsewhere = p;
	}
	if (best.p)
		return best;
	return whole.best.p ? whole.best : elsewhere;
}
