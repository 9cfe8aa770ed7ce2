#include "audit/journal.h"

#include "base/fd.h"

#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *ctx, const struct journal_entry *e)
{
	size_t *n = ctx;

	bug_if(!e->id.n || e->what > JOURNAL_DIALOGUE || e->judgement >= FATE_JUDGEMENTS);
	bug_if(e->posting.code < 0 || e->posting.code > 999 || e->posting.stage >= POSTING_STAGES);
	bug_if(e->arrival.pieces > ARRIVAL_PIECES);
	++*n;
}

/* Whatever stands in the file: entries are within their limits, and it is only added to. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char head[] = "{\"poterne_audit\": 1, \"seed\": 1, \"run\": \"r\", "
				   "\"target\": \"t\", \"rcpt\": \"r\"}\n";
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct journal_head h = {
		.run = STR("x"), .target = STR("t"), .rcpt = STR("r"), .seed = 1
	};
	struct journal j;
	struct why why;
	size_t n = 0;
	char path[64];
	int fd = fd_memfd("journal", &why);

	bug_if(fd < 0 || fd_write_all(fd, str_of(head, sizeof(head) - 1), &why) < 0 ||
	       fd_write_all(fd, str_of(data, size), &why) < 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	bug_if(journal_open(path, a, &h, take, &n, &j, &why) < 0);
	bug_if(!str_eq(h.run, STR("r")));
	bug_if(lseek(fd, 0, SEEK_END) < (off_t)(size + sizeof(head) - 1));
	journal_close(&j);
	fd_close(fd);
	return 0;
}
