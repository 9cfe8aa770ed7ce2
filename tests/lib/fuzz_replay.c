/* tests/lib/fuzz_replay.c - runs a fuzz target over the files and folders named on the
 * command line, so that every corpus is replayed as an ordinary test.
 */
#include "base/fd.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	cleanup(arena_freep) struct arena *a = arena_new("replay", 64 << 20);
	struct why why;
	str data;
	uint8_t *exact;

	if (fd_read_path(path, a, 16 << 20, &data, &why) < 0) {
		fprintf(stderr, "%s\n", why.text);
		return -1;
	}
	exact = malloc(data.n ? data.n : 1); /* exact size: the sanitizer sees byte n */
	bug_if(!exact);
	if (data.n)
		memcpy(exact, data.p, data.n);
	LLVMFuzzerTestOneInput(exact, data.n);
	free(exact);
	return 1;
}

static int replay(const char *path)
{
	struct dirent *e;
	struct stat st;
	char name[4096];
	int n = 0;
	DIR *d;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return replay_file(path);
	d = opendir(path);
	if (!d) {
		perror(path);
		return -1;
	}
	while ((e = readdir(d))) {
		int r;

		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		r = replay(name);
		if (r < 0) {
			closedir(d);
			return -1;
		}
		n += r;
	}
	closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	int total = 0;

	for (int i = 1; i < argc; i++) {
		int n = replay(argv[i]);

		if (n < 0)
			return 1;
		total += n;
	}
	printf("%d inputs replayed\n", total);
	return total > 0 ? 0 : 1;
}
