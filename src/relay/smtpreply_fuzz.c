#include "relay/smtpreply.h"

#include "base/defs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever a server says: codes stay in range, texts stay clean and within their limit. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smtpreply r = { 0 };
	str in = str_of(data, size), text;
	int outcome = SMTPREPLY_MORE;

	while (in.n && outcome == SMTPREPLY_MORE) {
		size_t lf = str_chr(in, '\n');
		str line = str_sub(in, 0, lf == STR_NONE ? in.n : lf + 1);

		in = str_skip(in, line.n);
		outcome = smtpreply_line(&r, line, &text);
		bug_if(outcome != SMTPREPLY_E_SYNTAX &&
		       (r.code < 200 || r.code > 559 || text.n > line.n));
		bug_if(r.n > SMTPREPLY_TEXT_MAX || r.lines > SMTPREPLY_LINES_MAX + 1);
	}
	for (size_t i = 0; i < r.n; i++)
		bug_if((unsigned char)r.text[i] < 0x20);
	return 0;
}
