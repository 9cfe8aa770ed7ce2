#include "inspect/inspect_private.h"

/* A format that is opened: by its true type, or by its family when type is empty. */
struct format {
	str type;
	enum magic_family family; /* MAGIC_UNKNOWN: type or notes decide */
	uint32_t notes;		  /* or one of these (enum magic_notes) */
	inspect_open_fn *open;
};

/* All rows that fit are opened, in this order; rows of one function stand together. */
static const struct format formats[] = {
	{ STR(""), MAGIC_ARCHIVE, MAGIC_IS_ZIP | MAGIC_HAS_APPENDED, inspect_archive_open },
	{ STR(""), MAGIC_COMPRESSED, 0, inspect_archive_open },
	{ STR("application/applefile"), MAGIC_UNKNOWN, 0, inspect_apple_open },
	{ STR("application/pkcs7-mime"), MAGIC_UNKNOWN, 0, inspect_cms_open },
	{ STR(""), MAGIC_IMAGE, 0, inspect_image_open },
	{ STR("application/vnd.ms-tnef"), MAGIC_UNKNOWN, 0, inspect_tnef_open },
	{ STR("text/html"), MAGIC_UNKNOWN, 0, inspect_html_open },
	{ STR("image/svg+xml"), MAGIC_UNKNOWN, 0, inspect_html_open },
	{ STR("application/hta"), MAGIC_UNKNOWN, 0, inspect_html_open },
	{ STR(""), MAGIC_UNKNOWN, MAGIC_IS_OLE, inspect_ole_open },
	{ STR("application/xml"), MAGIC_UNKNOWN, 0, inspect_ooxml_open },
	{ STR("application/rtf"), MAGIC_UNKNOWN, 0, inspect_rtf_open },
	{ STR("application/onenote"), MAGIC_UNKNOWN, 0, inspect_onenote_open },
	{ STR("application/x-biff"), MAGIC_UNKNOWN, 0, inspect_biff_open },
	{ STR("application/x-mso"), MAGIC_UNKNOWN, 0, inspect_mso_open },
	{ STR("application/x-sylk"), MAGIC_UNKNOWN, 0, inspect_table_open },
	{ STR("text/csv"), MAGIC_UNKNOWN, 0, inspect_table_open },
	{ STR(""), MAGIC_PDF, 0, inspect_pdf_open },
	{ STR(""), MAGIC_PDF, MAGIC_IS_PDF_TOO, inspect_pdf_open },
	{ STR(""), MAGIC_SCRIPT, 0, inspect_script_open },
	{ STR("application/x-ms-shortcut"), MAGIC_UNKNOWN, 0, inspect_lnk_open },
	{ STR("application/xml"), MAGIC_UNKNOWN, 0, inspect_xml_open },
	{ STR("image/svg+xml"), MAGIC_UNKNOWN, 0, inspect_xml_open },
	{ STR("text/calendar"), MAGIC_UNKNOWN, 0, inspect_calendar_open },
	{ STR("text/vcard"), MAGIC_UNKNOWN, 0, inspect_calendar_open },
};

static bool fits(const struct format *f, struct magic m)
{
	if (f->type.n)
		return str_eq(f->type, m.type);
	return (f->family != MAGIC_UNKNOWN && f->family == m.family) || (f->notes & m.notes);
}

bool inspect_format_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth)
{
	inspect_open_fn *last = NULL;

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		if (!fits(&formats[i], m) || formats[i].open == last)
			continue;
		last = formats[i].open;
		last(w, index, bytes, m, depth);
	}
	return last != NULL;
}
