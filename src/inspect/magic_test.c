#include "base/exact.h"
#include "inspect/magic.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void types_are_told_by_content(void **state)
{
	static const struct {
		str in, type;
		enum magic_family family;
	} cases[] = {
		{ STR(""), STR(""), MAGIC_UNKNOWN },
		{ STR("hello"), STR(""), MAGIC_UNKNOWN },
		{ STR("MZ\x90\0"), STR("application/vnd.microsoft.portable-executable"),
		  MAGIC_PROGRAM },
		{ STR("MZ"), STR(""), MAGIC_UNKNOWN },
		{ STR("\x7f"
		      "ELF"),
		  STR("application/x-elf"), MAGIC_PROGRAM },
		{ STR("\xca\xfe\xba\xbe\0\0\0\x02"), STR("application/x-mach-binary"),
		  MAGIC_PROGRAM },
		{ STR("\xca\xfe\xba\xbe\0\0\0\x34"), STR("application/java-vm"), MAGIC_PROGRAM },
		{ STR("\x4c\0\0\0\x01\x14\x02\0"), STR("application/x-ms-shortcut"),
		  MAGIC_PROGRAM },
		{ STR("PK\5\6"), STR("application/zip"), MAGIC_ARCHIVE },
		{ STR("%PDF-1.4"), STR("application/pdf"), MAGIC_PDF },
		{ STR("junk %PDF-1.4"), STR(""), MAGIC_UNKNOWN },
		{ STR("junk %PDF-1.4 endobj"), STR("application/pdf"), MAGIC_PDF },
		{ STR("%FDF-1.2"), STR("application/vnd.fdf"), MAGIC_PDF },
		{ STR("OTTO\0"), STR("font/otf"), MAGIC_DATA },
		{ STR("?_\3\0"), STR("application/winhlp"), MAGIC_PROGRAM },
		{ STR("\2\0\0\0\0\0\0\0sdbf"), STR("application/x-ms-shim-database"),
		  MAGIC_PROGRAM },
		{ STR("KDMV"), STR("application/x-vmdk-disk"), MAGIC_ARCHIVE },
		{ STR("BEGIN:VCALENDAR\r\n"), STR("text/calendar"), MAGIC_DATA },
		{ STR("<!DOCTYPE a []><a/>"), STR("application/xml"), MAGIC_MARKUP },
		{ STR("<\0?\0x\0m\0l\0 \0?\0>\0<\0a\0/\0>\0"), STR("application/xml"),
		  MAGIC_MARKUP },
		{ STR("{\\rtf1"), STR("application/rtf"), MAGIC_OFFICE },
		{ STR("?? {\\rtf1{\\object}"), STR("application/rtf"), MAGIC_OFFICE },
		{ STR("?? {\\rtf1}"), STR(""), MAGIC_UNKNOWN },
		{ STR("ID;PWXL;N;E"), STR("application/x-sylk"), MAGIC_OFFICE },
		{ STR("ActiveMime\0\0"), STR("application/x-mso"), MAGIC_OFFICE },
		{ STR("\x09\4\6\0\0\4\x40\0\0\0"), STR("application/x-biff"), MAGIC_OFFICE },
		{ STR("a;b\n1;=cmd|' /C calc'!A0\n"), STR("text/csv"), MAGIC_DATA },
		{ STR("a;b\n1;= cmd | calc!\n"), STR(""), MAGIC_UNKNOWN },
		{ STR("Rar!\x1a\x07\x01\0"), STR("application/vnd.rar"), MAGIC_ARCHIVE },
		{ STR("\x1f\x8b\x08"), STR("application/gzip"), MAGIC_COMPRESSED },
		{ STR("\x89PNG\r\n\x1a\n"), STR("image/png"), MAGIC_IMAGE },
		{ STR("\0\0\0\x18"
		      "ftypheic"),
		  STR("image/heif"), MAGIC_IMAGE },
		{ STR("\0\0\0\x18"
		      "ftypavif"),
		  STR("image/avif"), MAGIC_IMAGE },
		{ STR("\0\0\0\x18"
		      "ftypisom"),
		  STR("video/mp4"), MAGIC_MEDIA },
		{ STR("RIFF\0\0\0\0WEBP"), STR("image/webp"), MAGIC_IMAGE },
		{ STR("\xef\xbb\xbf <!DOCTYPE HTML>"), STR("text/html"), MAGIC_MARKUP },
		{ STR("<?xml version=\"1.0\"?><a/>"), STR("application/xml"), MAGIC_MARKUP },
		{ STR("<?xml version=\"1.0\"?>\n<svg>"), STR("image/svg+xml"), MAGIC_MARKUP },
		{ STR("#!/bin/sh\n"), STR("application/x-shellscript"), MAGIC_SCRIPT },
		{ STR("xx-lh5-x"), STR("application/x-lzh-compressed"), MAGIC_ARCHIVE },
		{ STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), STR("application/x-ole-storage"),
		  MAGIC_OFFICE },
		{ STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
		      "B\0o\0o\0k\0W\0o\0r\0k\0b\0o\0o\0k\0"),
		  STR("application/vnd.ms-excel"), MAGIC_OFFICE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cleanup(exact_freep) str in = exact_copy(cases[i].in);
		struct magic m = magic_detect(in);

		if (!str_eq(m.type, cases[i].type))
			print_error("case %zu: %.*s\n", i, STR_ARG(m.type));
		assert_true(str_eq(m.type, cases[i].type));
		assert_int_equal(m.family, cases[i].family);
	}
}

static void a_disk_image_is_told_far_from_its_start(void **state)
{
	char *image = calloc(1, 32774);
	struct magic m;

	(void)state;
	memcpy(image + 32769, "CD001", 5);
	m = magic_detect(str_of(image, 32774));
	assert_true(str_eq(m.type, STR("application/x-iso9660-image")));
	m = magic_detect(str_of(image, 32773));
	assert_int_equal(m.family, MAGIC_UNKNOWN);
	free(image);
}

static void disks_of_virtual_machines_are_told_by_both_ends(void **state)
{
	char disk[2048] = { 0 };

	(void)state;
	memcpy(disk + 510, "\x55\xaa", 2);
	assert_int_equal(magic_detect(str_of(disk, 2048)).family, MAGIC_UNKNOWN);
	memcpy(disk + 54, "FAT16   ", 8);
	assert_true(str_eq(magic_detect(str_of(disk, 2048)).type, STR("application/x-raw-disk")));
	memset(disk, 0, sizeof(disk));
	memcpy(disk + 1536, "conectix", 8);
	assert_true(str_eq(magic_detect(str_of(disk, 2048)).type, STR("application/x-vhd-disk")));
}

static void a_file_that_is_a_document_too_is_noted(void **state)
{
	(void)state;
	assert_int_equal(magic_detect(STR("GIF89a %PDF-1.4 endobj")).family, MAGIC_PDF);
	assert_int_equal(magic_detect(STR("PK\3\4 %PDF-1.4 endobj")).notes & MAGIC_IS_PDF_TOO,
			 MAGIC_IS_PDF_TOO);
	assert_int_equal(magic_detect(STR("PK\3\4 %PDF-1.4")).notes & MAGIC_IS_PDF_TOO, 0);
}

static void old_archives_are_told_by_their_headers(void **state)
{
	char tar[512] = "a.txt";

	(void)state;
	memset(tar + 148, ' ', 8);
	/* "a.txt" and eight blanks */
	memcpy(tar + 148, "001357", 6);
	assert_true(str_eq(magic_detect(str_of(tar, 512)).type, STR("application/x-tar")));
	assert_int_equal(magic_detect(str_of(tar, 511)).family, MAGIC_UNKNOWN);
	tar[1] = 'x';
	assert_int_equal(magic_detect(str_of(tar, 512)).family, MAGIC_UNKNOWN);
	assert_int_equal(magic_detect(STR("\x60\xea\x22\0\x1ex")).family, MAGIC_ARCHIVE);
	assert_int_equal(magic_detect(STR("\x60\xea\xff\xff\x1ex")).family, MAGIC_UNKNOWN);
	assert_int_equal(magic_detect(STR("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff")).family,
			 MAGIC_COMPRESSED);
}

static void notes_tell_of_macros_and_passwords(void **state)
{
	static const str word = STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
				    "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"
				    "_\0V\0B\0A\0_\0P\0R\0O\0J\0E\0C\0T\0");
	static const str locked = STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
				      "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0");

	(void)state;
	assert_true(str_eq(magic_detect(word).type, STR("application/msword")));
	assert_int_equal(magic_detect(word).notes, MAGIC_IS_OLE | MAGIC_HAS_MACROS);
	assert_int_equal(magic_detect(locked).notes, MAGIC_IS_OLE | MAGIC_IS_ENCRYPTED);
}

static void scripts_are_told_by_their_words(void **state)
{
	(void)state;
	assert_int_equal(magic_detect_script(STR("var s = new ActiveXObject(\"x\")")).family,
			 MAGIC_SCRIPT);
	assert_int_equal(magic_detect_script(STR("@ECHO OFF\r\ndel *")).family, MAGIC_SCRIPT);
	assert_int_equal(magic_detect_script(STR("bonjour")).family, MAGIC_UNKNOWN);
	assert_int_equal(magic_detect_script(STR("\0WScript.")).family, MAGIC_UNKNOWN);
	assert_true(magic_is_neutral(STR("application/octet-stream")));
	assert_false(magic_is_neutral(STR("image/png")));
	assert_int_equal(magic_family_of(STR("image/svg+xml")), MAGIC_MARKUP);
	assert_int_equal(magic_family_of(STR("image/png")), MAGIC_IMAGE);
	assert_int_equal(magic_family_of(STR("x/y")), MAGIC_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_told_by_content),
		cmocka_unit_test(a_disk_image_is_told_far_from_its_start),
		cmocka_unit_test(disks_of_virtual_machines_are_told_by_both_ends),
		cmocka_unit_test(a_file_that_is_a_document_too_is_noted),
		cmocka_unit_test(old_archives_are_told_by_their_headers),
		cmocka_unit_test(notes_tell_of_macros_and_passwords),
		cmocka_unit_test(scripts_are_told_by_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
