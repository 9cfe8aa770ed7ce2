/* base/num.h - numbers in text, strictly: the whole slice or nothing, no sign
 * unless asked, no white space, no locale.
 *
 * Input    hostile.   Memory  none.   Limits  overflow is "no".
 * Threads  pure.      Errors  false, and the output untouched.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include "base/str.h"

bool num_u64(str s, uint64_t *ret) must_use;
bool num_u64_max(str s, uint64_t max, uint64_t *ret) must_use;
bool num_i64(str s, int64_t *ret) must_use;
bool num_hex(str s, uint64_t *ret) must_use;
/* Decimal with an optional sign and fraction ("-4.25"); at most 15 digits. */
bool num_double(str s, double *ret) must_use;
/* "10", "10 KiB", "5MB": decimal KB MB GB, binary KiB MiB GiB; in bytes. */
bool num_size(str s, uint64_t *ret_bytes) must_use;
/* "500ms", "30s", "5m", "2h", "5d"; in milliseconds. A bare number is refused. */
bool num_duration(str s, uint64_t *ret_ms) must_use;
/* Value of one hexadecimal digit, or -1. */
int num_hex_digit(char c);

#endif
