/* scan/gate.h - so many at a time, the others wait: a service that is asked more at once than it
 * has threads only becomes slower.
 *
 * Memory   a gate lives as long as the process.   Threads  any number.
 * Errors   gate_enter: false, the time was up; gate_leave only after true.
 */
#ifndef SCAN_GATE_H
#define SCAN_GATE_H

#include "base/clock.h"

#include <pthread.h>

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	uint32_t inside;
};

void gate_init(struct gate *g);
bool gate_enter(struct gate *g, uint32_t most, deadline d) must_use;
void gate_leave(struct gate *g);

#endif
