#include "inspect/inspect_archive.h"

#include "archive/rar.h"
#include "archive/sevenzip.h"
#include "base/reader.h"
#include "base/utf8.h"
#include "inspect/inspect_office.h"

#include <archive.h>
#include <archive_entry.h>

enum {
	MEMBERS_MAX = 2000,   /* of one archive, folders included */
	MEMBERS_MANY = 200,   /* are said */
	RATIO_MAX = 200,      /* unpacked bytes per packed byte... */
	RATIO_FREE = 8 << 20, /* ...looked at above this many */
	MEMBER_NAME_MAX = 1000,
	EMPTY_ZIP = 22,
	INSIDE_WINDOW = 4 << 20, /* searched for archives that begin later */
	CHUNK = 4096
};

static void archive_closep(struct archive **a)
{
	archive_read_free(*a);
}

/* One layer of compression: what is compressed again is a member, and counted as one. A
 * file that unpacks to itself would keep the library busy. */
static int support_filter(struct archive *a, str type)
{
	static const struct {
		str type;
		int code;
	} filters[] = {
		{ STR("application/gzip"), ARCHIVE_FILTER_GZIP },
		{ STR("application/x-bzip2"), ARCHIVE_FILTER_BZIP2 },
		{ STR("application/x-xz"), ARCHIVE_FILTER_XZ },
		{ STR("application/x-lzma"), ARCHIVE_FILTER_LZMA },
		{ STR("application/x-lzip"), ARCHIVE_FILTER_LZIP },
		{ STR("application/zstd"), ARCHIVE_FILTER_ZSTD },
		{ STR("application/x-lz4"), ARCHIVE_FILTER_LZ4 },
	};

	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		if (str_eq(type, filters[i].type))
			return archive_read_append_filter(a, filters[i].code);
	}
	/* The one that cannot be named so. */
	return archive_read_support_filter_compress(a);
}

/* The formats are named one by one: "all" would run other programs and, for mtree, open
 * files that the archive names. A compressed file that is no tar is its only member. */
static void support(struct unpack *u, bool only_raw)
{
	struct archive *a = u->archive;
	bool zip = u->magic.notes & (MAGIC_IS_ZIP | MAGIC_HAS_APPENDED);
	int r;

	if (zip)
		r = u->locally ? archive_read_support_format_zip_streamable(a)
			       : archive_read_support_format_zip(a);
	else
		r = support_filter(a, u->magic.type);
	if (!zip && !only_raw)
		r |= archive_read_support_format_tar(a) | archive_read_support_format_cpio(a);
	if (u->magic.family == MAGIC_COMPRESSED)
		r |= archive_read_support_format_raw(a);
	else if (!zip)
		r |= archive_read_support_format_7zip(a) | archive_read_support_format_rar(a) |
		     archive_read_support_format_rar5(a) | archive_read_support_format_cab(a) |
		     archive_read_support_format_lha(a) | archive_read_support_format_iso9660(a) |
		     archive_read_support_format_ar(a);
	/* Its extensions can go in circles in this library, and are no names that Windows shows. */
	if (!zip)
		(void)archive_read_set_format_option(a, "iso9660", "rockridge", NULL);
	/* Some programs go on behind the end of a tar file. */
	if (!zip)
		(void)archive_read_set_format_option(a, "tar", "read_concatenated_archives", "1");
	bug_if(r != ARCHIVE_OK); /* a library without a filter would call a program for it */
}

static void broken(struct unpack *u, uint32_t part)
{
	const char *what = archive_error_string(u->archive);

	walk_part(u->w, part)->flags |= FACTS_PART_UNINSPECTED;
	walk_find(u->w, FINDING_ARCHIVE_BROKEN, part, str_c(what ? what : "unreadable"));
}

void inspect_archive_unreadable(struct unpack *u, uint32_t part, str why)
{
	walk_part(u->w, part)->flags |= FACTS_PART_UNINSPECTED;
	walk_find(u->w, FINDING_ARCHIVE_UNREADABLE, part, why);
}

/* Each limit has its name and its finding. */
static void over_limit(struct unpack *u, uint32_t part, str name, enum finding finding)
{
	walk_limit(u->w, name);
	walk_find(u->w, finding, part, walk_part(u->w, part)->filename);
	walk_part(u->w, part)->flags |= FACTS_PART_UNINSPECTED;
	walk_part(u->w, u->index)->flags |= FACTS_PART_UNINSPECTED;
	u->stop = true;
}

void inspect_archive_locked(struct unpack *u, uint32_t part)
{
	uint32_t flags = FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED;

	walk_part(u->w, part)->flags |= flags;
	walk_part(u->w, u->index)->flags |= flags;
	if (!u->again && !u->has_locked) {
		u->locked = inspect_locked_keep(u->w, u->index, u->bytes, u->magic, u->depth);
		if (u->locked)
			u->locked->locally = u->locally;
	}
	u->has_locked = true;
	if (u->again || !u->locked)
		inspect_locked_report(u->w, part);
	else if (part != u->index)
		*arena_push(u->w->arena, &u->locked->members) =
			(struct locked_member){ u->number - u->before, part };
}

/* UTF-8 when the archive says so or can be converted, else the bytes with U+FFFD. */
static str member_name(struct unpack *u, struct archive_entry *entry)
{
	const char *utf8 = archive_entry_pathname_utf8(entry);
	const char *raw = utf8 ? utf8 : archive_entry_pathname(entry);
	const wchar_t *wide = raw ? NULL : archive_entry_pathname_w(entry);
	struct strbuf b = strbuf_make(u->w->arena, MEMBER_NAME_MAX * 4);

	for (size_t i = 0; wide && wide[i] && i < MEMBER_NAME_MAX; i++)
		strbuf_utf8(&b, (uint32_t)wide[i]);
	return raw ? str_c(raw) : strbuf_str(&b);
}

/* The name that a gzip file gives (RFC 1952 2.3.1), or none. */
static str gzip_name(str bytes)
{
	enum { HAS_EXTRA = 4, HAS_NAME = 8 };
	struct reader r = reader_make(bytes);
	uint8_t flags;
	str rest;

	reader_skip(&r, 3);
	flags = reader_u8(&r);
	reader_skip(&r, 6);
	if (flags & HAS_EXTRA)
		reader_skip(&r, reader_u16le(&r));
	if (r.bad || !(flags & HAS_NAME))
		return STR("");
	rest = str_sub(bytes, r.at, r.at + MEMBER_NAME_MAX);
	return str_sub(rest, 0, str_chr(rest, '\0'));
}

/* "data.csv.gz" holds "data.csv"; 7-Zip believes the name inside. */
static str unpacked_name(const struct unpack *u)
{
	str name = walk_part(u->w, u->index)->filename, other = STR("");

	if (str_eq(u->magic.type, STR("application/gzip")))
		other = gzip_name(u->bytes);
	name = str_sub(name, 0, str_rchr(name, '.'));
	if (str_caseeq(str_skip(name, str_rchr(name, '.') + 1),
		       str_skip(other, str_rchr(other, '.') + 1)))
		return name;
	return other.n ? other : name;
}

/* The budget and the ratio are asked before each piece is kept. */
bool inspect_archive_spend(struct unpack *u, uint32_t part, size_t more)
{
	if (more > u->w->budget) {
		over_limit(u, part, STR("unpacked.bytes"), FINDING_ARCHIVE_TOO_LARGE);
		return false;
	}
	if (u->unpacked > RATIO_FREE && u->unpacked / RATIO_MAX > u->bytes.n) {
		over_limit(u, part, STR("archive.ratio"), FINDING_ARCHIVE_RATIO);
		return false;
	}
	walk_spend(u->w, more);
	u->unpacked += more;
	return true;
}

static void stopped_reading(struct unpack *u, uint32_t part)
{
	if (u->again)
		inspect_archive_locked(u, part); /* with a password of its own */
	else
		broken(u, part);
}

/* Up to where a sparse file goes on. */
static bool fill(struct unpack *u, uint32_t part, struct strbuf *out, int64_t to)
{
	static const char zeros[CHUNK];

	while (to > 0 && (uint64_t)to > out->n) {
		uint64_t n = (uint64_t)to - out->n;

		if (!inspect_archive_spend(u, part, n < CHUNK ? n : CHUNK))
			return false;
		strbuf_put(out, str_of(zeros, n < CHUNK ? n : CHUNK));
	}
	return true;
}

/* By blocks: what stands before an error is not lost. */
static void read_member(struct unpack *u, uint32_t part, struct strbuf *out)
{
	const void *block;
	size_t n;
	int64_t at;

	for (;;) {
		int r = archive_read_data_block(u->archive, &block, &n, &at);

		if (r == ARCHIVE_EOF)
			return;
		if (r != ARCHIVE_OK) {
			stopped_reading(u, part);
			u->stop |= r == ARCHIVE_FATAL;
			return;
		}
		if (!fill(u, part, out, at) || !inspect_archive_spend(u, part, n))
			return;
		strbuf_put(out, str_of(block, n));
	}
}

/* The part that bears this number already, because its name was seen when it was locked. */
static bool is_known(const struct unpack *u, uint32_t *ret_part)
{
	for (size_t i = 0; i < u->locked->members.n; i++) {
		if (u->locked->members.v[i].number == u->number - u->before) {
			*ret_part = u->locked->members.v[i].part;
			return true;
		}
	}
	return false;
}

static uint32_t add_part(struct unpack *u)
{
	uint32_t part = walk_add_part(u->w, u->index, '/', u->number);

	if (part == WALK_NO_PART) {
		walk_find(u->w, FINDING_ARCHIVE_TOO_MANY, u->index,
			  walk_part(u->w, u->index)->filename);
		walk_part(u->w, u->index)->flags |= FACTS_PART_UNINSPECTED;
		u->stop = true;
		return part;
	}
	walk_part(u->w, part)->flags = FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE;
	walk_part(u->w, part)->type =
		STR("application/octet-stream"); /* archives declare nothing */
	return part;
}

uint32_t inspect_archive_add(struct unpack *u, str name)
{
	uint32_t part;
	str text;

	u->number++;
	part = add_part(u);
	if (part == WALK_NO_PART)
		return part;
	(void)charset_to_utf8(&u->w->charsets, u->w->arena, STR("utf-8"),
			      str_sub(name, 0, MEMBER_NAME_MAX), &text);
	walk_part(u->w, part)->filename = arena_str(u->w->arena, text);
	inspect_name_check(u->w, part, walk_part(u->w, part)->filename, true);
	return part;
}

void inspect_archive_member(struct unpack *u, uint32_t part, str bytes)
{
	/* The antivirus has no password. No room left is a limit, which holds the message. */
	if (u->again)
		(void)walk_extract(u->w, part, FACTS_EXTRACT_ANTIVIRUS, bytes);
	inspect_leaf_examine(u->w, part, bytes, u->depth + 1);
}

static void take_member(struct unpack *u, struct archive_entry *entry)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(u->w);
	struct strbuf data = strbuf_make(scratch, u->w->budget);
	bool is_raw = archive_format(u->archive) == ARCHIVE_FORMAT_RAW;
	uint32_t part = inspect_archive_add(u, is_raw ? unpacked_name(u) : member_name(u, entry));

	if (part == WALK_NO_PART)
		return;
	if (archive_entry_is_encrypted(entry)) {
		inspect_archive_locked(u, part);
		return;
	}
	read_member(u, part, &data);
	/* A link's target is all the content that some programs unpack. */
	if (!data.n && archive_entry_symlink(entry))
		strbuf_put(&data, str_c(archive_entry_symlink(entry)));
	inspect_archive_member(u, part, strbuf_str(&data));
}

/* Of an archive that was listed before: only what was locked then. */
static void take_locked_member(struct unpack *u)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(u->w);
	struct strbuf data = strbuf_make(scratch, u->w->budget);
	uint32_t part;

	u->number++;
	if (!is_known(u, &part))
		return;
	walk_part(u->w, part)->flags &= ~(uint32_t)(FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED);
	read_member(u, part, &data);
	inspect_archive_member(u, part, strbuf_str(&data));
}

/* The members of a document are its own affair, as long as none of them is a file that
 * would stand in a mail as well. */
static void take_document_member(struct unpack *u, struct archive_entry *entry)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(u->w);
	struct strbuf data = strbuf_make(scratch, u->w->budget);
	str name = member_name(u, entry);
	uint32_t part = u->index;

	u->number++;
	if (archive_entry_is_encrypted(entry)) {
		inspect_archive_locked(u, u->index);
		return;
	}
	read_member(u, u->index, &data);
	inspect_ooxml_member(u->w, u->index, name, strbuf_str(&data), u->depth);
	if (inspect_ooxml_is_picture(u->w, u->index, strbuf_str(&data), &u->pictures) ||
	    inspect_ooxml_is_file(name, strbuf_str(&data)))
		part = add_part(u);
	if (part == u->index || part == WALK_NO_PART)
		return;
	/* Only the name of a script says what it is: others are the document's affair. */
	if (inspect_name_is_script(name)) {
		(void)charset_to_utf8(&u->w->charsets, u->w->arena, STR("utf-8"), name, &name);
		walk_part(u->w, part)->filename = arena_str(u->w->arena, name);
	}
	inspect_archive_member(u, part, strbuf_str(&data));
}

/* What calls itself an archive is unpacked by people, whatever it looks like inside. */
static bool is_document(const struct unpack *u)
{
	static const str archives[] = { STR(".zip"), STR(".rar"), STR(".7z"),	STR(".tar"),
					STR(".gz"),  STR(".cab"), STR(".arj"),	STR(".lzh"),
					STR(".iso"), STR(".ace"), STR(".zipx"), STR(".r00") };
	str name = walk_part(u->w, u->index)->filename;

	for (size_t i = 0; i < ARRAY_LEN(archives); i++) {
		if (str_caseends(name, archives[i]))
			return false;
	}
	return u->magic.family == MAGIC_OFFICE;
}

static void take(struct unpack *u, struct archive_entry *entry)
{
	if (u->again && u->locked->members.n)
		take_locked_member(u);
	else if (is_document(u))
		take_document_member(u, entry);
	else
		take_member(u, entry);
}

static bool is_encrypted(struct unpack *u)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(u->w);

	return archive_read_has_encrypted_entries(u->archive) > 0 || rar_is_encrypted(u->bytes) ||
	       (str_eq(u->magic.type, STR("application/x-7z-compressed")) &&
		sevenzip_is_encrypted(scratch, u->bytes));
}

static void cannot_go_on(struct unpack *u)
{
	if (is_encrypted(u))
		inspect_archive_locked(u, u->index);
	else
		broken(u, u->index);
}

/* How many members there were, folders included. */
static int read_members(struct unpack *u)
{
	struct archive_entry *entry;

	for (int i = 0;; i++) {
		int r = u->stop ? ARCHIVE_EOF : archive_read_next_header(u->archive, &entry);

		if (r == ARCHIVE_EOF)
			return i;
		if (i == MEMBERS_MAX) {
			over_limit(u, u->index, STR("archive.members"), FINDING_ARCHIVE_TOO_MANY);
			return i;
		}
		if (r == ARCHIVE_FATAL) {
			cannot_go_on(u);
			return i + 1;
		}
		if (r == ARCHIVE_FAILED)
			broken(u, u->index);
		else if (r != ARCHIVE_RETRY && archive_entry_filetype(entry) != AE_IFDIR)
			take(u, entry);
	}
}

static int read_as(struct unpack *u, const char *password, bool only_raw)
{
	cleanup(archive_closep) struct archive *a = archive_read_new();
	int n = 1;

	bug_if(!a);
	u->archive = a;
	support(u, only_raw);
	if (password)
		(void)archive_read_add_passphrase(a, password); /* fails when it is empty */
	if (archive_read_open_memory(a, u->bytes.p, u->bytes.n) != ARCHIVE_OK)
		broken(u, u->index);
	else
		n = read_members(u);
	u->archive = NULL;
	return n;
}

void inspect_archive_read(struct unpack *u, const char *password)
{
	int n;

	u->before = u->number;
	n = read_as(u, password, false);
	/* A file of zeros is an empty tar file as well. */
	if (n == 0 && u->magic.family == MAGIC_COMPRESSED)
		n = read_as(u, password, true);
	if (n > MEMBERS_MANY && u->magic.family == MAGIC_ARCHIVE && !u->again)
		walk_find(u->w, FINDING_ARCHIVE_MANY, u->index,
			  arena_fmt(u->w->arena, "%d members", n));
	if (n == 0 && u->bytes.n > EMPTY_ZIP) {
		walk_part(u->w, u->index)->flags |= FACTS_PART_UNINSPECTED;
		walk_find(u->w, FINDING_ARCHIVE_BROKEN, u->index, STR("no members"));
	}
}

static bool read_to_end(struct archive *a, uint64_t most)
{
	char chunk[CHUNK];
	la_ssize_t n;

	while ((n = archive_read_data(a, chunk, sizeof(chunk))) > 0) {
		if ((uint64_t)n > most)
			return true; /* more than would be unpacked */
		most -= (uint64_t)n;
	}
	return n == 0;
}

/* What the archive itself does not call encrypted any more, its number tells. */
static bool was_locked(const struct unpack *u, struct archive_entry *entry, uint32_t number)
{
	if (archive_entry_is_encrypted(entry))
		return true;
	return !u->locked->members.n || u->locked->members.v[0].number == number;
}

bool inspect_archive_try(struct unpack *u, const char *password)
{
	cleanup(archive_closep) struct archive *a = archive_read_new();
	struct archive_entry *entry;
	uint32_t number = 0;

	bug_if(!a);
	u->archive = a;
	support(u, false);
	u->archive = NULL;
	if ((password && archive_read_add_passphrase(a, password) != ARCHIVE_OK) ||
	    archive_read_open_memory(a, u->bytes.p, u->bytes.n) != ARCHIVE_OK)
		return false;
	for (int i = 0; i < MEMBERS_MAX; i++) {
		if (archive_read_next_header(a, &entry) < ARCHIVE_WARN)
			return false;
		if (archive_entry_filetype(entry) != AE_IFDIR && was_locked(u, entry, ++number))
			return read_to_end(a, u->w->budget);
	}
	return false;
}

static bool is_too_deep(struct walk *w, uint32_t index, uint32_t depth)
{
	if (depth < w->limits.max_depth)
		return false;
	walk_limit(w, STR("archive.depth"));
	walk_find(w, FINDING_ARCHIVE_TOO_DEEP, index, walk_part(w, index)->filename);
	walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
	return true;
}

/* Known, and read by nobody here. */
static bool is_unreadable(str type)
{
	static const str types[] = {
		STR("application/x-xar"),	  STR("application/x-ms-wim"),
		STR("application/x-vhdx-disk"),	  STR("application/x-vhd-disk"),
		STR("application/x-udf-image"),	  STR("application/x-apple-diskimage"),
		STR("application/x-ms-compress"),
	};

	for (size_t i = 0; i < ARRAY_LEN(types); i++) {
		if (str_eq(type, types[i]))
			return true;
	}
	return false;
}

/* Windows shows the files of the UDF tree, which may be others than the ISO tree's. */
static bool has_udf(str bytes)
{
	str area = str_sub(bytes, 16 * 2048, 64 * 2048);

	return str_find(area, STR("BEA01\1")) != STR_NONE;
}

/* libarchive does not know that encrypted members of RAR 5 are. */
static bool is_locked_rar5(str bytes)
{
	struct rar r;

	return rar_open(bytes, &r) && r.is_five && rar_is_encrypted(bytes);
}

void inspect_archive_open(struct walk *w, uint32_t index, str bytes, struct magic magic,
			  uint32_t depth)
{
	struct unpack u = {
		.w = w, .bytes = bytes, .index = index, .depth = depth, .magic = magic
	};
	const struct facts_part *p = walk_part(w, index);

	if (p->flags & FACTS_PART_IN_ARCHIVE && magic.family != MAGIC_OFFICE &&
	    magic.family != MAGIC_PROGRAM)
		walk_find(w, FINDING_MIME_ARCHIVE_IN_ARCHIVE, index, p->filename);
	if (is_too_deep(w, index, depth))
		return;
	if (magic.notes & (MAGIC_IS_ZIP | MAGIC_HAS_APPENDED)) {
		inspect_zip_open(&u);
	} else if (str_eq(magic.type, STR("application/x-arj")) ||
		   str_eq(magic.type, STR("application/x-ace")) || is_locked_rar5(bytes)) {
		inspect_listed_open(&u);
	} else if (is_unreadable(magic.type)) {
		inspect_archive_unreadable(&u, index, magic.type);
	} else {
		inspect_archive_read(&u, NULL);
		if (str_eq(magic.type, STR("application/x-iso9660-image")) && has_udf(bytes))
			inspect_archive_unreadable(&u, index, STR("UDF"));
	}
}

/* Archives that begin later in the file: programs for RAR and 7z search for them. */
void inspect_archive_inside(struct walk *w, uint32_t index, str bytes, struct magic magic,
			    uint32_t depth)
{
	static const struct {
		str start;
		struct magic magic;
	} kinds[] = {
		{ STR("Rar!\x1a\x07"), { STR("application/vnd.rar"), MAGIC_ARCHIVE, 0 } },
		{ STR("7z\xbc\xaf\x27\x1c\0"),
		  { STR("application/x-7z-compressed"), MAGIC_ARCHIVE, 0 } },
	};

	if (magic.family == MAGIC_ARCHIVE || magic.family == MAGIC_COMPRESSED ||
	    magic.family == MAGIC_OFFICE || magic.family == MAGIC_MARKUP)
		return;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		size_t at = str_find(str_sub(bytes, 0, INSIDE_WINDOW), kinds[i].start);

		if (at == STR_NONE || at == 0)
			continue;
		walk_find(w, FINDING_ARCHIVE_APPENDED, index, kinds[i].magic.type);
		inspect_archive_open(w, index, str_skip(bytes, at), kinds[i].magic, depth);
	}
}
