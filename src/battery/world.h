/* battery/world.h - what the battery takes for granted beside the DNS (zone.h): lists that a
 * gateway would have fetched, DNS lists that it asks, a person whose name is protected. A gateway
 * that is to be tested by the whole battery is given the same files.
 *
 * Input    none.   Memory  static.   Limits  none.   Threads  pure.   Errors  none.
 */
#ifndef BATTERY_WORLD_H
#define BATTERY_WORLD_H

#include "base/str.h"

/* "lists/..." belongs below paths.site_lists, "overlay/..." below paths.overlay. */
struct world_file {
	const char *path, *text;
};

enum { WORLD_FILES = 11 };
extern const struct world_file world_files[WORLD_FILES];

/* A host of which everything is listed, and one for each meaning of the DNS lists. */
#define WORLD_LISTED "listed.example"

#endif
