/* Links lie within the text, in its order; whatever is in them leads to an end. */
#include "url/urlfind.h"
#include "url/urltricks.h"
#include "url/urlunwrap.h"

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 1 << 30);
	str text = str_of(data, size);
	struct urlfind f = urlfind_make(a, text);
	struct urlfind_link link;
	size_t at = 0, links = 0;

	while (urlfind_next(&f, &link) && links++ < 100) {
		struct url u, target;

		bug_if(!link.text.n || link.text.n > URLFIND_MAX);
		if (!link.defanged) {
			bug_if(link.text.p < text.p + at ||
			       link.text.p + link.text.n > text.p + text.n);
			at = (size_t)(link.text.p - text.p) + link.text.n;
		}
		for (bool ok = url_parse(a, link.url, NULL, &u); ok; u = target) {
			(void)urltricks(a, &u);
			ok = urlunwrap(a, &u, &target) != URLUNWRAP_NOTHING && links++ < 100;
		}
	}
	bug_if(urlfind_visible(a, text).n > size);
	return 0;
}
