#include "cli/messages.h"

#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MBOX_START = 5, READ_CHUNK = 64 << 10 };

static void add_one(struct messages *m, struct arena *a, str name, const char *path,
		    uint64_t offset, uint64_t size)
{
	*arena_push(a, &m->files) = (struct message_file){ name, path, offset, size };
}

/* Each "From " line at the start of the file or after an empty line begins a message. */
static void split_mbox(struct messages *m, struct arena *a, const char *path, str all)
{
	size_t start = str_chr(all, '\n') + 1, number = 1;

	while (start < all.n) {
		str rest = str_skip(all, start);
		size_t next = str_find(rest, STR("\n\nFrom "));
		size_t size = next == STR_NONE ? rest.n : next + 1;

		add_one(m, a, arena_fmt(a, "%s#%zu", path, number++), path, start, size);
		if (next == STR_NONE)
			break;
		start += next + 2;
		rest = str_skip(all, start);
		start += str_chr(rest, '\n') == STR_NONE ? rest.n : str_chr(rest, '\n') + 1;
	}
}

static int add_file(struct messages *m, struct arena *a, const char *path, struct why *why)
{
	cleanup(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	cleanup(fd_unmapp) str all = STR_NULL;
	int r;

	if (fd < 0)
		return why_set(why, -errno, "%s: %m", path);
	r = fd_map(fd, MESSAGES_MAX_FILE, &all, why);
	if (r < 0)
		return why_prefix(why, r, "%s", path);
	if (str_starts(all, STR("From ")) && str_chr(all, '\n') != STR_NONE)
		split_mbox(m, a, path, all);
	else
		add_one(m, a, str_c(path), path, 0, 0);
	return 0;
}

static int add_path(struct messages *m, struct arena *a, const char *path, unsigned depth,
		    struct why *why);

static int not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int add_directory(struct messages *m, struct arena *a, const char *path, unsigned depth,
			 struct why *why)
{
	struct dirent **entries;
	int n, r = 0;

	if (depth == MESSAGES_MAX_DEPTH)
		return why_set(why, -ELOOP, "%s: directories nest deeper than %d", path,
			       MESSAGES_MAX_DEPTH);
	n = scandir(path, &entries, not_hidden, alphasort);
	if (n < 0)
		return why_set(why, -errno, "%s: %m", path);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = add_path(m, a, arena_fmt(a, "%s/%s", path, entries[i]->d_name).p,
				     depth + 1, why);
		free(entries[i]);
	}
	free(entries);
	return r;
}

static int add_path(struct messages *m, struct arena *a, const char *path, unsigned depth,
		    struct why *why)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return why_set(why, -errno, "%s: %m", path);
	if (S_ISDIR(st.st_mode))
		return add_directory(m, a, path, depth, why);
	return add_file(m, a, path, why);
}

int messages_add(struct messages *m, struct arena *a, const char *path, struct why *why)
{
	if (strcmp(path, "-") == 0) {
		add_one(m, a, STR("-"), NULL, 0, 0);
		return 0;
	}
	return add_path(m, a, path, 0, why);
}

static int read_stdin(struct arena *a, str *ret, struct why *why)
{
	struct strbuf b = strbuf_make(a, MESSAGES_MAX_FILE);
	char chunk[READ_CHUNK];
	ssize_t n;

	while ((n = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
		strbuf_put(&b, str_of(chunk, (size_t)n));
	if (n < 0)
		return why_set(why, -errno, "standard input: %m");
	if (b.overflow)
		return why_set(why, -EFBIG, "standard input: more than %d bytes",
			       MESSAGES_MAX_FILE);
	*ret = strbuf_str(&b);
	return 0;
}

static str with_crlf(struct arena *a, str s)
{
	struct strbuf b;
	size_t lines = 0;

	if (str_find(s, STR("\r\n")) != STR_NONE)
		return s;
	for (size_t i = 0; i < s.n; i++)
		lines += s.p[i] == '\n';
	b = strbuf_make(a, s.n + lines);
	while (s.n) {
		size_t lf = str_chr(s, '\n');

		strbuf_put(&b, str_sub(s, 0, lf));
		if (lf == STR_NONE)
			break;
		strbuf_put(&b, STR("\r\n"));
		s = str_skip(s, lf + 1);
	}
	return strbuf_str(&b);
}

int messages_read(const struct message_file *f, struct arena *a, str *ret, struct why *why)
{
	str all;
	int r;

	if (f->bytes.p) {
		*ret = f->bytes;
		return 0;
	}
	r = f->path ? fd_read_path(f->path, a, MESSAGES_MAX_FILE, &all, why)
		    : read_stdin(a, &all, why);
	if (r < 0)
		return r;
	if (f->size)
		all = str_sub(all, f->offset, f->offset + f->size);
	*ret = with_crlf(a, all);
	return 0;
}
