#include "base/base64.h"
#include "document/icalendar.h"
#include "inspect/inspect_private.h"
#include "inspect/inspect_url.h"

enum { MEMBERS_MAX = 100 };

/* "\n" and "\," of texts (RFC 5545, 3.3.11), so that links end where they end. */
static str unescaped(struct arena *a, str value)
{
	struct strbuf out = strbuf_make(a, value.n);

	for (size_t i = 0; i < value.n; i++) {
		bool escape = value.p[i] == '\\' && i + 1 < value.n;

		i += escape;
		strbuf_char(&out, escape && (value.p[i] | 0x20) == 'n' ? '\n' : value.p[i]);
	}
	return strbuf_str(&out);
}

static str name_of(const struct icalendar_line *l)
{
	static const str names[] = { STR("FILENAME"), STR("X-FILENAME"), STR("X-APPLE-FILENAME"),
				     STR("X-ORACLE-FILENAME"), STR("X-NAME") };
	str name = STR("");

	for (size_t i = 0; i < ARRAY_LEN(names) && !name.n; i++)
		name = icalendar_parameter(l, names[i]);
	return name;
}

static void member(struct walk *w, uint32_t index, uint32_t number, const struct icalendar_line *l,
		   str base64, uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct strbuf data = strbuf_make(scratch, w->budget);
	struct base64_seen seen;
	uint32_t part = walk_add_part(w, index, '/', number);
	str name = arena_str(w->arena, name_of(l));

	if (part == WALK_NO_PART)
		return;
	walk_part(w, part)->flags = FACTS_PART_ATTACHMENT | FACTS_PART_IN_ARCHIVE;
	walk_part(w, part)->type = STR("application/octet-stream");
	walk_part(w, part)->filename = name;
	inspect_name_check(w, part, name, true);
	base64_decode_lenient(&data, base64, &seen);
	if (data.overflow) {
		walk_limit(w, STR("unpacked.bytes"));
		walk_part(w, part)->flags |= FACTS_PART_UNINSPECTED;
	}
	walk_spend(w, data.n);
	inspect_leaf_examine(w, part, strbuf_str(&data), depth + 1);
}

void inspect_calendar_open(struct walk *w, uint32_t index, str bytes, struct magic magic unused_arg,
			   uint32_t depth)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(w);
	struct icalendar_line line;
	uint32_t members = 0;
	str rest = bytes, base64;

	while (icalendar_next(scratch, &rest, &line)) {
		if (!icalendar_is_binary(&line, &base64)) {
			inspect_url_search(w, index, FACTS_URL_CALENDAR,
					   unescaped(scratch, line.value));
			continue;
		}
		if (++members > MEMBERS_MAX || depth >= w->limits.max_depth) {
			walk_limit(w, STR("calendar.members"));
			walk_part(w, index)->flags |= FACTS_PART_UNINSPECTED;
			return;
		}
		walk_find(w, FINDING_CALENDAR_FILE, index, line.parameters);
		member(w, index, members, &line, base64, depth);
	}
}
