/* inspect/inspect_private.h - what the files of the walker share.
 *
 * inspect.c starts; inspect_headers.c reads the message's own header, inspect_sender.c and
 * inspect_msgid.c judge it; inspect_part.c walks the MIME tree; inspect_text.c reads bodies,
 * inspect_words.h what is said in them; inspect_leaf.c examines bytes;
 * inspect_format.c knows who opens them, and who does (inspect_archive.c, inspect_tnef.c)
 * comes back to inspect_leaf.c; inspect_url.h keeps the links; inspect_hidden.c looks for files in
 * what was taken for text; inspect_name.c judges file names; walk.c keeps the account of what was
 * found and of what is left of the limits.
 *
 * Input    hostile.   Memory  facts in w->arena, decoded bytes in short-lived arenas.
 * Limits   w->limits, w->budget; each one reached is named by walk_limit.
 * Threads  one walk at a time.   Errors  none: facts.
 */
#ifndef INSPECT_PRIVATE_H
#define INSPECT_PRIVATE_H

#include "base/map.h"
#include "base/strbuf.h"
#include "fuzzy/fuzzytext.h"
#include "inspect/findings.h"
#include "inspect/inspect.h"
#include "inspect/magic.h"
#include "mime/content.h"

enum {
	WALK_SAME_FINDING_MAX = 16, /* of one name: a flood must not hide the others */
	WALK_NO_PART = UINT32_MAX,
};

/* A file that needs a password, kept until the whole message was read. */
struct locked_member {
	uint32_t number, part;
};
struct locked {
	uint32_t part, depth;
	struct magic magic;
	bool locally; /* a zip file's members by their own headers */
	str bytes;
	ARENA_VEC(struct locked_member) members; /* which of them need it; none: the file */
};

/* The words of one document (inspect_fuzzy.h). */
struct walk_document {
	uint32_t part;
	struct fuzzytext *text;
};

struct walk {
	struct arena *arena;
	str message;
	struct facts *facts;
	struct patterns *patterns; /* may be NULL */
	struct inspect_limits limits;
	struct charsets charsets;
	struct strbuf text;	   /* becomes facts.text */
	struct map hits;	   /* pattern ids that are reported already... */
	struct map candidate_hits; /* ...and those of candidate rules */
	uint64_t budget;	   /* bytes that may still be decoded or unpacked */
	uint16_t found[FINDINGS_N];
	uint32_t probes;	   /* lines of text that were decoded to see what they are */
	uint32_t readings;	   /* parts that only some readers see, and names... */
	uint64_t reread;	   /* ...and bytes that were decoded once more for them */
	uint32_t language_letters; /* of the text that facts.language was guessed from */
	uint64_t extracted,
		extracted_scanner; /* bytes of facts->extracts, of the others and these */
	uint32_t n_extracts, n_scanner;
	uint32_t looks[FACTS_CC + 1]; /* addresses whose looks were noted, by field */
	bool has_content;	      /* text or an attachment was seen */
	struct map boundaries;	      /* all that are declared */
	ARENA_VEC(str) open;	      /* boundaries of the multiparts that are being walked... */
	size_t open_here;	      /* ...those from here on in the same bytes as now */
	/* Pieces of the message that were decoded into something known, in order. */
	ARENA_VEC(str) taken;
	struct {
		struct map seen;       /* what was judged already */
		struct arena *scratch; /* for one link; made with the first */
		uint32_t judged;
	} urls;
	ARENA_VEC(struct locked *) locked;
	struct arena *locked_bytes; /* NULL until there are some */
	uint32_t unasked; /* Office files that were tried with the password nobody is asked for */
	struct passwords *passwords;	  /* inspect_password.h; NULL until they are asked for */
	ARENA_VEC(uint32_t) page_scripts; /* parts in archives that are such as pages have */
	ARENA_VEC(str) sections;	  /* headers that were walked, in order */
	struct features_set *features[FEATURES_VIEWS]; /* inspect_features.h; NULL: not wanted */
	struct {
		struct fuzzytext *text; /* NULL until there is some */
		ARENA_VEC(struct walk_document) documents;
	} fuzzy; /* inspect_fuzzy.h */
};

/* walk.c */
void walk_find(struct walk *w, enum finding what, uint32_t part, str evidence);
void walk_limit(struct walk *w, str name);
/* Offset in the message of a slice of it, else the one given. */
uint64_t walk_offset(const struct walk *w, str slice, uint64_t otherwise);
/* A new part "PARENT.PATH separator number", or WALK_NO_PART at the limit. */
uint32_t walk_add_part(struct walk *w, uint32_t parent, char separator, uint32_t number);
struct facts_part *walk_part(struct walk *w, uint32_t index);
void walk_scan(struct walk *w, enum pattern_scope scope, str header, str text, uint32_t part);
/* A rule of the rule files is met; each is kept once. */
void walk_hit(struct walk *w, uint32_t id, str evidence, uint32_t part);
/* An arena for bytes that are forgotten after a look at them. */
struct arena *walk_scratch(const struct walk *w) must_use;
void walk_spend(struct walk *w, uint64_t bytes);
/* Has somebody else asked about these bytes of a part (conducted outside, by kind); false: there
 * is no room for more. */
bool walk_extract(struct walk *w, uint32_t part, enum facts_extract_kind kind, str bytes);
/* Says what is being looked at, in case it is the end of this process. */
void walk_note(struct walk *w, str type, uint32_t part);

/* inspect_headers.c */
void inspect_headers_read(struct walk *w, str message);
/* Code for programs that show or log the text: pages, shells, formats, look-ups. */
bool inspect_headers_attack(str text) must_use;
/* inspect_sender.c: From, Reply-To and To, once they are read. */
void inspect_sender_judge(struct walk *w);
/* The first address with a domain there, or NULL. */
const struct facts_address *inspect_sender_first(const struct facts *f, enum facts_where where);
/* inspect_trace.c: the way the message says it came. */
void inspect_trace_read(struct walk *w);
/* inspect_msgid.c */
void inspect_msgid_judge(struct walk *w);
/* inspect_dkim.c: signatures of the message and its ARC chain, and what ours would cover. */
void inspect_dkim_read(struct walk *w);
/* inspect_part.c: entity is a header section and a body. */
void inspect_part_walk(struct walk *w, uint32_t index, str entity, str default_type,
		       uint32_t depth);
/* A message that was not there before something was decoded. */
void inspect_part_decoded(struct walk *w, uint32_t index, str message, uint32_t depth);
/* inspect_leaf.c: size, hash, true type, test marks, members. */
void inspect_leaf_examine(struct walk *w, uint32_t index, str bytes, uint32_t depth);
void inspect_leaf_hash(str bytes, uint8_t out[32]);
/* Begins with fields of a message, whatever it was called. */
bool inspect_leaf_is_message(str bytes);
/* inspect_report.c: what may be a report about our own mail, for who asked for them. */
void inspect_report_read(struct walk *w, uint32_t index, str bytes);
/* inspect_hidden.c: files that stand in text instead of in parts. Ranges from
 * w->taken[first_taken] on are left out. */
void inspect_hidden_search(struct walk *w, uint32_t index, str text, size_t first_taken,
			   uint32_t depth);
/* inspect_text.c: a body that the reader sees, in its declared character set. */
void inspect_text_read(struct walk *w, uint32_t index, str charset, str bytes, uint32_t depth);

/* Opens one format: bytes are those of the part, m their true type. What is inside becomes
 * child parts (walk_add_part, inspect_leaf_examine with depth + 1) and findings. */
typedef void inspect_open_fn(struct walk *w, uint32_t index, str bytes, struct magic m,
			     uint32_t depth);
/* inspect_format.c: by the table of formats; false: nothing opens this type. */
bool inspect_format_open(struct walk *w, uint32_t index, str bytes, struct magic m, uint32_t depth);
inspect_open_fn inspect_archive_open;
inspect_open_fn inspect_html_open; /* attached pages; bodies are read by inspect_text.c */
inspect_open_fn inspect_ole_open, inspect_ooxml_open, inspect_rtf_open, inspect_onenote_open;
inspect_open_fn inspect_biff_open, inspect_table_open, inspect_mso_open;
inspect_open_fn inspect_apple_open; /* AppleSingle and AppleDouble */
inspect_open_fn inspect_cms_open;   /* S/MIME: what is signed */
inspect_open_fn inspect_tnef_open;  /* what Outlook packs attachments into (winmail.dat) */
inspect_open_fn inspect_pdf_open;
inspect_open_fn inspect_archive_inside; /* behind the bytes of another type */
inspect_open_fn inspect_tnef_open;	/* what Outlook packs attachments into (winmail.dat) */
/* With the passwords of the message: *n is how many, then which one it was. */
bool inspect_pdf_unlock(struct walk *w, const struct locked *l, const str *passwords, size_t *n);
/* inspect_ole.c: a workbook within a compound file, with a password; false: not that one. */
bool inspect_ole_unlock(struct walk *w, uint32_t index, str bytes, uint32_t depth, str password);
/* inspect_locked.c: keeps a copy of what needs a password and was not opened; false when
 * there is no room left. members may be added to the answer. */
struct locked *inspect_locked_keep(struct walk *w, uint32_t index, str bytes, struct magic magic,
				   uint32_t depth);
/* For a compound file whose workbook is locked: opened when a password is known. */
void inspect_locked_workbook(struct walk *w, uint32_t index, str bytes, struct magic magic,
			     uint32_t depth);
/* For an Office file that is locked as a whole: opened at once when its program would. */
void inspect_locked_office(struct walk *w, uint32_t index, str bytes, struct magic magic,
			   uint32_t depth);
/* Says that a part stays closed. */
void inspect_locked_report(struct walk *w, uint32_t part);
/* When the whole message was read: opens what its own words, or the list, open. */
void inspect_locked_open(struct walk *w);
inspect_open_fn inspect_script_open;
inspect_open_fn inspect_lnk_open;
inspect_open_fn inspect_xml_open;
inspect_open_fn inspect_calendar_open;
/* inspect_xml.c: what an XML document's declarations would make its reader do. */
void inspect_xml_check(struct walk *w, uint32_t index, str bytes);
/* inspect_script.c: what a script in an archive means is known when its neighbours are. */
bool inspect_script_waits(const struct facts_part *p);
void inspect_script_settle(struct walk *w);
inspect_open_fn inspect_cms_open;   /* S/MIME: what is signed */
inspect_open_fn inspect_tnef_open;  /* what Outlook packs attachments into (winmail.dat) */
inspect_open_fn inspect_cms_open;   /* S/MIME: what is signed */
inspect_open_fn inspect_tnef_open;  /* what Outlook packs attachments into (winmail.dat) */
inspect_open_fn inspect_image_open; /* hands it to who reads QR codes */
inspect_open_fn inspect_tnef_open;  /* what Outlook packs attachments into (winmail.dat) */
/* Is a picture all there is to see? */
void inspect_image_check_only(struct walk *w);
/* inspect_lua.c: rules that need code, over all facts. */
void inspect_lua_run(struct walk *w);
/* inspect_yara.c: a whole file of that type, and source that was found in one. */
void inspect_yara_file(struct walk *w, uint32_t index, str bytes, struct magic m);
void inspect_yara_source(struct walk *w, uint32_t part, enum pattern_scope scope, str source);
/* inspect_name.c */
void inspect_name_check(struct walk *w, uint32_t index, str filename, bool in_archive);
/* All names of a part, the worst of which decides. */
void inspect_name_check_all(struct walk *w, uint32_t index, const struct content *c);
/* Some program takes the part for another kind of file than others do. */
bool inspect_name_kinds_differ(struct walk *w, const struct content *c);
bool inspect_name_is_script(str filename);

#endif
