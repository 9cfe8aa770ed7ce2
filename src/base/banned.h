/* base/banned.h - functions that have hurt too many programs; included into every
 * translation unit by the build. The replacement stands beside each name.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat  /* strbuf, str */
#pragma GCC poison sprintf vsprintf gets	  /* strbuf_fmt, snprintf */
#pragma GCC poison strtok strtok_r		  /* str_split */
#pragma GCC poison atoi atol atof		  /* num_* */
#pragma GCC poison gmtime localtime ctime asctime /* clock_* */
#pragma GCC poison system popen tmpnam mktemp	  /* proc_*, O_TMPFILE */

#endif
