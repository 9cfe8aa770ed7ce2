/* Whatever the file, its texts are UTF-8 and nothing exceeds its limit. */
#include "base/utf8.h"
#include "document/pdf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const str password = STR("secret");
	static const struct pdf_limits limits = { .max_decoded = 1 << 20,
						  .passwords = &password,
						  .n_passwords = 1 };
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", (size_t)1 << 30);
	struct pdf pdf;

	pdf_read(a, str_of(data, size), &limits, &pdf);
	bug_if(pdf.decoded > limits.max_decoded);
	bug_if(pdf.actions.n > PDF_ACTIONS_MAX || pdf.files.n > PDF_FILES_MAX);
	bug_if(!utf8_valid(pdf.text));
	for (size_t i = 0; i < pdf.actions.n; i++)
		bug_if(!utf8_valid(pdf.actions.v[i].text));
	return 0;
}
