/* lists/geofile.h - to whom an address belongs: the operator of its network and its country, by a
 * database file of the site (MMDB). The fields are those of GeoLite2 and DB-IP
 * (autonomous_system_number, country.iso_code) or of IPinfo (asn, country_code).
 *
 * Input    the file is the administrator's; addresses are hostile.
 * Memory   in the caller's arena; the file is mapped until geofile_close.
 * Limits   GEOFILE_TEXT bytes of a text.
 * Threads  const once open: any number.
 * Errors   negative errno and why when the file cannot be opened; an address that is not in it, or
 *          a damaged place, is nothing known.
 */
#ifndef LISTS_GEOFILE_H
#define LISTS_GEOFILE_H

#include "base/ip.h"
#include "base/why.h"

enum { GEOFILE_TEXT = 80 };

struct geofile;

struct geofile_place {
	str asn;     /* "AS64500", or empty */
	str name;    /* of the operator; hostile: who registers a network chooses it */
	str country; /* two capitals (ISO 3166-1), or empty */
};

int geofile_open(struct arena *a, const char *path, struct geofile **ret, struct why *why) must_use;
void geofile_close(struct geofile *g);
/* Sets what is known and leaves the rest as it was. */
void geofile_find(const struct geofile *g, struct arena *a, struct ip ip,
		  struct geofile_place *ret);

#endif
