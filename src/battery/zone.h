/* battery/zone.h - the DNS world the battery was made for: RFC 2606, 5737 and 3849 names and
 * addresses only.
 */
#ifndef BATTERY_ZONE_H
#define BATTERY_ZONE_H

#include "base/arena.h"

/* The wall clock when the messages come in: half a minute after the Date of a good one. */
enum { BATTERY_ZONE_NOW = 1795284030 };

/* For zonefile_parse. The keys of signature.h are in it. */
str zone_json(struct arena *a);

#endif
