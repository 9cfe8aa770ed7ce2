#include "inspect/magic_zip.h"

#include "base/reader.h"

enum {
	END_SIZE = 22,		/* of the end of central directory record, without comment */
	END_WINDOW = 66 * 1024, /* that record and the longest comment */
	ENTRY_SIGNATURE = 0x02014b50,
	MEMBER_SIGNATURE = 0x04034b50,
};

/* What the names seen so far speak for. */
struct names {
	bool word, excel, powerpoint, open_document, java, android, visio, macros;
	bool other_name; /* a member's own header calls it otherwise */
};

static void note(struct names *seen, str name)
{
	seen->word |= str_casestarts(name, STR("word/"));
	seen->excel |= str_casestarts(name, STR("xl/"));
	seen->powerpoint |= str_casestarts(name, STR("ppt/"));
	seen->visio |= str_casestarts(name, STR("visio/"));
	seen->java |= str_caseeq(name, STR("META-INF/MANIFEST.MF"));
	seen->android |= str_eq(name, STR("AndroidManifest.xml"));
	seen->macros |= str_caseends(name, STR("vbaProject.bin")) ||
			str_casestarts(name, STR("Basic/")) ||
			str_casestarts(name, STR("xl/macrosheets/"));
}

/* Where the central directory is, by the record at the end of the file (APPNOTE 4.3.16). */
struct directory {
	size_t at;
	size_t before; /* bytes in front of the zip file */
	bool at_end;   /* the record and its comment end the file */
};

static bool find_directory(str bytes, struct directory *ret)
{
	str tail = bytes.n > END_WINDOW ? str_skip(bytes, bytes.n - END_WINDOW) : bytes;

	for (size_t i = tail.n >= END_SIZE ? tail.n - END_SIZE + 1 : 0; i-- > 0;) {
		struct reader r = reader_make(str_skip(tail, i));
		size_t end = bytes.n - tail.n + i;
		size_t size, offset;

		if (tail.p[i] != 'P' || reader_u32le(&r) != 0x06054b50)
			continue;
		reader_skip(&r, 8);
		size = reader_u32le(&r);
		offset = reader_u32le(&r);
		ret->at_end = (size_t)reader_u16le(&r) + END_SIZE == tail.n - i;
		ret->before = size + offset <= end ? end - size - offset : 0;
		ret->at = offset + ret->before;
		return true;
	}
	return false;
}

/* The member's own header, which some programs read instead of the directory (4.3.7). */
static bool has_other_name(str bytes, size_t at, str name)
{
	struct reader r = reader_make(bytes);
	size_t n;

	reader_seek(&r, at);
	if (reader_u32le(&r) != MEMBER_SIGNATURE)
		return true;
	reader_skip(&r, 22);
	n = reader_u16le(&r);
	reader_skip(&r, 2);
	return !str_eq(reader_bytes(&r, n), name);
}

static void read_directory(str bytes, struct names *seen)
{
	struct reader r = reader_make(bytes);
	struct directory d;

	if (!find_directory(bytes, &d))
		return;
	reader_seek(&r, d.at);
	for (int i = 0; i < MAGIC_ZIP_NAMES && reader_u32le(&r) == ENTRY_SIGNATURE; i++) {
		size_t name_n, extra, comment, offset;
		str name;

		reader_skip(&r, 24);
		name_n = reader_u16le(&r);
		extra = reader_u16le(&r);
		comment = reader_u16le(&r);
		reader_skip(&r, 8);
		offset = reader_u32le(&r);
		name = reader_bytes(&r, name_n);
		note(seen, name);
		if (offset != UINT32_MAX) /* zip64 says elsewhere */
			seen->other_name |= has_other_name(bytes, offset + d.before, name);
		reader_skip(&r, extra + comment);
	}
}

bool magic_zip_is_appended(str bytes)
{
	struct reader r = reader_make(bytes);
	struct directory d;

	if (!find_directory(bytes, &d) || !d.at_end)
		return false;
	reader_seek(&r, d.at);
	return reader_u32le(&r) == ENTRY_SIGNATURE;
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
	notes = (seen.macros ? MAGIC_HAS_MACROS : 0) | (seen.other_name ? MAGIC_IS_AMBIGUOUS : 0) |
		MAGIC_IS_ZIP;
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
	return (struct magic){ STR("application/zip"), MAGIC_ARCHIVE,
			       notes & ~(uint32_t)MAGIC_HAS_MACROS };
}
