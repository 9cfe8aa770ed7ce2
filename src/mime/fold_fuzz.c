/* Folded text is UTF-8, no longer than promised, without white space but single blanks and
 * without ASCII capitals; its language is a known one. */
#include "base/utf8.h"
#include "mime/language.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 256 << 20);
	struct fold_facts facts;
	str folded = fold_text(a, str_of(data, size), &facts);
	str language = language_guess(folded, &facts);

	bug_if(folded.n > size * 2 || !utf8_valid(folded));
	bug_if(str_find(folded, STR("  ")) != STR_NONE);
	for (size_t i = 0; i < folded.n; i++)
		bug_if((folded.p[i] >= 'A' && folded.p[i] <= 'Z') ||
		       (str_is_space(folded.p[i]) && folded.p[i] != ' '));
	bug_if(language.n != 0 && language.n != 2);
	return 0;
}
