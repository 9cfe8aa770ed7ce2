#include "inspect/magic_ole.h"

enum { NAME_MAX_UNITS = 32 }; /* MS-CFB 2.6.1 */

static bool has_stream(str bytes, const char *name)
{
	char utf16[NAME_MAX_UNITS * 2] = { 0 };
	size_t n = strlen(name);

	for (size_t i = 0; i < n; i++)
		utf16[2 * i] = name[i];
	return str_find(bytes, str_of(utf16, 2 * n)) != STR_NONE;
}

struct magic magic_ole_detect(str bytes)
{
	/* The classes of Windows Installer packages, patches and transforms differ in their
	 * first byte, in the root entry. */
	static const char installer[] = { 0x10, 0x0c, 0x00, 0x00, 0x00, 0x00, 0x00, (char)0xc0,
					  0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x46 };
	static const struct {
		const char *stream;
		str type;
	} streams[] = {
		{ "WordDocument", STR("application/msword") },
		{ "Workbook", STR("application/vnd.ms-excel") },
		{ "Book", STR("application/vnd.ms-excel") },
		{ "PowerPoint Document", STR("application/vnd.ms-powerpoint") },
		{ "VisioDocument", STR("application/vnd.visio") },
		{ "__substg1.0_", STR("application/vnd.ms-outlook") },
	};
	uint32_t notes = MAGIC_IS_OLE | (has_stream(bytes, "_VBA_PROJECT") ? MAGIC_HAS_MACROS : 0);

	if (str_find(bytes, str_of(installer, sizeof(installer))) != STR_NONE)
		return (struct magic){ STR("application/x-msi"), MAGIC_PROGRAM, MAGIC_IS_OLE };
	if (has_stream(bytes, "EncryptedPackage"))
		return (struct magic){ STR("application/x-ole-storage"), MAGIC_OFFICE,
				       notes | MAGIC_IS_ENCRYPTED };
	for (size_t i = 0; i < ARRAY_LEN(streams); i++) {
		if (has_stream(bytes, streams[i].stream))
			return (struct magic){ streams[i].type, MAGIC_OFFICE, notes };
	}
	return (struct magic){ STR("application/x-ole-storage"), MAGIC_OFFICE, notes };
}
