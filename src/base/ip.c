#include "base/ip.h"

#include <arpa/inet.h>

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

struct ip ip_of(const void *bytes, size_t n)
{
	struct ip ip = { 0 };
	const uint8_t *b = bytes;

	if (n == IP_V6 && memcmp(b, mapped, sizeof(mapped)) == 0) {
		b += sizeof(mapped);
		n = IP_V4;
	}
	bug_if(n != IP_V4 && n != IP_V6);
	ip.n = (uint8_t)n;
	memcpy(ip.bytes, b, n);
	return ip;
}

bool ip_parse(str s, struct ip *ret)
{
	char text[IP_TEXT_MAX];
	uint8_t bytes[16];

	if (s.n == 0 || s.n >= sizeof(text) || str_chr(s, '\0') != STR_NONE)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1)
		*ret = ip_of(bytes, IP_V4);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*ret = ip_of(bytes, IP_V6);
	else
		return false;
	return true;
}

void ip_put(struct strbuf *b, struct ip ip)
{
	char text[IP_TEXT_MAX];

	if (ip.n == 0) {
		strbuf_put(b, STR("unknown"));
		return;
	}
	inet_ntop(ip.n == IP_V4 ? AF_INET : AF_INET6, ip.bytes, text, sizeof(text));
	strbuf_put(b, str_c(text));
}

bool ip_eq(struct ip a, struct ip b)
{
	return a.n == b.n && memcmp(a.bytes, b.bytes, a.n) == 0;
}

struct ip ip_network(struct ip ip, unsigned prefix)
{
	unsigned whole = prefix / 8, rest = prefix % 8;

	if (prefix >= ip.n * 8U)
		return ip;
	ip.bytes[whole] &= (uint8_t)(0xff00u >> rest);
	memset(ip.bytes + whole + 1, 0, sizeof(ip.bytes) - whole - 1);
	return ip;
}

bool ip_in(struct ip ip, struct ip net, unsigned prefix)
{
	unsigned whole = prefix / 8, rest = prefix % 8;

	if (ip.n == 0 || ip.n != net.n || prefix > ip.n * 8U)
		return false;
	if (memcmp(ip.bytes, net.bytes, whole) != 0)
		return false;
	return rest == 0 || (ip.bytes[whole] ^ net.bytes[whole]) >> (8 - rest) == 0;
}
