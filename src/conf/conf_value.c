#include "conf/conf_value.h"

#include "base/ip.h"
#include "base/num.h"
#include "base/utf8.h"

/* The common shape of every list in struct conf. */
struct list {
	void *v;
	size_t n;
};

static bool is_name(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!str_is_alnum(s.p[i]) && s.p[i] != '_' && s.p[i] != '-' && s.p[i] != '.')
			return false;
	}
	return s.n > 0 && s.n <= 64 && s.p[0] != '-';
}

/* Letters, digits and hyphens in labels of 1 to 63, 253 in all (RFC 1123 2.1). */
bool conf_value_is_domain(str s)
{
	str label;

	if (s.n == 0 || s.n > 253)
		return false;
	while (str_split(&s, '.', &label)) {
		if (label.n == 0 || label.n > 63)
			return false;
		if (label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++) {
			if (!str_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_')
				return false;
		}
	}
	return true;
}

static bool is_address(str s)
{
	struct ip ip;

	return ip_parse(s, &ip);
}

/* A DNS server: an address, or address@port as unbound writes it. */
static bool is_server(str s)
{
	size_t at = str_chr(s, '@');
	uint64_t port;

	return is_address(str_sub(s, 0, at)) &&
	       (at == STR_NONE || (num_u64_max(str_skip(s, at + 1), 65535, &port) && port > 0));
}

static str copy_lower(struct arena *a, str s)
{
	char *p = arena_alloc(a, s.n);

	for (size_t i = 0; i < s.n; i++)
		p[i] = str_lower_char(s.p[i]);
	return str_of(p, s.n);
}

static bool parse_text(struct arena *a, const struct conf_key *key, str text, str *at)
{
	bool good = true;

	if (text.n == 0 && !key->list && key->may_be_empty) {
		*at = STR("");
		return true;
	}
	if (key->type == CONF_NAME)
		good = is_name(text);
	else if (key->type == CONF_DOMAIN)
		good = conf_value_is_domain(text);
	else if (key->type == CONF_ADDRESS)
		good = is_server(text);
	else if (key->type == CONF_PATH)
		good = text.n && text.p[0] == '/';
	else
		good = text.n > 0;
	if (good)
		*at = key->type == CONF_DOMAIN ? copy_lower(a, text) : arena_str(a, text);
	return good;
}

static bool parse_number(const struct conf_key *key, str text, uint64_t *ret)
{
	uint64_t v;
	bool good;

	if (key->type == CONF_SIZE)
		good = num_size(text, &v);
	else if (key->type == CONF_DURATION)
		good = num_duration(text, &v);
	else
		good = num_u64(text, &v);
	if (!good || v < key->min || v > key->max)
		return false;
	*ret = v;
	return true;
}

static bool parse_bool(str text, bool *at)
{
	bool yes = str_eq(text, STR("true"));

	if (!yes && !str_eq(text, STR("false")))
		return false;
	*at = yes;
	return true;
}

static bool parse_enum(const struct conf_key *key, str text, void *at)
{
	for (int i = 0; i < CONF_WORDS_MAX && key->words[i]; i++) {
		if (text.n && str_eq(text, str_c(key->words[i]))) {
			memcpy(at, &i, sizeof(i));
			return true;
		}
	}
	return false;
}

/* HOST:PORT, [IPV6]:PORT; the port is mandatory. */
static bool parse_hostport(struct arena *a, str text, struct conf_hostport *at)
{
	size_t colon = str_rchr(text, ':');
	str host = colon == STR_NONE ? STR_NULL : str_sub(text, 0, colon);
	bool bracket = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
	uint64_t port;

	if (bracket)
		host = str_sub(host, 1, host.n - 1);
	if (bracket ? !is_address(host) : !conf_value_is_domain(host))
		return false;
	if (!num_u64_max(str_skip(text, colon + 1), 65535, &port) || port == 0)
		return false;
	*at = (struct conf_hostport){ arena_str(a, host), (uint16_t)port };
	return true;
}

static bool listener_option(str word, struct conf_listener *at)
{
	if (str_eq(word, STR("proxy")))
		at->proxy = true;
	else if (str_eq(word, STR("xclient")))
		at->xclient = true;
	else if (str_eq(word, STR("client_cert")))
		at->client_cert = true;
	else if (str_eq(word, STR("handover=auto")))
		at->handover = CONF_HANDOVER_AUTO;
	else if (str_eq(word, STR("handover=direct")))
		at->handover = CONF_HANDOVER_DIRECT;
	else if (str_eq(word, STR("handover=spool")))
		at->handover = CONF_HANDOVER_SPOOL;
	else
		return false;
	return true;
}

/* HOST:PORT *(1*SP option) */
static bool parse_listener(struct arena *a, str text, struct conf_listener *at)
{
	struct conf_listener got = { 0 };
	str word;

	if (!str_split(&text, ' ', &word) || !parse_hostport(a, word, &got.at))
		return false;
	while (text.p && str_split(&text, ' ', &word)) {
		if (word.n && !listener_option(word, &got))
			return false;
	}
	*at = got;
	return true;
}

/* Whether all bits behind the prefix are 0: otherwise something else was meant. */
static bool is_network(struct ip ip, unsigned prefix)
{
	for (unsigned bit = prefix; bit < ip.n * 8u; bit++) {
		if (ip.bytes[bit / 8] & 0x80 >> bit % 8)
			return false;
	}
	return true;
}

bool conf_value_network(str text, struct conf_network *at)
{
	size_t slash = str_chr(text, '/');
	uint64_t prefix;
	struct ip ip;

	if (!ip_parse(str_sub(text, 0, slash), &ip))
		return false;
	prefix = ip.n * 8u;
	if (slash != STR_NONE && !num_u64_max(str_skip(text, slash + 1), prefix, &prefix))
		return false;
	if (!is_network(ip, (unsigned)prefix))
		return false;
	*at = (struct conf_network){ ip, (unsigned)prefix };
	return true;
}

struct peer_form {
	str prefix;
	enum conf_peer_kind kind;
};

/* Longer prefixes first: "lmtp:unix:" before "lmtp:". */
static const struct peer_form peer_forms[] = {
	{ STR("lmtp:unix:"), CONF_PEER_LMTP_UNIX },
	{ STR("lmtp:"), CONF_PEER_LMTP },
	{ STR("smtp:"), CONF_PEER_SMTP },
	{ STR("tcp:"), CONF_PEER_TCP },
	{ STR("unix:"), CONF_PEER_UNIX },
	{ STR("maildir"), CONF_PEER_MAILDIR },
	{ STR("mx"), CONF_PEER_MX },
	{ STR("reject"), CONF_PEER_REJECT },
};

/* The forms a key allows are those that begin one of its words. */
static bool peer_allowed(const struct conf_key *key, const struct peer_form *form)
{
	for (int i = 0; i < CONF_WORDS_MAX && key->words[i]; i++) {
		if (str_starts(str_c(key->words[i]), form->prefix))
			return true;
	}
	return false;
}

static bool parse_peer_rest(struct arena *a, enum conf_peer_kind kind, str rest,
			    struct conf_peer *at)
{
	struct conf_peer peer = { .kind = kind };

	if (kind == CONF_PEER_MAILDIR || kind == CONF_PEER_MX || kind == CONF_PEER_REJECT) {
		if (rest.n)
			return false;
	} else if (kind == CONF_PEER_UNIX || kind == CONF_PEER_LMTP_UNIX) {
		if (rest.n < 2 || rest.p[0] != '/')
			return false;
		peer.path = arena_str(a, rest);
	} else if (!parse_hostport(a, rest, &peer.at)) {
		return false;
	}
	*at = peer;
	return true;
}

static bool parse_peer(struct arena *a, const struct conf_key *key, str text, struct conf_peer *at)
{
	if (text.n == 0 && key->may_be_empty) {
		*at = (struct conf_peer){ .kind = CONF_PEER_NONE };
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(peer_forms); i++) {
		const struct peer_form *f = &peer_forms[i];

		if (str_starts(text, f->prefix))
			return peer_allowed(key, f) &&
			       parse_peer_rest(a, f->kind, str_skip(text, f->prefix.n), at);
	}
	return false;
}

/* UTF-8 without control characters: so a value is always one line. */
static bool is_clean(str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
			return false;
	}
	return s.n <= CONF_VALUE_MAX && utf8_valid(s);
}

bool conf_value_parse(struct arena *a, const struct conf_key *key, str text, void *at)
{
	uint64_t v;

	if (!is_clean(text))
		return false;
	switch (key->type) {
	case CONF_BOOL:
		return parse_bool(text, at);
	case CONF_ENUM:
		return parse_enum(key, text, at);
	case CONF_HOSTPORT:
		return parse_hostport(a, text, at);
	case CONF_LISTENER:
		return parse_listener(a, text, at);
	case CONF_NETWORK:
		return conf_value_network(text, at);
	case CONF_PEER:
		return parse_peer(a, key, text, at);
	case CONF_U32:
		if (!parse_number(key, text, &v))
			return false;
		*(uint32_t *)at = (uint32_t)v;
		return true;
	case CONF_SIZE:
		return parse_number(key, text, at);
	case CONF_DURATION:
		if (!parse_number(key, text, &v))
			return false;
		*(int64_t *)at = (int64_t)v;
		return true;
	default:
		return parse_text(a, key, text, at);
	}
}

/* Bytes of one element in a list. */
static size_t element_size(const struct conf_key *key)
{
	if (key->type == CONF_HOSTPORT)
		return sizeof(struct conf_hostport);
	if (key->type == CONF_LISTENER)
		return sizeof(struct conf_listener);
	if (key->type == CONF_NETWORK)
		return sizeof(struct conf_network);
	return key->type == CONF_DURATION ? sizeof(int64_t) : sizeof(str);
}

bool conf_value_parse_array(struct arena *a, const struct conf_key *key, const str *texts, size_t n,
			    void *at, size_t *ret_bad)
{
	size_t size = element_size(key);
	struct list list = { .n = n };
	char *p;

	*ret_bad = 0;
	if (n > CONF_LIST_MAX || (n == 0 && !key->may_be_empty))
		return false;
	list.v = p = arena_alloc_array(a, n, size);
	for (size_t i = 0; i < n; i++) {
		*ret_bad = i;
		/* A comma could not be told from the separator of the textual form. */
		if (str_chr(texts[i], ',') != STR_NONE ||
		    !conf_value_parse(a, key, texts[i], p + i * size))
			return false;
	}
	memcpy(at, &list, sizeof(list));
	return true;
}

bool conf_value_parse_list(struct arena *a, const struct conf_key *key, str text, void *at,
			   str *ret_bad)
{
	ARENA_VEC(str) texts = { 0 };
	str element, rest = text;
	size_t bad;

	if (!key->list) {
		*ret_bad = text;
		return conf_value_parse(a, key, text, at);
	}
	while (text.n && texts.n <= CONF_LIST_MAX && str_split(&rest, ',', &element))
		*arena_push(a, &texts) = str_trim(element);
	if (conf_value_parse_array(a, key, texts.v, texts.n, at, &bad))
		return true;
	*ret_bad = texts.n && texts.n <= CONF_LIST_MAX ? texts.v[bad] : text;
	return false;
}

static void put_scaled(struct strbuf *out, uint64_t v, const uint64_t *factors,
		       const char *const *units, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (v % factors[i] == 0 && (v || factors[i] == 1)) {
			strbuf_fmt(out, "%llu%s", (unsigned long long)(v / factors[i]), units[i]);
			return;
		}
	}
}

static void put_size(struct strbuf *out, uint64_t v)
{
	static const uint64_t factors[] = { 1 << 30, 1 << 20, 1 << 10, 1 };
	static const char *const units[] = { "GiB", "MiB", "KiB", "" };

	put_scaled(out, v, factors, units, ARRAY_LEN(units));
}

static void put_duration(struct strbuf *out, uint64_t ms)
{
	static const uint64_t factors[] = { 86400000, 3600000, 60000, 1000, 1 };
	static const char *const units[] = { "d", "h", "m", "s", "ms" };

	put_scaled(out, ms, factors, units, ARRAY_LEN(units));
}

static void put_hostport(struct strbuf *out, const struct conf_hostport *at)
{
	bool v6 = str_chr(at->host, ':') != STR_NONE;

	strbuf_put(out, v6 ? STR("[") : STR(""));
	strbuf_put(out, at->host);
	strbuf_fmt(out, "%s:%u", v6 ? "]" : "", at->port);
}

static void put_listener(struct strbuf *out, const struct conf_listener *at)
{
	static const char *const handovers[] = { "", " handover=direct", " handover=spool" };

	put_hostport(out, &at->at);
	strbuf_put(out, at->proxy ? STR(" proxy") : STR(""));
	strbuf_put(out, at->xclient ? STR(" xclient") : STR(""));
	strbuf_put(out, at->client_cert ? STR(" client_cert") : STR(""));
	strbuf_put(out, str_c(handovers[at->handover]));
}

static void put_network(struct strbuf *out, const struct conf_network *at)
{
	ip_put(out, at->ip);
	if (at->prefix != at->ip.n * 8u)
		strbuf_fmt(out, "/%u", at->prefix);
}

static void put_peer(struct strbuf *out, const struct conf_peer *peer)
{
	for (size_t i = 0; i < ARRAY_LEN(peer_forms); i++) {
		if (peer_forms[i].kind == peer->kind)
			strbuf_put(out, peer_forms[i].prefix);
	}
	strbuf_put(out, peer->path);
	if (peer->at.port)
		put_hostport(out, &peer->at);
}

size_t conf_value_count(const struct conf_key *key, const void *at)
{
	struct list list;

	if (!key->list)
		return 1;
	memcpy(&list, at, sizeof(list));
	return list.n;
}

void conf_value_put(const struct conf_key *key, const void *at, size_t i, struct strbuf *out)
{
	struct list list;
	int word;

	if (key->list) {
		memcpy(&list, at, sizeof(list));
		at = (const char *)list.v + i * element_size(key);
	}
	switch (key->type) {
	case CONF_BOOL:
		strbuf_put(out, *(const bool *)at ? STR("true") : STR("false"));
		break;
	case CONF_ENUM:
		memcpy(&word, at, sizeof(word));
		strbuf_put(out, str_c(key->words[word]));
		break;
	case CONF_HOSTPORT:
		put_hostport(out, at);
		break;
	case CONF_LISTENER:
		put_listener(out, at);
		break;
	case CONF_NETWORK:
		put_network(out, at);
		break;
	case CONF_PEER:
		put_peer(out, at);
		break;
	case CONF_U32:
		strbuf_fmt(out, "%u", *(const uint32_t *)at);
		break;
	case CONF_SIZE:
		put_size(out, *(const uint64_t *)at);
		break;
	case CONF_DURATION:
		put_duration(out, (uint64_t) * (const int64_t *)at);
		break;
	default:
		strbuf_put(out, *(const str *)at);
	}
}

static void put_words(const struct conf_key *key, struct strbuf *out)
{
	const char *sep = "";

	for (int i = 0; i < CONF_WORDS_MAX && key->words[i]; i++) {
		if (!key->words[i][0])
			continue;
		strbuf_fmt(out, "%s%s", sep, key->words[i]);
		sep = i + 1 < CONF_WORDS_MAX && key->words[i + 1] &&
				      (i + 2 == CONF_WORDS_MAX || !key->words[i + 2])
			      ? " or "
			      : ", ";
	}
}

void conf_value_expected(const struct conf_key *key, struct strbuf *out)
{
	static const char *const names[CONF_TYPES] = {
		[CONF_STRING] = "text",
		[CONF_NAME] = "a name of letters, digits, '_', '-' and '.'",
		[CONF_DOMAIN] = "a domain name",
		[CONF_ADDRESS] = "an IP address, or ADDRESS@PORT",
		[CONF_PATH] = "an absolute path",
		[CONF_BOOL] = "true or false",
		[CONF_U32] = "a number",
		[CONF_SIZE] = "a size such as 10MiB",
		[CONF_DURATION] = "a duration such as 30s, 5m, 2h or 5d",
		[CONF_HOSTPORT] = "HOST:PORT",
		[CONF_LISTENER] = "HOST:PORT, then any of proxy, xclient, client_cert and "
				  "handover=auto|direct|spool",
		[CONF_NETWORK] =
			"an IP network such as 192.0.2.0/24, with no bits behind its prefix",
	};

	if (key->type == CONF_ENUM || key->type == CONF_PEER)
		put_words(key, out);
	else
		strbuf_put(out, str_c(names[key->type]));
	if (key->type == CONF_U32)
		strbuf_fmt(out, " from %llu to %llu", (unsigned long long)key->min,
			   (unsigned long long)key->max);
	if (key->type == CONF_SIZE || key->type == CONF_DURATION) {
		void (*put)(struct strbuf *, uint64_t) =
			key->type == CONF_SIZE ? put_size : put_duration;

		strbuf_put(out, STR(", from "));
		put(out, key->min);
		strbuf_put(out, STR(" to "));
		put(out, key->max);
	}
}
