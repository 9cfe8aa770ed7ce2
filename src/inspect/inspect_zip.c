#include "archive/zip.h"
#include "inspect/inspect_archive.h"

/* The members' own headers, from there on: what a program sees that reads the file from
 * its beginning, or that repairs it. */
static void read_locally(struct unpack *u, size_t from)
{
	struct unpack other = { .w = u->w,
				.bytes = str_skip(u->bytes, from),
				.index = u->index,
				.depth = u->depth,
				.number = u->number,
				.magic = u->magic,
				.locally = true };

	inspect_archive_read(&other, NULL);
	u->number = other.number;
}

/* Without a directory; else this would be a zip file no longer. */
static void read_without_directory(struct unpack *u)
{
	size_t at = str_find(u->bytes, STR("PK\3\4"));

	walk_find(u->w, FINDING_ARCHIVE_AMBIGUOUS, u->index, STR("no directory"));
	if (at != STR_NONE)
		read_locally(u, at);
}

static void find_flags(struct unpack *u, const struct zip_report *report)
{
	static const struct {
		uint32_t flag;
		str what;
	} table[] = {
		{ ZIP_DIFFERENT, STR("a member described in two ways") },
		{ ZIP_UNLISTED, STR("a member the directory does not name") },
		{ ZIP_TWO_ENDS, STR("two directories") },
		{ ZIP_DUPLICATE, STR("two members of one name") },
		{ ZIP_NAME_NUL, STR("a name with a NUL byte") },
		{ ZIP_HALF_ENCRYPTED, STR("encrypted in one list only") },
		{ ZIP_NO_MEMBER, STR("a directory entry without member") },
		{ ZIP_CUT, STR("a directory of another length than it says") },
		{ ZIP_NO_FILE, STR("a folder or link with the content of a file") },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		if (report->flags & table[i].flag)
			walk_find(u->w, FINDING_ARCHIVE_AMBIGUOUS, u->index,
				  arena_fmt(u->w->arena, "%.*s: %.*s", STR_ARG(table[i].what),
					    STR_ARG(str_sub(report->example, 0, 100))));
	}
	if (report->flags & (ZIP_APPENDED | ZIP_PREPENDED) &&
	    !(u->magic.notes & MAGIC_HAS_APPENDED))
		walk_find(u->w, FINDING_ARCHIVE_APPENDED, u->index,
			  walk_part(u->w, u->index)->filename);
}

/* Names under which other programs unpack the same members. */
static void add_other_names(struct unpack *u, const struct zip_report *report)
{
	for (uint32_t i = 0; i < report->renamed_n; i++) {
		uint32_t part = inspect_archive_add(u, report->renamed[i]);

		if (part == WALK_NO_PART)
			return;
	}
}

/* Some programs unpack what is only said to be encrypted; *ret is the file without that. */
static bool is_only_said(struct unpack *u, const struct zip *z, struct arena *scratch, str *ret)
{
	struct unpack clear = *u;
	struct locked first = { 0 };
	struct zip_member m;
	size_t at = 0;
	uint32_t number = 0;

	while (number < ZIP_MEMBERS_MAX && zip_next(z, &at, &m)) {
		number += !str_ends(m.name, STR("/"));
		if (!(m.flags & 1))
			continue;
		*arena_push(scratch, &first.members) = (struct locked_member){ number, 0 };
		clear.locked = &first;
		clear.bytes = *ret = zip_without_encryption(scratch, z);
		return inspect_archive_try(&clear, NULL);
	}
	return false;
}

static void read_members(struct unpack *u, const struct zip *z, struct arena *scratch)
{
	str clear;

	if (is_only_said(u, z, scratch, &clear)) {
		walk_find(u->w, FINDING_ARCHIVE_AMBIGUOUS, u->index,
			  STR("said to be encrypted, and is not"));
		u->bytes = clear;
	}
	inspect_archive_read(u, NULL);
}

void inspect_zip_open(struct unpack *u)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(u->w);
	struct zip_report report;
	struct zip z;

	if (!zip_open(u->bytes, &z)) {
		read_without_directory(u);
		return;
	}
	zip_examine(scratch, &z, &report);
	if (report.flags & ZIP_OVERLAP) {
		walk_find(u->w, FINDING_ARCHIVE_OVERLAP, u->index,
			  walk_part(u->w, u->index)->filename);
		walk_part(u->w, u->index)->flags |= FACTS_PART_UNINSPECTED;
		return;
	}
	find_flags(u, &report);
	add_other_names(u, &report);
	for (uint32_t i = 0; i < report.unlisted_n && !u->stop; i++)
		read_locally(u, report.unlisted[i]);
	if (!u->stop)
		read_members(u, &z, scratch);
}
