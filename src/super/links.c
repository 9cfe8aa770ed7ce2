#include "super/links.h"

#include "conf/exportrow.h"

#include <unistd.h>

/* Who asks whom. The number of lanes is the number of questions at a time. */
struct link {
	enum process client, server;
	uint32_t (*lanes)(const struct conf *);
};

static uint32_t one_lane(const struct conf *c)
{
	(void)c;
	return 1;
}

static uint32_t scan_lanes(const struct conf *c)
{
	return c->scan.threads;
}

static uint32_t edge_lanes(const struct conf *c)
{
	return (c->scan.threads + c->edge.processes - 1) / c->edge.processes;
}

static uint32_t delivery_lanes(const struct conf *c)
{
	return c->delivery.connections;
}

/* A signature takes a millisecond of a core: more at a time would only wait for one. */
static uint32_t signing_lanes(const struct conf *c)
{
	return c->scan.threads < 8 ? c->scan.threads : 8;
}

static uint32_t visit_lanes(const struct conf *c)
{
	return c->url_check.enabled ? c->url_check.connections : 0;
}

/* Links leave those of exports free in any case (scan/visitlanes.h). */
static uint32_t scan_fetch_lanes(const struct conf *c)
{
	uint32_t links_too = visit_lanes(c);

	return links_too || exportrow_has(c, EXPORTROW_HTTP) ? links_too + EXPORTROW_LANES : 0;
}

/* One for the feeds, one for what is exported. */
static uint32_t fetch_dns_lanes(const struct conf *c)
{
	return visit_lanes(c) + 2;
}

static const struct link links[] = {
	{ PROCESS_EDGE, PROCESS_SCAN, edge_lanes },
	{ PROCESS_SCAN, PROCESS_INSPECT, one_lane },
	{ PROCESS_SCAN, PROCESS_IMAGE, one_lane },
	{ PROCESS_SCAN, PROCESS_DNS, scan_lanes },
	{ PROCESS_SCAN, PROCESS_STORE, scan_lanes },
	{ PROCESS_SCAN, PROCESS_RELAY, scan_lanes },
	{ PROCESS_STORE, PROCESS_RELAY, delivery_lanes },
	{ PROCESS_RELAY, PROCESS_DNS, delivery_lanes },
	{ PROCESS_SCAN, PROCESS_KEYS, signing_lanes },
	{ PROCESS_STORE, PROCESS_KEYS, one_lane },
	{ PROCESS_SCAN, PROCESS_MEMORY, scan_lanes },
	{ PROCESS_STORE, PROCESS_MEMORY, one_lane },
	{ PROCESS_REPORT, PROCESS_STORE, one_lane },
	{ PROCESS_REPORT, PROCESS_DNS, one_lane },
	{ PROCESS_SCAN, PROCESS_FETCH, scan_fetch_lanes },
	{ PROCESS_FETCH, PROCESS_DNS, fetch_dns_lanes },
};

static int tell_lanes(struct child *c, enum process peer, bool serve, uint64_t id, const int *fds,
		      size_t n, struct why *why)
{
	struct msg m = { .type = MSG_lanes, .lanes = { peer, serve, id }, .n_fds = n };

	memcpy(m.fds, fds, n * sizeof(int));
	return child_tell(c, &m, why);
}

/* Up to CHAN_MAX_FDS new lanes between two running children. */
static int connect_some(struct child *client, struct child *server, size_t n, struct why *why)
{
	int client_ends[CHAN_MAX_FDS], server_ends[CHAN_MAX_FDS];
	size_t made = 0;
	int r = 0;

	while (made < n) {
		int pair[2];

		r = chan_pair(pair, why);
		if (r < 0)
			break;
		client_ends[made] = pair[0];
		server_ends[made++] = pair[1];
	}
	if (r == 0)
		r = tell_lanes(server, client->what, true, 0, server_ends, made, why);
	if (r == 0)
		r = tell_lanes(client, server->what, false, server->id, client_ends, made, why);
	for (size_t i = 0; i < made; i++) {
		close(client_ends[i]);
		close(server_ends[i]);
	}
	return r;
}

static int connect_pair(const struct link *l, struct child *client, struct child *server,
			const struct conf *conf, struct why *why)
{
	uint32_t left = l->lanes(conf);
	int r = 0;

	while (left > 0 && r == 0) {
		uint32_t n = left < CHAN_MAX_FDS ? left : CHAN_MAX_FDS;

		r = connect_some(client, server, n, why);
		left -= n;
	}
	return r;
}

int links_connect(struct child *children, size_t n, struct child *c, const struct conf *conf,
		  struct why *why)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		const struct link *l = &links[i];

		for (size_t k = 0; k < n; k++) {
			struct child *other = &children[k];
			int r = 0;

			if (!other->control || other == c)
				continue;
			if (l->client == c->what && l->server == other->what)
				r = connect_pair(l, c, other, conf, why);
			else if (l->server == c->what && l->client == other->what)
				r = connect_pair(l, other, c, conf, why);
			/* The other one's trouble is found when it dies; only ours counts here. */
			if (r < 0 && !c->control)
				return r;
		}
	}
	return 0;
}

/* A worker that is late is killed; its lane ends with it. */
static bool asks(enum process client, enum process server)
{
	for (size_t i = 0; i < ARRAY_LEN(links); i++) {
		if (links[i].client == client && links[i].server == server)
			return !child_is_worker(server);
	}
	return false;
}

void links_remake(struct child *children, size_t n, struct child *c, uint64_t peer)
{
	uint64_t may = CHILD_LANES_SPARE + (uint64_t)(clock_now_ms() - c->started_ms) / 1000;
	struct why why;

	/* Each peer for itself: one that nobody needs, and that is always late, would otherwise use
	 * up the lanes to one without which no mail passes. */
	if (peer >= PROCESS_COUNT || ++c->lanes_remade[peer] > may)
		return;
	for (size_t k = 0; k < n; k++) {
		struct child *server = &children[k];

		if (server->what == peer && server->control && asks(c->what, server->what))
			defs_ignore(connect_some(c, server, 1, &why)); /* kills who fails */
	}
}
