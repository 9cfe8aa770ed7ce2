#include "net/publicip.h"

struct network {
	struct ip net;
	unsigned prefix;
};

#define V4(a, b, c, d, bits)                                                                       \
	{                                                                                          \
		{ IP_V4, { a, b, c, d } }, bits                                                    \
	}
#define V6(a, b, c, d, bits)                                                                       \
	{                                                                                          \
		{ IP_V6, { a, b, c, d } }, bits                                                    \
	}

static const struct network special[] = {
	V4(0, 0, 0, 0, 8),
	V4(10, 0, 0, 0, 8),
	V4(100, 64, 0, 0, 10), /* RFC 6598 */
	V4(127, 0, 0, 0, 8),
	V4(169, 254, 0, 0, 16),
	V4(172, 16, 0, 0, 12),
	V4(192, 0, 0, 0, 24),
	V4(192, 0, 2, 0, 24),
	V4(192, 88, 99, 0, 24), /* RFC 7526 */
	V4(192, 168, 0, 0, 16),
	V4(198, 18, 0, 0, 15),
	V4(198, 51, 100, 0, 24),
	V4(203, 0, 113, 0, 24),
	V4(224, 0, 0, 0, 3), /* multicast, reserved, broadcast */
	V6(0x20, 0x01, 0x0d, 0xb8, 32),
	V6(0x20, 0x01, 0x00, 0x00, 23), /* Teredo, ORCHID, benchmarking */
};
/* IPv6 unicast that is routed (RFC 4291 2.4), and translated IPv4 (RFC 6052, RFC 3056). */
static const struct network global = V6(0x20, 0, 0, 0, 3);
static const struct network nat64 = V6(0x00, 0x64, 0xff, 0x9b, 96);
static const struct network six_to_four = V6(0x20, 0x02, 0, 0, 16);

bool publicip_is(struct ip ip)
{
	if (ip.n == 0)
		return false;
	if (ip_in(ip, nat64.net, nat64.prefix))
		return publicip_is(ip_of(ip.bytes + 12, IP_V4));
	if (ip_in(ip, six_to_four.net, six_to_four.prefix))
		return publicip_is(ip_of(ip.bytes + 2, IP_V4));
	if (ip.n == IP_V6 && !ip_in(ip, global.net, global.prefix))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(special); i++) {
		if (ip_in(ip, special[i].net, special[i].prefix))
			return false;
	}
	return true;
}
