/* url/urlunwrap.h - the link inside a link: services that lead on to an address they carry
 * themselves (protection of links, search engines, counters of clicks), and any link that
 * carries a whole URL in a parameter or in its path.
 *
 * Input    a parsed URL (hostile).
 * Memory   new in the arena.
 * Limits   URLUNWRAP_MAX_DEPTH links inside one another, for the caller to keep. Linear.
 * Threads  pure.
 * Errors   URLUNWRAP_NOTHING: there is none, or the service keeps the target to itself.
 */
#ifndef URL_URLUNWRAP_H
#define URL_URLUNWRAP_H

#include "url/url.h"

enum { URLUNWRAP_MAX_DEPTH = 5 };

enum urlunwrap_kind {
	URLUNWRAP_NOTHING,
	URLUNWRAP_SERVICE, /* a known service: the target is where the link leads */
	URLUNWRAP_CARRIED, /* a URL stands in the link; perhaps the site leads there */
};

enum urlunwrap_kind urlunwrap(struct arena *a, const struct url *u, struct url *ret) must_use;

#endif
