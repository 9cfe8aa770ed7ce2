/* Objects, packages, files of notebooks and packed bodies lie within their input or limit. */
#include "document/fieldcode.h"
#include "document/lzfu.h"
#include "document/ole1.h"
#include "document/onenote.h"
#include "document/unzlib.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(arena_freep) struct arena *a = arena_new("fuzz", 512 << 20);
	str in = str_of(data, size);
	struct ole1 o;
	struct ole1_package p;
	str file, rest = in;
	size_t at = 0, before = 0;
	bool whole;

	if (ole1_read(in, &o))
		bug_if(o.data.n + o.class_name.n > size);
	if (ole1_package_read(in, &p))
		bug_if(p.data.n + p.path.n + p.label.n > size);
	for (; onenote_next(in, &at, &file); before = at)
		bug_if(at <= before || file.n > size);
	bug_if(lzfu_unpack(a, in, 1000).n > 1000);
	bug_if(unzlib_activemime(a, in, 1000, &whole).n > 1000);
	while (fieldcode_next(&rest, &file))
		bug_if(fieldcode_read(file).target.n > file.n);
	(void)fieldcode_is_dde_formula(in);
	return 0;
}
