#include "inspect/inspect_words.h"

#include "inspect/inspect_fuzzy.h"
#include "mime/language.h"

enum {
	INVISIBLE_MIN = 3, /* in a body: a stray one comes from copying and pasting */
	STACKED_MIN = 5,
	STYLED_MIN = 20,
	SHOWN_STYLED_MIN = 4,
	ATTACHED_BYTES = 32 << 10, /* what somebody has to say is said by then */
	LANGUAGE_LETTERS = 40	   /* what a text must have to say more than the one before */
};

static bool is_text(const struct content *c)
{
	return content_is(c, STR("text/plain")) || content_is(c, STR("text/html"));
}

/* Beginnings of the unregistered types that programs really declare. */
static bool is_known_private(str subtype)
{
	static const str known[] = {
		STR("7z"),	STR("ace"),	STR("apple"),	 STR("arj"),   STR("bittorrent"),
		STR("bz"),	STR("chrome"),	STR("compress"), STR("cpio"),  STR("csh"),
		STR("csv"),	STR("debian"),	STR("deb"),	 STR("dos"),   STR("dvi"),
		STR("excel"),	STR("font"),	STR("gtar"),	 STR("gzip"),  STR("hwp"),
		STR("iso"),	STR("iwork"),	STR("java"),	 STR("lha"),   STR("lzh"),
		STR("mac"),	STR("ms"),	STR("netcdf"),	 STR("ole"),   STR("openxml"),
		STR("pdf"),	STR("perl"),	STR("php"),	 STR("pkcs"),  STR("python"),
		STR("rar"),	STR("rpm"),	STR("rtf"),	 STR("sh"),    STR("sit"),
		STR("sql"),	STR("stuffit"), STR("tar"),	 STR("tex"),   STR("trash"),
		STR("unknown"), STR("url"),	STR("vnd"),	 STR("wais"),  STR("www"),
		STR("x509"),	STR("xls"),	STR("xz"),	 STR("zip"),   STR("doc"),
		STR("gunzip"),	STR("palm"),	STR("latex"),	 STR("octet"), STR("dbf"),
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_starts(subtype, known[i]))
			return true;
	}
	return false;
}

/* Top-level types that IANA has registered. */
static bool is_known_type(str type)
{
	static const str known[] = {
		STR("text/"),	   STR("image/"), STR("audio/"), STR("video/"),	  STR("message/"),
		STR("multipart/"), STR("model/"), STR("font/"),	 STR("haptics/"),
	};

	if (str_starts(type, STR("application/x-")))
		return is_known_private(str_skip(type, STR("application/x-").n));
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (str_starts(type, known[i]))
			return true;
	}
	return str_starts(type, STR("application/"));
}

static size_t find_8bit(str bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		if (bytes.p[i] & 0x80)
			return i;
	}
	return STR_NONE;
}

void inspect_words_part(struct walk *w, uint32_t index, const struct content *c, str body)
{
	bool is_7bit = c->encoding == CONTENT_IDENTITY &&
		       !str_caseeq(c->encoding_name, STR("8bit")) &&
		       !str_caseeq(c->encoding_name, STR("binary"));
	size_t at;

	if (!is_known_type(c->type) || (c->filename.n && !c->has_type))
		walk_find(w, FINDING_MIME_UNKNOWN, index, c->type);
	if (!is_7bit || !is_text(c))
		return;
	at = find_8bit(body);
	if (at != STR_NONE)
		walk_find(w, FINDING_R_BAD_CTE_7BIT, index, str_sub(body, at, at + 60));
}

bool inspect_words_decode(struct walk *w, struct arena *a, uint32_t index, str charset, str bytes,
			  str *ret_text, str *ret_other)
{
	static const struct {
		uint32_t flag;
		enum finding finding;
	} table[] = {
		{ CHARSET_UNKNOWN, FINDING_MIME_UNKNOWN_CHARSET },
		{ CHARSET_ABSENT, FINDING_R_MISSING_CHARSET },
		{ CHARSET_UTF7, FINDING_TEXT_UTF7 },
		{ CHARSET_UTF16, FINDING_TEXT_UTF16 },
		{ CHARSET_OVERLONG, FINDING_TEXT_OVERLONG },
		{ CHARSET_DOUBTFUL, FINDING_TEXT_CHARSET_DOUBTFUL },
		{ CHARSET_DISGUISED, FINDING_TEXT_DISGUISED },
	};
	uint32_t flags = charset_read(&w->charsets, a, charset, bytes, ret_text);

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (flags & table[i].flag)
			walk_find(w, table[i].finding, index, charset);
	}
	/* Some programs go by the bytes: that reading is judged too. Pages say it themselves. */
	if ((flags & CHARSET_DOUBTFUL) && !str_eq(walk_part(w, index)->type, STR("text/html"))) {
		walk_scan(w, PATTERN_BODY, STR(""), bytes, index);
		inspect_words_read(w, index, bytes);
	}
	if (!(flags & CHARSET_DISGUISED))
		return false;
	(void)charset_to_utf8(&w->charsets, a, STR("utf-8"), bytes, ret_other);
	return true;
}

static void find(struct walk *w, enum finding what, uint32_t index, const struct fold_seen *s,
		 uint32_t least)
{
	if (s->n >= least)
		walk_find(w, what, index, s->first);
}

static bool reads_leftwards(const struct fold_facts *f)
{
	return f->letters[FOLD_HEBREW] || f->letters[FOLD_ARABIC];
}

static uint32_t letters_of(const struct fold_facts *f)
{
	uint32_t n = 0;

	for (int i = 0; i < FOLD_SCRIPTS; i++)
		n += f->letters[i];
	return n;
}

void inspect_words_read(struct walk *w, uint32_t index, str text)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct fold_facts f;
	str folded = fold_text(scratch, text, &f);

	walk_scan(w, PATTERN_WORDS, STR(""), folded, index);
	inspect_fuzzy_text(w, text);
	find(w, FINDING_R_MIXED_CHARSET, index, &f.mixed, 1);
	find(w, FINDING_TEXT_INVISIBLE, index, &f.invisible, INVISIBLE_MIN);
	find(w, FINDING_TEXT_STACKED_MARKS, index, &f.stacked, STACKED_MIN);
	find(w, FINDING_TEXT_STYLED, index, &f.styled, STYLED_MIN);
	if (!reads_leftwards(&f))
		find(w, FINDING_TEXT_BIDI, index, &f.bidi, 1);
	/* The longest text says which language the message is written in. */
	if (letters_of(&f) >= LANGUAGE_LETTERS && letters_of(&f) > w->language_letters) {
		w->language_letters = letters_of(&f);
		w->facts->language = language_guess(folded, &f);
	}
}

void inspect_words_attached(struct walk *w, uint32_t index, str bytes)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct fold_facts f;

	walk_scan(w, PATTERN_WORDS, STR(""),
		  fold_text(scratch, str_sub(bytes, 0, ATTACHED_BYTES), &f), index);
}

void inspect_words_shown(struct walk *w, str text, bool subject)
{
	struct fold_facts f;
	str folded = fold_text(w->arena, text, &f);

	if (subject)
		walk_scan(w, PATTERN_WORDS, STR(""), folded, 0);
	find(w, FINDING_SHOWN_LOOKALIKE, 0, &f.mixed, 1);
	find(w, FINDING_SHOWN_INVISIBLE, 0, &f.invisible, 1);
	find(w, FINDING_SHOWN_INVISIBLE, 0, &f.hyphens, 1);
	find(w, FINDING_SHOWN_STYLED, 0, &f.styled, SHOWN_STYLED_MIN);
	if (!reads_leftwards(&f))
		find(w, FINDING_SHOWN_BIDI, 0, &f.bidi, 1);
}

static bool has_plain_child(const struct facts *f, size_t parent)
{
	for (size_t i = parent + 1; i < f->parts.n; i++) {
		if (f->parts.v[i].parent == parent && str_eq(f->parts.v[i].type, STR("text/plain")))
			return true;
	}
	return false;
}

void inspect_words_end(struct walk *w)
{
	const struct facts *f = w->facts;

	for (size_t i = 0; i < f->parts.n; i++) {
		if (str_eq(f->parts.v[i].type, STR("multipart/alternative")) &&
		    !has_plain_child(f, i))
			walk_find(w, FINDING_MIME_MA_MISSING_TEXT, (uint32_t)i, STR(""));
	}
}
