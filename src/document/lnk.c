#include "document/lnk.h"

#include "base/reader.h"
#include "base/strbuf.h"

enum {
	HEADER_SIZE = 0x4c,
	HAS_ID_LIST = 1 << 0,
	HAS_LINK_INFO = 1 << 1,
	HAS_NAME = 1 << 2,
	HAS_RELATIVE_PATH = 1 << 3,
	HAS_WORKING_DIR = 1 << 4,
	HAS_ARGUMENTS = 1 << 5,
	HAS_ICON = 1 << 6,
	IS_UNICODE = 1 << 7,
	BLOCKS_MAX = 100,
	BLOCK_MIN = 4,
	ENVIRONMENT_BLOCK = 0xa0000001,
	ENVIRONMENT_SIZE = 0x314,
};
enum link_info_flags { WITH_LOCAL_PATH = 1 << 0, WITH_NETWORK = 1 << 1 };

static str text(struct arena *a, str raw, bool wide)
{
	struct strbuf out = strbuf_make(a, (size_t)LNK_TEXT * 3);
	size_t step = wide ? 2 : 1;

	for (size_t i = 0; i + step <= raw.n && i / step < LNK_TEXT; i += step) {
		uint32_t unit = (unsigned char)raw.p[i];

		if (wide)
			unit |= (uint32_t)(unsigned char)raw.p[i + 1] << 8;
		if (!unit)
			break;
		strbuf_utf8(&out, unit);
	}
	return strbuf_str(&out);
}

/* 2.3: offsets are counted from the structure's start. */
static void read_link_info(struct arena *a, str info, struct lnk *l)
{
	struct reader r = reader_make(info);
	uint32_t flags, path, network, suffix;

	reader_skip(&r, 8);
	flags = reader_u32le(&r);
	reader_skip(&r, 4);
	path = reader_u32le(&r);
	network = reader_u32le(&r);
	suffix = reader_u32le(&r);
	if (r.bad)
		return;
	if (flags & WITH_LOCAL_PATH && path < info.n)
		l->target = text(a, str_skip(info, path), false);
	if (!(flags & WITH_NETWORK) || network >= info.n)
		return;
	r = reader_make(str_skip(info, network));
	reader_skip(&r, 8);
	path = reader_u32le(&r);
	if (!r.bad && path < r.in.n)
		l->share = text(a, str_skip(r.in, path), false);
	if (l->share.n && suffix < info.n) {
		str rest = text(a, str_skip(info, suffix), false);

		l->target = arena_fmt(a, "%.*s\\%.*s", STR_ARG(l->share), STR_ARG(rest));
	}
}

/* 2.4: a count of characters, then these. */
static str counted(struct arena *a, struct reader *r, bool wide)
{
	size_t n = reader_u16le(r);

	return text(a, reader_bytes(r, wide ? n * 2 : n), wide);
}

/* 2.5: blocks, until one of less than four bytes. */
static void read_extra(struct arena *a, struct reader *r, struct lnk *l)
{
	for (int i = 0; i < BLOCKS_MAX; i++) {
		size_t at = r->at;
		uint32_t size = reader_u32le(r), signature;

		if (r->bad || size < BLOCK_MIN) {
			l->end = r->bad ? r->in.n : r->at;
			return;
		}
		signature = reader_u32le(r);
		if (signature == ENVIRONMENT_BLOCK && size == ENVIRONMENT_SIZE) {
			str ansi = reader_bytes(r, 260), wide = reader_bytes(r, 520);
			str path = text(a, wide, true);

			l->target = path.n ? path : text(a, ansi, false);
		}
		if (r->bad || size > r->in.n - at) {
			l->end = r->in.n;
			return;
		}
		reader_seek(r, at + size);
	}
}

bool lnk_read(struct arena *a, str bytes, struct lnk *ret)
{
	struct reader r = reader_make(bytes);
	uint32_t flags;
	str relative = STR("");
	bool wide;

	*ret = (struct lnk){ STR(""), STR(""), STR(""), STR(""), STR(""), bytes.n };
	if (reader_u32le(&r) != HEADER_SIZE)
		return false;
	reader_skip(&r, 16);
	flags = reader_u32le(&r);
	reader_seek(&r, HEADER_SIZE);
	wide = flags & IS_UNICODE;
	if (flags & HAS_ID_LIST)
		reader_skip(&r, reader_u16le(&r));
	if (flags & HAS_LINK_INFO) {
		size_t at = r.at;
		uint32_t size = reader_u32le(&r);

		reader_seek(&r, at);
		read_link_info(a, reader_bytes(&r, size), ret);
	}
	if (flags & HAS_NAME)
		ret->name = counted(a, &r, wide);
	if (flags & HAS_RELATIVE_PATH)
		relative = counted(a, &r, wide);
	if (flags & HAS_WORKING_DIR)
		(void)counted(a, &r, wide);
	if (flags & HAS_ARGUMENTS)
		ret->arguments = counted(a, &r, wide);
	if (flags & HAS_ICON)
		ret->icon = counted(a, &r, wide);
	read_extra(a, &r, ret);
	if (!ret->target.n)
		ret->target = relative;
	return true;
}
