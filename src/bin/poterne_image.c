/* bin/poterne_image.c - the sandboxed worker for pictures: one picture in, what its QR codes
 * say out.
 *
 * One thread, one lane, one picture at a time. Decoders of pictures and libzbar, which brings
 * half a desktop along, are linked here and nowhere else. The kernel ends it at its deadline or
 * its memory limit, and the conductor then says that the picture could not be inspected.
 */
#include "base/log.h"
#include "conf/conf.h"
#include "image/image.h"
#include "image/imageshape.h"
#include "image/qrcodes.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

enum { STATUS_BUDGET = 70, CONF_BUDGET = 4 << 20, LIBRARIES_BYTES = 512 << 20 };

struct worker {
	struct chan *lane;
	int64_t deadline_ms;
	uint64_t memory;
	struct arena *arena;
};

__attribute__((noreturn)) static void over_budget(const char *name)
{
	log_event("image.over_budget", F_C("arena", name));
	_exit(STATUS_BUDGET);
}

/* A worker that is late is ended by the signal, whatever it is busy with. 0: never. */
static void set_timer(int64_t ms)
{
	struct itimerval t = { .it_value = { ms / 1000, ms % 1000 * 1000 } };

	setitimer(ITIMER_REAL, &t, NULL);
}

/* Each look has memory of its own: several would not fit. */
static enum image_result look_at(struct worker *w, str bytes, struct qrcodes *codes,
				 uint64_t *ret_shape)
{
	enum image_result first = IMAGE_E_FORMAT;

	for (int look = 0; look < IMAGE_LOOKS; look++) {
		cleanup(arena_freep) struct arena *a = arena_new("image", w->memory);
		struct qrcodes seen = *codes;
		struct image picture;
		enum image_result r = image_read(a, bytes, (enum image_look)look, &picture);

		if (look == 0)
			first = r;
		if (r != IMAGE_OK)
			continue;
		if (look == 0)
			*ret_shape = imageshape_of(&picture);
		qrcodes_read(a, &picture, &seen);
		for (size_t i = codes->n; i < seen.n; i++)
			seen.v[i] = arena_str(w->arena, seen.v[i]);
		*codes = seen;
	}
	return first;
}

static int answer(struct worker *w, struct msg *m, struct why *why)
{
	cleanup(fd_closep) int fd = msg_take_fd(m, 0);
	cleanup(fd_view_closep) struct fd_view picture = { 0 };
	struct msg reply = { .type = MSG_image_read };
	struct qrcodes codes = { .n = 0 };
	int r = msg_mail(m->image.bytes, fd, w->arena, w->memory, &picture, why);

	if (r < 0)
		return r;
	set_timer(w->deadline_ms);
	reply.image_read.result = look_at(w, picture.bytes, &codes, &reply.image_read.shape);
	set_timer(0);
	reply.image_read.codes = (struct msg_texts){ codes.v, codes.n };
	reply.image_read.more = codes.more;
	return chan_send(w->lane, &reply, why);
}

/* What a reload may change. The memory is what the process began with. */
static int take_limits(struct worker *w, const struct proc *p, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("limits", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, proc_config(p), why);

	if (r == 0)
		w->deadline_ms = conf->image.deadline;
	return r;
}

static int serve(struct worker *w, struct why *why)
{
	struct msg m;
	int r = chan_receive(w->lane, w->arena, CHAN_FOREVER, &m, why);

	if (r < 0)
		return r;
	r = answer(w, &m, why);
	msg_close(&m);
	arena_reset(w->arena);
	return r;
}

static int begin(struct worker *w, struct proc *p, struct why *why)
{
	cleanup(arena_freep) struct arena *a = arena_new("conf", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	int r = conf_text_decode(conf, proc_config(p), why);
	struct sandbox_spec spec = { .user = arena_cz(a, conf->users.image),
				     .memory_bytes = conf->image.memory + LIBRARIES_BYTES };

	w->memory = conf->image.memory;
	arena_on_budget(over_budget);
	if (r == 0)
		r = sandbox_enter(&spec, why);
	return r < 0 ? r : take_limits(w, p, why);
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_IMAGE);
	struct why why = { "" };
	struct worker w = { 0 };
	int fd, r = begin(&w, p, &why);

	if (r < 0) {
		log_event("process.failed", F_C("why", why.text));
		return 1;
	}
	w.arena = arena_new("image lane", w.memory);
	fd = proc_wait_lane(p);
	if (fd < 0)
		_exit(0);
	w.lane = chan_new(fd, PROCESS_IMAGE, PROCESS_SCAN);
	while (r >= 0) {
		enum proc_work work = proc_wait_work(p, chan_fd(w.lane));

		if (work == PROC_LEAVE)
			_exit(0);
		r = work == PROC_RELOAD ? take_limits(&w, p, &why) : serve(&w, &why);
	}
	if (r != -EPIPE) /* the conductor gone is an ordinary end */
		log_event("image.failed", F_C("why", why.text));
	_exit(r == -EPIPE ? 0 : 1);
}
