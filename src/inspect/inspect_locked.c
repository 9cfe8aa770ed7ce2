#include "archive/officecrypt.h"
#include "archive/sevenzip.h"
#include "document/cfb.h"
#include "inspect/inspect_archive.h"
#include "inspect/inspect_password.h"

enum {
	LOCKED_MAX = 50,	     /* files of one message... */
	LOCKED_BYTES_MAX = 32 << 20, /* ...and their bytes together */
	EFFORT_MAX = 8 << 20,	     /* blocks of a hash that are computed for one message */
	EFFORT_PDF = 30000,	     /* revision 6: two hashes of at least 64 long rounds */
	EFFORT_WORKBOOK = 20,	     /* two hashes, and the keys of RC4 */
	EFFORT_READ = 64,	     /* bytes of a compound file that is read again, a block */
	EFFORT_ZIP = 4000,	     /* a thousand rounds of HMAC (WinZip's AE-2) */
};

/* Office files that are tried with the password nobody is asked for. */
enum { UNASKED_MAX = 16, EFFORT_UNASKED = 1 << 18 };

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
	struct cfb c;
	uint32_t part;
	str info, package, plain;

	if (!cfb_open(scratch, l->bytes, &c))
		return false;
	info = cfb_read_named(&c, STR("EncryptionInfo"));
	package = cfb_read_named(&c, STR("EncryptedPackage"));
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
	(void)walk_extract(w, part, FACTS_EXTRACT_ANTIVIRUS, plain);
	inspect_leaf_examine(w, part, plain, l->depth + 1);
	return true;
}

void inspect_locked_office(struct walk *w, uint32_t index, str bytes, struct magic magic,
			   uint32_t depth)
{
	struct locked l = { .part = index, .depth = depth, .magic = magic, .bytes = bytes };
	uint64_t effort = EFFORT_UNASKED;

	if (depth < w->limits.max_depth && w->unasked++ < UNASKED_MAX &&
	    unlock_office(w, &l, OFFICECRYPT_DEFAULT_PASSWORD, &effort)) {
		walk_find(w, FINDING_DOCUMENT_DEFAULT_PASSWORD, index,
			  walk_part(w, index)->filename);
		return;
	}
	walk_part(w, index)->flags |= FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED;
	if (!inspect_locked_keep(w, index, bytes, magic, depth))
		inspect_locked_report(w, index);
}

/* A workbook that is not locked as a whole: other parts of the file were read already. */
static bool unlock_workbook(struct walk *w, struct locked *l, const char *password,
			    uint64_t *effort)
{
	spend(effort, EFFORT_WORKBOOK + l->bytes.n / EFFORT_READ);
	if (!inspect_ole_unlock(w, l->part, l->bytes, l->depth, str_c(password)))
		return false;
	clear_flags(w, l->part);
	return true;
}

void inspect_locked_workbook(struct walk *w, uint32_t index, str bytes, struct magic magic,
			     uint32_t depth)
{
	walk_part(w, index)->flags |= FACTS_PART_ENCRYPTED | FACTS_PART_UNINSPECTED;
	if (!inspect_locked_keep(w, index, bytes, magic, depth))
		inspect_locked_report(w, index);
}

static unlock_fn *unlocker_of(const struct locked *l)
{
	if (str_eq(l->magic.type, STR("application/x-7z-compressed")))
		return unlock_sevenzip;
	if (l->magic.notes & MAGIC_IS_ENCRYPTED)
		return unlock_office;
	if (l->magic.notes & MAGIC_IS_OLE)
		return unlock_workbook;
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

/* The password of one file is tried first on the next. */
static bool open_with(struct walk *w, struct locked *l, unlock_fn *unlock, uint64_t *effort,
		      struct password *last)
{
	const struct passwords *p = inspect_password_candidates(w);

	if (last->text && unlock(w, l, last->text, effort))
		return true;
	for (size_t i = 0; i < p->list.n && *effort; i++) {
		if (unlock(w, l, p->list.v[i].text, effort)) {
			*last = p->list.v[i];
			return true;
		}
	}
	return false;
}

/* A PDF file is read once, with all passwords at hand. */
static bool open_pdf(struct walk *w, struct locked *l, uint64_t *effort)
{
	const struct passwords *p = inspect_password_candidates(w);
	size_t n = p->list.n;
	str *texts = arena_array(w->arena, str, n + 1);

	if (!n || *effort / EFFORT_PDF < n)
		return false;
	spend(effort, EFFORT_PDF * n);
	for (size_t i = 0; i < n; i++)
		texts[i] = str_c(p->list.v[i].text);
	if (!inspect_pdf_unlock(w, l, texts, &n))
		return false;
	clear_flags(w, l->part);
	walk_find(w,
		  p->list.v[n].agreed ? FINDING_ARCHIVE_OPENED_AS_AGREED
				      : FINDING_ARCHIVE_OPENED_WITH_PASSWORD,
		  l->part, walk_part(w, l->part)->filename);
	return true;
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
		struct locked *l = w->locked.v[i];
		unlock_fn *unlock = unlocker_of(l);

		if (l->magic.family == MAGIC_PDF) {
			if (!open_pdf(w, l, &effort))
				report(w, l);
			continue;
		}
		if (unlock && open_with(w, l, unlock, &effort, &last))
			walk_find(w,
				  last.agreed ? FINDING_ARCHIVE_OPENED_AS_AGREED
					      : FINDING_ARCHIVE_OPENED_WITH_PASSWORD,
				  l->part, walk_part(w, l->part)->filename);
		else
			report(w, l);
	}
	w->locked_bytes = arena_free(w->locked_bytes);
}
