#include "fetch/httpget.h"

#include "fetch/httpaddress.h"
#include "sys/sockaddr.h"

#include <curl/curl.h>
#include <errno.h>
#include <unistd.h>

/* One exchange, while libcurl has it. */
struct exchange {
	const struct httpget *q;
	struct arena *arena;
	struct url url;
	uint16_t port;
	struct httpaddress target, gate; /* gate: who is connected to, the proxy or the target */
	uint16_t gate_port;
	struct strbuf body;
	bool too_long;
	struct httpget_answer *answer;
	CURL *curl;
	struct curl_slist *fields, *pins;
	char trouble[CURL_ERROR_SIZE];
	CURLcode failed; /* the first option that could not be set */
};

static const struct {
	str name;
	size_t at;
} kept[] = {
	{ STR("location:"), offsetof(struct httpget_answer, location) },
	{ STR("etag:"), offsetof(struct httpget_answer, etag) },
	{ STR("last-modified:"), offsetof(struct httpget_answer, modified) },
	{ STR("content-type:"), offsetof(struct httpget_answer, type) },
	{ STR("content-disposition:"), offsetof(struct httpget_answer, disposition) },
	{ STR("refresh:"), offsetof(struct httpget_answer, refresh) },
	{ STR("x-taxii-date-added-last:"), offsetof(struct httpget_answer, added_last) },
};

int httpget_begin(struct why *why)
{
	return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
		       ? 0
		       : why_set(why, -EIO, "libcurl cannot be started");
}

/* --- what libcurl calls --- */

/* The last check: whatever libcurl made of the URL, it reaches who we have looked at. */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
	const struct exchange *x = ctx;
	struct sockaddr_storage at = { 0 };
	uint16_t port;
	struct ip ip;

	if (purpose != CURLSOCKTYPE_IPCXN || to->addrlen > sizeof(at))
		return CURL_SOCKET_BAD;
	memcpy(&at, &to->addr, to->addrlen);
	ip = sockaddr_ip(&at, &port);
	for (size_t i = 0; i < x->gate.n; i++) {
		if (port == x->gate_port && ip_eq(ip, x->gate.v[i]))
			return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
	}
	return CURL_SOCKET_BAD;
}

static size_t take_body(char *p, size_t one unused_arg, size_t n, void *ctx)
{
	struct exchange *x = ctx;

	if (n > x->q->max_bytes - x->body.n) {
		x->too_long = true;
		strbuf_put(&x->body, str_of(p, x->q->max_bytes - x->body.n));
		return 0;
	}
	strbuf_put(&x->body, str_of(p, n));
	return n;
}

static size_t take_field(char *p, size_t one unused_arg, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	str line = str_trim(str_of(p, n));

	/* Those of an interim response (RFC 9110 15.2) are not the answer's. */
	if (str_starts(line, STR("HTTP/")))
		*x->answer = (struct httpget_answer){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
		str *at = (str *)((char *)x->answer + kept[i].at);

		if (str_casestarts(line, kept[i].name) && !at->n && line.n < HTTPGET_FIELD_MAX)
			*at = arena_str(x->arena, str_trim(str_skip(line, kept[i].name.n)));
	}
	return n;
}

/* --- the question --- */

#define SET(x, option, value)                                                                      \
	do {                                                                                       \
		CURLcode set_ = curl_easy_setopt((x)->curl, option, value);                        \
		if (set_ != CURLE_OK && (x)->failed == CURLE_OK)                                   \
			(x)->failed = set_;                                                        \
	} while (0)

static void put_address(struct strbuf *b, struct ip ip)
{
	strbuf_put(b, ip.n == IP_V6 ? STR("[") : STR(""));
	ip_put(b, ip);
	strbuf_put(b, ip.n == IP_V6 ? STR("]") : STR(""));
}

/* To these addresses and no others: "HOST:PORT:ADDRESS,...". By a proxy to the first of them, in
 * a tunnel, so that it does not resolve the name again. */
static void pin(struct exchange *x, bool proxy)
{
	struct strbuf b = strbuf_make(x->arena, 4096);

	strbuf_fmt(&b, "%.*s:%u:", STR_ARG(x->url.host.text), x->port);
	for (size_t i = 0; i < x->target.n && (i == 0 || !proxy); i++) {
		if (i)
			strbuf_char(&b, ',');
		put_address(&b, x->target.v[i]);
	}
	if (proxy)
		strbuf_fmt(&b, ":%u", x->port);
	strbuf_char(&b, '\0');
	x->pins = curl_slist_append(NULL, b.p);
	if (proxy)
		SET(x, CURLOPT_CONNECT_TO, x->pins);
	else if (x->url.host.kind == URLHOST_NAME)
		SET(x, CURLOPT_RESOLVE, x->pins);
}

static void set_proxy(struct exchange *x, bool proxy)
{
	struct strbuf b = strbuf_make(x->arena, 128);

	/* The environment has nothing to say. */
	if (proxy) {
		strbuf_put(&b, STR("http://"));
		put_address(&b, x->gate.v[0]);
		strbuf_fmt(&b, ":%u", x->gate_port);
		SET(x, CURLOPT_HTTPPROXYTUNNEL, 1L);
	}
	strbuf_char(&b, '\0');
	SET(x, CURLOPT_PROXY, b.p);
	SET(x, CURLOPT_NOPROXY, "");
}

static void set_question(struct exchange *x, str agent)
{
	const struct httpget *q = x->q;
	struct curl_blob ca = { (void *)(uintptr_t)q->ca.p, q->ca.n, CURL_BLOB_NOCOPY };
	/* Without the name, the password and the fragment of the URL. */
	str url = arena_fmt(x->arena, "%.*s://%.*s:%u%.*s%s%.*s", STR_ARG(x->url.scheme),
			    STR_ARG(x->url.host.text), x->port, STR_ARG(x->url.path),
			    x->url.has_query ? "?" : "", STR_ARG(x->url.query));

	for (size_t i = 0; i < q->n_fields; i++)
		x->fields = curl_slist_append(x->fields, arena_cz(x->arena, q->fields[i]) ?: "");
	SET(x, CURLOPT_URL, url.p);
	SET(x, CURLOPT_HTTPHEADER, x->fields);
	SET(x, CURLOPT_USERAGENT, arena_cz(x->arena, agent));
	SET(x, CURLOPT_NOBODY, q->head ? 1L : 0L);
	if (q->post.n) {
		SET(x, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->post.n);
		SET(x, CURLOPT_POSTFIELDS, q->post.p);
	}
	SET(x, CURLOPT_ACCEPT_ENCODING, q->head ? NULL : "gzip");
	SET(x, CURLOPT_PATH_AS_IS, 1L);
	if (q->ca.n)
		SET(x, CURLOPT_CAINFO_BLOB, &ca);
}

static void set_limits(struct exchange *x)
{
	long left = clock_left(x->q->until);

	SET(x, CURLOPT_PROTOCOLS_STR, x->q->plain ? "http,https" : "https");
	SET(x, CURLOPT_FOLLOWLOCATION, 0L);
	SET(x, CURLOPT_NOSIGNAL, 1L);
	SET(x, CURLOPT_TIMEOUT_MS, left > 0 ? left : 1L);
	SET(x, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(x, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(x, CURLOPT_HTTP09_ALLOWED, 0L);
	SET(x, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(x, CURLOPT_FORBID_REUSE, 1L);
	SET(x, CURLOPT_ERRORBUFFER, x->trouble);
	if (!x->q->cut)
		SET(x, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)x->q->max_bytes);
}

static void set_callbacks(struct exchange *x)
{
	SET(x, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	SET(x, CURLOPT_OPENSOCKETDATA, x);
	SET(x, CURLOPT_WRITEFUNCTION, take_body);
	SET(x, CURLOPT_WRITEDATA, x);
	SET(x, CURLOPT_HEADERFUNCTION, take_field);
	SET(x, CURLOPT_HEADERDATA, x);
}

/* --- the answer --- */

static int conclude(struct exchange *x, CURLcode r, struct why *why)
{
	if (x->failed != CURLE_OK)
		return why_set(why, -EINVAL, "libcurl: %s", curl_easy_strerror(x->failed));
	if (r == CURLE_FILESIZE_EXCEEDED || (x->too_long && !x->q->cut))
		return why_set(why, -EFBIG, "more than %zu bytes", x->q->max_bytes);
	if (r == CURLE_OPERATION_TIMEDOUT)
		return why_set(why, -ETIMEDOUT, "no whole answer in time");
	if (r != CURLE_OK && !(r == CURLE_WRITE_ERROR && x->too_long))
		return why_set(why, -EIO, "%s", x->trouble[0] ? x->trouble : curl_easy_strerror(r));
	if (curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &x->answer->code) != CURLE_OK)
		return why_set(why, -EIO, "no status code");
	x->answer->body = strbuf_str(&x->body);
	return HTTPGET_OK;
}

static int perform(struct exchange *x, const struct httpget_ways *w, bool proxy, struct why *why)
{
	int r;

	x->curl = curl_easy_init();
	if (!x->curl)
		return why_set(why, -ENOMEM, "libcurl");
	set_question(x, w->agent);
	set_limits(x);
	set_callbacks(x);
	set_proxy(x, proxy);
	pin(x, proxy);
	r = conclude(x, x->failed == CURLE_OK ? curl_easy_perform(x->curl) : x->failed, why);
	curl_easy_cleanup(x->curl);
	curl_slist_free_all(x->fields);
	curl_slist_free_all(x->pins);
	return r;
}

static bool is_web(const struct exchange *x)
{
	return str_eq(x->url.scheme, STR("https")) ||
	       (x->q->plain && str_eq(x->url.scheme, STR("http")));
}

int httpget_run(const struct httpget_ways *w, struct arena *a, const struct httpget *q,
		struct httpget_answer *ret, struct why *why)
{
	struct exchange x = { .q = q, .arena = a, .answer = ret };
	bool proxy = w->proxy.kind == CONF_PEER_TCP;
	int r;

	*ret = (struct httpget_answer){ 0 };
	x.body = strbuf_make(a, q->max_bytes);
	if (!url_parse(a, q->url, NULL, &x.url) || !is_web(&x))
		return why_set(why, -EINVAL, "no URL of %s", q->plain ? "http or https" : "https");
	x.port = x.url.port != URL_NO_PORT	      ? (uint16_t)x.url.port
		 : str_eq(x.url.scheme, STR("https")) ? 443
						      : 80;
	r = httpaddress_find(w, a, &x.url.host, q->until, &x.target, why);
	if (r != HTTPGET_OK)
		return r;
	x.gate = x.target;
	x.gate_port = x.port;
	if (proxy) {
		r = httpaddress_of_proxy(w, a, q->until, &x.gate, why);
		x.gate_port = w->proxy.at.port;
	}
	return r < 0 ? r : perform(&x, w, proxy, why);
}
