#include "cli/mailoptions.h"

#include "base/clock.h"
#include "mail/received.h"

#include <string.h>

enum { PATH_MAX_BYTES = 1024 };

void mailoptions_begin(struct mailoptions *o)
{
	o->source.sets = o->sets;
}

bool mailoptions_take(struct mailoptions *o, int c, const char *value)
{
	switch (c) {
	case 'c':
		o->source.file = value;
		return true;
	case 's':
		if (o->source.n_sets == MAILOPTIONS_SETS)
			return false;
		o->sets[o->source.n_sets++] = value;
		return true;
	case 'i':
		o->ip = value;
		return true;
	case 'e':
		o->helo = value;
		return true;
	case 'f':
		o->from = value;
		return true;
	case 'r':
		o->rcpt[0] = str_c(value);
		return true;
	case 'd':
		o->dns = value;
		return true;
	case 'J':
		o->json = true;
		return true;
	case 'a':
		return clock_parse_rfc3339(str_c(value), &o->at);
	case 'l':
		o->lang = strcmp(value, "fr") == 0 ? CONF_LANG_FR : CONF_LANG_EN;
		return strcmp(value, "fr") == 0 || strcmp(value, "en") == 0;
	default:
		return false;
	}
}

struct envelope mailoptions_envelope(const struct mailoptions *o, struct arena *a, str name,
				     str message, int64_t now)
{
	struct envelope env = { .mid = str_sub(name, 0, 32), .esmtp = true, .received_at = now };
	struct received_envelope seen = { 0 };
	struct strbuf from = strbuf_make(a, PATH_MAX_BYTES);

	received_read(a, message, &seen);
	address_put(&from, seen.from);
	if (!o->at && seen.has_at)
		env.received_at = seen.at;
	env.client_ip = o->ip ? str_c(o->ip) : seen.ip;
	env.helo = o->helo ? str_c(o->helo) : seen.helo;
	env.reverse_path = o->from ? str_c(o->from) : strbuf_str(&from);
	if (str_eq(env.reverse_path, STR("<>")))
		env.reverse_path = STR("");
	env.has_reverse_path = o->from || seen.has_from;
	if (o->rcpt[0].n) {
		env.recipients = arena_array(a, str, 1);
		env.recipients[0] = o->rcpt[0];
		env.n_recipients = 1;
	}
	return env;
}
