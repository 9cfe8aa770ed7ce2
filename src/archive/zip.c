#include "archive/zip.h"

#include "base/map.h"
#include "base/reader.h"
#include "base/strbuf.h"

#include <stdlib.h>

enum {
	END_SIZE = 22,		/* the end record without its comment (4.3.16) */
	END_WINDOW = 66 * 1024, /* that record and the longest comment */
	END64_SIZE = 56,
	LOCATOR_SIZE = 20,
	LOCAL_SIZE = 30,
	ENTRY_SIZE = 46,
	SIGNATURE_LOCAL = 0x04034b50,
	SIGNATURE_ENTRY = 0x02014b50,
	SIGNATURE_END = 0x06054b50,
	SIGNATURE_END64 = 0x06064b50,
	SIGNATURE_LOCATOR = 0x07064b50,
	EXTRA_ZIP64 = 1,
	FLAG_ENCRYPTED = 1,
	FLAG_DESCRIPTOR = 8, /* sizes stand behind the data */
	NAMES_COMPARED = 5000,
	DOS_FOLDER = 0x10,
	UNIX_TYPE = 0170000,
	UNIX_FOLDER = 0040000,
	UNIX_LINK = 0120000,
	LINK_MAX = 255, /* longer than the targets of honest links */
};

static uint32_t signature_at(str bytes, size_t at)
{
	struct reader r = reader_make(str_skip(bytes, at));

	return reader_u32le(&r);
}

/* Archives above 4 GiB, or written as if they were (4.3.14, 4.3.15). */
static void read_end64(str bytes, size_t end, struct zip *z, uint64_t *size, uint64_t *offset)
{
	struct reader r = reader_make(bytes);
	uint64_t at;

	if (end < LOCATOR_SIZE || signature_at(bytes, end - LOCATOR_SIZE) != SIGNATURE_LOCATOR)
		return;
	reader_seek(&r, end - LOCATOR_SIZE + 8);
	at = reader_u64le(&r);
	/* With bytes in front the record still stands right before its locator. */
	if (at > bytes.n || signature_at(bytes, (size_t)at) != SIGNATURE_END64)
		at = end - LOCATOR_SIZE >= END64_SIZE ? end - LOCATOR_SIZE - END64_SIZE : 0;
	if (signature_at(bytes, (size_t)at) != SIGNATURE_END64)
		return;
	reader_seek(&r, (size_t)at + 32);
	z->members = reader_u64le(&r);
	*size = reader_u64le(&r);
	*offset = reader_u64le(&r);
	z->directory = (size_t)at; /* its end, for place() */
}

/* The directory ends where the end records begin; offsets count from there backwards. */
static bool place(struct zip *z, uint64_t size, uint64_t offset)
{
	size_t end = z->directory;
	bool as_said =
		offset <= z->bytes.n && signature_at(z->bytes, (size_t)offset) == SIGNATURE_ENTRY;

	if (size <= end && (size == 0 || signature_at(z->bytes, end - size) == SIGNATURE_ENTRY)) {
		z->directory = end - (size_t)size;
		z->before = offset <= z->directory ? z->directory - (size_t)offset : 0;
		return true;
	}
	if (!as_said)
		return false;
	z->directory = (size_t)offset;
	z->before = 0;
	return true;
}

static bool read_end(str bytes, size_t at, struct zip *ret)
{
	struct reader r = reader_make(bytes);
	uint64_t size, offset;
	struct zip z = { .bytes = bytes, .directory = at };
	size_t comment;

	reader_seek(&r, at + 10);
	z.members = reader_u16le(&r);
	size = reader_u32le(&r);
	offset = reader_u32le(&r);
	comment = reader_u16le(&r);
	if (r.bad)
		return false;
	z.end = at + END_SIZE + comment < bytes.n ? at + END_SIZE + comment : bytes.n;
	read_end64(bytes, at, &z, &size, &offset);
	if (!place(&z, size, offset))
		return false;
	*ret = z;
	return true;
}

bool zip_open(str bytes, struct zip *ret)
{
	size_t from = bytes.n > END_WINDOW ? bytes.n - END_WINDOW : 0;

	for (size_t at = bytes.n >= END_SIZE ? bytes.n - END_SIZE + 1 : 0; at-- > from;) {
		if (bytes.p[at] == 'P' && signature_at(bytes, at) == SIGNATURE_END &&
		    read_end(bytes, at, ret))
			return true;
	}
	return false;
}

/* What does not fit 32 bits stands in an extra field, only what is missing (4.5.3). */
static void read_extra64(str extra, struct zip_member *m, uint64_t *offset)
{
	struct reader r = reader_make(extra);

	while (reader_left(&r) >= 4) {
		uint16_t id = reader_u16le(&r);
		struct reader field = reader_make(reader_bytes(&r, reader_u16le(&r)));

		if (id != EXTRA_ZIP64)
			continue;
		if (m->size == UINT32_MAX)
			m->size = reader_u64le(&field);
		if (m->packed == UINT32_MAX)
			m->packed = reader_u64le(&field);
		if (*offset == UINT32_MAX)
			*offset = reader_u64le(&field);
		return;
	}
}

bool zip_next(const struct zip *z, size_t *at, struct zip_member *ret)
{
	struct reader r = reader_make(z->bytes);
	size_t name_n, extra_n, comment_n;
	uint64_t offset;

	reader_seek(&r, *at ? *at : z->directory);
	if (reader_u32le(&r) != SIGNATURE_ENTRY)
		return false;
	reader_skip(&r, 4);
	ret->flags = reader_u16le(&r);
	ret->method = reader_u16le(&r);
	reader_skip(&r, 4);
	ret->crc = reader_u32le(&r);
	ret->packed = reader_u32le(&r);
	ret->size = reader_u32le(&r);
	name_n = reader_u16le(&r);
	extra_n = reader_u16le(&r);
	comment_n = reader_u16le(&r);
	reader_skip(&r, 4);
	ret->attributes = reader_u32le(&r);
	offset = reader_u32le(&r);
	ret->name = reader_bytes(&r, name_n);
	read_extra64(reader_bytes(&r, extra_n), ret, &offset);
	reader_skip(&r, comment_n);
	if (r.bad)
		return false;
	ret->at = offset > UINT64_MAX - z->before ? UINT64_MAX : offset + z->before;
	*at = r.at;
	return true;
}

/* Bytes that belong to a member. */
struct span {
	uint64_t from, to;
};

struct examination {
	struct arena *arena;
	const struct zip *zip;
	struct zip_report *report;
	ARENA_VEC(struct span) spans;
	struct map names;
};

static void note(struct examination *x, uint32_t flag, str name)
{
	if (!x->report->flags)
		x->report->example = name;
	x->report->flags |= flag;
}

static void renamed(struct examination *x, str name)
{
	if (x->report->renamed_n < ZIP_RENAMED_MAX)
		x->report->renamed[x->report->renamed_n++] = name;
}

/* The member's own header (4.3.7) against the directory's entry. */
static void compare(struct examination *x, const struct zip_member *m)
{
	struct reader r = reader_make(x->zip->bytes);
	size_t name_n, extra_n;
	uint16_t flags, method;
	uint32_t packed, size;
	str name;

	if (m->at > x->zip->bytes.n ||
	    signature_at(x->zip->bytes, (size_t)m->at) != SIGNATURE_LOCAL) {
		note(x, ZIP_NO_MEMBER, m->name);
		return;
	}
	reader_seek(&r, (size_t)m->at + 6);
	flags = reader_u16le(&r);
	method = reader_u16le(&r);
	reader_skip(&r, 8);
	packed = reader_u32le(&r);
	size = reader_u32le(&r);
	name_n = reader_u16le(&r);
	extra_n = reader_u16le(&r);
	name = reader_bytes(&r, name_n);
	if (!str_eq(name, m->name)) {
		note(x, ZIP_DIFFERENT, m->name);
		renamed(x, m->name);
	}
	if (method != m->method)
		note(x, ZIP_DIFFERENT, m->name);
	if (!(flags & FLAG_DESCRIPTOR) && packed != UINT32_MAX && size != UINT32_MAX &&
	    (packed != m->packed || size != m->size))
		note(x, ZIP_DIFFERENT, m->name);
	if ((flags ^ m->flags) & FLAG_ENCRYPTED)
		note(x, ZIP_HALF_ENCRYPTED, m->name);
	*arena_push(x->arena, &x->spans) = (struct span){
		m->at, m->at + LOCAL_SIZE + name_n + extra_n +
			       (m->packed < x->zip->bytes.n ? m->packed : x->zip->bytes.n)
	};
}

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->from < y->from ? -1 : x->from > y->from;
}

/* A member's header where the directory knows of none, or another directory. */
static void search_gap(struct examination *x, size_t from, size_t to)
{
	struct zip_report *report = x->report;

	for (size_t at = from; at < to; at++) {
		size_t hit = str_chr(str_sub(x->zip->bytes, at, to), 'P');
		uint32_t signature;

		if (hit == STR_NONE)
			return;
		at += hit;
		signature = signature_at(x->zip->bytes, at);
		if (signature == SIGNATURE_LOCAL) {
			note(x, ZIP_UNLISTED, STR(""));
			if (report->unlisted_n < ZIP_UNLISTED_MAX)
				report->unlisted[report->unlisted_n++] = at;
		} else if (signature == SIGNATURE_END || signature == SIGNATURE_ENTRY) {
			note(x, ZIP_TWO_ENDS, STR(""));
		}
	}
}

/* Through the members in the order of their bytes: what shares bytes, what is between. */
static void look_between(struct examination *x, size_t directory_end)
{
	const struct zip *z = x->zip;
	uint64_t at = 0;

	if (x->spans.n)
		qsort(x->spans.v, x->spans.n, sizeof(struct span), by_start);
	for (size_t i = 0; i < x->spans.n; i++) {
		const struct span *s = &x->spans.v[i];

		if (s->from > at)
			search_gap(x, (size_t)at, (size_t)s->from);
		else if (s->from < at)
			note(x, ZIP_OVERLAP, STR(""));
		if (i == 0 && s->from)
			note(x, ZIP_PREPENDED, STR(""));
		at = s->to > at ? s->to : at;
	}
	if (at > z->directory && x->spans.n)
		note(x, ZIP_OVERLAP, STR(""));
	if (at < z->directory)
		search_gap(x, (size_t)at, z->directory);
	search_gap(x, z->end, z->bytes.n);
	if (z->end < z->bytes.n)
		note(x, ZIP_APPENDED, STR(""));
	/* The end record's own comment may hold another one. */
	if (directory_end < z->end && z->end > END_SIZE) {
		size_t own = directory_end;

		while (own < z->end && signature_at(z->bytes, own) != SIGNATURE_END)
			own++;
		search_gap(x, own + END_SIZE, z->end);
	}
}

/* What one program unpacks as a file is nothing, or a link, to another one. */
static bool is_no_file(const struct zip_member *m)
{
	uint32_t type = m->attributes >> 16 & UNIX_TYPE;

	if (type == UNIX_LINK)
		return m->size > LINK_MAX;
	return m->size &&
	       (str_ends(m->name, STR("/")) || type == UNIX_FOLDER || m->attributes & DOS_FOLDER);
}

void zip_examine(struct arena *a, const struct zip *z, struct zip_report *ret)
{
	struct examination x = { .arena = a, .zip = z, .report = ret, .names = map_make(a) };
	struct zip_member m;
	size_t at = 0;

	*ret = (struct zip_report){ 0 };
	while (ret->members < ZIP_MEMBERS_MAX && zip_next(z, &at, &m)) {
		ret->members++;
		ret->unpacked += m.size < UINT64_MAX - ret->unpacked ? m.size : 0;
		if (str_chr(m.name, '\0') != STR_NONE)
			note(&x, ZIP_NAME_NUL, m.name);
		if (ret->members <= NAMES_COMPARED && m.name.n && map_set(&x.names, m.name, ret))
			note(&x, ZIP_DUPLICATE, m.name);
		if (is_no_file(&m))
			note(&x, ZIP_NO_FILE, m.name);
		compare(&x, &m);
	}
	if ((ret->members ^ z->members) & 0xffff) /* the record counts in 16 bits */
		note(&x, ZIP_CUT, STR(""));
	look_between(&x, at ? at : z->directory);
}

static void clear_flag(struct strbuf *b, uint64_t at)
{
	if (at < b->n)
		b->p[at] = (char)(b->p[at] & ~FLAG_ENCRYPTED);
}

str zip_without_encryption(struct arena *a, const struct zip *z)
{
	struct strbuf b = strbuf_make(a, z->bytes.n);
	struct zip_member m;
	size_t at = 0, entry = z->directory;

	strbuf_put(&b, z->bytes);
	for (int i = 0; i < ZIP_MEMBERS_MAX && zip_next(z, &at, &m); i++) {
		clear_flag(&b, entry + 8);
		if (m.at < z->bytes.n && signature_at(z->bytes, (size_t)m.at) == SIGNATURE_LOCAL)
			clear_flag(&b, m.at + 6);
		entry = at;
	}
	return strbuf_str(&b);
}
