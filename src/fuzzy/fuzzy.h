/* fuzzy/fuzzy.h - digests by which nearly equal things are found again: texts, documents, pictures.
 *
 * A text's digest is the least values of FUZZY_VALUES hash functions over its shingles (Broder
 * 1997): the share of values that two digests have in common estimates the share of shingles that
 * the two texts have in common. A file's is its SHA-256, a picture's 64 bits of its shape. The
 * functions are public constants, so that gateways can share what they learned.
 *
 * Digests are found by keys: each stands for a piece of the digest, and digests that are alike have
 * at least one key in common (fuzzy_keys). A key alone proves nothing: whole digests are compared.
 *
 * Input    digests of hostile mail: any values.
 * Memory   none.
 * Limits   FUZZY_DIGESTS_MAX of one message.
 * Threads  pure.
 * Errors   none.
 */
#ifndef FUZZY_FUZZY_H
#define FUZZY_FUZZY_H

#include "base/str.h"

enum fuzzy_kind {
	FUZZY_TEXT,	/* the words a message shows */
	FUZZY_DOCUMENT, /* the words of an attached document */
	FUZZY_FILE,	/* an attached file, byte for byte */
	FUZZY_IMAGE,	/* a picture that stands for the text */
	FUZZY_KINDS
};

enum {
	FUZZY_VALUES = 32,
	FUZZY_KEYS_MAX = FUZZY_VALUES / 2,
	FUZZY_ALIKE = FUZZY_VALUES, /* likeness of equal digests */
	FUZZY_DIGESTS_MAX = 32,
};

struct fuzzy_digest {
	enum fuzzy_kind kind;
	uint32_t part; /* of the message */
	uint16_t v[FUZZY_VALUES];
};

struct fuzzy_digest fuzzy_of_file(uint32_t part, const uint8_t sha256[32]);
/* bits: image/imageshape.h */
struct fuzzy_digest fuzzy_of_image(uint32_t part, uint64_t bits);

/* 0 to FUZZY_ALIKE; kinds are not compared. */
unsigned fuzzy_likeness(enum fuzzy_kind kind, const uint16_t a[FUZZY_VALUES],
			const uint16_t b[FUZZY_VALUES]);

/* How many keys there are. Of texts that share 57 % of their shingles, 998 in 1000 share a key;
 * pictures that differ in at most four bits always do. */
size_t fuzzy_keys(enum fuzzy_kind kind, const uint16_t v[FUZZY_VALUES],
		  uint64_t ret[FUZZY_KEYS_MAX]);

const char *fuzzy_kind_name(enum fuzzy_kind kind);

#endif
