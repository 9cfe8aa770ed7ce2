#include "inspect/inspect_private.h"

#include "inspect/inspect_html.h"
#include "inspect/inspect_words.h"
#include "inspect/testmarks.h"
#include "mail/header.h"

#include <openssl/evp.h>

enum { MESSAGE_FIELDS = 30 }; /* looked at to know a message by */

void inspect_leaf_hash(str bytes, uint8_t out[32])
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

static bool is_shown(const struct facts_part *p)
{
	return !(p->flags & FACTS_PART_ATTACHMENT) && str_starts(p->type, STR("text/"));
}

static struct magic detect(struct walk *w, uint32_t index, str bytes)
{
	struct facts_part *p = walk_part(w, index);
	bool attached = p->flags & FACTS_PART_ATTACHMENT;
	struct magic m = is_shown(p) ? magic_detect_text(bytes) : magic_detect(bytes);
	uint32_t notes = m.notes;
	bool text_script;

	/* Some readers need no header at all. */
	if (attached && (m.family == MAGIC_UNKNOWN || m.family == MAGIC_DATA) &&
	    str_caseends(p->filename, STR(".pdf")) && str_find(bytes, STR("endobj")) != STR_NONE)
		return (struct magic){ STR("application/pdf"), MAGIC_PDF, notes };
	if (!attached || m.family != MAGIC_UNKNOWN)
		return m;
	if (inspect_html_is_page(p))
		return (struct magic){ STR("text/html"), MAGIC_MARKUP, notes };
	text_script = inspect_name_is_script(p->filename);
	if (!text_script && !str_starts(p->type, STR("text/")) && !magic_is_neutral(p->type))
		return m;
	m = magic_detect_script(bytes);
	if (m.family == MAGIC_UNKNOWN && text_script && bytes.n)
		m = (struct magic){ str_caseends(p->filename, STR(".js"))
					    ? STR("application/javascript")
					    : STR("application/x-script"),
				    MAGIC_SCRIPT, 0 };
	m.notes |= notes;
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
	if (m.family == MAGIC_SCRIPT && attached && !inspect_script_waits(p))
		walk_find(w, FINDING_ATTACHMENT_SCRIPT, index,
			  p->filename.n ? p->filename : m.type);
	if (m.notes & MAGIC_HAS_APPENDED)
		walk_find(w, FINDING_ARCHIVE_APPENDED, index, p->filename.n ? p->filename : m.type);
	if (m.notes & MAGIC_HAS_MACROS)
		walk_find(w, FINDING_DOCUMENT_MACRO, index, p->filename.n ? p->filename : m.type);
}

/* Blank lines, and a byte order mark, that readers pass over. */
static str begin_of_message(str bytes)
{
	if (str_starts(bytes, STR("\xef\xbb\xbf")))
		bytes = str_skip(bytes, 3);
	while (bytes.n && str_is_space(bytes.p[0]))
		bytes = str_skip(bytes, 1);
	return bytes;
}

/* How many fields of a message stand at the start, three at most. A page saved with its
 * files (RFC 2557) has no others than those of MIME. */
static int known_fields(str bytes)
{
	static const str names[] = {
		STR("From"),	 STR("Date"),	      STR("Subject"), STR("Message-ID"),
		STR("Received"), STR("MIME-Version"), STR("To"),      STR("Content-Type"),
	};
	struct header_reader r = header_reader_make(begin_of_message(bytes));
	struct header_field f;
	bool version = false, type = false;
	int known = 0;

	for (int i = 0; i < MESSAGE_FIELDS && known < 3 && header_next(&r, &f); i++) {
		if (i && f.flags & (HEADER_NO_COLON | HEADER_BAD_NAME))
			break;
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			known += str_caseeq(f.name, names[k]);
		version |= str_caseeq(f.name, STR("MIME-Version"));
		type |= str_caseeq(f.name, STR("Content-Type"));
	}
	return version && type ? 3 : known;
}

bool inspect_leaf_is_message(str bytes)
{
	return known_fields(bytes) >= 3;
}

/* A message attached as if it were data: its reader opens it like any other. */
static bool is_message(const struct facts_part *p, str bytes)
{
	int known = known_fields(bytes);

	return known >= 3 || (known && (str_caseends(p->filename, STR(".eml")) ||
					str_starts(p->type, STR("message/"))));
}

static void open_message(struct walk *w, uint32_t index, str bytes, uint32_t depth)
{
	uint32_t child;

	if (depth >= w->limits.max_depth) {
		walk_limit(w, STR("mime.depth"));
		walk_find(w, FINDING_MIME_TOO_DEEP, index, walk_part(w, index)->filename);
		walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
		return;
	}
	walk_part(w, index)->flags |= FACTS_PART_MESSAGE;
	child = walk_add_part(w, index, '.', 1);
	if (child != WALK_NO_PART)
		inspect_part_decoded(w, child, begin_of_message(bytes), depth + 1);
}

/* Attached text; bodies are read by inspect_text.c. */
static bool is_text(const struct facts_part *p, struct magic m)
{
	return !is_shown(p) && (str_starts(p->type, STR("text/")) || m.family == MAGIC_MARKUP);
}

/* Numbers and dots only: not in an archive, hidden, or of another reading. */
static bool is_attached_path(str path)
{
	for (size_t i = 0; i < path.n; i++) {
		if (!str_is_digit(path.p[i]) && path.p[i] != '.')
			return false;
	}
	return true;
}

/* For other services: files of the message itself, and office documents wherever they are. */
static void extract(struct walk *w, uint32_t index, str bytes, struct magic m)
{
	const struct facts_part *p = walk_part(w, index);
	bool attached = p->flags & FACTS_PART_ATTACHMENT && is_attached_path(p->path);

	if (bytes.n && ((w->limits.wants & INSPECT_WANTS_ATTACHMENTS && attached) ||
			(w->limits.wants & INSPECT_WANTS_DOCUMENTS && m.family == MAGIC_OFFICE)))
		(void)walk_extract(w, index, FACTS_EXTRACT_SCANNER, bytes);
}

void inspect_leaf_examine(struct walk *w, uint32_t index, str bytes, uint32_t depth)
{
	struct facts_part *p = walk_part(w, index);
	struct magic m = detect(w, index, bytes);

	p->size = bytes.n;
	p->detected = m.type;
	inspect_leaf_hash(bytes, p->sha256);
	judge_type(w, index, m);
	if (is_text(p, m)) {
		if (testmarks_gtube(bytes))
			walk_find(w, FINDING_GTUBE, index, p->filename.n ? p->filename : p->path);
		inspect_words_attached(w, index, bytes);
	}
	walk_note(w, m.type.n ? m.type : p->type, index);
	if (testmarks_eicar(bytes))
		walk_find(w, FINDING_EICAR_TEST_FILE, index, p->filename.n ? p->filename : p->path);
	if (w->limits.wants & INSPECT_WANTS_REPORTS)
		inspect_report_read(w, index, bytes);
	extract(w, index, bytes, m);
	/* From here on parts are added, and p may have moved. */
	if (m.notes & MAGIC_IS_ENCRYPTED)
		inspect_locked_office(w, index, bytes, m, depth);
	if (!is_shown(walk_part(w, index))) {
		inspect_archive_inside(w, index, bytes, m, depth);
		inspect_yara_file(w, index, bytes, m);
	}
	if (!inspect_format_open(w, index, bytes, m, depth) && m.family == MAGIC_UNKNOWN &&
	    !is_shown(walk_part(w, index)) && is_message(walk_part(w, index), bytes))
		open_message(w, index, bytes, depth);
}
