/* store/exportdesk.h - writes the lines of targets that are a queue (conf/exportrow.h) into files
 * of theirs: exports/NAME.jsonl, for who collects logs.
 *
 * At EXPORTDESK_FILE_MAX bytes a file is set aside as NAME.jsonl.1, in place of the one before.
 *
 * Input    poterne-scan, which is weaker: the target has to be one of the configuration, the line
 * to be one. Memory   the lane's arena. Limits   EXPORTDESK_FILE_MAX; no line is written where the
 * disk has only room for mail. Threads  any number of lanes. Errors   -EPROTO closes the lane; what
 * cannot be written is logged and counted.
 */
#ifndef STORE_EXPORTDESK_H
#define STORE_EXPORTDESK_H

#include "store/store.h"

enum { EXPORTDESK_FILE_MAX = 64 << 20 };

void exportdesk_open(struct exportdesk *d, int dirfd);
/* Swallows fd. */
int exportdesk_take(struct store *s, struct arena *a, const struct msg_exported *m, int fd);
/* One line without its end, to the file of that name. */
int exportdesk_write(struct exportdesk *d, str name, str line, size_t file_max, struct why *why)
	must_use;

#endif
