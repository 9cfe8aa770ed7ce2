/* battery/fixture.h - the inert payloads of the battery: the first bytes of each format, small
 * archives and documents. None of them runs or harms.
 *
 * Memory   in kit->arena.
 */
#ifndef BATTERY_FIXTURE_H
#define BATTERY_FIXTURE_H

#include "battery/kit.h"

str fixture_pe(struct kit *k);
str fixture_dll(struct kit *k);
str fixture_com(struct kit *k);
str fixture_txt(struct kit *k); /* two French sentences, UTF-8 */
/* The EICAR and GTUBE strings, put together from pieces. */
str fixture_eicar(struct kit *k);
str fixture_gtube(struct kit *k);
/* first bytes, then zeros up to size. */
str fixture_padded(struct kit *k, str first, size_t size);
str fixture_lnk(struct kit *k);
str fixture_jar(struct kit *k, bool class_first);
str fixture_ace(struct kit *k, const char *name);
str fixture_arj(struct kit *k, const char *name, str bytes);
str fixture_lzh(struct kit *k, const char *name, str bytes);
str fixture_cab(struct kit *k, const char *name, str bytes);
str fixture_iso(struct kit *k);
str fixture_vhd(struct kit *k);
str fixture_mdb(struct kit *k);

/* fixture_archive.c, by libarchive */
struct fixture_member {
	const char *name;
	str bytes;
};
enum fixture_format {
	FIXTURE_ZIP,
	FIXTURE_ZIP_STORED,
	FIXTURE_7Z,
	FIXTURE_TAR_GZ,
	FIXTURE_TAR_BZ2,
	FIXTURE_GZ
};
str fixture_archive(struct kit *k, enum fixture_format format, const struct fixture_member *members,
		    size_t n);
/* cipher: "zipcrypt" or "aes256" */
str fixture_zip_locked(struct kit *k, const char *cipher, const char *password, const char *name,
		       str bytes);
str fixture_zip1(struct kit *k, const char *name, str bytes);

#endif
