/* smtp/clients.h - how many connections each client has open, and how much memory its messages
 * take on them.
 *
 * A client is an IPv4 address or an IPv6 /64, which is what one subscriber has.
 *
 * Input    addresses from the kernel; whose, is hostile.
 * Memory   the link of each connection is inside the caller's session, so nothing is
 *          allocated after clients_init.
 * Limits   given at each clients_enter and clients_hold. A chain is as long as one client's
 * connections, and those of few others: its hash is seeded. Threads  internally locked. Errors
 * CLIENTS_E_*.
 */
#ifndef SMTP_CLIENTS_H
#define SMTP_CLIENTS_H

#include "base/ip.h"
#include "base/list.h"

#include <pthread.h>

enum { CLIENTS_OK, CLIENTS_E_CLIENT_FULL, CLIENTS_E_FULL };
enum { CLIENTS_BUCKETS = 4096 };

struct clients {
	pthread_mutex_t lock;
	size_t n;
	struct list buckets[CLIENTS_BUCKETS];
};

struct clients_link {
	struct list link;
	struct ip key;
	int64_t held; /* bytes */
};

/* Who an address is: itself, or an IPv6 /64. */
struct ip clients_key(struct ip ip);
void clients_init(struct clients *c);
/* Counts a connection from ip, unless all or that client would have more than max. An
 * unknown ip (n is 0) counts for all only: a trusted proxy, whose client is not known yet. */
int clients_enter(struct clients *c, struct clients_link *l, struct ip ip, size_t max,
		  size_t max_per_client) must_use;
/* From now on l is of ip: CLIENTS_E_CLIENT_FULL when that client has max_per_client, and l
 * stays with whom it was. */
int clients_move(struct clients *c, struct clients_link *l, struct ip ip, size_t max_per_client)
	must_use;
/* So many more bytes are held for l, or fewer (negative). False: its client would hold more than
 * max with them; an unknown one has no such limit. */
bool clients_hold(struct clients *c, struct clients_link *l, int64_t bytes, int64_t max) must_use;
void clients_leave(struct clients *c, struct clients_link *l);

#endif
