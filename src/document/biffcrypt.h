/* document/biffcrypt.h - a workbook of Excel 97 to 2003 that asks for a password, without its
 * encryption by RC4 (MS-XLS 2.2.10, 2.4.117). The older obfuscation by XOR is not undone.
 *
 * Input    hostile: the "Workbook" stream, a password in UTF-8.
 * Memory   in the caller's arena, as much as the stream.
 * Limits   FILEPASS is looked for in the first BIFFCRYPT_RECORDS records. Linear.
 * Threads  pure.
 * Errors   false: not encrypted, wrong password, or a form unknown here.
 */
#ifndef DOCUMENT_BIFFCRYPT_H
#define DOCUMENT_BIFFCRYPT_H

#include "base/arena.h"

enum { BIFFCRYPT_RECORDS = 16 };

/* Does it ask for a password that biffcrypt_open could use? */
bool biffcrypt_is_locked(str stream) must_use;
/* The stream as biff_read reads it. */
bool biffcrypt_open(struct arena *a, str stream, str password, str *ret) must_use;

#endif
