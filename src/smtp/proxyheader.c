#include "smtp/proxyheader.h"

#include "base/num.h"

enum {
	V1_MAX = 107, /* the longest line, with CRLF */
	V2_FIXED = 16,
	V2_INET = 12,
	V2_INET6 = 36,
	V2_UNIX = 216,
	TLV_FIXED = 3,
};

static const str v1_start = { "PROXY ", 6 };
static const str v2_start = { "\r\n\r\n\0\r\nQUIT\n", 12 };

static bool may_become(str in, str start)
{
	size_t n = in.n < start.n ? in.n : start.n;

	return memcmp(in.p, start.p, n) == 0;
}

/* ---- version 1: one line of words ---- */

/* "0", "25", "65535": no other digits in front. */
static bool take_port(str s, uint16_t *ret)
{
	uint64_t port;

	if (!num_u64_max(s, 65535, &port) || (s.n > 1 && s.p[0] == '0'))
		return false;
	*ret = (uint16_t)port;
	return true;
}

/* PROXY TCP4|TCP6 source destination port port */
static int take_v1_client(str family, str rest, struct proxyheader *h)
{
	uint8_t n = str_eq(family, STR("TCP4")) ? IP_V4 : IP_V6;
	str source, destination, source_port;
	struct ip to;
	uint16_t to_port;

	if (!str_eq(family, STR("TCP4")) && !str_eq(family, STR("TCP6")))
		return PROXYHEADER_E_SYNTAX;
	if (!str_split(&rest, ' ', &source) || !str_split(&rest, ' ', &destination) ||
	    !str_split(&rest, ' ', &source_port) || !rest.p)
		return PROXYHEADER_E_SYNTAX;
	/* An IPv4 address in IPv6 dress is the IPv4 address (base/ip.h). */
	if (!ip_parse(source, &h->client) || !ip_parse(destination, &to) ||
	    (n == IP_V4) != (str_chr(source, ':') == STR_NONE) ||
	    (n == IP_V4) != (str_chr(destination, ':') == STR_NONE))
		return PROXYHEADER_E_SYNTAX;
	if (!take_port(source_port, &h->port) || !take_port(rest, &to_port))
		return PROXYHEADER_E_SYNTAX;
	h->has_client = true;
	return PROXYHEADER_OK;
}

static int parse_v1(str in, struct proxyheader *ret)
{
	struct proxyheader h = { 0 };
	size_t lf = str_chr(str_sub(in, 0, V1_MAX), '\n');
	str line, family;
	int r = PROXYHEADER_OK;

	if (lf == STR_NONE)
		return in.n < V1_MAX ? PROXYHEADER_E_MORE : PROXYHEADER_E_SYNTAX;
	line = str_sub(in, v1_start.n, lf);
	if (!str_ends(line, STR("\r")))
		return PROXYHEADER_E_SYNTAX;
	line = str_sub(line, 0, line.n - 1);
	str_split(&line, ' ', &family);
	/* What stands behind UNKNOWN must be ignored. */
	if (!str_eq(family, STR("UNKNOWN")))
		r = take_v1_client(family, line, &h);
	h.length = lf + 1;
	if (r == PROXYHEADER_OK)
		*ret = h;
	return r;
}

/* ---- version 2: bytes ---- */

static size_t number16(const uint8_t *p)
{
	return (size_t)p[0] << 8 | p[1];
}

/* Extensions (type, length, value) are skipped, but have to be whole. */
static bool are_tlvs(const uint8_t *p, size_t n)
{
	while (n >= TLV_FIXED) {
		size_t one = TLV_FIXED + number16(p + 1);

		if (one > n)
			return false;
		p += one;
		n -= one;
	}
	return n == 0;
}

/* body: what the fixed part announced, n bytes. */
static int take_v2_client(uint8_t family, const uint8_t *body, size_t n, struct proxyheader *h)
{
	static const size_t sizes[] = { 0, V2_INET, V2_INET6, V2_UNIX };
	size_t kind = family >> 4, size;

	/* Unspecified, stream or datagram; SMTP has streams only. */
	if (kind >= ARRAY_LEN(sizes) || (family & 0xf) > 1)
		return PROXYHEADER_E_SYNTAX;
	size = sizes[kind];
	if (n < size || !are_tlvs(body + size, n - size))
		return PROXYHEADER_E_SYNTAX;
	if ((family & 0xf) == 0 || (size != V2_INET && size != V2_INET6))
		return PROXYHEADER_OK;
	h->client = ip_of(body, size == V2_INET ? 4 : 16);
	h->port = (uint16_t)number16(body + (size == V2_INET ? 8 : 32));
	h->has_client = true;
	return PROXYHEADER_OK;
}

static int parse_v2(str in, struct proxyheader *ret)
{
	const uint8_t *p = (const uint8_t *)in.p;
	struct proxyheader h = { 0 };
	size_t n;
	int r = PROXYHEADER_OK;

	if (in.n < V2_FIXED)
		return PROXYHEADER_E_MORE;
	n = number16(p + 14);
	if (p[12] >> 4 != 2 || (p[12] & 0xf) > 1 || V2_FIXED + n > PROXYHEADER_MAX)
		return PROXYHEADER_E_SYNTAX;
	if (in.n < V2_FIXED + n)
		return PROXYHEADER_E_MORE;
	/* Command 0 is LOCAL: what follows is ignored. */
	if ((p[12] & 0xf) == 1)
		r = take_v2_client(p[13], p + V2_FIXED, n, &h);
	h.length = V2_FIXED + n;
	if (r == PROXYHEADER_OK)
		*ret = h;
	return r;
}

int proxyheader_parse(str in, struct proxyheader *ret)
{
	if (may_become(in, v1_start))
		return in.n < v1_start.n ? PROXYHEADER_E_MORE : parse_v1(in, ret);
	if (may_become(in, v2_start))
		return in.n < v2_start.n ? PROXYHEADER_E_MORE : parse_v2(in, ret);
	return PROXYHEADER_E_SYNTAX;
}
