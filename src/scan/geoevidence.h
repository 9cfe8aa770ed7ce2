/* scan/geoevidence.h - to whom the client's address belongs, and whether the address that a webmail
 * saw (X-Originating-IP) is of a country that fits the message.
 *
 * Input    hostile envelope and facts.
 * Memory   in the caller's arena; the databases are the policy's.
 * Limits   two look-ups in each of GEOEVIDENCE_FILES databases.
 * Threads  const once open: any number.
 * Errors   cannot fail: what no database knows is no evidence. One that cannot be opened is told
 *          and left out.
 */
#ifndef SCAN_GEOEVIDENCE_H
#define SCAN_GEOEVIDENCE_H

#include "conf/conf.h"
#include "inspect/facts.h"
#include "lists/geofile.h"
#include "policy/envelope.h"
#include "policy/evidence.h"

enum { GEOEVIDENCE_FILES = 2 };

struct geoevidence {
	struct geofile *files[GEOEVIDENCE_FILES];
	size_t n;
};

void geoevidence_open(struct geoevidence *g, struct arena *a, const struct conf *conf);
void geoevidence_close(struct geoevidence *g);
/* Sets what conditions on operator and country ask for; adds CLIENT_NETWORK, XOIP_FOREIGN. */
void geoevidence_collect(const struct geoevidence *g, struct arena *a, const struct envelope *env,
			 const struct facts *f, struct evidence *e);

#endif
