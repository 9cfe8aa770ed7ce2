#include "inspect/inspect_private.h"

#include "base/utf8.h"
#include "inspect/inspect_office.h"
#include "inspect/testmarks.h"

#include <archive.h>
#include <archive_entry.h>

enum {
	MEMBERS_MAX = 2000,   /* of one archive, folders included */
	RATIO_MAX = 200,      /* unpacked bytes per packed byte... */
	RATIO_FREE = 8 << 20, /* ...looked at above this many */
	MEMBER_NAME_MAX = 1000,
	EMPTY_ZIP = 22,
	CHUNK = 4096
};

struct unpack {
	struct walk *w;
	struct archive *archive;
	uint32_t index; /* the archive's own part */
	uint32_t depth;
	uint64_t packed, unpacked;
	struct magic magic;
	bool stop;
};

static void archive_closep(struct archive **a)
{
	archive_read_free(*a);
}

/* The formats are named one by one: "all" would run other programs and, for mtree, open
 * files that the archive names. A compressed file that is no tar is its only member. */
static void support(struct archive *a, struct magic m)
{
	int r = 0;

	if (m.notes & (MAGIC_IS_ZIP | MAGIC_HAS_APPENDED)) {
		bug_if(archive_read_support_format_zip(a) != ARCHIVE_OK);
		return;
	}
	r |= archive_read_support_filter_gzip(a);
	r |= archive_read_support_filter_bzip2(a);
	r |= archive_read_support_filter_xz(a);
	r |= archive_read_support_filter_lzma(a);
	r |= archive_read_support_filter_zstd(a);
	r |= archive_read_support_filter_lz4(a);
	r |= archive_read_support_filter_compress(a);
	r |= archive_read_support_format_tar(a);
	r |= archive_read_support_format_cpio(a);
	if (m.family == MAGIC_COMPRESSED) {
		r |= archive_read_support_format_raw(a);
	} else {
		r |= archive_read_support_format_7zip(a);
		r |= archive_read_support_format_rar(a);
		r |= archive_read_support_format_rar5(a);
		r |= archive_read_support_format_cab(a);
		r |= archive_read_support_format_lha(a);
		r |= archive_read_support_format_iso9660(a);
		r |= archive_read_support_format_ar(a);
	}
	bug_if(r != ARCHIVE_OK); /* a library without a filter would call a program for it */
}

static void broken(struct unpack *u, uint32_t part)
{
	const char *what = archive_error_string(u->archive);

	walk_part(u->w, part)->flags |= FACTS_PART_UNINSPECTED;
	walk_find(u->w, FINDING_ARCHIVE_BROKEN, part, str_c(what ? what : "unreadable"));
}

/* An archive by its first bytes, and the library finds no member in it. */
static void nothing_there(struct unpack *u)
{
	walk_part(u->w, u->index)->flags |= FACTS_PART_UNINSPECTED;
	walk_find(u->w, FINDING_ARCHIVE_BROKEN, u->index, STR("no members"));
}

static void encrypted(struct unpack *u, uint32_t part)
{
	walk_part(u->w, part)->flags |= FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED;
	walk_part(u->w, u->index)->flags |= FACTS_PART_ENCRYPTED;
	walk_find(u->w, FINDING_ATTACHMENT_ENCRYPTED, part, walk_part(u->w, part)->filename);
}

static void over_limit(struct unpack *u, uint32_t part, str name)
{
	walk_limit(u->w, name);
	walk_find(u->w, FINDING_ARCHIVE_LIMIT, part, name);
	walk_part(u->w, part)->flags |= FACTS_PART_UNINSPECTED;
	walk_part(u->w, u->index)->flags |= FACTS_PART_UNINSPECTED;
	u->stop = true;
}

/* UTF-8 when the archive says so or can be converted, else the bytes with U+FFFD. */
static str member_name(struct unpack *u, struct archive_entry *entry)
{
	const char *utf8 = archive_entry_pathname_utf8(entry);
	const char *raw = utf8 ? utf8 : archive_entry_pathname(entry);
	const wchar_t *wide = raw ? NULL : archive_entry_pathname_w(entry);
	struct strbuf b = strbuf_make(u->w->arena, MEMBER_NAME_MAX * 4);
	str text;
	char out[4];

	for (size_t i = 0; wide && wide[i] && i < MEMBER_NAME_MAX; i++)
		strbuf_put(&b, str_of(out, utf8_encode((uint32_t)wide[i], out)));
	(void)charset_to_utf8(&u->w->charsets, u->w->arena, STR("utf-8"),
			      raw ? str_sub(str_c(raw), 0, MEMBER_NAME_MAX) : strbuf_str(&b),
			      &text);
	return arena_str(u->w->arena, text);
}

/* "data.csv.gz" holds "data.csv". */
static str unpacked_name(const struct unpack *u)
{
	str name = walk_part(u->w, u->index)->filename;

	return str_sub(name, 0, str_rchr(name, '.'));
}

/* The budget and the ratio are asked before each piece is kept. */
static bool may_unpack(struct unpack *u, uint32_t part, size_t more)
{
	if (more > u->w->budget) {
		over_limit(u, part, STR("unpacked.bytes"));
		return false;
	}
	if (u->unpacked > RATIO_FREE && u->unpacked / RATIO_MAX > u->packed) {
		over_limit(u, part, STR("archive.ratio"));
		return false;
	}
	walk_spend(u->w, more);
	u->unpacked += more;
	return true;
}

static void read_member(struct unpack *u, uint32_t part, struct strbuf *out)
{
	char chunk[CHUNK];

	for (;;) {
		la_ssize_t n = archive_read_data(u->archive, chunk, sizeof(chunk));

		if (n == 0)
			return;
		if (n < 0) {
			broken(u, part);
			u->stop |= n == ARCHIVE_FATAL;
			return;
		}
		if (!may_unpack(u, part, (size_t)n))
			return;
		strbuf_put(out, str_of(chunk, (size_t)n));
	}
}

static uint32_t add_member(struct unpack *u, uint32_t number)
{
	uint32_t part = walk_add_part(u->w, u->index, '/', number);

	if (part == WALK_NO_PART) {
		u->stop = true;
		return part;
	}
	walk_part(u->w, part)->flags = FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE;
	walk_part(u->w, part)->type =
		STR("application/octet-stream"); /* archives declare nothing */
	return part;
}

static void take_member(struct unpack *u, struct archive_entry *entry, uint32_t number)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(u->w);
	struct strbuf data = strbuf_make(scratch, u->w->budget);
	bool is_raw = archive_format(u->archive) == ARCHIVE_FORMAT_RAW;
	uint32_t part = add_member(u, number);
	struct facts_part *p;

	if (part == WALK_NO_PART)
		return;
	p = walk_part(u->w, part);
	p->filename = is_raw ? unpacked_name(u) : member_name(u, entry);
	inspect_name_check(u->w, part, p->filename, true);
	if (archive_entry_is_encrypted(entry)) {
		encrypted(u, part);
		return;
	}
	read_member(u, part, &data);
	inspect_leaf_examine(u->w, part, strbuf_str(&data), u->depth + 1);
}

/* The members of a document are its own affair, as long as none of them is a file that
 * would stand in a mail as well. */
static void take_document_member(struct unpack *u, struct archive_entry *entry, uint32_t number)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(u->w);
	struct strbuf data = strbuf_make(scratch, u->w->budget);
	uint32_t part = u->index;
	struct magic m;

	if (archive_entry_is_encrypted(entry)) {
		encrypted(u, u->index);
		return;
	}
	read_member(u, u->index, &data);
	inspect_ooxml_member(u->w, u->index, member_name(u, entry), strbuf_str(&data), u->depth);
	m = magic_detect(strbuf_str(&data));
	if (m.family == MAGIC_PROGRAM || m.family == MAGIC_ARCHIVE ||
	    m.family == MAGIC_COMPRESSED || m.family == MAGIC_OFFICE || m.family == MAGIC_SCRIPT ||
	    m.family == MAGIC_PDF || testmarks_eicar(strbuf_str(&data)))
		part = add_member(u, number);
	if (part != u->index && part != WALK_NO_PART)
		inspect_leaf_examine(u->w, part, strbuf_str(&data), u->depth + 1);
}

/* What calls itself a document is opened as one; else people unpack it. */
static bool is_document(const struct unpack *u)
{
	str name = walk_part(u->w, u->index)->filename;

	return u->magic.family == MAGIC_OFFICE && !str_caseends(name, STR(".zip"));
}

static void read_members(struct unpack *u)
{
	struct archive_entry *entry;
	uint32_t number = 0;

	for (int i = 0; !u->stop; i++) {
		int r = archive_read_next_header(u->archive, &entry);

		if (r == ARCHIVE_EOF) {
			if (i == 0 && u->packed > EMPTY_ZIP)
				nothing_there(u);
			return;
		}
		if (i == MEMBERS_MAX) {
			over_limit(u, u->index, STR("archive.members"));
			return;
		}
		if (r == ARCHIVE_FATAL) {
			if (archive_read_has_encrypted_entries(u->archive) > 0)
				encrypted(u, u->index);
			else
				broken(u, u->index);
			return;
		}
		if (r == ARCHIVE_FAILED)
			broken(u, u->index);
		else if (r == ARCHIVE_RETRY || archive_entry_filetype(entry) == AE_IFDIR)
			continue;
		else if (is_document(u))
			take_document_member(u, entry, ++number);
		else
			take_member(u, entry, ++number);
	}
}

void inspect_archive_open(struct walk *w, uint32_t index, str bytes, struct magic magic,
			  uint32_t depth)
{
	cleanup(archive_closep) struct archive *a = archive_read_new();
	struct unpack u = { .w = w,
			    .archive = a,
			    .index = index,
			    .depth = depth,
			    .packed = bytes.n,
			    .magic = magic };

	bug_if(!a);
	if (depth >= w->limits.max_depth) {
		walk_limit(w, STR("archive.depth"));
		walk_find(w, FINDING_ARCHIVE_TOO_DEEP, index, walk_part(w, index)->filename);
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
		return;
	}
	support(a, magic);
	if (archive_read_open_memory(a, bytes.p, bytes.n) != ARCHIVE_OK)
		broken(&u, index);
	else
		read_members(&u);
}
