/* scan/exporter.h - tells others of messages, as exporter.targets says (conf/exportrow.h): the line
 * of the log (scan/doneevent.h), once the sender has been answered.
 *
 * No mail is lost, refused or late for it: what cannot be handed on in its time is dropped, counted
 * and logged. What poterne-fetch took it tries again by itself; a letter is as durable as any mail.
 *
 * Input    a judgement.
 * Memory   in the passage's arena, a whole message in one of its own; an exporter lives as long as
 *          the process.
 * Limits   letters an hour as the row says; EXPORTER_HAND_OVER_MS for each target,
 *          EXPORTER_LETTER_MS for a letter; EXPORTER_WHOLE_MAX bytes with a whole message.
 * Threads  any number.   Errors  cannot fail.
 */
#ifndef SCAN_EXPORTER_H
#define SCAN_EXPORTER_H

#include "conf/exportrow.h"
#include "scan/exportletter.h"
#include "scan/passage.h"
#include "sys/lanes.h"

enum {
	EXPORTER_HAND_OVER_MS = 200,
	EXPORTER_LETTER_MS = 5000,
	EXPORTER_WHOLE_MAX = 64 << 20, /* as many as poterne-fetch has room for (fetch/poster.h) */
};

struct exporter {
	struct lanes *store, *fetch;
	pthread_mutex_t lock;
	struct exportletter_rate rates[EXPORTROW_ROWS];
};

void exporter_init(struct exporter *e, struct lanes *store, struct lanes *fetch);
void exporter_tell(struct exporter *e, const struct passage *p);
/* Are the words of all selectors known? Negative errno and a why that names the one that is not. */
int exporter_check(const struct conf *conf, const struct rules *rules, struct why *why) must_use;
/* Does that verdict concern a row, by its selectors? */
bool exporter_selects(const struct exportrow *row, const struct verdict *v, enum conf_role role);

#endif
