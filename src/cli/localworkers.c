#include "cli/localworkers.h"

#include "super/child.h"

#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_WORKERS = 64, MAX_CHILDREN = MAX_WORKERS + MAX_WORKERS / 2 };

struct localworkers {
	const struct conf *conf;
	struct workers *workers;
	struct lanes *images;
	pthread_mutex_t lock;
	struct child children[MAX_CHILDREN];
	size_t n;
	uint64_t next_id;
	bool stopping;
};

/* What the supervisor says to a worker, and the conductor's end of its lane. */
static int introduce(struct localworkers *l, struct child *c, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("config text", 4 << 20);
	struct strbuf text = strbuf_make(a, CONF_TEXT_MAX);
	struct msg config = { .type = MSG_config }, start = { .type = MSG_start };
	struct msg lane = { .type = MSG_lanes, .lanes = { PROCESS_SCAN, true, 0 }, .n_fds = 1 };
	int fds[2];
	int r = chan_pair(fds, why);

	if (r < 0)
		return r;
	conf_text_encode(l->conf, child_audience(c->what), &text);
	config.config.text = strbuf_str(&text);
	lane.fds[0] = fds[1];
	r = child_tell(c, &config, why);
	if (r == 0)
		r = child_tell(c, &lane, why);
	if (r == 0)
		r = child_tell(c, &start, why);
	close(fds[1]);
	if (r < 0) {
		close(fds[0]);
		return r;
	}
	if (c->what == PROCESS_IMAGE)
		lanes_add(l->images, fds[0], c->id);
	else
		workers_add(l->workers, fds[0], c->id);
	return 0;
}

static int start_one(struct localworkers *l, struct child *c, struct why *why)
{
	int r = child_start(c, ++l->next_id, l->conf, why);

	return r < 0 ? r : introduce(l, c, why);
}

static void end_one(struct child *c)
{
	if (!c->pid)
		return;
	child_kill(c);
	waitpid(c->pid, NULL, 0);
	child_died(c);
}

/* A worker is given up: another one takes its place. */
static void on_kill(void *ctx, uint64_t id, const char *why_text)
{
	struct localworkers *l = ctx;
	struct why why;

	(void)why_text; /* the message's own record says why */
	pthread_mutex_lock(&l->lock);
	for (size_t i = 0; i < l->n && !l->stopping; i++) {
		if (l->children[i].id != id)
			continue;
		end_one(&l->children[i]);
		if (start_one(l, &l->children[i], &why) < 0)
			fprintf(stderr, "poterne: a worker could not be started again: %s\n",
				why.text);
		break;
	}
	pthread_mutex_unlock(&l->lock);
}

int localworkers_start(const struct conf *conf, size_t n, struct localworkers **ret,
		       struct workers **ret_workers, struct images *ret_images, struct why *why)
{
	struct localworkers *l = arena_make(conf->arena, struct localworkers);
	struct workers_host host = { l, on_kill };
	int r = 0;

	l->conf = conf;
	n = n < MAX_WORKERS ? n : MAX_WORKERS;
	l->n = n + (n + 1) / 2;
	pthread_mutex_init(&l->lock, NULL);
	l->workers = workers_new(host);
	l->images = lanes_new(PROCESS_SCAN, PROCESS_IMAGE);
	for (size_t i = 0; i < l->n; i++)
		l->children[i].what = i < n ? PROCESS_INSPECT : PROCESS_IMAGE;
	for (size_t i = 0; i < l->n && r == 0; i++)
		r = start_one(l, &l->children[i], why);
	if (r < 0) {
		localworkers_stop(l);
		return r;
	}
	*ret = l;
	*ret_workers = l->workers;
	*ret_images = (struct images){ .lanes = l->images, .host = host };
	return 0;
}

void localworkers_stop(struct localworkers *l)
{
	pthread_mutex_lock(&l->lock);
	l->stopping = true;
	for (size_t i = 0; i < l->n; i++)
		end_one(&l->children[i]);
	l->images = lanes_free(l->images);
	pthread_mutex_unlock(&l->lock);
}
