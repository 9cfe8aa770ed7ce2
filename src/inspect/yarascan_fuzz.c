/* Rules of every kind run over any bytes to the end, and a set can be used again. */
#include "inspect/yarascan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct yarascan *make(void)
{
	static const struct yarascan_file files[] = {
		{ STR("any.yar"),
		  STR("rule a { strings: $a = /a{2,9}b.{0,50}c/ $b = { 00 ?? 01 [2-9] 02 } "
		      "$c = \"wide\" wide ascii nocase condition: any of them }") },
		{ STR("pdf.yar"), STR("rule p { condition: uint32be(0) == 0x25504446 or "
				      "uint16(filesize - 2) == 7 }") },
	};
	struct arena *a = arena_new("rules", 64 << 20);
	struct yarascan *y;
	struct why why;
	size_t rules;
	str blob;
	int r = yarascan_begin(&why);

	if (r == 0)
		r = yarascan_compile(a, files, ARRAY_LEN(files), NULL, 0, &blob, &rules, &why);
	if (r == 0)
		r = yarascan_load(blob, &y, &why);
	bug_if(r < 0);
	arena_free(a);
	return y;
}

static void keep(void *ctx, str rule, const char *tags)
{
	bug_if(rule.n != 1 || (tags && *tags));
	++*(int *)ctx;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct yarascan *y = make();
	int first = 0, again = 0;

	for (int kind = 0; kind < YARASCAN_KINDS; kind++) {
		bug_if(!yarascan_run(y, (enum yarascan_kind)kind, str_of(data, size), keep,
				     &first));
		bug_if(!yarascan_run(y, (enum yarascan_kind)kind, str_of(data, size), keep,
				     &again));
	}
	bug_if(first != again || first > 2);
	yarascan_free(y);
	return 0;
}
