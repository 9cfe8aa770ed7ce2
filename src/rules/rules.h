/* rules/rules.h - the judgement as data: symbols, scores, composites, decisions.
 *
 * Shipped files (rules/ *.yaml, in the order of their names) define symbols; the site's
 * overlay files may change a score, disable a symbol or add new ones. Rule files of SpamAssassin
 * (*.cf) may lie among them. Lists (lists/ *.txt)
 * hold one entry a line.
 *
 * Input    files of the administrator.
 * Memory   everything is in the arena of rules_load and const afterwards.
 * Limits   RULES_MAX_SYMBOLS, RULES_MAX_EXPR terms of one expression, RULES_FILE_MAX bytes.
 * Threads  const after load: any number.
 * Errors   negative errno and a why FILE:LINE:COL: found X, expected Y; did you mean "Z"?
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "base/map.h"
#include "base/why.h"
#include "conf/conf.h"
#include "inspect/patterns.h"
#include "lists/dnslist.h"
#include "lists/lists.h"
#include "rules/action.h"

enum {
	RULES_MAX_SYMBOLS = 20000,
	RULES_MAX_EXPR = 200,	 /* terms; a group is one */
	RULES_MAX_NUMBER = 1000, /* in an expression */
	RULES_FILE_MAX = 4 << 20,
};
/* Scores are hundredths, so that sums are exact. */
enum { RULES_MAX_SCORE = 100000 };

/* How a symbol is raised. */
enum rules_when {
	RULES_FINDING, /* a name of inspect/findings.def or rules/evidence.def */
	RULES_HEADER,  /* the patterns of inspect/patterns.h */
	RULES_BODY,
	RULES_RAW,
	RULES_FILENAME,
	RULES_URL,
	RULES_WORDS,
	RULES_MACRO,
	RULES_SCRIPT,
	RULES_YARA,
	RULES_LUA,	       /* a program over the facts (inspect/luarules.h) */
	RULES_EXTENSION_IN,    /* extension of an attachment or archive member is in a list */
	RULES_TYPE_IN,	       /* true type of a part is one of types */
	RULES_FROM_IN,	       /* the mailbox or domain of an author is in a list */
	RULES_REPLY_TO_IN,     /* that of an address of answers is */
	RULES_CLIENT_IN,       /* the client's address is */
	RULES_HELO_IN,	       /* the name it gave is */
	RULES_REVERSE_PATH_IN, /* the envelope sender is */
	RULES_RECIPIENT_IN,    /* one of the envelope recipients is */
	RULES_RECIPIENTS_IN,   /* all of them are */
	RULES_URL_IN,	       /* a link is, or its host */
	RULES_HASH_IN,	       /* SHA-256 of a part is */
	RULES_LANGUAGE_IN,     /* the language of the text is (ISO 639-1) */
	RULES_ASN_IN,	       /* the network operator of the client is (AS64500) */
	RULES_COUNTRY_IN,      /* the country of the client is (ISO 3166-1) */
	RULES_DNS_LIST,	       /* a list of the DNS replies so */
	RULES_SCANNER,	       /* another service of the site says a word (scanner/scanner.h) */
	RULES_EXPR,	       /* composite of other symbols */
};

/* What a symbol decides, whatever the score. */
enum rules_decides {
	RULES_DECIDES_NOTHING,
	RULES_DECIDES_ACTION,	   /* .decision */
	RULES_DECIDES_WHEN_DOWN,   /* what antivirus.when_down says */
	RULES_DECIDES_WHEN_ABSENT, /* what antivirus.when_absent says */
};

/* One step of an expression in postfix order. */
enum rules_op {
	RULES_OP_SYMBOL,
	RULES_OP_NUMBER,
	RULES_OP_NOT,
	/* of two */
	RULES_OP_AND,
	RULES_OP_OR,
	RULES_OP_ADD,
	RULES_OP_SUBTRACT,
	RULES_OP_MULTIPLY,
	RULES_OP_MORE,
	RULES_OP_AT_LEAST,
	RULES_OP_LESS,
	RULES_OP_AT_MOST,
	RULES_OP_EQUAL,
};
struct rules_step {
	enum rules_op op;
	uint32_t symbol; /* index, RULES_OP_SYMBOL only */
	int32_t number;	 /* RULES_OP_NUMBER only */
};

/* How much care switching a rule on takes. */
enum rules_ease { RULES_EASE_UNSAID, RULES_EASY, RULES_CAREFUL, RULES_EXPERT, RULES_EASES };

struct rules_symbol {
	str name, group;
	struct conf_strings aliases; /* other names, valid wherever the name is */
	uint32_t index;		     /* in rules.symbols; also the id of its pattern */
	int32_t score;		     /* hundredths */
	bool disabled;
	bool observe; /* shown, but it weighs and decides nothing */
	enum rules_when when;
	str finding;	   /* RULES_FINDING; RULES_SCANNER: rules_scanner_finding */
	str header, regex; /* patterns */
	str code;	   /* RULES_LUA */
	bool caseless;
	const struct lists_list *list;	/* RULES_*_IN but TYPE_IN */
	struct conf_strings types;	/* RULES_TYPE_IN */
	const struct dnslist *dns_list; /* RULES_DNS_LIST */
	ARENA_VEC(uint32_t) replies;	/* one of them; without these two: any */
	uint32_t reply_bit;		/* of the last byte */
	bool reply_refused;		/* that we may not ask, and nothing else */
	str expression;			/* RULES_EXPR, as written */
	ARENA_VEC(struct rules_step) expr;
	ARENA_VEC(uint32_t) replace; /* symbols whose scores a raised composite removes */
	bool caps;		     /* .at_most is said */
	enum action at_most;	     /* no score does more when it is raised; decisions do */
	bool not_greylisted;	     /* while it is raised nobody is asked to come back later */
	enum rules_decides decides;
	enum action decision;
	uint32_t priority; /* among decisions the highest is followed */
	str description[CONF_LANGS];
	str created, updated, false_positives;
	struct conf_strings examples, near_misses;
	enum rules_ease ease;
	struct conf_strings tests; /* cases of the battery that it is there for */
	uint32_t changed;	   /* by the overlay: a bit for each property */
	const struct rules_symbol *next_of_finding;
	const char *file;
	uint32_t line, col;
};

/* Names whose look somebody may borrow: those of people with their addresses outside of our
 * domains, and domains of partners and well-known senders. */
enum { RULES_NAME_WORDS = 8, RULES_MAX_PROTECTED = 2000, RULES_BRAND_MIN = 3 };
struct rules_protected_domain {
	str name, skeleton; /* url/urlskeleton.h */
};
struct rules_protected_person {
	str name;
	str words[RULES_NAME_WORDS]; /* folded (mime/fold.h) */
	size_t n_words;
	struct conf_strings addresses;
};
/* A name that everybody knows, and the domains that may bear it. */
struct rules_protected_brand {
	str name;  /* for people */
	str words; /* folded, only letters and digits, one blank around each word */
	bool alone; /* it is also a word, and counts only when it is the whole name shown */
	struct conf_strings domains;
};
struct rules_protected {
	ARENA_VEC(struct rules_protected_domain) domains;
	ARENA_VEC(struct rules_protected_person) people;
	ARENA_VEC(struct rules_protected_brand) brands; /* one for each name of a brand */
};

/* A rule of a foreign file that has no meaning here. */
struct rules_left_out {
	str name;
	const char *file;
	uint32_t line;
	const char *why;
};

/* What another file of the overlay says of a symbol and SITECHANGES_FILE says otherwise: the last
 * word of the administrator is followed. */
struct rules_overruled {
	const struct rules_symbol *symbol;
	str property;
	const char *file; /* SITECHANGES_FILE */
	uint32_t line;
};

struct rules {
	ARENA_VEC(struct rules_symbol *) symbols;
	ARENA_VEC(struct rules_symbol *) composites; /* each after those it refers to */
	ARENA_VEC(struct rules_symbol *) by_part;    /* EXTENSION_IN, TYPE_IN */
	ARENA_VEC(struct rules_symbol *) by_list;    /* the others of lists */
	ARENA_VEC(struct pattern) patterns;
	ARENA_VEC(struct rules_symbol *) by_reply; /* DNS_LIST */
	struct lists lists;
	bool lists_borrowed;
	ARENA_VEC(struct rules_left_out) left_out;
	ARENA_VEC(struct rules_overruled) overruled;
	ARENA_VEC(const char *) feeds_left_out; /* files of feeds */
	struct rules_protected protected;
	ARENA_VEC(struct dnslist *) dns_lists;
	struct map by_name;		 /* name or alias: struct rules_symbol */
	struct map by_finding;		 /* finding name: first struct rules_symbol of a chain */
	int32_t tag, quarantine, reject; /* thresholds, hundredths */
	int32_t greylist;		 /* the same; 0: none is set */
};

/* All but rules may be NULL. feeds: files that poterne-fetch writes, n_feeds of them; one that is
 * not there, or is damaged, is passed over. */
struct rules_dirs {
	const char *rules, *overlay, *lists, *site_lists;
	const char *const *feeds;
	size_t n_feeds;
	const struct rules
		*lists_of; /* rules whose lists are taken, which outlive these; or NULL */
	str changes; /* instead of SITECHANGES_FILE of the overlay; STR_NULL: as it is there */
};

/* Folded text as struct rules_protected_brand has it. */
str rules_words_of(struct arena *a, str folded) must_use;
struct rules_dirs rules_dirs_of(struct arena *a, const struct conf *c);
int rules_load(struct arena *a, const struct rules_dirs *dirs, struct rules **ret, struct why *why)
	must_use;
/* Ends what does not end with the arena: the maps of compiled lists. Takes NULL. */
void rules_close(struct rules *r);
/* From memory, for tests: one shipped file, an overlay or STR_NULL, no lists. */
int rules_load_text(struct arena *a, str shipped, str overlay, struct rules **ret, struct why *why)
	must_use;
/* What patterns_compile takes; the id of a pattern is the index of its symbol. */
void rules_patterns(const struct rules *r, const struct pattern **ret_list, size_t *ret_n);
/* All patterns as a blob for patterns_load, with the list passwords.txt as its text; a bad
 * expression is shown with its place. */
int rules_compile(struct arena *a, const struct rules *r, str *ret_blob, struct why *why) must_use;
/* Its two halves: the patterns alone, and those with the text. */
int rules_compile_bare(struct arena *a, const struct rules *r, str *ret_blob, struct why *why)
	must_use;
str rules_with_words(struct arena *a, const struct rules *r, str blob) must_use;
/* The programs for luarules_load. */
int rules_lua_compile(struct arena *a, const struct rules *r, str *ret_blob, struct why *why)
	must_use;
/* Every pattern and program matches its examples and none of its near misses. */
int rules_try_examples(struct arena *a, const struct rules *r, str blob, struct why *why) must_use;
/* By name or alias. NULL when there is none. */
const struct rules_symbol *rules_find(const struct rules *r, str name);
/* Symbols raised by a finding: walk next_of_finding. NULL when nothing asks for it. */
const struct rules_symbol *rules_of_finding(const struct rules *r, str finding);
/* What evidence is called of a word that the service of that name says, or, without a name, one of
 * that protocol; without both, any. */
str rules_scanner_finding(struct arena *a, str name, str protocol, str says) must_use;
/* As rule files spell them: "header", "careful"; empty for RULES_EASE_UNSAID. */
str rules_when_name(enum rules_when when);
str rules_ease_name(enum rules_ease ease);

#endif
