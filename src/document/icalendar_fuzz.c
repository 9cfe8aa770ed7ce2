/* Names and values are never longer than the file, and reading it ends. */
#include "document/icalendar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct icalendar_line l;
	str rest = str_of(data, size), value;
	size_t all = 0;

	while (icalendar_next(a, &rest, &l)) {
		bug_if(icalendar_is_binary(&l, &value) && value.n > l.value.n);
		all += l.name.n + l.value.n + 1;
		bug_if(icalendar_parameter(&l, STR("X")).n > l.parameters.n);
	}
	bug_if(all > size);
	return 0;
}
