#include "smtp/clients.h"

#include "base/map.h"

enum { V6_PREFIX = 64 };

void clients_init(struct clients *c)
{
	pthread_mutex_init(&c->lock, NULL);
	c->n = 0;
	for (size_t i = 0; i < CLIENTS_BUCKETS; i++)
		list_init(&c->buckets[i]);
}

struct ip clients_key(struct ip ip)
{
	return ip.n == IP_V6 ? ip_network(ip, V6_PREFIX) : ip;
}

static size_t count(const struct list *bucket, struct ip key)
{
	size_t n = 0;

	for (const struct list *link = bucket->next; link != bucket; link = link->next)
		n += ip_eq(((const struct clients_link *)link)->key, key);
	return n;
}

static struct list *bucket_of(struct clients *c, struct ip key)
{
	return &c->buckets[map_hash(str_of(key.bytes, key.n), false) % CLIENTS_BUCKETS];
}

int clients_enter(struct clients *c, struct clients_link *l, struct ip ip, size_t max,
		  size_t max_per_client)
{
	struct ip key = clients_key(ip);
	struct list *bucket = bucket_of(c, key);
	int r = CLIENTS_OK;

	pthread_mutex_lock(&c->lock);
	if (c->n >= max)
		r = CLIENTS_E_FULL;
	else if (key.n && count(bucket, key) >= max_per_client)
		r = CLIENTS_E_CLIENT_FULL;
	if (r == CLIENTS_OK) {
		l->key = key;
		l->held = 0;
		list_append(bucket, &l->link);
		c->n++;
	}
	pthread_mutex_unlock(&c->lock);
	return r;
}

int clients_move(struct clients *c, struct clients_link *l, struct ip ip, size_t max_per_client)
{
	struct ip key = clients_key(ip);
	struct list *bucket = bucket_of(c, key);
	int r = CLIENTS_OK;

	pthread_mutex_lock(&c->lock);
	if (!ip_eq(l->key, key)) {
		if (key.n && count(bucket, key) >= max_per_client)
			r = CLIENTS_E_CLIENT_FULL;
		if (r == CLIENTS_OK) {
			list_remove(&l->link);
			l->key = key;
			list_append(bucket, &l->link);
		}
	}
	pthread_mutex_unlock(&c->lock);
	return r;
}

static int64_t held_by(const struct list *bucket, struct ip key)
{
	int64_t n = 0;

	for (const struct list *link = bucket->next; link != bucket; link = link->next) {
		const struct clients_link *l = (const struct clients_link *)link;

		if (ip_eq(l->key, key))
			n += l->held;
	}
	return n;
}

bool clients_hold(struct clients *c, struct clients_link *l, int64_t bytes, int64_t max)
{
	bool may;

	pthread_mutex_lock(&c->lock);
	may = bytes < 0 || l->key.n == 0 || held_by(bucket_of(c, l->key), l->key) + bytes <= max;
	if (may)
		l->held += bytes;
	pthread_mutex_unlock(&c->lock);
	return may;
}

void clients_leave(struct clients *c, struct clients_link *l)
{
	pthread_mutex_lock(&c->lock);
	list_remove(&l->link);
	c->n--;
	pthread_mutex_unlock(&c->lock);
}
