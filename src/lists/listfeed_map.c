#include "lists/listfeed_private.h"

#include <errno.h>

/* Patterns between slashes are rules, no entries; a tag is a page of HTML instead of the map. */
static bool is_entry(str word)
{
	return word.p[0] != '/' && word.p[0] != '<';
}

/* "entry rest", the rest being a score or a note. */
int listfeed_map_read(struct listfeed *f, enum listfeed_format format unused_arg, str in)
{
	str line;

	while (str_split(&in, '\n', &line)) {
		size_t end = 0;

		line = str_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		while (end < line.n && !str_is_space(line.p[end]))
			end++;
		if (is_entry(line))
			listfeed_add(f, LISTFEED_ANY, str_sub(line, 0, end),
				     str_trim(str_skip(line, end)));
		else
			f->count.left_out++;
	}
	if (f->count.entries == 0 && f->count.left_out)
		return why_set(f->why, -EINVAL, "no line is an entry of a list");
	return 0;
}
