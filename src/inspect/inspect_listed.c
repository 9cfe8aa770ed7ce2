#include "archive/ace.h"
#include "archive/arj.h"
#include "archive/rar.h"
#include "inspect/inspect_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

enum { CHUNK = 4096 };

static void archive_closep(struct archive **a)
{
	archive_read_free(*a);
}

/* What LHA makes of it; its own check sum is not asked for, the caller has a better one. */
static bool unpack_lha(struct unpack *u, uint32_t part, str lha, size_t size, struct strbuf *out)
{
	cleanup(archive_closep) struct archive *a = archive_read_new();
	struct archive_entry *entry;
	char chunk[CHUNK];
	la_ssize_t n;

	bug_if(!a || archive_read_support_format_lha(a) != ARCHIVE_OK);
	if (archive_read_open_memory(a, lha.p, lha.n) != ARCHIVE_OK ||
	    archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return false;
	while (out->n < size) { /* not behind the end, where its check sum is */
		size_t left = size - out->n;

		n = archive_read_data(a, chunk, left < CHUNK ? left : CHUNK);
		if (n <= 0 || !inspect_archive_spend(u, part, (size_t)n))
			return false;
		strbuf_put(out, str_of(chunk, (size_t)n));
	}
	return true;
}

static bool unpack_arj(struct unpack *u, uint32_t part, const struct arj_member *m,
		       struct arena *scratch, struct strbuf *out)
{
	if (m->method == ARJ_STORED) {
		if (!inspect_archive_spend(u, part, m->data.n))
			return false;
		strbuf_put(out, m->data);
	} else if (m->method > ARJ_LAST_LHA ||
		   !unpack_lha(u, part, arj_as_lha(scratch, m), m->size, out)) {
		return false;
	}
	return crc32_z(0, (const Bytef *)out->p, out->n) == m->crc;
}

static void take_arj(struct unpack *u, const struct arj_member *m)
{
	cleanup(arena_freep) struct arena *scratch = walk_scratch(u->w);
	struct strbuf out = strbuf_make(scratch, u->w->budget);
	uint32_t part = inspect_archive_add(u, m->name);

	if (part == WALK_NO_PART)
		return;
	if (m->encrypted)
		inspect_archive_locked(u, part);
	else if (m->is_cut || !unpack_arj(u, part, m, scratch, &out))
		inspect_archive_unreadable(u, part, STR("arj"));
	inspect_archive_member(u, part, strbuf_str(&out));
}

static void open_arj(struct unpack *u)
{
	struct arj_member m;
	size_t at = 0;
	bool is_broken;

	while (!u->stop && arj_next(u->bytes, &at, &m, &is_broken)) {
		if (m.is_file)
			take_arj(u, &m);
	}
	if (!u->stop && is_broken)
		inspect_archive_unreadable(u, u->index, STR("arj, damaged"));
}

static void take_ace(struct unpack *u, const struct ace_member *m)
{
	uint32_t part = inspect_archive_add(u, m->name);

	if (part == WALK_NO_PART)
		return;
	if (m->encrypted)
		inspect_archive_locked(u, part);
	else if (!m->is_stored)
		inspect_archive_unreadable(u, part, STR("ace"));
	else if (inspect_archive_spend(u, part, m->data.n))
		inspect_archive_member(u, part, m->data);
}

static void open_ace(struct unpack *u)
{
	struct ace_member m;
	size_t at = 0;

	while (!u->stop && ace_next(u->bytes, &at, &m))
		take_ace(u, &m);
	if (!u->number)
		inspect_archive_unreadable(u, u->index, STR("ace, damaged"));
}

static void open_rar(struct unpack *u)
{
	struct rar_member m;
	struct rar r;

	if (!rar_open(u->bytes, &r))
		return;
	while (!u->stop && rar_next(&r, &m)) {
		uint32_t part = inspect_archive_add(u, m.name);

		if (part != WALK_NO_PART && m.encrypted)
			inspect_archive_locked(u, part);
		else if (part != WALK_NO_PART)
			inspect_archive_unreadable(u, part, STR("rar, partly encrypted"));
	}
	if (r.headers_encrypted)
		inspect_archive_locked(u, u->index);
}

void inspect_listed_open(struct unpack *u)
{
	if (str_eq(u->magic.type, STR("application/vnd.rar")))
		open_rar(u);
	else if (str_eq(u->magic.type, STR("application/x-ace")))
		open_ace(u);
	else
		open_arj(u);
}
