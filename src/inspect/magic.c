#include "inspect/magic.h"

#include "base/reader.h"
#include "document/fieldcode.h"
#include "document/script.h"
#include "inspect/magic_ole.h"
#include "inspect/magic_zip.h"
#include "mime/cms.h"

/* Where readers look for the beginning of a PDF file: some further than they should. */
enum { PDF_WINDOW = 8192 };

struct signature {
	uint32_t offset;
	str bytes;
	str type;
	enum magic_family family;
};

#define SIG(at, lit, mime, fam)                                                                    \
	{                                                                                          \
		(at), STR(lit), STR(mime), (fam)                                                   \
	}

/* Longer and surer ones before shorter ones; what needs a second look is in special(). */
static const struct signature signatures[] = {
	SIG(0,
	    "\x7f"
	    "ELF",
	    "application/x-elf", MAGIC_PROGRAM),
	SIG(0, "\xfe\xed\xfa\xce", "application/x-mach-binary", MAGIC_PROGRAM),
	SIG(0, "\xfe\xed\xfa\xcf", "application/x-mach-binary", MAGIC_PROGRAM),
	SIG(0, "\xce\xfa\xed\xfe", "application/x-mach-binary", MAGIC_PROGRAM),
	SIG(0, "\xcf\xfa\xed\xfe", "application/x-mach-binary", MAGIC_PROGRAM),
	SIG(0, "\x4c\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut", MAGIC_PROGRAM),
	SIG(0, "\0\5\x16\0\0\2\0\0", "application/applefile", MAGIC_DATA),
	SIG(0, "\0\5\x16\7\0\2\0\0", "application/applefile", MAGIC_DATA),
	SIG(0, "ITSF", "application/vnd.ms-htmlhelp", MAGIC_PROGRAM),
	SIG(0, "\0asm", "application/wasm", MAGIC_PROGRAM),
	SIG(0, "!<arch>\ndebian", "application/vnd.debian.binary-package", MAGIC_PROGRAM),
	SIG(0, "\xed\xab\xee\xdb", "application/x-rpm", MAGIC_PROGRAM),
	SIG(0, "dex\n", "application/x-dex", MAGIC_PROGRAM),
	SIG(0, "ActiveMime", "application/x-mso", MAGIC_OFFICE),
	SIG(0, "ID;P", "application/x-sylk", MAGIC_OFFICE),
	SIG(0, "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3",
	    "application/onenote", MAGIC_OFFICE),
	SIG(0, "\0\x01\0\0Standard Jet DB", "application/x-msaccess", MAGIC_OFFICE),
	SIG(0, "\0\x01\0\0Standard ACE DB", "application/x-msaccess", MAGIC_OFFICE),
	SIG(0, "\x78\x9f\x3e\x22", "application/vnd.ms-tnef", MAGIC_DATA),
	SIG(0, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed", MAGIC_ARCHIVE),
	SIG(0, "Rar!\x1a\x07", "application/vnd.rar", MAGIC_ARCHIVE),
	SIG(0, "MSCF\0\0\0\0", "application/vnd.ms-cab-compressed", MAGIC_ARCHIVE),
	SIG(7, "**ACE**", "application/x-ace", MAGIC_ARCHIVE),
	SIG(257, "ustar", "application/x-tar", MAGIC_ARCHIVE),
	SIG(32769, "CD001", "application/x-iso9660-image", MAGIC_ARCHIVE),
	SIG(0, "!<arch>\n", "application/x-archive", MAGIC_ARCHIVE),
	SIG(0, "070701", "application/x-cpio", MAGIC_ARCHIVE),
	SIG(0, "070707", "application/x-cpio", MAGIC_ARCHIVE),
	SIG(32769, "BEA01\1", "application/x-udf-image", MAGIC_ARCHIVE),
	SIG(0, "SZDD\x88\xf0\x27\x33", "application/x-ms-compress", MAGIC_ARCHIVE),
	SIG(0, "KWAJ\x88\xf0\x27\xd1", "application/x-ms-compress", MAGIC_ARCHIVE),
	SIG(0, "LZIP", "application/x-lzip", MAGIC_COMPRESSED),
	SIG(0, "xar!", "application/x-xar", MAGIC_ARCHIVE),
	SIG(0, "MSWIM\0\0\0", "application/x-ms-wim", MAGIC_ARCHIVE),
	SIG(0, "vhdxfile", "application/x-vhdx-disk", MAGIC_ARCHIVE),
	SIG(0, "conectix", "application/x-vhd-disk", MAGIC_ARCHIVE),
	SIG(0, "KDMV", "application/x-vmdk-disk", MAGIC_ARCHIVE),
	SIG(0, "QFI\xfb", "application/x-qcow-disk", MAGIC_ARCHIVE),
	SIG(32769, "BEA01", "application/x-udf-image", MAGIC_ARCHIVE),
	SIG(32769, "NSR0", "application/x-udf-image", MAGIC_ARCHIVE),
	SIG(0, "?_\3\0", "application/winhlp", MAGIC_PROGRAM),
	SIG(8, "sdbf", "application/x-ms-shim-database", MAGIC_PROGRAM),
	SIG(0, "OTTO", "font/otf", MAGIC_DATA),
	SIG(128, "DICM", "application/dicom", MAGIC_DATA),
	SIG(0, "\x1f\x8b\x08", "application/gzip", MAGIC_COMPRESSED),
	SIG(0,
	    "\xfd"
	    "7zXZ\0",
	    "application/x-xz", MAGIC_COMPRESSED),
	SIG(0, "BZh", "application/x-bzip2", MAGIC_COMPRESSED),
	SIG(0, "\x28\xb5\x2f\xfd", "application/zstd", MAGIC_COMPRESSED),
	SIG(0, "\x04\x22\x4d\x18", "application/x-lz4", MAGIC_COMPRESSED),
	SIG(0, "\x1f\x9d", "application/x-compress", MAGIC_COMPRESSED),
	SIG(0, "\x89PNG\r\n\x1a\n", "image/png", MAGIC_IMAGE),
	SIG(0, "\xff\xd8\xff", "image/jpeg", MAGIC_IMAGE),
	SIG(0, "GIF87a", "image/gif", MAGIC_IMAGE),
	SIG(0, "GIF89a", "image/gif", MAGIC_IMAGE),
	SIG(0, "II*\0", "image/tiff", MAGIC_IMAGE),
	SIG(0, "MM\0*", "image/tiff", MAGIC_IMAGE),
	SIG(0, "8BPS\0\x01", "image/vnd.adobe.photoshop", MAGIC_IMAGE),
	SIG(0, "\0\0\x01\0", "image/vnd.microsoft.icon", MAGIC_IMAGE),
	SIG(0, "ID3", "audio/mpeg", MAGIC_MEDIA),
	SIG(0, "OggS\0", "audio/ogg", MAGIC_MEDIA),
	SIG(0, "fLaC", "audio/flac", MAGIC_MEDIA),
	SIG(0, "\x1a\x45\xdf\xa3", "video/x-matroska", MAGIC_MEDIA),
	SIG(0, "SQLite format 3\0", "application/vnd.sqlite3", MAGIC_DATA),
	SIG(0, "%!PS", "application/postscript", MAGIC_DATA),
};

static bool at_offset(str bytes, size_t offset, str wanted)
{
	return offset <= bytes.n && str_starts(str_skip(bytes, offset), wanted);
}

static bool looks_like_text(str bytes)
{
	return str_chr(str_sub(bytes, 0, 512), '\0') == STR_NONE;
}

/* UTF-16, by its mark or by how markup begins in it. */
static bool is_wide(str bytes)
{
	return str_starts(bytes, STR("\xff\xfe")) || str_starts(bytes, STR("\xfe\xff")) ||
	       str_starts(bytes, STR("<\0")) || str_starts(bytes, STR("\0<"));
}

static struct magic make(str type, enum magic_family family)
{
	return (struct magic){ type, family, 0 };
}

/* The same four bytes start Java classes and universal Mach-O programs. */
static struct magic cafebabe(str bytes)
{
	struct reader r = reader_make(str_skip(bytes, 4));

	return reader_u32be(&r) < 40 ? make(STR("application/x-mach-binary"), MAGIC_PROGRAM)
				     : make(STR("application/java-vm"), MAGIC_PROGRAM);
}

/* Files of boxes (ISO 14496-12): films, and pictures that are coded like films. */
static struct magic by_brand(str bytes)
{
	static const str pictures[] = { STR("heic"), STR("heix"), STR("heif"),
					STR("mif1"), STR("msf1"), STR("heim"),
					STR("heis"), STR("hevc"), STR("hevx") };

	if (at_offset(bytes, 8, STR("avif")) || at_offset(bytes, 8, STR("avis")))
		return make(STR("image/avif"), MAGIC_IMAGE);
	for (size_t i = 0; i < ARRAY_LEN(pictures); i++) {
		if (at_offset(bytes, 8, pictures[i]))
			return make(STR("image/heif"), MAGIC_IMAGE);
	}
	return make(STR("video/mp4"), MAGIC_MEDIA);
}

/* Old tar files bear no mark, only the sum of their header. */
static bool is_old_tar(str bytes)
{
	str digits = str_trim(str_sub(bytes, 148, 156));
	uint32_t sum = 8 * ' ', said = 0;

	if (bytes.n < 512 || bytes.p[0] == '\0')
		return false;
	for (size_t i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? 0 : (unsigned char)bytes.p[i];
	for (size_t i = 0; i < digits.n && digits.p[i] >= '0' && digits.p[i] <= '7'; i++)
		said = said * 8 + (uint32_t)(digits.p[i] - '0');
	return said == sum;
}

/* Properties, a dictionary size, and a length that is absent or below a terabyte. */
static bool is_lzma(str bytes)
{
	return str_starts(bytes, STR("\x5d\0\0")) &&
	       (at_offset(bytes, 5, STR("\xff\xff\xff\xff\xff\xff\xff\xff")) ||
		at_offset(bytes, 10, STR("\0\0\0")));
}

/* "-lh5-" and its family behind two bytes. */
static bool is_lha(str bytes)
{
	return bytes.n > 7 && bytes.p[2] == '-' && bytes.p[3] == 'l' &&
	       (bytes.p[4] == 'h' || bytes.p[4] == 'z') && bytes.p[6] == '-';
}

/* Two bytes, then the sizes of the header and of its first part. */
static bool is_arj(str bytes)
{
	struct reader r = reader_make(bytes);
	uint32_t mark = reader_u16le(&r), header = reader_u16le(&r), first = reader_u8(&r);

	return mark == 0xea60 && header <= 2600 && first >= 30 && first <= header;
}

/* Binary cpio in either order of bytes, and a name that ends where its length says. */
static bool is_binary_cpio(str bytes)
{
	bool little = str_starts(bytes, STR("\xc7\x71"));
	struct reader r = reader_make(bytes);
	size_t name;

	if (!little && !str_starts(bytes, STR("\x71\xc7")))
		return false;
	reader_seek(&r, 20);
	name = little ? reader_u16le(&r) : reader_u16be(&r);
	return name && name < 4096 && at_offset(bytes, 26 + name - 1, STR("\0"));
}

/* A disk image of Apple's ends with its description. */
static bool is_apple_image(str bytes)
{
	return bytes.n > 512 && at_offset(bytes, bytes.n - 512, STR("koly\0\0\0\4"));
}

static bool is_flash(str bytes)
{
	return bytes.n > 8 && (bytes.p[0] == 'F' || bytes.p[0] == 'C' || bytes.p[0] == 'Z') &&
	       at_offset(bytes, 1, STR("WS")) && (unsigned char)bytes.p[3] < 60;
}

/* A disk as it is: the mark of its first sector, and a file system's name. */
static bool is_disk(str b)
{
	return at_offset(b, 510, STR("\x55\xaa")) &&
	       (at_offset(b, 54, STR("FAT1")) || at_offset(b, 82, STR("FAT32")) ||
		at_offset(b, 3, STR("NTFS    ")) || at_offset(b, 3, STR("EXFAT   ")) ||
		at_offset(b, 512, STR("EFI PART")));
}

/* Fixed disks of virtual machines bear their mark in the last sector. */
static bool has_disk_trailer(str b, str mark)
{
	return b.n >= 1024 && str_starts(str_skip(b, b.n - 512), mark);
}

/* Readers accept junk before the header (ISO 32000-1 annex H.3.4.1); then only an object
 * tells a document from a text about one. */
static bool is_pdf(str bytes)
{
	str window = str_sub(bytes, 0, PDF_WINDOW);
	size_t at = str_find(window, STR("%PDF-"));

	if (at == STR_NONE && str_find(window, STR("%!PS-Adobe-")) != STR_NONE)
		at = str_find(window, STR(" PDF-")); /* its other form */
	return at == 0 || (at != STR_NONE && str_find(bytes, STR("endobj")) != STR_NONE);
}

/* Word looks for the beginning behind some junk as well; a text about RTF has no object. */
static bool is_rtf(str bytes)
{
	size_t at = str_find(str_sub(bytes, 0, 512), STR("{\\rt"));

	if (at == STR_NONE || at == 0)
		return at == 0;
	return str_find(bytes, STR("\\obj")) != STR_NONE ||
	       str_find(bytes, STR("\\template")) != STR_NONE ||
	       str_find(bytes, STR("\\fldinst")) != STR_NONE;
}

/* A workbook of Excel 2 to 4: the first record, its length, then the kind of sheet. */
static bool is_biff(str b)
{
	return b.n > 8 && b.p[0] == 9 && memchr("\0\2\4\10", b.p[1], 4) &&
	       (b.p[2] == 4 || b.p[2] == 6 || b.p[2] == 8) && b.p[3] == 0 && b.p[5] <= 6;
}

/* A text table is worth a type when a cell asks a program. */
static bool has_dde_cell(str b)
{
	if (!looks_like_text(b) || str_chr(b, '|') == STR_NONE)
		return false;
	if (fieldcode_is_dde_formula(b))
		return true;
	for (size_t i = 0; i + 1 < b.n; i++) {
		if ((b.p[i] == ',' || b.p[i] == ';' || b.p[i] == '\t' || b.p[i] == '\n') &&
		    fieldcode_is_dde_formula(str_skip(b, i + 1)))
			return true;
	}
	return false;
}

/* Signatures that are too short, or too common, to be believed alone. */
static struct magic special(str b)
{
	if (str_starts(b, STR("MZ")) && !looks_like_text(b))
		return make(STR("application/vnd.microsoft.portable-executable"), MAGIC_PROGRAM);
	if (str_starts(b, STR("PK\3\4")) || str_starts(b, STR("PK\5\6")) ||
	    str_starts(b, STR("PK00PK\3\4")))
		return magic_zip_detect(b);
	if (str_starts(b, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
		return magic_ole_detect(b);
	if (str_starts(b, STR("\xca\xfe\xba\xbe")))
		return cafebabe(b);
	if (str_starts(b, STR("%FDF-")))
		return make(STR("application/vnd.fdf"), MAGIC_PDF);
	if (is_pdf(b))
		return make(STR("application/pdf"), MAGIC_PDF);
	if (is_rtf(b))
		return make(STR("application/rtf"), MAGIC_OFFICE);
	if (is_biff(b))
		return make(STR("application/x-biff"), MAGIC_OFFICE);
	if (is_flash(b))
		return make(STR("application/vnd.adobe.flash.movie"), MAGIC_PROGRAM);
	if (is_lha(b))
		return make(STR("application/x-lzh-compressed"), MAGIC_ARCHIVE);
	if (is_binary_cpio(b))
		return make(STR("application/x-cpio"), MAGIC_ARCHIVE);
	if (is_apple_image(b))
		return make(STR("application/x-apple-diskimage"), MAGIC_ARCHIVE);
	if (is_arj(b))
		return make(STR("application/x-arj"), MAGIC_ARCHIVE);
	if (is_lzma(b))
		return make(STR("application/x-lzma"), MAGIC_COMPRESSED);
	if (is_disk(b))
		return make(STR("application/x-raw-disk"), MAGIC_ARCHIVE);
	if (has_disk_trailer(b, STR("conectix")))
		return make(STR("application/x-vhd-disk"), MAGIC_ARCHIVE);
	if (has_disk_trailer(b, STR("koly")))
		return make(STR("application/x-apple-diskimage"), MAGIC_ARCHIVE);
	if (is_old_tar(b))
		return make(STR("application/x-tar"), MAGIC_ARCHIVE);
	if (str_starts(b, STR("RIFF")) && at_offset(b, 8, STR("WEBP")))
		return make(STR("image/webp"), MAGIC_IMAGE);
	if (str_starts(b, STR("RIFF")) && !looks_like_text(b))
		return make(STR("audio/vnd.wave"), MAGIC_MEDIA);
	if (str_starts(b, STR("BM")) && at_offset(b, 6, STR("\0\0\0\0")))
		return make(STR("image/bmp"), MAGIC_IMAGE);
	if (at_offset(b, 4, STR("ftyp")) && !looks_like_text(b))
		return by_brand(b);
	if (str_starts(b, STR("\xff\xfb")) || str_starts(b, STR("\xff\xf3")))
		return make(STR("audio/mpeg"), MAGIC_MEDIA);
	return make(STR(""), MAGIC_UNKNOWN);
}

/* Text types: the first sign of markup behind white space and a byte order mark. */
static struct magic markup(str b)
{
	char window[MAGIC_TEXT_WINDOW];
	static const struct {
		str start;
		str type;
		enum magic_family family;
	} starts[] = {
		{ STR("<!doctype html"), STR("text/html"), MAGIC_MARKUP },
		{ STR("<html"), STR("text/html"), MAGIC_MARKUP },
		{ STR("<head"), STR("text/html"), MAGIC_MARKUP },
		{ STR("<body"), STR("text/html"), MAGIC_MARKUP },
		{ STR("<script"), STR("text/html"), MAGIC_MARKUP },
		{ STR("<svg"), STR("image/svg+xml"), MAGIC_MARKUP },
		{ STR("BEGIN:VCALENDAR"), STR("text/calendar"), MAGIC_DATA },
		{ STR("BEGIN:VCARD"), STR("text/vcard"), MAGIC_DATA },
	};

	b = str_trim(str_of(window, script_narrow(b, window, sizeof(window))));
	for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
		if (str_casestarts(b, starts[i].start))
			return make(starts[i].type, starts[i].family);
	}
	if (str_casestarts(b, STR("<!doctype")) || str_casestarts(b, STR("<soap")))
		return make(STR("application/xml"), MAGIC_MARKUP);
	if (!str_casestarts(b, STR("<?xml")))
		return make(STR(""), MAGIC_UNKNOWN);
	if (str_casefind(b, STR("<svg")) != STR_NONE)
		return make(STR("image/svg+xml"), MAGIC_MARKUP);
	if (str_casefind(b, STR("<html")) != STR_NONE)
		return make(STR("text/html"), MAGIC_MARKUP);
	return make(STR("application/xml"), MAGIC_MARKUP);
}

static struct magic first_bytes(str bytes)
{
	struct magic m = special(bytes);
	str type;

	if (m.family != MAGIC_UNKNOWN)
		return m;
	for (size_t i = 0; i < ARRAY_LEN(signatures); i++) {
		if (at_offset(bytes, signatures[i].offset, signatures[i].bytes))
			return make(signatures[i].type, signatures[i].family);
	}
	if (!looks_like_text(bytes) && !is_wide(bytes))
		return make(STR(""), MAGIC_UNKNOWN);
	type = script_signature(bytes);
	m = type.n ? make(type, MAGIC_SCRIPT) : markup(bytes);
	return m.family == MAGIC_UNKNOWN && has_dde_cell(bytes) ? make(STR("text/csv"), MAGIC_DATA)
								: m;
}

struct magic magic_detect(str bytes)
{
	struct magic m = first_bytes(bytes);

	if (m.family == MAGIC_UNKNOWN && cms_begins(bytes))
		return make(STR("application/pkcs7-mime"), MAGIC_DATA);
	/* Old documents keep their theme as a zip file, in one of their streams. */
	if (!(m.notes & MAGIC_IS_ZIP) && magic_zip_is_appended(bytes, m.notes & MAGIC_IS_OLE))
		m.notes |= MAGIC_HAS_APPENDED;
	if (m.family != MAGIC_PDF && is_pdf(bytes))
		m.notes |= MAGIC_IS_PDF_TOO;
	return m;
}

struct magic magic_detect_text(str bytes)
{
	return looks_like_text(bytes) || is_wide(bytes) ? markup(bytes) : magic_detect(bytes);
}

struct magic magic_detect_script(str bytes)
{
	str type = is_wide(bytes) || looks_like_text(bytes) ? script_language(bytes) : STR("");

	return make(type, type.n ? MAGIC_SCRIPT : MAGIC_UNKNOWN);
}

bool magic_is_neutral(str declared)
{
	static const str neutral[] = {
		STR("application/octet-stream"),   STR("application/binary"),
		STR("binary/octet-stream"),	   STR("application/x-download"),
		STR("application/force-download"), STR("application/x-unknown"),
		STR("application/octetstream"),	   STR("application/download"),
		STR("application/unknown"),	   STR("application/x-octet-stream"),
	};

	for (size_t i = 0; i < ARRAY_LEN(neutral); i++) {
		if (str_eq(declared, neutral[i]))
			return true;
	}
	return false;
}

enum magic_family magic_family_of(str declared)
{
	static const struct {
		str start;
		enum magic_family family;
	} families[] = {
		{ STR("image/svg"), MAGIC_MARKUP },
		{ STR("image/"), MAGIC_IMAGE },
		{ STR("audio/"), MAGIC_MEDIA },
		{ STR("video/"), MAGIC_MEDIA },
		{ STR("text/html"), MAGIC_MARKUP },
		{ STR("text/xml"), MAGIC_MARKUP },
		{ STR("application/xml"), MAGIC_MARKUP },
		{ STR("application/xhtml"), MAGIC_MARKUP },
		{ STR("text/rtf"), MAGIC_OFFICE },
		{ STR("application/rtf"), MAGIC_OFFICE },
		{ STR("application/pdf"), MAGIC_PDF },
		{ STR("application/x-pdf"), MAGIC_PDF },
		{ STR("application/msword"), MAGIC_OFFICE },
		{ STR("application/msexcel"), MAGIC_OFFICE },
		{ STR("application/mspowerpoint"), MAGIC_OFFICE },
		{ STR("application/vnd.ms-cab"), MAGIC_ARCHIVE },
		{ STR("application/vnd.ms-htmlhelp"), MAGIC_PROGRAM },
		{ STR("application/vnd.ms-"), MAGIC_OFFICE },
		{ STR("application/vnd.openxmlformats-"), MAGIC_OFFICE },
		{ STR("application/vnd.oasis.opendocument."), MAGIC_OFFICE },
		{ STR("application/epub"), MAGIC_OFFICE },
		{ STR("application/onenote"), MAGIC_OFFICE },
		{ STR("application/zip"), MAGIC_ARCHIVE },
		{ STR("application/x-zip"), MAGIC_ARCHIVE },
		{ STR("application/vnd.rar"), MAGIC_ARCHIVE },
		{ STR("application/x-rar"), MAGIC_ARCHIVE },
		{ STR("application/x-7z"), MAGIC_ARCHIVE },
		{ STR("application/x-tar"), MAGIC_ARCHIVE },
		{ STR("application/x-compressed"), MAGIC_ARCHIVE },
		{ STR("application/x-ace"), MAGIC_ARCHIVE },
		{ STR("application/x-iso9660"), MAGIC_ARCHIVE },
		{ STR("application/gzip"), MAGIC_COMPRESSED },
		{ STR("application/x-gzip"), MAGIC_COMPRESSED },
		{ STR("application/x-xz"), MAGIC_COMPRESSED },
		{ STR("application/x-bzip"), MAGIC_COMPRESSED },
		{ STR("application/zstd"), MAGIC_COMPRESSED },
		{ STR("application/x-msdownload"), MAGIC_PROGRAM },
		{ STR("application/x-dosexec"), MAGIC_PROGRAM },
		{ STR("application/vnd.microsoft.portable-executable"), MAGIC_PROGRAM },
		{ STR("application/x-executable"), MAGIC_PROGRAM },
		{ STR("application/x-elf"), MAGIC_PROGRAM },
		{ STR("application/x-msi"), MAGIC_PROGRAM },
		{ STR("application/java"), MAGIC_PROGRAM },
	};

	for (size_t i = 0; i < ARRAY_LEN(families); i++) {
		if (str_starts(declared, families[i].start))
			return families[i].family;
	}
	return MAGIC_UNKNOWN;
}
