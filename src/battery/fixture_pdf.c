#include "battery/fixture.h"

enum { PDF_MAX = 16 << 20, OBJECTS_MAX = 32 };

str fixture_pdf_stream(struct kit *k, const char *dictionary, str bytes)
{
	const str pieces[] = { kit_fmt(k, "<<%s/Length %zu>>\nstream\n", dictionary, bytes.n),
			       bytes, STR("\nendstream") };

	return kit_join(k, pieces, ARRAY_LEN(pieces));
}

str fixture_pdf(struct kit *k, const char *catalog, const str *objects, size_t n)
{
	return fixture_pdf_with(k, catalog, "", objects, n, "");
}

str fixture_pdf_with(struct kit *k, const char *catalog, const char *page, const str *objects,
		     size_t n, const char *trailer)
{
	struct strbuf b = strbuf_make(k->arena, PDF_MAX);
	size_t at[OBJECTS_MAX], total = n + 3, xref;

	bug_if(total >= OBJECTS_MAX);
	strbuf_put(&b, STR("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"));
	for (size_t i = 1; i <= total; i++) {
		at[i] = b.n;
		strbuf_fmt(&b, "%zu 0 obj\n", i);
		if (i == 1)
			strbuf_fmt(&b, "<</Type/Catalog/Pages 2 0 R%s>>", catalog);
		else if (i == 2)
			strbuf_put(&b, STR("<</Type/Pages/Kids[3 0 R]/Count 1>>"));
		else if (i == 3)
			strbuf_fmt(&b, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]%s>>", page);
		else
			strbuf_put(&b, objects[i - 4]);
		strbuf_put(&b, STR("\nendobj\n"));
	}
	xref = b.n;
	strbuf_fmt(&b, "xref\n0 %zu\n0000000000 65535 f \n", total + 1);
	for (size_t i = 1; i <= total; i++)
		strbuf_fmt(&b, "%010zu 00000 n \n", at[i]);
	strbuf_fmt(&b, "trailer\n<</Size %zu/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n", total + 1,
		   trailer, xref);
	return strbuf_str(&b);
}
