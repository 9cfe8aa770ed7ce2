#include "battery/world.h"

const struct world_file world_files[WORLD_FILES] = {
	{ "lists/feed-phishtank.txt", "http://evil.example/phishtank/login.html\n" },
	{ "lists/feed-openphish.txt", "http://evil.example/openphish/\n" },
	{ "lists/feed-urlhaus.txt", "http://evil.example/urlhaus/a.bin\n" },
	{ "lists/feed-indicators.txt", WORLD_LISTED "\n" },
	{ "lists/freemail-domains.txt", "freemail.example\n" },
	/* Nothing of theirs is excused but a score. */
	{ "lists/allow-clients.txt", "192.0.2.23\n" },
	{ "lists/allow-senders.txt", "partner3.example\n" },
	{ "lists/allow-authors.txt", "partner3.example\n" },
	{ "lists/allow-recipients.txt", "tout@hopital.example\n" },
	/* A rule for a while: a player of films is attacked (T049). */
	{ "lists/forbidden-extensions.txt", "avi until=2026-12-31 # a player is attacked\n" },
	{ "overlay/battery.yaml", "dns_lists:\n"
				  "  spamhaus-dbl: {enabled: true}\n"
				  "  surbl: {enabled: true}\n"
				  "  uribl: {enabled: true}\n"
				  "protected:\n"
				  "  domains: [banque.example]\n"
				  "  people:\n"
				  "    - {name: Jeanne Lefort, addresses: []}\n" },
};
