#include "battery/fixture.h"

#include <archive.h>
#include <archive_entry.h>

enum { ARCHIVE_MAX = 128 << 20 };

static la_ssize_t take(struct archive *a, void *ctx, const void *bytes, size_t n)
{
	(void)a;
	strbuf_put(ctx, str_of(bytes, n));
	return (la_ssize_t)n;
}

static void put_member(struct archive *a, const char *name, str bytes)
{
	struct archive_entry *e = archive_entry_new();

	bug_if(!e);
	archive_entry_set_pathname(e, name);
	archive_entry_set_size(e, (la_int64_t)bytes.n);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_mtime(e, 1795284000, 0);
	bug_if(archive_write_header(a, e) < ARCHIVE_WARN);
	bug_if(bytes.n && archive_write_data(a, bytes.p, bytes.n) < 0);
	archive_entry_free(e);
}

static void set_format(struct archive *a, enum fixture_format f)
{
	int r = ARCHIVE_OK;

	switch (f) {
	case FIXTURE_ZIP:
	case FIXTURE_ZIP_STORED:
		r |= archive_write_set_format_zip(a);
		break;
	case FIXTURE_7Z:
		r |= archive_write_set_format_7zip(a);
		break;
	case FIXTURE_TAR_GZ:
	case FIXTURE_TAR_BZ2:
		r |= archive_write_set_format_ustar(a);
		break;
	case FIXTURE_GZ:
	case FIXTURE_BZ2:
		r |= archive_write_set_format_raw(a);
		break;
	}
	if (f == FIXTURE_ZIP_STORED)
		r |= archive_write_zip_set_compression_store(a);
	if (f == FIXTURE_TAR_GZ || f == FIXTURE_GZ)
		r |= archive_write_add_filter_gzip(a);
	if (f == FIXTURE_TAR_BZ2 || f == FIXTURE_BZ2)
		r |= archive_write_add_filter_bzip2(a);
	bug_if(r != ARCHIVE_OK);
}

static str finish(struct archive *a, struct strbuf *out)
{
	bug_if(archive_write_close(a) != ARCHIVE_OK);
	archive_write_free(a);
	return strbuf_str(out);
}

static void start(struct archive *a, struct strbuf *out)
{
	archive_write_set_bytes_in_last_block(a, 1);
	bug_if(archive_write_open(a, out, NULL, take, NULL) != ARCHIVE_OK);
}

str fixture_archive(struct kit *k, enum fixture_format format, const struct fixture_member *members,
		    size_t n)
{
	struct strbuf out = strbuf_make(k->arena, ARCHIVE_MAX);
	struct archive *a = archive_write_new();

	bug_if(!a);
	set_format(a, format);
	start(a, &out);
	for (size_t i = 0; i < n; i++)
		put_member(a, members[i].name, members[i].bytes);
	return finish(a, &out);
}

str fixture_zip_locked(struct kit *k, const char *cipher, const char *password, const char *name,
		       str bytes)
{
	struct strbuf out = strbuf_make(k->arena, ARCHIVE_MAX);
	struct archive *a = archive_write_new();

	bug_if(!a);
	set_format(a, FIXTURE_ZIP);
	bug_if(archive_write_set_option(a, "zip", "encryption", cipher) != ARCHIVE_OK);
	bug_if(archive_write_set_passphrase(a, password) != ARCHIVE_OK);
	start(a, &out);
	put_member(a, name, bytes);
	return finish(a, &out);
}

str fixture_zip1(struct kit *k, const char *name, str bytes)
{
	const struct fixture_member m = { name, bytes };

	return fixture_archive(k, FIXTURE_ZIP, &m, 1);
}

str fixture_iso(struct kit *k)
{
	const struct fixture_member members[] = { { "facture.lnk", fixture_lnk(k) },
						  { "setup.exe", fixture_pe(k) } };
	struct strbuf out = strbuf_make(k->arena, ARCHIVE_MAX);
	struct archive *a = archive_write_new();

	bug_if(!a || archive_write_set_format_iso9660(a) != ARCHIVE_OK);
	start(a, &out);
	for (size_t i = 0; i < ARRAY_LEN(members); i++)
		put_member(a, members[i].name, members[i].bytes);
	return finish(a, &out);
}
