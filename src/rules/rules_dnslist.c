#include "rules/rules_loader.h"

#include "dns/dnsname.h"

/* The section dns_lists of a rule file:
 *
 *	dns_lists:
 *	  spamhaus-zen:
 *	    zone: zen.spamhaus.org
 *	    enabled: false
 *	    asks: [client]
 *	    ipv6: true
 *	    blocked: [127.0.0.1]
 *
 * An overlay may change each of them, or add lists. */

static struct dnslist *find(const struct rules_loader *l, str name)
{
	for (size_t i = 0; i < l->rules->dns_lists.n; i++) {
		if (str_eq(l->rules->dns_lists.v[i]->name, name))
			return l->rules->dns_lists.v[i];
	}
	return NULL;
}

static int read_flag(struct rules_loader *l, const struct conf_yaml *e, bool *ret)
{
	*ret = e->kind == CONF_YAML_SCALAR && str_eq(e->text, STR("true"));
	if (!*ret && (e->kind != CONF_YAML_SCALAR || !str_eq(e->text, STR("false"))))
		return rules_loader_fail_value(l, e, "true or false");
	return 0;
}

static int set_zone(struct rules_loader *l, const struct conf_yaml *e, struct dnslist *d)
{
	if (e->kind != CONF_YAML_SCALAR || e->text.n == 0 ||
	    !dnsname_normalise(l->arena, e->text, &d->zone))
		return rules_loader_fail_value(l, e, "the name of a zone");
	return 0;
}

static int set_enabled(struct rules_loader *l, const struct conf_yaml *e, struct dnslist *d)
{
	return read_flag(l, e, &d->enabled);
}

static int set_ipv6(struct rules_loader *l, const struct conf_yaml *e, struct dnslist *d)
{
	return read_flag(l, e, &d->ipv6);
}

static int set_asks(struct rules_loader *l, const struct conf_yaml *e, struct dnslist *d)
{
	if (e->kind != CONF_YAML_SEQUENCE || !e->child)
		return rules_loader_fail_value(l, e, "a list such as [client]");
	d->asks = 0;
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		enum dnslist_ask ask;

		if (n->kind != CONF_YAML_SCALAR || !dnslist_ask_of_name(n->text, &ask))
			return rules_loader_fail_value(
				l, n,
				"client, helo, reverse_path, from, dkim, url_host, url_domain, "
				"url_address, from_address, reply_to_address, received or "
				"url_resolved");
		d->asks |= ask;
	}
	return 0;
}

static int set_hash(struct rules_loader *l, const struct conf_yaml *e, struct dnslist *d)
{
	if (e->kind != CONF_YAML_SCALAR || !dnslist_hash_of_name(e->text, &d->hash))
		return rules_loader_fail_value(l, e, "sha1 or md5");
	return 0;
}

static int set_blocked(struct rules_loader *l, const struct conf_yaml *e, struct dnslist *d)
{
	d->n_blocked = 0;
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		if (d->n_blocked == DNSLIST_BLOCKED || n->kind != CONF_YAML_SCALAR ||
		    !dnslist_code(n->text, &d->blocked[d->n_blocked++]))
			return rules_loader_fail_value(l, n, "at most 8 replies such as 127.0.0.1");
	}
	return e->kind == CONF_YAML_SEQUENCE ? 0 : rules_loader_fail_value(l, e, "a list");
}

static const struct key {
	str name;
	int (*set)(struct rules_loader *l, const struct conf_yaml *e, struct dnslist *d);
} keys[] = {
	{ STR("zone"), set_zone }, { STR("enabled"), set_enabled }, { STR("asks"), set_asks },
	{ STR("ipv6"), set_ipv6 }, { STR("hash"), set_hash },	    { STR("blocked"), set_blocked },
};

static int read_key(struct rules_loader *l, const struct conf_yaml *e, struct dnslist *d)
{
	struct nearest near = nearest_to(e->key);

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		if (str_eq(e->key, keys[i].name))
			return keys[i].set(l, e, d);
		nearest_offer(&near, keys[i].name);
	}
	return rules_loader_fail_key(l, e, "zone, enabled, asks, ipv6, hash or blocked", near.best);
}

static int read_list(struct rules_loader *l, const struct conf_yaml *map)
{
	struct dnslist *d = find(l, map->key);

	if (map->kind != CONF_YAML_MAPPING)
		return rules_loader_fail_value(l, map, "the list's properties");
	if (d && !l->overlay)
		return rules_loader_fail_key(l, map, "a name that no list has yet", STR_NULL);
	if (!d && l->rules->dns_lists.n == DNSLIST_MAX)
		return rules_loader_fail_key(l, map, "fewer lists", STR_NULL);
	if (!d) {
		d = arena_make(l->arena, struct dnslist);
		d->name = map->key;
		d->index = (uint32_t)l->rules->dns_lists.n;
		*arena_push(l->arena, &l->rules->dns_lists) = d;
	}
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r = read_key(l, e, d);

		if (r < 0)
			return r;
	}
	if (!d->zone.n || !d->asks)
		return rules_loader_fail_key(l, map, "zone and asks below it", STR_NULL);
	return 0;
}

int rules_dnslist_read(struct rules_loader *l, const struct conf_yaml *map)
{
	if (map->kind != CONF_YAML_MAPPING)
		return rules_loader_fail_value(l, map, "lists with their properties");
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r = read_list(l, e);

		if (r < 0)
			return r;
	}
	return 0;
}

/* --- when: {dns_list: {name: surbl, bit: 8}} --- */

static int when_name(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	struct nearest near = nearest_to(e->text);

	s->dns_list = find(l, e->text);
	for (size_t i = 0; i < l->rules->dns_lists.n; i++)
		nearest_offer(&near, l->rules->dns_lists.v[i]->name);
	if (!s->dns_list)
		return rules_loader_fail(l, e->line, e->col, e->text,
					 "a name below dns_lists, of this file or an earlier one",
					 near.best);
	return 0;
}

static int when_replies(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	for (const struct conf_yaml *n = e->child; n; n = n->next) {
		uint32_t code;

		if (n->kind != CONF_YAML_SCALAR || !dnslist_code(n->text, &code))
			return rules_loader_fail_value(l, n, "a reply such as 127.0.0.2");
		*arena_push(l->arena, &s->replies) = code;
	}
	return e->kind == CONF_YAML_SEQUENCE ? 0 : rules_loader_fail_value(l, e, "a list");
}

static int when_bit(struct rules_loader *l, const struct conf_yaml *e, struct rules_symbol *s)
{
	for (uint32_t bit = 1; bit < 256; bit *= 2) {
		if (str_eq(e->text, arena_fmt(l->arena, "%u", bit)))
			s->reply_bit = bit;
	}
	return s->reply_bit ? 0 : rules_loader_fail_value(l, e, "a power of 2 from 1 to 128");
}

int rules_dnslist_when(struct rules_loader *l, const struct conf_yaml *map, struct rules_symbol *s)
{
	for (const struct conf_yaml *e = map->child; e; e = e->next) {
		int r;

		if (str_eq(e->key, STR("name")))
			r = when_name(l, e, s);
		else if (str_eq(e->key, STR("replies")))
			r = when_replies(l, e, s);
		else if (str_eq(e->key, STR("bit")))
			r = when_bit(l, e, s);
		else if (str_eq(e->key, STR("refused")))
			r = read_flag(l, e, &s->reply_refused);
		else
			r = rules_loader_fail_key(l, e, "name, replies, bit or refused", STR_NULL);
		if (r < 0)
			return r;
	}
	if (!s->dns_list)
		return rules_loader_fail_value(l, map, "{name: LIST, replies: [127.0.0.2]}");
	return 0;
}
