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

/* fixture_ole.c: compound files. Storages and streams are added to a parent, 0 is the root. */
struct fixture_ole;
struct fixture_ole *fixture_ole_start(struct kit *k, str class_id);
int fixture_ole_add(struct fixture_ole *o, int parent, const char *name, bool is_stream, str bytes);
void fixture_ole_vba(struct fixture_ole *o, int parent, str source);
str fixture_ole_end(struct fixture_ole *o);
str fixture_vba_project(struct kit *k, str source);

/* fixture_office.c */
str fixture_doc(struct kit *k, str text, str macro); /* macro empty: none */
str fixture_docx(struct kit *k, const char *main, const char *relations, str macro);
str fixture_xlsx(struct kit *k, const char *sheet_part, const char *sheet, str macro);
str fixture_msg(struct kit *k, const char *name, str attached);
/* A Package object (OLE 1.0), as RTF holds it, and the stream that Office keeps it in. */
str fixture_package(struct kit *k, const char *name, str file);
str fixture_native(struct kit *k, const char *name, str file);
/* A letter with an embedded object. */
str fixture_docx_object(struct kit *k, const char *name, str file);
str fixture_rtf(struct kit *k, const char *start, str object, const char *between);

/* fixture_excel.c */
str fixture_xls(struct kit *k);
str fixture_xls_macro(struct kit *k);
/* Its records alone, with those data of a FILEPASS; empty: none. */
str fixture_xls_stream(struct kit *k, str filepass);
str fixture_xlsb_macro(struct kit *k);
str fixture_ppt_action(struct kit *k);
str fixture_ppt_macro(struct kit *k, str macro);
str fixture_pptm(struct kit *k, str macro);

/* fixture_pdf.c: objects are numbered from 4; catalog adds to the catalogue. */
str fixture_pdf(struct kit *k, const char *catalog, const str *objects, size_t n);
/* The same with more in the page and in the trailer. */
str fixture_pdf_with(struct kit *k, const char *catalog, const char *page, const str *objects,
		     size_t n, const char *trailer);
str fixture_pdf_stream(struct kit *k, const char *dictionary, str bytes);

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
	FIXTURE_GZ,
	FIXTURE_BZ2
};
str fixture_archive(struct kit *k, enum fixture_format format, const struct fixture_member *members,
		    size_t n);
/* cipher: "zipcrypt" or "aes256" */
str fixture_zip_locked(struct kit *k, const char *cipher, const char *password, const char *name,
		       str bytes);
str fixture_zip1(struct kit *k, const char *name, str bytes);

/* fixture_locked.c: behind passwords */
str fixture_office_locked(struct kit *k, str password, str file);
str fixture_xls_locked(struct kit *k);
/* fixture_xls_macro, by the RC4 of Excel 97. */
str fixture_xls_rc4(struct kit *k, str password);
/* password "": it opens without, and may not be changed. */
str fixture_pdf_locked(struct kit *k, const char *password);
str fixture_7z_locked(struct kit *k, str password, const char *name, str file, bool names_too);
str fixture_rar(struct kit *k, const char *name, str file, bool locked);

/* fixture_wrapper.c */
str fixture_tnef(struct kit *k, const char *name, str file);
str fixture_tnef_text(struct kit *k);
str fixture_signed_data(struct kit *k, str inner);

/* fixture_text.c */
str fixture_binhex(struct kit *k, const char *name, str file);
str fixture_yenc(struct kit *k, const char *name, str file);

/* fixture_image.c */
str fixture_png_text(struct kit *k, const char *text);
str fixture_png_qr(struct kit *k, str text);

#endif
