#include "inspect/magic_zip.h"

#include "archive/zip.h"
#include "base/reader.h"

/* What the names seen so far speak for. */
struct names {
	bool word, excel, powerpoint, open_document, java, android, visio, macros, package;
};

static void note(struct names *seen, str name)
{
	seen->word |= str_casestarts(name, STR("word/"));
	seen->excel |= str_casestarts(name, STR("xl/"));
	seen->powerpoint |= str_casestarts(name, STR("ppt/"));
	seen->visio |= str_casestarts(name, STR("visio/"));
	seen->package |= str_caseeq(name, STR("[Content_Types].xml"));
	seen->java |= str_caseeq(name, STR("META-INF/MANIFEST.MF"));
	seen->android |= str_eq(name, STR("AndroidManifest.xml"));
	seen->macros |= str_caseends(name, STR("vbaProject.bin")) ||
			str_casestarts(name, STR("Basic/")) ||
			str_casestarts(name, STR("xl/macrosheets/"));
}

static void read_directory(str bytes, struct names *seen)
{
	struct zip z;
	struct zip_member m;
	size_t at = 0;

	if (!zip_open(bytes, &z))
		return;
	for (int i = 0; i < MAGIC_ZIP_NAMES && zip_next(&z, &at, &m); i++)
		note(seen, m.name);
}

bool magic_zip_is_appended(str bytes, bool to_the_end)
{
	struct zip z;
	struct zip_member m;
	size_t at = 0;

	return zip_open(bytes, &z) && zip_next(&z, &at, &m) && (!to_the_end || z.end == bytes.n);
}

/* The first member of OpenDocument and EPUB is "mimetype", stored (ODF 1.2 part 3, 3.3). */
static str stored_mimetype(str bytes)
{
	struct reader r = reader_make(bytes);
	size_t size, name_n, extra;
	str name;

	reader_skip(&r, 18);
	size = reader_u32le(&r);
	reader_skip(&r, 4);
	name_n = reader_u16le(&r);
	extra = reader_u16le(&r);
	name = reader_bytes(&r, name_n);
	reader_skip(&r, extra);
	if (!str_eq(name, STR("mimetype")) || size > 100)
		return STR_NULL;
	return reader_bytes(&r, size);
}

static struct magic open_document(str mimetype, uint32_t notes)
{
	static const str types[] = {
		STR("application/vnd.oasis.opendocument.text"),
		STR("application/vnd.oasis.opendocument.spreadsheet"),
		STR("application/vnd.oasis.opendocument.presentation"),
		STR("application/vnd.oasis.opendocument.graphics"),
		STR("application/epub+zip"),
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (str_starts(mimetype, types[i]))
			return (struct magic){ types[i], MAGIC_OFFICE, notes };
	}
	return (struct magic){ STR("application/zip"), MAGIC_ARCHIVE, notes };
}

struct magic magic_zip_detect(str bytes)
{
	static const str ooxml[] = {
		STR("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
		STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
		STR("application/vnd.openxmlformats-officedocument.presentationml.presentation"),
		STR("application/vnd.ms-visio.drawing"),
	};
	str mimetype = stored_mimetype(bytes);
	struct names seen = { 0 };
	uint32_t notes;

	read_directory(bytes, &seen);
	notes = (seen.macros ? MAGIC_HAS_MACROS : 0) | MAGIC_IS_ZIP;
	if (mimetype.n)
		return open_document(mimetype, notes);
	if (seen.word || seen.excel || seen.powerpoint || seen.visio)
		return (struct magic){ ooxml[seen.word	       ? 0
					     : seen.excel      ? 1
					     : seen.powerpoint ? 2
							       : 3],
				       MAGIC_OFFICE, notes };
	if (seen.android)
		return (struct magic){ STR("application/vnd.android.package-archive"),
				       MAGIC_PROGRAM, notes };
	if (seen.java)
		return (struct magic){ STR("application/java-archive"), MAGIC_PROGRAM, notes };
	/* Its folders may bear any name (ECMA-376 part 2). */
	if (seen.package)
		return (struct magic){ STR("application/vnd.openxmlformats-package"), MAGIC_OFFICE,
				       notes };
	return (struct magic){ STR("application/zip"), MAGIC_ARCHIVE,
			       notes & ~(uint32_t)MAGIC_HAS_MACROS };
}
