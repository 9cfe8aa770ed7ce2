#include "archive/officecrypt.h"
#include "archive/olestream.h"
#include "archive/sevenzip.h"
#include "archive/zip.h"
#include "inspect/inspect_archive.h"
#include "inspect/inspect_password.h"

enum {
	LOCKED_MAX = 50,	     /* files of one message... */
	LOCKED_BYTES_MAX = 32 << 20, /* ...and their bytes together */
	EFFORT_MAX = 16 << 20,	     /* blocks of a hash that are computed for one message */
	EFFORT_ZIP = 4000,	     /* a thousand rounds of HMAC (WinZip's AE-2) */
};

/* True: it was the password, and what it opens was inspected. *effort falls by the work. */
typedef bool unlock_fn(struct walk *w, struct locked *l, const char *password, uint64_t *effort);

struct locked *inspect_locked_keep(struct walk *w, uint32_t index, str bytes, struct magic magic,
				   uint32_t depth)
{
	struct locked *l;

	if (!w->locked_bytes)
		w->locked_bytes = arena_new("locked files", LOCKED_BYTES_MAX * 2);
	if (w->locked.n >= LOCKED_MAX || bytes.n > LOCKED_BYTES_MAX - arena_used(w->locked_bytes))
		return NULL;
	l = arena_make(w->arena, struct locked);
	*l = (struct locked){ .part = index,
			      .depth = depth,
			      .magic = magic,
			      .bytes = arena_str(w->locked_bytes, bytes) };
	*arena_push(w->arena, &w->locked) = l;
	return l;
}

void inspect_locked_add(struct walk *w, uint32_t index, str bytes, struct magic magic,
			uint32_t depth)
{
	walk_part(w, index)->flags |= FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED;
	if (!inspect_locked_keep(w, index, bytes, magic, depth))
		inspect_locked_report(w, index);
}

void inspect_locked_report(struct walk *w, uint32_t part)
{
	walk_part(w, part)->flags |= FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED;
	walk_find(w, FINDING_ATTACHMENT_ENCRYPTED, part, walk_part(w, part)->filename);
}

static void spend(uint64_t *effort, uint64_t n)
{
	*effort -= n < *effort ? n : *effort;
}

static void clear_flags(struct walk *w, uint32_t part)
{
	walk_part(w, part)->flags &= ~(uint32_t)(FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED);
}

static struct unpack again(struct walk *w, struct locked *l)
{
	return (struct unpack){ .w = w,
				.bytes = l->bytes,
				.index = l->part,
				.depth = l->depth,
				.magic = l->magic,
				.locked = l,
				.again = true,
				.locally = l->locally };
}

static bool unlock_zip(struct walk *w, struct locked *l, const char *password, uint64_t *effort)
{
	struct unpack u = again(w, l);

	spend(effort, EFFORT_ZIP);
	if (!inspect_archive_try(&u, password))
		return false;
	clear_flags(w, l->part);
	inspect_archive_read(&u, password);
	return true;
}

/* Some programs unpack what is only said to be encrypted. */
static bool is_only_said(struct walk *w, struct locked *l)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct unpack u = again(w, l);
	struct zip z;

	if (!zip_open(l->bytes, &z))
		return false;
	u.bytes = zip_without_encryption(scratch, &z);
	if (!inspect_archive_try(&u, NULL))
		return false;
	walk_find(w, FINDING_ARCHIVE_AMBIGUOUS, l->part, STR("said to be encrypted, and is not"));
	clear_flags(w, l->part);
	inspect_archive_read(&u, NULL);
	return true;
}

static bool unlock_sevenzip(struct walk *w, struct locked *l, const char *password,
			    uint64_t *effort)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct unpack u = again(w, l);

	if (!sevenzip_decrypt(scratch, l->bytes, str_c(password), effort, &u.bytes) ||
	    !inspect_archive_try(&u, NULL))
		return false;
	clear_flags(w, l->part);
	inspect_archive_read(&u, NULL);
	return true;
}

/* What is inside becomes a part of its own, with the same name. */
static bool unlock_office(struct walk *w, struct locked *l, const char *password, uint64_t *effort)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	str info = olestream_read(scratch, l->bytes, STR("EncryptionInfo"));
	str package = olestream_read(scratch, l->bytes, STR("EncryptedPackage")), plain;
	uint32_t part;

	if (!officecrypt_open(scratch, info, package, str_c(password), effort, &plain))
		return false;
	clear_flags(w, l->part);
	walk_spend(w, plain.n);
	part = walk_add_part(w, l->part, '/', 1);
	if (part == WALK_NO_PART)
		return true;
	walk_part(w, part)->flags = FACTS_PART_ATTACHMENT;
	walk_part(w, part)->type = STR("application/octet-stream");
	walk_part(w, part)->filename = walk_part(w, l->part)->filename;
	inspect_leaf_examine(w, part, plain, l->depth + 1);
	return true;
}

static unlock_fn *unlocker_of(const struct locked *l)
{
	if (str_eq(l->magic.type, STR("application/x-7z-compressed")))
		return unlock_sevenzip;
	if (l->magic.notes & MAGIC_IS_ENCRYPTED)
		return unlock_office;
	if (l->magic.notes & (MAGIC_IS_ZIP | MAGIC_HAS_APPENDED))
		return unlock_zip;
	return NULL;
}

static void report(struct walk *w, const struct locked *l)
{
	for (size_t i = 0; i < l->members.n; i++)
		inspect_locked_report(w, l->members.v[i].part);
	if (!l->members.n)
		inspect_locked_report(w, l->part);
}

static bool opens(struct walk *w, struct locked *l, const struct password *p, uint64_t *effort)
{
	if (!unlocker_of(l)(w, l, p->text, effort))
		return false;
	walk_find(w,
		  p->agreed ? FINDING_ARCHIVE_OPENED_AS_AGREED
			    : FINDING_ARCHIVE_OPENED_WITH_PASSWORD,
		  l->part, walk_part(w, l->part)->filename);
	return true;
}

/* The password of one file is tried first on the next. */
static bool open_one(struct walk *w, struct locked *l, uint64_t *effort, struct password *last)
{
	const struct passwords *p = inspect_password_candidates(w);
	unlock_fn *unlock = unlocker_of(l);

	if (!unlock)
		return false;
	if (unlock == unlock_zip && is_only_said(w, l))
		return true;
	if (unlock == unlock_office && unlock(w, l, OFFICECRYPT_DEFAULT_PASSWORD, effort)) {
		walk_find(w, FINDING_DOCUMENT_DEFAULT_PASSWORD, l->part,
			  walk_part(w, l->part)->filename);
		return true;
	}
	if (last->text && opens(w, l, last, effort))
		return true;
	for (size_t i = 0; i < p->list.n && *effort; i++) {
		if (opens(w, l, &p->list.v[i], effort)) {
			*last = p->list.v[i];
			return true;
		}
	}
	return false;
}

void inspect_locked_open(struct walk *w)
{
	struct password last = { 0 };
	uint64_t effort = EFFORT_MAX;

	if (w->found[FINDING_ATTACHMENT_ENCRYPTED] || w->locked.n) {
		str said = inspect_password_candidates(w)->said;

		if (said.n)
			walk_find(w, FINDING_PASSWORD_IN_MESSAGE, 0, said);
	}
	/* What was locked inside what is opened stands at the end of the list. */
	for (size_t i = 0; i < w->locked.n; i++) {
		if (!open_one(w, w->locked.v[i], &effort, &last))
			report(w, w->locked.v[i]);
	}
	w->locked_bytes = arena_free(w->locked_bytes);
}
