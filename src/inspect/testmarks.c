#include "inspect/testmarks.h"

static void join(char *out, const char *const *pieces, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(pieces[i]);

		memcpy(out, pieces[i], len);
		out += len;
	}
}

void testmarks_put_eicar(char out[TESTMARKS_EICAR_LENGTH])
{
	static const char *const pieces[] = { "X5O!P%@AP[4\\PZX", "54(P^)7CC)7}$", "EICAR-STAN",
					      "DARD-ANTIVIR",	  "US-TEST-F",	   "ILE!$H+H*" };

	join(out, pieces, ARRAY_LEN(pieces));
}

void testmarks_put_gtube(char out[TESTMARKS_GTUBE_LENGTH])
{
	static const char *const pieces[] = { "XJS*C4JDBQADN1.NSB", "N3*2IDNEN*GTUBE-ST",
					      "ANDARD-ANTI-UBE-", "TEST-EMAIL*C.34X" };

	join(out, pieces, ARRAY_LEN(pieces));
}

bool testmarks_eicar(str bytes)
{
	char mark[TESTMARKS_EICAR_LENGTH];

	bytes = str_trim(bytes);
	if (bytes.n < sizeof(mark) || bytes.p[0] != 'X')
		return false;
	testmarks_put_eicar(mark);
	return str_starts(bytes, str_of(mark, sizeof(mark)));
}

bool testmarks_gtube(str text)
{
	char mark[TESTMARKS_GTUBE_LENGTH];

	testmarks_put_gtube(mark);
	return str_find(text, str_of(mark, sizeof(mark))) != STR_NONE;
}
