/* scanner/scanner.h - other services of the site, asked what they think of a message or a file.
 *
 * What they answer are words: "infected", "bulk", "macros". Which symbol a word becomes, and what
 * that weighs, is said by rules (condition scanner). Each protocol has its own words; these mean
 * the same in all: "clean", nothing was found; "infected"; "encrypted", it could not look inside;
 * "limits", it would not look at all of it.
 *
 * Input    what is asked about is hostile and passes through uninterpreted; answers may quote it,
 *          and are not trusted to have a form.
 * Memory   in the caller's arena.
 * Limits   max_bytes of the row, before anything is sent; SCANNER_WORDS of an answer, each of
 *          SCANNERROW_WORD_MAX bytes, their texts cut at SCANNER_TEXT_MAX; the deadline bounds
 *          connecting, sending and waiting together.
 * Threads  pure apart from its own connection.
 * Errors   negative errno and a why: there is no answer, which is never the same as clean.
 */
#ifndef SCANNER_SCANNER_H
#define SCANNER_SCANNER_H

#include "base/clock.h"
#include "conf/scannerrow.h"

enum { SCANNER_WORDS = 32, SCANNER_TEXT_MAX = 200 };

/* How the message came. */
struct scanner_envelope {
	str hostname; /* ours */
	str mid, client_ip, helo, reverse_path;
	const str *recipients;
	size_t n_recipients;
};

struct scanner_subject {
	const struct scanner_envelope *envelope;
	str bytes;
	bool whole;	    /* the message; otherwise a file of it, of that */
	str filename, type; /* may be empty */
};

struct scanner_word {
	str word;
	str text; /* printable, may be empty */
};

struct scanner_answer {
	ARENA_VEC(struct scanner_word) words; /* at least one */
};

int scanner_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
		deadline d, struct scanner_answer *ret, struct why *why) must_use;
/* For who reads answers: adds a word, once. Beyond SCANNER_WORDS it is passed over. */
void scanner_say(struct arena *a, struct scanner_answer *answer, str word, str text);
/* Letters, digits, "_" and "-", and none of the words that stand for no answer: "failed", "down".
 */
bool scanner_is_word(str s);

#endif
