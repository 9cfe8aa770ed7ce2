/* The configuration as the supervisor takes it: whole, and fit for each process. */
#include "super/super.h"

#include "super/child.h"
#include "sys/chan.h"

#include <errno.h>

/* Found now, or every process would be killed for what it cannot be told. */
static int check_fits(const struct conf *conf, struct why *why)
{
	for (enum process p = PROCESS_EDGE; p < PROCESS_CLI; p++) {
		cleanup(arena_freep) struct arena *a = arena_new("config text", 4 << 20);
		struct strbuf text = strbuf_make(a, CONF_TEXT_MAX),
			      packet = strbuf_make(a, CHAN_MAX_BYTES);
		struct msg m = { .type = MSG_config };

		conf_text_encode(conf, child_audience(p), &text);
		m.config.text = strbuf_str(&text);
		if (text.overflow || !msg_encode(&m, &packet))
			return why_set(
				why, -E2BIG,
				"the configuration is too long for poterne-%s: shorten its lists",
				msg_process_name(p));
	}
	return 0;
}

struct conf *super_read_conf(const struct super_source *source, struct arena *a, struct why *why)
{
	struct conf *conf = conf_new_default(a);

	if (source->file && conf_load_file(conf, source->file, why) < 0)
		return NULL;
	for (size_t i = 0; i < source->n_sets; i++) {
		if (conf_set_assignment(conf, str_c(source->sets[i]), why) < 0)
			return NULL;
	}
	return conf_check(conf, why) < 0 || check_fits(conf, why) < 0 ? NULL : conf;
}
