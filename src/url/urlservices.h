/* url/urlservices.h - the table of services whose links carry their target, and where.
 *
 * Input    a parsed URL (hostile).   Memory  constant.   Limits  linear.
 * Threads  pure.   Errors  NULL: no (other) row fits.
 */
#ifndef URL_URLSERVICES_H
#define URL_URLSERVICES_H

#include "url/url.h"

enum urlservice_how {
	URLSERVICE_PARAMETER,	     /* in a query parameter */
	URLSERVICE_PARAMETER_DASHES, /* with "-" for "%" and "_" for "/" */
	URLSERVICE_PARAMETER_BASE64,
	URLSERVICE_PARAMETER_BING, /* "a1" and base64 */
	URLSERVICE_UNDERSCORES,	   /* between double or triple underscores in the path */
	URLSERVICE_PATH_TAIL,	   /* behind the path of the row */
	URLSERVICE_PATH_URL,	   /* from the first "http" in path or query on */
	URLSERVICE_HOST_LABEL,	   /* the first label of the host */
};

struct urlservice {
	str host; /* this and all below it; with a last dot: under any top-level domain */
	str path; /* how the path begins */
	enum urlservice_how how;
	str parameter;
};

/* The row behind after (NULL: the first) that fits. */
const struct urlservice *urlservices_next(const struct url *u, const struct urlservice *after);
/* A service of newsletters that keeps the target to itself. */
bool urlservices_counts_clicks(str host);

#endif
