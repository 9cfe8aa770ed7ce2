#include "cli/auditworld.h"

#include "base/arena.h"
#include "base/fd.h"
#include "battery/world.h"
#include "battery/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const folders[] = { "lists", "overlay" };

static int put(const char *folder, const char *name, str bytes, struct why *why)
{
	char path[AUDITWORLD_PATH_MAX + 64];
	cleanup(fd_closep) int fd = -1;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return why_set(why, errno, "open(%s)", path);
	return fd_write_all(fd, bytes, why);
}

static int make_folder(const char *folder, const char *name, struct why *why)
{
	char path[AUDITWORLD_PATH_MAX + 64];

	snprintf(path, sizeof(path), "%s%s%s", folder, *name ? "/" : "", name);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return why_set(why, errno, "mkdir(%s)", path);
	return 0;
}

int auditworld_write(const char *folder, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("zone", 1 << 20);
	int r = make_folder(folder, "", why);

	for (size_t i = 0; r == 0 && i < ARRAY_LEN(folders); i++)
		r = make_folder(folder, folders[i], why);
	for (size_t i = 0; r == 0 && i < WORLD_FILES; i++)
		r = put(folder, world_files[i].path, str_c(world_files[i].text), why);
	return r < 0 ? r : put(folder, "zone.json", zone_json(a), why);
}

int auditworld_start(struct auditworld *w, struct why *why)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(w->folder, sizeof(w->folder), "%s/poterne-audit-XXXXXX",
		 tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(w->folder)) {
		int r = why_set(why, errno, "mkdtemp(%s)", w->folder);

		w->folder[0] = '\0';
		return r;
	}
	snprintf(w->lists, sizeof(w->lists), "paths.site_lists=%s/lists", w->folder);
	snprintf(w->overlay, sizeof(w->overlay), "paths.overlay=%s/overlay", w->folder);
	return auditworld_write(w->folder, why);
}

void auditworld_end(struct auditworld *w)
{
	char path[AUDITWORLD_PATH_MAX + 64];

	if (!w->folder[0])
		return;
	for (size_t i = 0; i < WORLD_FILES; i++) {
		snprintf(path, sizeof(path), "%s/%s", w->folder, world_files[i].path);
		(void)unlink(path);
	}
	snprintf(path, sizeof(path), "%s/zone.json", w->folder);
	(void)unlink(path);
	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", w->folder, folders[i]);
		(void)rmdir(path);
	}
	(void)rmdir(w->folder);
	w->folder[0] = '\0';
}
