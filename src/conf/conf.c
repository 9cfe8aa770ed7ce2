#include "conf/conf.h"

#include "base/num.h"
#include "conf/conf_schema.h"
#include "conf/conf_value.h"

#include <errno.h>

static void *member(struct conf *c, const struct conf_key *key)
{
	return (char *)c + key->offset;
}

struct conf *conf_new_default(struct arena *a)
{
	struct conf *c = arena_make(a, struct conf);
	str bad;

	c->arena = a;
	for (size_t i = 0; i < conf_schema_n; i++) {
		const struct conf_key *key = &conf_schema[i];

		bug_if(!conf_value_parse_list(a, key, str_c(key->initial), member(c, key), &bad));
	}
	return c;
}

static int unknown_key(struct conf *c, str path, struct why *why)
{
	struct strbuf b = strbuf_make(c->arena, WHY_MAX);
	str near = conf_schema_nearest(path);

	strbuf_put(&b, STR("found \""));
	strbuf_printable(&b, path);
	strbuf_put(&b, conf_schema_is_section(path) ? STR("\", a section, expected one of its keys")
						    : STR("\", expected a configuration key"));
	if (near.p && !conf_schema_is_section(path))
		strbuf_fmt(&b, "; did you mean \"%.*s\"?", STR_ARG(near));
	return why_set(why, -EINVAL, "%.*s", STR_ARG(strbuf_str(&b)));
}

static int bad_value(struct conf *c, const struct conf_key *key, str bad, struct why *why)
{
	struct strbuf b = strbuf_make(c->arena, WHY_MAX);

	strbuf_put(&b, STR("found \""));
	strbuf_printable(&b, str_sub(bad, 0, 80));
	strbuf_fmt(&b, "\" for %s, expected ", key->path);
	conf_value_expected(key, &b);
	return why_set(why, -EINVAL, "%.*s", STR_ARG(strbuf_str(&b)));
}

int conf_set(struct conf *c, str path, str value, struct why *why)
{
	const struct conf_key *key = conf_schema_find(path);
	str bad;

	if (!key)
		return unknown_key(c, path, why);
	if (!conf_value_parse_list(c->arena, key, value, member(c, key), &bad))
		return bad_value(c, key, bad, why);
	return 0;
}

int conf_set_assignment(struct conf *c, str assignment, struct why *why)
{
	size_t eq = str_chr(assignment, '=');

	if (eq == STR_NONE)
		return why_set(why, -EINVAL, "expected path.to.key=value");
	return conf_set(c, str_sub(assignment, 0, eq), str_skip(assignment, eq + 1), why);
}

str conf_runtime_dir(const struct conf *c)
{
	return c->paths.runtime.n ? c->paths.runtime : c->paths.state;
}

str conf_compiled_dir(const struct conf *c, struct arena *a)
{
	return c->paths.compiled.n ? c->paths.compiled
				   : arena_fmt(a, "%.*s/compiled", STR_ARG(c->paths.state));
}

str conf_maildir(const struct conf *c, struct arena *a)
{
	if (str_starts(c->delivery.maildir, STR("/")))
		return c->delivery.maildir;
	return arena_fmt(a, "%.*s/%.*s", STR_ARG(c->paths.state), STR_ARG(c->delivery.maildir));
}

bool conf_strings_has(const struct conf_strings *list, str s)
{
	for (size_t i = 0; i < list->n; i++) {
		if (str_caseeq(s, list->v[i]))
			return true;
	}
	return false;
}

bool conf_has_recipients(const struct conf *c)
{
	return c->role != CONF_ROLE_OUT && c->recipients.file.n;
}

bool conf_is_own_domain(const struct conf *c, str domain)
{
	return conf_strings_has(&c->domains, domain);
}

/* "[::1]:25", "127.0.0.1:25". */
static bool is_at(const struct conf_hostport *at, str address)
{
	size_t colon = str_rchr(address, ':');
	str host = str_sub(address, 0, colon);
	uint64_t port;

	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		host = str_sub(host, 1, host.n - 1);
	return colon != STR_NONE && str_eq(host, at->host) &&
	       num_u64(str_skip(address, colon + 1), &port) && port == at->port;
}

const struct conf_listener *conf_listener_at(const struct conf *c, str address)
{
	for (size_t i = 0; i < c->listen.smtp.n; i++) {
		if (is_at(&c->listen.smtp.v[i].at, address))
			return &c->listen.smtp.v[i];
	}
	return NULL;
}

bool conf_networks_has(const struct conf_networks *list, struct ip ip)
{
	for (size_t i = 0; i < list->n; i++) {
		if (ip_in(ip, list->v[i].ip, list->v[i].prefix))
			return true;
	}
	return false;
}
