/* document/cfb.h - the compound file: a file system inside a file (MS-CFB), which old Office
 * documents, Outlook messages, VBA projects and encrypted documents are made of.
 *
 * Every entry of the directory is listed, also those that no storage leads to.
 *
 * Input    hostile.
 * Memory   in the caller's arena; a stream that lies in one piece is a slice of the input.
 * Limits   CFB_ENTRIES_MAX entries; a chain is never longer than the file has sectors; all
 *          reads together give at most CFB_READ_FACTOR times the file. Linear.
 * Threads  one at a time per struct cfb.
 * Errors   false: no compound file. What is damaged sets broken and is read as far as it goes.
 */
#ifndef DOCUMENT_CFB_H
#define DOCUMENT_CFB_H

#include "base/map.h"

enum { CFB_ENTRIES_MAX = 100000, CFB_READ_FACTOR = 4, CFB_NO_PARENT = -1 };

enum cfb_kind { CFB_STORAGE = 1, CFB_STREAM = 2, CFB_ROOT = 5 };

struct cfb_entry {
	str name;	/* UTF-8 */
	str class_id;	/* 16 bytes as they stand in the file */
	int32_t parent; /* index of its storage, or CFB_NO_PARENT */
	enum cfb_kind kind;
	uint32_t start; /* first sector */
	uint64_t size;
};

struct cfb_table {
	uint32_t *next;
	size_t n;
};

struct cfb {
	struct arena *arena;
	str in;
	uint32_t shift; /* sectors have 1 << shift bytes */
	struct cfb_table fat, minifat;
	str mini; /* the root's stream, in which short streams live */
	ARENA_VEC(struct cfb_entry) entries;
	struct map names; /* entries by storage and name */
	uint64_t left;	  /* bytes that may still be read */
	bool broken;
};

bool cfb_open(struct arena *a, str in, struct cfb *ret) must_use;
/* The bytes of a stream, fewer when its chain breaks. */
str cfb_read(struct cfb *c, const struct cfb_entry *e) must_use;
/* A stream or storage by its name (ASCII case-insensitive) within a storage, or NULL. */
const struct cfb_entry *cfb_find(const struct cfb *c, int32_t parent, str name) must_use;
/* The stream of that name within the root, or empty. */
str cfb_read_named(struct cfb *c, str name) must_use;

#endif
