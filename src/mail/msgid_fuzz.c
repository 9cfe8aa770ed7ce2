/* Both sides lie inside the value, and a valid one holds no blank and has two sides. */
#include "base/arena.h"
#include "mail/msgid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct msgid m = msgid_read(str_of(data, size));

	bug_if(m.left.n + m.right.n > size);
	if (!(m.flags & MSGID_INVALID))
		bug_if(!m.left.n || !m.right.n || str_chr(m.right, ' ') != STR_NONE);
	return 0;
}
