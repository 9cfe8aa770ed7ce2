/* In any mode: UTF-8 stays UTF-8, text does not swell, names of attributes are distinct, and a
 * tag's name is what the rules allow. */
#include "base/utf8.h"
#include "html/htmltok.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct htmltok_token *t, bool utf8)
{
	bug_if(utf8 && (!utf8_valid(t->text) || !utf8_valid(t->name)));
	if (t->kind == HTMLTOK_START || t->kind == HTMLTOK_CLOSE)
		bug_if(!t->name.n || str_chr(t->name, '>') != STR_NONE ||
		       str_chr(t->name, ' ') != STR_NONE);
	for (size_t i = 0; i < t->n_attrs && i < 40; i++) {
		bug_if(utf8 && !utf8_valid(t->attrs[i].value));
		for (size_t k = 0; k < i; k++)
			bug_if(str_eq(t->attrs[i].name, t->attrs[k].name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 64 << 20);
	str in = str_of(data, size);
	struct htmltok_token token;
	struct htmltok *t;
	size_t text = 0;
	bool utf8;

	if (!size)
		return 0;
	in = str_skip(in, 1);
	utf8 = utf8_valid(in);
	t = htmltok_new(a, in);
	htmltok_set_foreign(t, data[0] & 8);
	htmltok_set(t, (enum htmltok_mode)((data[0] & 7) % (HTMLTOK_CDATA + 1)), STR("script"));
	while (htmltok_next(t, &token)) {
		bug_if(token.kind == HTMLTOK_END);
		text += token.kind == HTMLTOK_TEXT ? token.text.n : 0;
		check(&token, utf8);
	}
	bug_if(text > 3 * in.n);
	return 0;
}
