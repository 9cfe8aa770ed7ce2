#include "sys/sockaddr.h"

#include <netinet/in.h>

socklen_t sockaddr_fill(struct sockaddr_storage *at, struct ip ip, uint16_t port)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(port) };

	bug_if(ip.n == 0);
	if (ip.n == IP_V4) {
		memcpy(&four.sin_addr, ip.bytes, IP_V4);
		memcpy(at, &four, sizeof(four));
		return sizeof(four);
	}
	memcpy(&six.sin6_addr, ip.bytes, IP_V6);
	memcpy(at, &six, sizeof(six));
	return sizeof(six);
}

struct ip sockaddr_ip(const struct sockaddr_storage *at, uint16_t *ret_port)
{
	struct sockaddr_in6 six;
	struct sockaddr_in four;

	if (at->ss_family == AF_INET) {
		memcpy(&four, at, sizeof(four));
		*ret_port = ntohs(four.sin_port);
		return ip_of(&four.sin_addr, IP_V4);
	}
	if (at->ss_family == AF_INET6) {
		memcpy(&six, at, sizeof(six));
		*ret_port = ntohs(six.sin6_port);
		return ip_of(&six.sin6_addr, IP_V6);
	}
	*ret_port = 0;
	return (struct ip){ 0 };
}
