/* bin/poterne_keys.c - holds the private keys of DKIM and ARC, and signs digests for those of
 * our processes that have a lane to it. It has no network, no files, and sees no mail.
 */
#include "base/fd.h"
#include "base/log.h"
#include "conf/conf.h"
#include "keys/keyring.h"
#include "sys/keybundle.h"
#include "sys/metrics.h"
#include "sys/proc.h"
#include "sys/sandbox.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <sys/prctl.h>

struct service {
	struct proc *proc;
	struct keyring *ring;
	pthread_rwlock_t lock; /* of ring: a reload waits for the signatures that are being made */
};

/* Takes the bundle that has come; without one all stays as it is. */
static int take_keys(struct service *s, struct why *why)
{
	cleanup(fd_unmapp) str bundle = STR("");
	cleanup(fd_closep) int fd = proc_take_resource(s->proc, "dkim.keys", NULL);
	struct keyring *fresh, *old;
	int r;

	if (fd < 0)
		return 0;
	r = fd_map(fd, KEYBUNDLE_MAX, &bundle, why);
	if (r == 0)
		r = keyring_new(bundle, &fresh, why);
	if (r < 0)
		return r;
	pthread_rwlock_wrlock(&s->lock);
	old = s->ring;
	s->ring = fresh;
	pthread_rwlock_unlock(&s->lock);
	keyring_free(old);
	return 0;
}

static int sign(void *ctx, struct arena *a, const struct signer_question *q,
		struct signer_answer *ret, struct why *why)
{
	struct service *s = ctx;
	int64_t began = clock_now_us();
	int r;

	pthread_rwlock_rdlock(&s->lock);
	r = keyring_sign(s->ring, a, q, ret, why);
	pthread_rwlock_unlock(&s->lock);
	metrics_add(r < 0 ? METRIC_keys_signatures_failed : METRIC_keys_signatures_done, 1);
	metrics_observe(METRIC_keys_sign, (uint64_t)(clock_now_us() - began));
	return r;
}

static int answer(void *ctx, struct chan *c, struct msg *m, struct arena *a)
{
	const struct signer here = { sign, ctx };
	struct why why = { "" };
	int r = signer_answer(&here, c, m, a, &why);

	if (r < 0 && r != -EPIPE)
		log_event("keys.lane_closed", F_C("why", why.text));
	return r;
}

static void take_lane(void *ctx, enum process peer, bool serve unused_arg, int fd,
		      uint64_t id unused_arg)
{
	struct why why;

	if (lanes_serve(fd, PROCESS_KEYS, peer, answer, ctx, &why) < 0)
		log_event("lane.failed", F_C("why", why.text));
}

static void reload(void *ctx, str config unused_arg)
{
	struct why why;

	if (take_keys(ctx, &why) < 0)
		log_event("reload.refused", F_C("why", why.text));
}

/* Nothing is read late, nobody may look into us, and the library is awake before the lock. */
static int prepare(struct service *s, const struct conf *conf, struct arena *a, struct why *why)
{
	const struct sandbox_spec spec = { .user = arena_cz(a, conf->users.keys),
					   .rights = SANDBOX_THREADS };
	int r;

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL);
	pthread_rwlock_init(&s->lock, NULL);
	r = keyring_new(STR(""), &s->ring, why);
	if (r == 0)
		r = sandbox_enter(&spec, why);
	if (r == 0)
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return r < 0 ? r : take_keys(s, why);
}

int main(void)
{
	struct service s = { .proc = proc_enter(PROCESS_KEYS) };
	struct proc_handlers handlers = { .ctx = &s, .lane = take_lane, .reload = reload };
	struct arena *a = arena_new("keys", 16 << 20);
	struct conf *conf = conf_new_default(a);
	struct why why = { "" };
	int r = conf_text_decode(conf, proc_config(s.proc), &why);

	if (r == 0)
		r = prepare(&s, conf, a, &why);
	if (r == 0)
		proc_run(s.proc, &handlers);
	log_event("process.failed", F_C("why", why.text));
	return 1;
}
