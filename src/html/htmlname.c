#include "html/htmlname.h"

static const struct {
	str name;
	uint32_t properties;
} rows[] = {
#define L(letter)
#define E(name, id, properties) { STR(name), properties },
#include "html/htmlname.def"
#undef E
#undef L
};

/* FROM_x is the first row of that letter. */
enum {
#define L(letter) FROM_##letter, BEFORE_##letter = FROM_##letter - 1,
#define E(name, id, properties) ROW_##id,
#include "html/htmlname.def"
#undef E
#undef L
	FROM_END
};

static const uint8_t from[] = {
#define L(letter) FROM_##letter,
#define E(name, id, properties)
#include "html/htmlname.def"
#undef E
#undef L
	FROM_END
};

_Static_assert(ARRAY_LEN(rows) < HTMLNAME_IDS, "each row has a number of its own");

uint32_t htmlname_properties(str name)
{
	int letter = name.n ? name.p[0] - 'a' : -1;

	if (letter < 0 || letter >= 26)
		return 0;
	for (size_t i = from[letter]; i < from[letter + 1]; i++) {
		if (str_eq(name, rows[i].name))
			return rows[i].properties | (uint32_t)(i + 1) << HTMLNAME_ID_SHIFT;
	}
	return 0;
}
