/* bin/poterne_web.c - HTTP for monitoring. Sees numbers that other processes count, never
 * mail, and may do nothing but accept connections on the listeners it was handed. */
#include "base/fd.h"
#include "base/log.h"
#include "conf/conf.h"
#include "sys/proc.h"
#include "sys/sandbox.h"
#include "web/webserver.h"

#include <stdlib.h>

enum { CONF_BUDGET = 4 << 20, OPEN_FILES = 2048, MOST_LISTENERS = 64 };

__attribute__((noreturn)) static void fail(const char *why)
{
	log_event("process.failed", F_C("why", why));
	exit(1);
}

static void take_blocks(struct proc *p, struct webserver *w)
{
	for (size_t i = 0; i < WEBSERVER_SOURCES_MAX; i++) {
		str process;
		int fd = proc_take_resource(p, "metrics.read", &process);

		if (fd < 0)
			return;
		webserver_add(w, process, fd);
		fd_close(fd);
	}
}

static void on_lane(void *ctx unused_arg, enum process peer unused_arg, bool serve unused_arg,
		    int fd, uint64_t id unused_arg)
{
	fd_close(fd); /* nobody has anything to ask here */
}

int main(void)
{
	struct proc *p = proc_enter(PROCESS_WEB);
	const struct proc_handlers handlers = { NULL, on_lane, NULL, NULL };
	struct arena *a = arena_new("web", CONF_BUDGET);
	struct conf *conf = conf_new_default(a);
	struct webserver *w = arena_make(a, struct webserver);
	struct why why = { "" };
	struct sandbox_spec spec = { .rights = SANDBOX_THREADS | SANDBOX_ACCEPT,
				     .open_files = OPEN_FILES };

	if (conf_text_decode(conf, proc_config(p), &why) < 0)
		fail(why.text);
	spec.user = arena_cz(a, conf->users.web);
	if (sandbox_enter(&spec, &why) < 0)
		fail(why.text);
	take_blocks(p, w);
	for (int i = 0, fd;
	     i < MOST_LISTENERS && (fd = proc_take_resource(p, "listener", NULL)) >= 0; i++) {
		if (webserver_listen(w, fd, &why) < 0)
			fail(why.text);
	}
	proc_run(p, &handlers);
}
