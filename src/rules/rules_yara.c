#include "rules/rules_yara.h"

#include "base/fd.h"
#include "inspect/yarascan.h"
#include "rules/rules.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

struct found {
	ARENA_VEC(struct yarascan_file) files;
};

static int is_yara(const struct dirent *d)
{
	str name = str_c(d->d_name);

	return d->d_name[0] != '.' && (str_ends(name, STR(".yar")) || str_ends(name, STR(".yara")));
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int load_one(struct arena *a, struct found *found, str path, struct why *why)
{
	struct yarascan_file file = { .path = path };
	int r;

	if (found->files.n == RULES_YARA_MAX_FILES)
		return why_set(why, -E2BIG, "%.*s: more than %d files of YARA rules", STR_ARG(path),
			       RULES_YARA_MAX_FILES);
	r = fd_read_path(path.p, a, RULES_FILE_MAX, &file.text, why);
	if (r == 0)
		*arena_push(a, &found->files) = file;
	return r;
}

/* A folder that is not there holds no rules. */
static int load_dir(struct arena *a, struct found *found, str parent, struct why *why)
{
	str dir = arena_fmt(a, "%.*s/yara", STR_ARG(parent));
	struct dirent **names;
	int n = scandir(dir.p, &names, is_yara, by_bytes);
	int r = 0;

	if (n < 0)
		return errno == ENOENT ? 0 : why_set(why, -errno, "%s: %m", dir.p);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = load_one(a, found, arena_fmt(a, "%s/%s", dir.p, names[i]->d_name), why);
		free(names[i]);
	}
	free(names);
	return r;
}

int rules_yara_compile(struct arena *a, const struct conf *conf, str *ret_blob, size_t *ret_rules,
		       struct why *why)
{
	struct found found = { 0 };
	int r = load_dir(a, &found, conf->paths.rules, why);

	if (r == 0 && conf->paths.overlay.n)
		r = load_dir(a, &found, conf->paths.overlay, why);
	return r < 0 ? r
		     : yarascan_compile(a, found.files.v, found.files.n, conf->yara.disabled.v,
					conf->yara.disabled.n, ret_blob, ret_rules, why);
}
