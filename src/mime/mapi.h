/* mime/mapi.h - lists of MAPI properties as TNEF carries them (MS-OXTNEF 2.1.3.4).
 *
 * Input    hostile.
 * Memory   values point into the input.
 * Limits   linear in the input.
 * Threads  pure.   Errors  the list ends at what makes no sense; reader.bad says so.
 */
#ifndef MIME_MAPI_H
#define MIME_MAPI_H

#include "base/reader.h"

enum mapi_type { MAPI_STRING8 = 0x1e, MAPI_STRING = 0x1f, MAPI_OBJECT = 0x0d, MAPI_BINARY = 0x102 };

enum mapi_id {
	MAPI_BODY = 0x1000,
	MAPI_RTF_COMPRESSED = 0x1009,
	MAPI_HTML = 0x1013,
	MAPI_ATTACH_DATA = 0x3701,
	MAPI_ATTACH_FILENAME = 0x3704,
	MAPI_ATTACH_LONG_FILENAME = 0x3707
};

struct mapi {
	struct reader reader;
	uint32_t left; /* properties */
};

struct mapi_property {
	uint16_t type, id;
	str value; /* the first one, when there are several */
};

struct mapi mapi_make(str list);
bool mapi_next(struct mapi *m, struct mapi_property *ret);

#endif
