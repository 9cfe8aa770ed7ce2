#include "lists/dnslist.h"

#include "dns/dnsname.h"
#include "lists/listkey.h"

#include <openssl/evp.h>

static const struct {
	str name;
	enum dnslist_ask ask;
} asks[] = {
	{ STR("client"), DNSLIST_CLIENT },
	{ STR("helo"), DNSLIST_HELO },
	{ STR("reverse_path"), DNSLIST_REVERSE_PATH },
	{ STR("from"), DNSLIST_FROM },
	{ STR("dkim"), DNSLIST_DKIM },
	{ STR("url_host"), DNSLIST_URL_HOST },
	{ STR("url_domain"), DNSLIST_URL_DOMAIN },
	{ STR("url_address"), DNSLIST_URL_ADDRESS },
	{ STR("from_address"), DNSLIST_FROM_ADDRESS },
	{ STR("reply_to_address"), DNSLIST_REPLY_ADDRESS },
	{ STR("received"), DNSLIST_RECEIVED },
	{ STR("url_resolved"), DNSLIST_URL_RESOLVED },
};

static const struct {
	str name;
	const char *digest;
} hashes[] = {
	[DNSLIST_SHA1] = { STR("sha1"), "SHA1" },
	[DNSLIST_MD5] = { STR("md5"), "MD5" },
};

bool dnslist_ask_of_name(str name, enum dnslist_ask *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		if (str_eq(name, asks[i].name)) {
			*ret = asks[i].ask;
			return true;
		}
	}
	return false;
}

bool dnslist_hash_of_name(str name, enum dnslist_hash *ret)
{
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		if (str_eq(name, hashes[i].name)) {
			*ret = (enum dnslist_hash)i;
			return true;
		}
	}
	return false;
}

bool dnslist_code(str text, uint32_t *ret)
{
	struct ip ip;

	if (!ip_parse(text, &ip) || ip.n != IP_V4)
		return false;
	*ret = (uint32_t)ip.bytes[0] << 24 | (uint32_t)ip.bytes[1] << 16 |
	       (uint32_t)ip.bytes[2] << 8 | ip.bytes[3];
	return true;
}

bool dnslist_name_of_ip(struct arena *a, const struct dnslist *l, struct ip ip, str *ret)
{
	if (ip.n != IP_V4 && !(ip.n == IP_V6 && l->ipv6))
		return false;
	*ret = dnsname_reverse_under(a, ip, l->zone);
	return dnsname_valid(*ret);
}

bool dnslist_name_of_domain(struct arena *a, const struct dnslist *l, str domain, str *ret)
{
	struct listkey_set keys;
	struct ip ip;

	if (domain.n > DNS_MAX_NAME)
		return false;
	listkey_domain(a, domain, &keys);
	/* An address or a name without a dot is listed nowhere as a domain. */
	if (str_chr(keys.text, '.') == STR_NONE || ip_parse(keys.text, &ip))
		return false;
	*ret = arena_fmt(a, "%.*s.%.*s", STR_ARG(keys.text), STR_ARG(l->zone));
	return dnsname_valid(*ret);
}

bool dnslist_name_of_address(struct arena *a, const struct dnslist *l, str local, str domain,
			     str *ret)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	struct strbuf b = strbuf_make(a, DNS_MAX_NAME);
	struct listkey_set keys;
	size_t n = 0;

	if (local.n == 0 || domain.n == 0)
		return false;
	listkey_address(a, local, domain, &keys);
	if (!EVP_Q_digest(NULL, hashes[l->hash].digest, NULL, keys.text.p, keys.text.n, hash, &n))
		return false;
	for (size_t i = 0; i < n; i++)
		strbuf_fmt(&b, "%02x", hash[i]);
	strbuf_char(&b, '.');
	strbuf_put(&b, l->zone);
	*ret = strbuf_str(&b);
	return !b.overflow && dnsname_valid(*ret);
}

enum dnslist_meaning dnslist_meaning(const struct dnslist *l, uint32_t code)
{
	if (code >> 24 != 127)
		return DNSLIST_FALSE;
	/* 127.255.255.0/24: what lists have come to say it with. */
	if (code >> 8 == 0x7fffff)
		return DNSLIST_REFUSED;
	for (size_t i = 0; i < l->n_blocked; i++) {
		if (code == l->blocked[i])
			return DNSLIST_REFUSED;
	}
	return DNSLIST_LISTED;
}
