/* document/vba.h - the source of Visual Basic macros (MS-OVBA).
 *
 * A project is a storage with a stream "dir" that lists modules; each module is a stream of
 * compiled code with the compressed source behind it (2.3.4.3). The compiled code is bound
 * to one version of Office, which trusts it more than the source: so both are compared.
 *
 * Input    hostile.   Memory  in the caller's arena.
 * Limits   max bytes of source per call; VBA_MODULES_MAX modules. Linear.
 * Threads  pure.      Errors  what is no compressed container gives an empty text.
 */
#ifndef DOCUMENT_VBA_H
#define DOCUMENT_VBA_H

#include "base/arena.h"

enum { VBA_MODULES_MAX = 1000 };

struct vba_module {
	str name, stream; /* in the project's code page */
	uint32_t offset;  /* of the source within the stream */
};

struct vba_project {
	ARENA_VEC(struct vba_module) modules;
	uint32_t codepage;
};

/* A compressed container (2.4.1), as much as can be read, at most max bytes. */
str vba_decompress(struct arena *a, str in, size_t max) must_use;
/* The decompressed "dir" stream. False: it lists nothing. */
bool vba_project_read(struct arena *a, str dir, struct vba_project *ret) must_use;
/* Where in a stream a compressed module source begins, by its first words, or STR_NONE. */
size_t vba_source_find(str stream) must_use;
/* A text constant of the compiled code that the source does not contain, or empty: the
 * source was exchanged or taken away. */
str vba_stomped(str compiled, str source) must_use;

#endif
