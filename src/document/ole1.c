#include "document/ole1.h"

#include "base/reader.h"

enum {
	LINKED = 1,
	EMBEDDED = 2,
	NAME_MAX_BYTES = 4096,
	ONE_PACKAGED_FILE = 2,
	IS_LINKED = 1,
	IS_EMBEDDED = 3
};

/* Up to a NUL. */
static str zero_ended(struct reader *r)
{
	str rest = str_skip(r->in, r->at);
	size_t n = r->bad ? STR_NONE : str_chr(rest, '\0');
	str s;

	if (n == STR_NONE || n > NAME_MAX_BYTES) {
		r->bad = true;
		return STR("");
	}
	s = reader_bytes(r, n);
	reader_skip(r, 1);
	return s;
}

/* A length that counts the NUL, then the bytes. */
static str counted(struct reader *r)
{
	str s = reader_lstr(r, NAME_MAX_BYTES);

	return str_sub(s, 0, str_chr(s, '\0'));
}

bool ole1_read(str in, struct ole1 *ret)
{
	struct reader r = reader_make(in);
	uint32_t format;
	size_t n;

	reader_skip(&r, 4); /* a version that nobody checks */
	format = reader_u32le(&r);
	if (r.bad || (format != LINKED && format != EMBEDDED))
		return false;
	ret->linked = format == LINKED;
	ret->class_name = counted(&r);
	ret->topic = counted(&r);
	(void)counted(&r);
	if (r.bad)
		return false;
	if (ret->linked) {
		ret->data = STR("");
		return true;
	}
	n = reader_u32le(&r);
	ret->data = reader_bytes(&r, n < reader_left(&r) ? n : reader_left(&r));
	return !r.bad;
}

bool ole1_package_read(str data, struct ole1_package *ret)
{
	struct reader r = reader_make(data);
	uint32_t kind;
	size_t n;

	if (reader_u16le(&r) != ONE_PACKAGED_FILE)
		return false;
	ret->label = zero_ended(&r);
	ret->path = zero_ended(&r);
	reader_skip(&r, 2);
	kind = reader_u16le(&r);
	if (r.bad || (kind != IS_EMBEDDED && kind != IS_LINKED))
		return false;
	ret->linked = kind == IS_LINKED;
	ret->data = STR("");
	if (ret->linked)
		return true;
	(void)reader_lstr(&r, NAME_MAX_BYTES); /* a path for the copy */
	n = reader_u32le(&r);
	ret->data = reader_bytes(&r, n < reader_left(&r) ? n : reader_left(&r));
	return !r.bad;
}

bool ole1_native_read(str stream, str *ret_data)
{
	struct reader r = reader_make(stream);
	size_t n = reader_u32le(&r);

	*ret_data = reader_bytes(&r, n < reader_left(&r) ? n : reader_left(&r));
	return !r.bad;
}

/* A class identifier in its stored order: four bytes, two, two, then eight. */
#define CLASS(a, b, c, rest)                                                                       \
	{                                                                                          \
		(a) & 0xff, (a) >> 8 & 0xff, (a) >> 16 & 0xff, (a) >> 24 & 0xff, (b)&0xff,         \
			(b) >> 8 & 0xff, (c)&0xff, (c) >> 8 & 0xff, rest                           \
	}
#define OLE_REST 0xc0, 0, 0, 0, 0, 0, 0, 0x46

static const struct {
	uint8_t id[16];
	enum ole1_kind kind;
} classes[] = {
	{ CLASS(0x0002ce02u, 0, 0, OLE_REST), OLE1_EQUATION },	    /* Equation.3 */
	{ CLASS(0x0002ce03u, 0, 0, OLE_REST), OLE1_EQUATION },	    /* MathType */
	{ CLASS(0x00021700u, 0, 0, OLE_REST), OLE1_EQUATION },	    /* Equation.2 */
	{ CLASS(0x00000300u, 0, 0, OLE_REST), OLE1_MONIKER },	    /* StdOleLink */
	{ CLASS(0x79eac9e0u, 0xbaf9, 0x11ce, 0x8c), OLE1_MONIKER }, /* URL */
	{ CLASS(0x79eac9d1u, 0xbaf9, 0x11ce, 0x8c), OLE1_MONIKER },
	{ CLASS(0xecabb0c7u, 0x7f19, 0x11d2, 0x97), OLE1_MONIKER }, /* SOAP */
	{ CLASS(0x06290bd3u, 0x48aa, 0x11d2, 0x84), OLE1_SCRIPT },  /* scriptlet */
	{ CLASS(0x3050f4d8u, 0x98b5, 0x11cf, 0xbb), OLE1_SCRIPT },  /* HTML application */
	{ CLASS(0x25336920u, 0x03f9, 0x11cf, 0x8f), OLE1_SCRIPT },  /* HTML document */
	{ CLASS(0x25336921u, 0x03f9, 0x11cf, 0x8f), OLE1_SCRIPT },
	{ CLASS(0xd27cdb6eu, 0xae6d, 0x11cf, 0x96), OLE1_SCRIPT }, /* Flash */
	{ CLASS(0xd27cdb70u, 0xae6d, 0x11cf, 0x96), OLE1_SCRIPT },
	{ CLASS(0x8856f961u, 0x340a, 0x11d0, 0xa9), OLE1_SCRIPT },  /* web browser */
	{ CLASS(0xf414c260u, 0x6ac0, 0x11cf, 0xb6), OLE1_SCRIPT },  /* JScript */
	{ CLASS(0xb54f3741u, 0x5b07, 0x11cf, 0xa4), OLE1_SCRIPT },  /* VBScript */
	{ CLASS(0xbdd1f04bu, 0x858b, 0x11d1, 0xb1), OLE1_CONTROL }, /* ListView */
	{ CLASS(0x996bf5e0u, 0x8044, 0x4650, 0xad), OLE1_CONTROL },
	{ CLASS(0xc74190b6u, 0x8589, 0x11d1, 0xb1), OLE1_CONTROL }, /* TreeView */
	{ CLASS(0x9181dc5fu, 0xe07d, 0x418a, 0xac), OLE1_CONTROL },
	{ CLASS(0x1efb6596u, 0x857c, 0x11d1, 0xb1), OLE1_CONTROL }, /* TabStrip */
	{ CLASS(0x53230322u, 0x172b, 0x11d0, 0xad), OLE1_CONTROL }, /* Office data source */
};

/* The first nine bytes tell them all apart. */
enum ole1_kind ole1_kind_of_class(str class_id)
{
	for (size_t i = 0; class_id.n == 16 && i < ARRAY_LEN(classes); i++) {
		if (memcmp(class_id.p, classes[i].id, 9) == 0)
			return classes[i].kind;
	}
	return OLE1_OTHER;
}

enum ole1_kind ole1_kind_of_name(str program)
{
	static const struct {
		str start;
		enum ole1_kind kind;
	} names[] = {
		{ STR("Equation"), OLE1_EQUATION },	{ STR("OLE2Link"), OLE1_MONIKER },
		{ STR("StdOleLink"), OLE1_MONIKER },	{ STR("htmlfile"), OLE1_SCRIPT },
		{ STR("htafile"), OLE1_SCRIPT },	{ STR("scriptletfile"), OLE1_SCRIPT },
		{ STR("script"), OLE1_SCRIPT },		{ STR("ShockwaveFlash"), OLE1_SCRIPT },
		{ STR("Shell.Explorer"), OLE1_SCRIPT }, { STR("MSCOMCTL"), OLE1_CONTROL },
		{ STR("otkloadr"), OLE1_CONTROL },
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_casestarts(program, names[i].start))
			return names[i].kind;
	}
	return OLE1_OTHER;
}
