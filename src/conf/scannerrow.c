#include "conf/scannerrow.h"

#include "conf/conf_value.h"
#include "conf/rowwords.h"

#include <errno.h>

enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, MIB = 1 << 20, CONNECTIONS_MAX = 1000 };

static const str protocols[] = {
	[SCANNERROW_CLAMD] = STR("clamd"), [SCANNERROW_ICAP] = STR("icap"),
	[SCANNERROW_OLEFY] = STR("olefy"), [SCANNERROW_DCC] = STR("dcc"),
	[SCANNERROW_LINE] = STR("line"),
};

str scannerrow_protocol_name(enum scannerrow_protocol p)
{
	return protocols[p];
}

bool scannerrow_protocol_of(str name, enum scannerrow_protocol *ret)
{
	for (size_t i = 0; i < SCANNERROW_PROTOCOLS; i++) {
		if (str_eq(name, protocols[i])) {
			*ret = (enum scannerrow_protocol)i;
			return true;
		}
	}
	return false;
}

static bool take_peer(struct arena *a, str word, struct conf_peer *ret)
{
	static const struct conf_key key = { .type = CONF_PEER,
					     .words = { "unix:/PATH", "tcp:ADDRESS:PORT" } };
	struct ip ip;

	/* Where names are looked up is out of reach for who connects. */
	return conf_value_parse(a, &key, word, ret) &&
	       (ret->kind == CONF_PEER_UNIX ||
		(ret->kind == CONF_PEER_TCP && ip_parse(ret->at.host, &ip)));
}

static bool take_send(str value, enum scannerrow_send *ret)
{
	static const str words[] = { STR("message"), STR("attachments"), STR("documents") };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_eq(value, words[i])) {
			*ret = (enum scannerrow_send)i;
			return true;
		}
	}
	return false;
}

/* "avscan", "virus_scan?allow204=on&force=on": it stands in a line of a request. */
static bool is_service(str value)
{
	size_t mark = str_chr(value, '?');
	str arguments = mark == STR_NONE ? STR("") : str_skip(value, mark + 1);

	for (size_t i = 0; i < arguments.n; i++) {
		if (!str_is_alnum(arguments.p[i]) &&
		    !memchr("-_.=&", arguments.p[i], strlen("-_.=&")))
			return false;
	}
	return rowwords_is_name(str_sub(value, 0, mark), SCANNERROW_NAME_MAX) &&
	       arguments.n <= SCANNERROW_ARGUMENTS_MAX;
}

static bool take_option(struct scannerrow *r, str word)
{
	static const struct conf_key timeout = { .type = CONF_DURATION,
						 .min = SECOND_MS / 10,
						 .max = 10 * MINUTE_MS };
	static const struct conf_key bytes = { .type = CONF_SIZE, .min = 1, .max = 1024ULL * MIB };
	static const struct conf_key many = { .type = CONF_U32, .min = 1, .max = CONNECTIONS_MAX };
	size_t equal = str_chr(word, '=');
	str name = str_sub(word, 0, equal);
	str value = equal == STR_NONE ? STR("") : str_skip(word, equal + 1);

	if (str_eq(name, STR("send")))
		return take_send(value, &r->send);
	if (str_eq(name, STR("timeout")))
		return conf_value_parse(NULL, &timeout, value, &r->timeout);
	if (str_eq(name, STR("max_bytes")))
		return conf_value_parse(NULL, &bytes, value, &r->max_bytes);
	if (str_eq(name, STR("connections")))
		return conf_value_parse(NULL, &many, value, &r->connections);
	if (str_eq(name, STR("on_failure"))) {
		r->weigh = str_eq(value, STR("weigh"));
		return r->weigh || str_eq(value, STR("defer"));
	}
	if (str_eq(name, STR("service"))) {
		r->service = value;
		return is_service(value);
	}
	r->report = true;
	return str_eq(word, STR("report"));
}

bool scannerrow_parse(struct arena *a, str row, struct scannerrow *ret)
{
	struct scannerrow r = { .timeout = 5 * SECOND_MS,
				.max_bytes = 25 * MIB,
				.connections = 8,
				.service = STR("avscan") };
	str word;

	r.name = rowwords_next(&row);
	word = rowwords_next(&row);
	if (!rowwords_is_name(r.name, SCANNERROW_NAME_MAX) ||
	    !scannerrow_protocol_of(word, &r.protocol) ||
	    !take_peer(a, rowwords_next(&row), &r.peer))
		return false;
	if (r.protocol == SCANNERROW_OLEFY)
		r.send = SCANNERROW_DOCUMENTS;
	while ((word = rowwords_next(&row)).n) {
		if (!take_option(&r, word))
			return false;
	}
	if (r.report && r.protocol != SCANNERROW_DCC)
		return false;
	/* Its digests are of whole messages. */
	if (r.protocol == SCANNERROW_DCC && r.send != SCANNERROW_MESSAGE)
		return false;
	*ret = r;
	return true;
}

void scannerrow_all(struct arena *a, const struct conf *c, struct scannerrows *ret)
{
	*ret = (struct scannerrows){ .n = 0 };
	for (size_t i = 0; i < c->scanners.services.n && ret->n < SCANNERROW_ROWS; i++) {
		if (scannerrow_parse(a, c->scanners.services.v[i], &ret->v[ret->n]))
			ret->n++;
	}
}

static int check_timeout(const struct conf *c, const struct scannerrow *r, struct why *why)
{
	if (r->timeout >= c->scan.deadline)
		return why_set(why, -EINVAL,
			       "scanners.services: the timeout of %.*s is not below "
			       "scan.deadline; the verdict needs its answer",
			       STR_ARG(r->name));
	return 0;
}

int scannerrow_check(const struct conf *c, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("scanner rows", 1 << 20);

	if (rowwords_check("scanners.services", &c->scanners.services, SCANNERROW_ROWS, why) < 0)
		return -EINVAL;
	for (size_t i = 0; i < c->scanners.services.n; i++) {
		struct scannerrow r;

		if (!scannerrow_parse(a, c->scanners.services.v[i], &r))
			return why_set(
				why, -EINVAL,
				"scanners.services: found \"%.*s\", expected NAME PROTOCOL "
				"PEER [OPTION ...] with clamd, icap, olefy, dcc or line, and "
				"unix:/PATH or tcp:ADDRESS:PORT",
				STR_ARG(c->scanners.services.v[i]));
		if (check_timeout(c, &r, why) < 0)
			return -EINVAL;
	}
	return 0;
}

bool scannerrow_finds_viruses(const struct scannerrows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		if (rows->v[i].protocol == SCANNERROW_CLAMD ||
		    rows->v[i].protocol == SCANNERROW_ICAP)
			return true;
	}
	return false;
}
