/* inspect/testmarks.h - the two strings the world agreed on to test mail filters.
 *
 * They are put together at run time, so that neither this source nor the program made
 * from it is taken for what it looks for.
 *
 * Input    hostile.   Memory  none.   Limits  linear.   Threads  pure.   Errors  none.
 */
#ifndef INSPECT_TESTMARKS_H
#define INSPECT_TESTMARKS_H

#include "base/str.h"

enum { TESTMARKS_EICAR_LENGTH = 68, TESTMARKS_GTUBE_LENGTH = 68 };

/* Starts with the EICAR test file, white space before it aside. */
bool testmarks_eicar(str bytes);
/* Holds the GTUBE string. */
bool testmarks_gtube(str text);

void testmarks_put_eicar(char out[TESTMARKS_EICAR_LENGTH]);
void testmarks_put_gtube(char out[TESTMARKS_GTUBE_LENGTH]);

#endif
