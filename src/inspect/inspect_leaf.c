#include "inspect/inspect_private.h"

#include "inspect/testmarks.h"

#include <openssl/evp.h>

static void hash(str bytes, uint8_t out[32])
{
	unsigned n = 32;

	bug_if(EVP_Digest(bytes.p ? bytes.p : "", bytes.n, out, &n, EVP_sha256(), NULL) != 1);
}

/* Families that stand for each other: office files are zip files, tar files are compressed,
 * and old office programs saved markup under their own type. */
static bool families_agree(enum magic_family declared, enum magic_family found)
{
	if (declared == found)
		return true;
	if (declared == MAGIC_ARCHIVE || declared == MAGIC_COMPRESSED)
		return found == MAGIC_ARCHIVE || found == MAGIC_COMPRESSED || found == MAGIC_OFFICE;
	return declared == MAGIC_OFFICE && found == MAGIC_MARKUP;
}

/* What is declared harmless and is something else. */
static bool is_mismatch(const struct facts_part *p, enum magic_family found)
{
	enum magic_family declared = magic_family_of(p->type);

	if (found == MAGIC_UNKNOWN || found == MAGIC_DATA || magic_is_neutral(p->type))
		return false;
	if (str_starts(p->type, STR("text/")) && declared != MAGIC_OFFICE)
		return found != MAGIC_MARKUP && found != MAGIC_SCRIPT;
	if (declared == MAGIC_UNKNOWN)
		return found == MAGIC_PROGRAM;
	return !families_agree(declared, found);
}

static struct magic detect(struct walk *w, uint32_t index, str bytes)
{
	struct facts_part *p = walk_part(w, index);
	bool attached = p->flags & FACTS_PART_ATTACHMENT;
	bool shown = !attached && str_starts(p->type, STR("text/"));
	struct magic m = shown ? magic_detect_text(bytes) : magic_detect(bytes);
	bool text_script;

	if (!attached || m.family != MAGIC_UNKNOWN)
		return m;
	text_script = inspect_name_is_script(p->filename);
	if (!text_script && !str_starts(p->type, STR("text/")) && !magic_is_neutral(p->type))
		return m;
	m = magic_detect_script(bytes);
	if (m.family == MAGIC_UNKNOWN && text_script && bytes.n)
		m = (struct magic){ STR("application/x-script"), MAGIC_SCRIPT, 0 };
	return m;
}

static void judge_type(struct walk *w, uint32_t index, struct magic m)
{
	struct facts_part *p = walk_part(w, index);
	bool attached = p->flags & FACTS_PART_ATTACHMENT;

	if (is_mismatch(p, m.family)) {
		p->flags |= FACTS_PART_TYPE_MISMATCH;
		walk_find(w, FINDING_TYPE_MISMATCH, index,
			  arena_fmt(w->arena, "%.*s is %.*s", STR_ARG(p->type), STR_ARG(m.type)));
	}
	if (m.family == MAGIC_PROGRAM)
		walk_find(w, FINDING_ATTACHMENT_EXECUTABLE, index,
			  p->filename.n ? p->filename : m.type);
	if (m.family == MAGIC_SCRIPT && attached)
		walk_find(w, FINDING_ATTACHMENT_SCRIPT, index,
			  p->filename.n ? p->filename : m.type);
	if (m.notes & MAGIC_HAS_MACROS)
		walk_find(w, FINDING_DOCUMENT_MACRO, index, p->filename.n ? p->filename : m.type);
	if (m.notes & MAGIC_IS_ENCRYPTED) {
		p->flags |= FACTS_PART_ENCRYPTED;
		walk_find(w, FINDING_ATTACHMENT_ENCRYPTED, index, p->filename);
	}
}

static bool has_members(struct magic m)
{
	return m.family == MAGIC_ARCHIVE || m.family == MAGIC_COMPRESSED ||
	       str_eq(m.type, STR("application/java-archive"));
}

void inspect_leaf_examine(struct walk *w, uint32_t index, str bytes, uint32_t depth)
{
	struct facts_part *p = walk_part(w, index);
	struct magic m = detect(w, index, bytes);

	p->size = bytes.n;
	p->detected = m.type;
	hash(bytes, p->sha256);
	judge_type(w, index, m);
	if (testmarks_eicar(bytes))
		walk_find(w, FINDING_EICAR_TEST_FILE, index, p->filename.n ? p->filename : p->path);
	if (has_members(m))
		inspect_archive_open(w, index, bytes, m.family == MAGIC_COMPRESSED, depth);
}
