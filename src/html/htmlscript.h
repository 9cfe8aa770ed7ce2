/* html/htmlscript.h - what a script of a page uses, and what its long literals hold.
 *
 * Reads JavaScript and VBScript as words, strings and numbers, without running anything: strings
 * that are joined in the source are joined here, and what is coded in them (base64, hexadecimal,
 * percent signs, lists of character numbers, one XOR key) is decoded once.
 *
 * Input    hostile.
 * Memory   results are in the arena.
 * Limits   HTMLSCRIPT_PAYLOADS_MAX payloads of all scripts, then .cut; HTMLSCRIPT_URLS_MAX
 *          addresses; linear.
 * Threads  pure.   Errors  none.
 */
#ifndef HTML_HTMLSCRIPT_H
#define HTML_HTMLSCRIPT_H

#include "base/strbuf.h"

enum { HTMLSCRIPT_PAYLOADS_MAX = 64, HTMLSCRIPT_URLS_MAX = 100, HTMLSCRIPT_LITERAL_MIN = 64 };

enum htmlscript_uses {
	HTMLSCRIPT_BLOB = 1 << 0,     /* Blob, File */
	HTMLSCRIPT_SAVE = 1 << 1,     /* createObjectURL, msSaveBlob */
	HTMLSCRIPT_DOWNLOAD = 1 << 2, /* a.download */
	HTMLSCRIPT_DECODE = 1 << 3,   /* atob, fromCharCode, unescape */
	HTMLSCRIPT_EVAL = 1 << 4,     /* eval, Function, Execute */
	HTMLSCRIPT_WRITE = 1 << 5,    /* document.write, innerHTML */
	HTMLSCRIPT_DECRYPT = 1 << 6,  /* subtle, CryptoJS, inflate */
	HTMLSCRIPT_SYSTEM = 1 << 7,   /* ActiveXObject, WScript, CreateObject */
	HTMLSCRIPT_REVERSE = 1 << 8,
	HTMLSCRIPT_XOR = 1 << 9,
	HTMLSCRIPT_LEAVE = 1 << 10,  /* location: goes to another page */
	HTMLSCRIPT_PACKED = 1 << 11, /* written by a known packer, or without words */
};

struct htmlscript {
	struct arena *arena;
	uint32_t uses;
	bool cut;
	ARENA_VEC(str) payloads; /* decoded, in several ways where it is not clear which */
	ARENA_VEC(str) urls;	 /* literals that are addresses */
	size_t coded;		 /* bytes of literals that hold nothing readable */
	str words[12];		 /* by bit of uses: the first word that told */
	struct strbuf all;	 /* coded literals, for scripts that join them later */
	size_t n_all;
};

struct htmlscript htmlscript_make(struct arena *a, size_t page_bytes);
/* One script of the page. */
void htmlscript_read(struct htmlscript *s, str script);
/* After the last. */
void htmlscript_end(struct htmlscript *s);

#endif
