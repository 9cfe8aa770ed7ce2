/* The power goes at any call, and any part of what was not synced is gone with it: of the
 * bytes, in sectors; of the names, any end of their changes. What was promised must be there.
 */
#include "spool/compaction.h"
#include "spool/spoolworld.h"

#include <pthread.h>
#include <sys/stat.h>

enum {
	SEGMENT = 16 << 10,
	SECTOR = 512,
	MAX_FILES = 512,
	MAX_MESSAGES = 400,
	MAX_STATES = 6,
	LIVES = 20, /* of one directory, each ended by a cut or a kill */
	SEEDS = 50,
	THREADS = 3,
};

struct unsynced {
	uint64_t at;
	size_t n;
	char *data; /* NULL: the file was cut at that offset */
};

/* A file as the disk has it, with what it may or may not have. */
struct file {
	ino_t ino; /* 0: removed */
	char name[24], durable_name[24];
	char *durable;
	uint64_t size;
	ARENA_VEC(struct unsynced) writes;
};

struct name_change {
	struct file *file;
	char name[24]; /* "": removed */
};

static struct {
	pthread_mutex_t lock;
	struct arena *a; /* of one directory */
	struct file files[MAX_FILES];
	size_t n;
	struct name_change names[MAX_FILES];
	size_t n_names;
	int calls_left; /* until the power goes; below 0: it does not */
	_Atomic bool off;
	uint64_t random;
} disk = { .lock = PTHREAD_MUTEX_INITIALIZER };

static uint64_t draw(uint64_t *random, uint64_t below)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random % below;
}

/* A file met for the first time is on the disk as it is. */
static struct file *file_of(int fd)
{
	struct file *f;
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	for (size_t i = 0; i < disk.n; i++) {
		if (disk.files[i].ino == st.st_ino)
			return &disk.files[i];
	}
	assert_true(disk.n < MAX_FILES);
	f = &disk.files[disk.n++];
	*f = (struct file){ .ino = st.st_ino, .size = (uint64_t)st.st_size };
	f->durable = arena_alloc(disk.a, f->size + SECTOR);
	assert_int_equal(pread(fd, f->durable, f->size, 0), st.st_size);
	return f;
}

/* True when the call still happens; the one at which the power goes may, in part. */
static bool power(void)
{
	if (!disk.off && disk.calls_left >= 0 && disk.calls_left-- == 0) {
		disk.off = true;
		return true;
	}
	return !disk.off;
}

static void change_name(struct file *f, const char *name)
{
	struct name_change *c = &disk.names[disk.n_names++];

	assert_true(disk.n_names < MAX_FILES);
	c->file = f;
	snprintf(c->name, sizeof(c->name), "%s", name);
	snprintf(f->name, sizeof(f->name), "%s", name);
}

static struct file *file_named(int dirfd, const char *name)
{
	int fd = openat(dirfd, name, O_RDONLY);
	struct file *f;

	if (fd < 0)
		return NULL;
	f = file_of(fd);
	if (!f->name[0]) {
		snprintf(f->name, sizeof(f->name), "%s", name);
		snprintf(f->durable_name, sizeof(f->durable_name), "%s", name);
	}
	close(fd);
	return f;
}

static int cut_make(void *ctx, int dirfd, const char *name, uint64_t size)
{
	struct stat st;
	int fd = -EIO;

	pthread_mutex_lock(&disk.lock);
	if (power()) {
		struct file *old = file_named(dirfd, name);

		if (old) {
			change_name(old, "");
			old->ino = 0;
		}
		fd = spoolio_disk.make(ctx, dirfd, name, size);
		assert_true(fd >= 0);
		assert_int_equal(fstat(fd, &st), 0);
		for (size_t i = 0; i < disk.n; i++) {
			if (disk.files[i].ino == st.st_ino)
				disk.files[i].ino = 0; /* the number is used again */
		}
		change_name(file_of(fd), name);
		if (disk.off) {
			close(fd);
			fd = -EIO;
		}
	}
	pthread_mutex_unlock(&disk.lock);
	return fd;
}

static ssize_t cut_read(void *ctx, int fd, void *p, size_t n, uint64_t at)
{
	/* Not EIO, which is a block that goes bad while the rest can be read. */
	return disk.off ? -ENODEV : spoolio_disk.read(ctx, fd, p, n, at);
}

static ssize_t cut_write(void *ctx, int fd, const struct iovec *v, int n, uint64_t at)
{
	ssize_t r = -EIO;

	pthread_mutex_lock(&disk.lock);
	if (power()) {
		struct file *f = file_of(fd);
		struct unsynced *u = arena_push(disk.a, &f->writes);

		r = spoolio_disk.write(ctx, fd, v, n, at);
		assert_true(r > 0 && at + (uint64_t)r <= f->size);
		*u = (struct unsynced){ at, (size_t)r, arena_alloc(disk.a, (size_t)r) };
		assert_int_equal(pread(fd, u->data, u->n, (off_t)at), r);
		r = disk.off ? -EIO : r;
	}
	pthread_mutex_unlock(&disk.lock);
	return r;
}

/* Brings the first n changes of that sector to the disk. */
static void settle_sector(struct file *f, uint64_t sector, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct unsynced *u = &f->writes.v[i];
		uint64_t from = sector > u->at ? sector : u->at, to = u->at + u->n;

		to = to < sector + SECTOR ? to : sector + SECTOR;
		if (u->data && from < to)
			memcpy(f->durable + from, u->data + (from - u->at), to - from);
	}
}

/* random NULL: all changes come to the disk. */
static void settle_file(struct file *f, uint64_t *random)
{
	for (uint64_t at = 0; at < f->size; at += SECTOR)
		settle_sector(f, at, random ? draw(random, f->writes.n + 1) : f->writes.n);
	for (size_t i = 0; i < f->writes.n; i++) {
		const struct unsynced *u = &f->writes.v[i];

		if (!u->data && u->at < f->size && (!random || draw(random, 2)))
			f->size = u->at;
	}
	f->writes.n = 0;
}

static int cut_sync(void *ctx, int fd)
{
	int r = -EIO;

	(void)ctx;
	pthread_mutex_lock(&disk.lock);
	if (power() && !disk.off) {
		settle_file(file_of(fd), NULL);
		r = 0;
	}
	pthread_mutex_unlock(&disk.lock);
	return r;
}

static void settle_names(size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct file *f = disk.names[i].file;

		memcpy(f->durable_name, disk.names[i].name, sizeof(f->durable_name));
	}
	disk.n_names = 0;
}

static int cut_sync_names(void *ctx, int dirfd)
{
	int r = -EIO;

	(void)ctx;
	(void)dirfd;
	pthread_mutex_lock(&disk.lock);
	if (power() && !disk.off) {
		settle_names(disk.n_names);
		r = 0;
	}
	pthread_mutex_unlock(&disk.lock);
	return r;
}

static int cut_rename(void *ctx, int dirfd, const char *from, const char *to)
{
	int r = -EIO;

	pthread_mutex_lock(&disk.lock);
	if (power()) {
		change_name(file_named(dirfd, from), to);
		r = spoolio_disk.rename(ctx, dirfd, from, to);
		r = disk.off ? -EIO : r;
	}
	pthread_mutex_unlock(&disk.lock);
	return r;
}

static int cut_cut(void *ctx, int fd, uint64_t size)
{
	int r = -EIO;

	pthread_mutex_lock(&disk.lock);
	if (power()) {
		*arena_push(disk.a, &file_of(fd)->writes) = (struct unsynced){ .at = size };
		r = spoolio_disk.cut(ctx, fd, size);
		r = disk.off ? -EIO : r;
	}
	pthread_mutex_unlock(&disk.lock);
	return r;
}

static int cut_remove(void *ctx, int dirfd, const char *name)
{
	int r = -EIO;

	pthread_mutex_lock(&disk.lock);
	if (power()) {
		struct file *f = file_named(dirfd, name);

		r = -ENOENT;
		if (f) {
			change_name(f, "");
			f->ino = 0;
			r = spoolio_disk.remove(ctx, dirfd, name);
		}
		r = disk.off ? -EIO : r;
	}
	pthread_mutex_unlock(&disk.lock);
	return r;
}

static const struct spoolio cut_io = { NULL,	       cut_make,   cut_read, cut_write, cut_sync,
				       cut_sync_names, cut_rename, cut_cut,  cut_remove };

/* All files of the directory are known under their names. */
static void learn_names(int dirfd)
{
	DIR *d = fdopendir(openat(dirfd, ".", O_RDONLY | O_DIRECTORY));
	struct dirent *e;

	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			assert_non_null(file_named(dirfd, e->d_name));
	}
	closedir(d);
}

/* The directory becomes what the disk has when the power is back. */
static void restart_disk(int dirfd)
{
	DIR *d = fdopendir(openat(dirfd, ".", O_RDONLY | O_DIRECTORY));
	uint64_t base = draw(&disk.random, UINT64_MAX), random;
	struct dirent *e;
	size_t n;

	learn_names(dirfd);
	n = disk.n;
	settle_names((size_t)draw(&disk.random, disk.n_names + 1));
	rewinddir(d);
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			assert_int_equal(unlinkat(dirfd, e->d_name, 0), 0);
	}
	closedir(d);
	for (size_t i = 0; i < n; i++) {
		struct file *f = &disk.files[i];
		int fd;

		/* The order of files is the file system's: their fate must not hang on it. */
		random = base ^ bodyparts_hash(str_c(f->durable_name));
		settle_file(f, &random);
		if (!f->durable_name[0])
			continue;
		fd = openat(dirfd, f->durable_name, O_RDWR | O_CREAT | O_EXCL, 0600);
		assert_true(fd >= 0);
		assert_int_equal(pwrite(fd, f->durable, f->size, 0), f->size);
		close(fd);
	}
	disk.n = 0;
	disk.off = false;
	disk.calls_left = -1;
}

/* What we were told of one message. */
struct told {
	int number;
	size_t size;
	enum { TRIED, PROMISED, LEFT } what;
	uint64_t left_ticket;
	uint32_t attempts, durable_attempts; /* states handed over, surely durable */
};

/* One that commits, tries and settles. */
struct user {
	struct world *w;
	struct spool *s;
	int number, steps;
	uint64_t random;
	struct told told[MAX_MESSAGES];
	size_t n;
};

static struct {
	unsigned cuts, kills, promised, tried, tried_found, left, repeated, torn;
} counts;

static struct spool_id id_of_told(const struct user *u, const struct told *t)
{
	struct spool_id id = { { 0 } };

	snprintf(id.text, sizeof(id.text), "U%d-%d", u->number, t->number);
	return id;
}

/* Follows from number and size, and looks like a record here and there. */
static str body_of(struct arena *a, const struct told *t)
{
	char *p = arena_alloc(a, t->size + 1);

	for (size_t i = 0; i < t->size; i++)
		p[i] = (char)(i * 7 + (size_t)t->number);
	return str_of(p, t->size);
}

static void commit_one(struct user *u, struct arena *a)
{
	struct told *t = &u->told[u->n];
	struct spoolmeta m = a_message("x");
	struct bodyparts body;
	struct why why;

	if (u->n == MAX_MESSAGES)
		return;
	*t = (struct told){ .number = (int)u->n, .what = TRIED };
	t->size = (size_t)draw(&u->random, draw(&u->random, 30) ? 3000 : 40000);
	u->n++;
	m.id = id_of_told(u, t);
	assert_true(bodyparts_make(a, STR(""), body_of(a, t), NULL, 0, &body));
	if (spool_commit(u->s, a, &m, &body, &why) == SPOOL_OK)
		t->what = PROMISED;
}

static void leave_one(struct user *u, struct told *t)
{
	struct why why;
	int r = spool_done(u->s, id_of_told(u, t), &why);

	/* A tombstone that could not be written may be there all the same. */
	t->what = LEFT;
	pthread_mutex_lock(&u->s->log.sync.lock);
	t->left_ticket = r < 0 ? UINT64_MAX : u->s->log.sync.arrived;
	pthread_mutex_unlock(&u->s->log.sync.lock);
}

static void try_one(struct user *u, struct arena *a, struct told *t)
{
	uint8_t recipients[2] = { 0 };
	struct spool_progress progress[2] = { { .attempts = t->attempts + 1,
						.reply = STR("451 later") } };
	struct spool_state state = { .recipients = recipients,
				     .progress = progress,
				     .n_recipients = 2 };
	struct why why;

	if (t->attempts == MAX_STATES)
		return;
	recipients[0] = progress[0].attempts >= 3 ? SPOOL_DONE : SPOOL_PENDING;
	t->attempts++;
	if (spool_put_state(u->s, a, id_of_told(u, t), &state, &why) == 0)
		t->durable_attempts = t->attempts;
}

static void *use(void *arg)
{
	struct user *u = arg;
	struct arena *a = arena_new("user", 8 << 20);
	struct why why;

	for (int i = 0; i < u->steps && !disk.off; i++) {
		uint64_t what = draw(&u->random, 20);
		struct told *t = u->n ? &u->told[draw(&u->random, u->n)] : NULL;

		if (what < 10 || !t)
			commit_one(u, a);
		else if (what == 19 && u->number == 0) /* one thread does */
			defs_ignore(compaction_run(u->s, &why));
		else if (t->what == PROMISED && what < 16)
			leave_one(u, t);
		else if (t->what == PROMISED)
			try_one(u, a, t);
		arena_reset(a);
	}
	arena_free(a);
	return NULL;
}

/* Everyone's last known durable ticket: failed syncs settle tickets, too. */
static uint64_t durable_ticket(struct spool *s)
{
	return s->log.sync.failed_to ? 0 : s->log.sync.settled;
}

/* One message after a restart; true: it is there. */
static bool check_one(struct user *u, struct arena *a, struct told *t, uint64_t durable)
{
	struct spool_message m;
	struct why why = { "" };
	int r = spool_read(u->s, a, id_of_told(u, t), &m, &why);
	uint32_t attempts;
	str bytes;

	if (r == SPOOL_E_ABSENT) {
		if (t->what == PROMISED)
			fail_msg("%s was promised and is lost", id_of_told(u, t).text);
		return false;
	}
	if (r != SPOOL_OK)
		fail_msg("%s: %s", id_of_told(u, t).text, why.text);
	assert_int_equal(fd_map(m.fd, 1 << 20, &bytes, &why), 0);
	assert_true(str_eq(bytes, body_of(a, t)));
	fd_unmap(&bytes);
	close(m.fd);
	attempts = m.state.progress[0].attempts;
	assert_in_range(attempts, t->durable_attempts, t->attempts);
	assert_int_equal(m.state.recipients[0], attempts >= 3 ? SPOOL_DONE : SPOOL_PENDING);
	if (t->what == LEFT) {
		assert_true(t->left_ticket > durable);
		counts.repeated++;
	}
	counts.tried_found += t->what == TRIED;
	t->attempts = t->durable_attempts = attempts;
	t->what = PROMISED; /* it was synced at the start */
	return true;
}

/* All messages of all users, and nothing else. Those that are not there may be forgotten. */
static void check(struct user *users, size_t n, uint64_t durable)
{
	struct arena *a = arena_new("check", 16 << 20);
	size_t there = 0;

	for (size_t i = 0; i < n; i++) {
		size_t kept = 0;

		for (size_t j = 0; j < users[i].n; j++) {
			struct told *t = &users[i].told[j];

			counts.promised += t->what == PROMISED;
			counts.tried += t->what == TRIED;
			counts.left += t->what == LEFT;
			kept += check_one(&users[i], a, t, durable);
			if (t->what != PROMISED)
				t->what = LEFT, t->left_ticket = 0;
			arena_reset(a);
		}
		there += kept;
	}
	assert_int_equal(spool_count(users->s), there);
	arena_free(a);
}

/* Opens; the power may go here, too: true. */
static bool open_again(struct world *w, struct spool *s, int segments)
{
	bool cut = draw(&disk.random, 4) == 0;
	struct why why;

	if (cut) {
		disk.calls_left = (int)draw(&disk.random, 8);
		if (spool_open_on(s, w->dirfd, &cut_io, SEGMENT, &why) == 0) {
			disk.off = true;
			spool_close(s);
		}
		restart_disk(segments);
	}
	disk.calls_left = -1;
	if (spool_open_on(s, w->dirfd, &cut_io, SEGMENT, &why) < 0)
		fail_msg("%s", why.text);
	for (size_t i = 0; i < s->damages.n; i++)
		assert_null(strstr(s->damages.v[i].reason, "headers"));
	counts.torn += (unsigned)s->damages.n;
	return cut;
}

/* One life of the process, until the power goes or it is killed. */
static void live(struct user *users, size_t n, int segments)
{
	struct spool *s = users->s;
	pthread_t t[THREADS];
	uint64_t durable;
	bool killed;

	disk.calls_left = (int)draw(&disk.random, 150);
	for (size_t i = 1; i < n; i++)
		assert_int_equal(pthread_create(&t[i], NULL, use, &users[i]), 0);
	use(&users[0]);
	for (size_t i = 1; i < n; i++)
		pthread_join(t[i], NULL);
	durable = durable_ticket(s);
	killed = !disk.off && draw(&disk.random, 2);
	disk.off = true;
	spool_close(s);
	if (killed)
		disk.off = false; /* what was written is there, synced or not */
	else
		restart_disk(segments);
	counts.kills += killed;
	counts.cuts += !killed;
	if (!open_again(users->w, s, segments) && killed)
		durable = UINT64_MAX - 1; /* a kill alone repeats nothing */
	check(users, n, durable);
}

static void run(void **state, size_t n_users, uint64_t seeds, int lives)
{
	for (uint64_t seed = 1; seed <= seeds; seed++) {
		struct world *w = *state;
		struct user *users = arena_array(w->a, struct user, n_users);
		struct spool s;
		int segments;

		disk.random = seed * 0x9e3779b97f4a7c15;
		disk.a = arena_new("disk", 512 << 20);
		disk.n = disk.n_names = 0;
		disk.calls_left = -1;
		disk.off = false;
		defs_ignore(mkdirat(w->dirfd, "spool", 0700));
		defs_ignore(mkdirat(w->dirfd, "spool/segments", 0700));
		segments = openat(w->dirfd, "spool/segments", O_RDONLY | O_DIRECTORY);
		(void)open_again(w, &s, segments);
		for (size_t i = 0; i < n_users; i++)
			users[i] = (struct user){ .w = w, .s = &s, .number = (int)i };
		for (int i = 0; i < lives; i++) {
			for (size_t j = 0; j < n_users; j++) {
				users[j].random = draw(&disk.random, UINT64_MAX) | 1;
				users[j].steps = (int)draw(&disk.random, 60);
			}
			live(users, n_users, segments);
		}
		spool_close(&s);
		close(segments);
		disk.a = arena_free(disk.a);
		teardown(state);
		setup_in_memory(state);
	}
	print_message("%u power cuts, %u kills: %u promised, 0 lost; %u not promised, %u of them "
		      "kept; %u settled, %u of them repeated; %u torn writes set apart\n",
		      counts.cuts, counts.kills, counts.promised, counts.tried, counts.tried_found,
		      counts.left, counts.repeated, counts.torn);
	assert_true(counts.cuts && counts.promised);
	memset(&counts, 0, sizeof(counts));
}

static void a_power_cut_at_any_call_loses_nothing_that_was_promised(void **state)
{
	run(state, 1, SEEDS, LIVES);
}

static void nor_does_one_among_several_committers(void **state)
{
	run(state, THREADS, SEEDS / 6, LIVES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T_IN_MEMORY(a_power_cut_at_any_call_loses_nothing_that_was_promised),
		T_IN_MEMORY(nor_does_one_among_several_committers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
