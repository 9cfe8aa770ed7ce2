#include "conf/conf.h"

#include "conf/conf_schema.h"
#include "conf/conf_value.h"

#include <errno.h>

/* Values hold no control characters and list elements no commas (conf_value.c), so a
 * line feed ends a value and a comma an element: nothing needs escaping. */
void conf_text_encode(const struct conf *c, unsigned audience, struct strbuf *out)
{
	for (size_t i = 0; i < conf_schema_n; i++) {
		const struct conf_key *key = &conf_schema[i];
		const void *at = (const char *)c + key->offset;
		size_t n = conf_value_count(key, at);

		if (!(key->audience & audience))
			continue;
		strbuf_fmt(out, "%s=", key->path);
		for (size_t j = 0; j < n; j++) {
			strbuf_put(out, j ? STR(",") : STR(""));
			conf_value_put(key, at, j, out);
		}
		strbuf_char(out, '\n');
	}
}

int conf_text_decode(struct conf *c, str text, struct why *why)
{
	str line;

	if (text.n > CONF_TEXT_MAX)
		return why_set(why, -E2BIG, "configuration of %zu bytes", text.n);
	if (text.n && !str_ends(text, STR("\n")))
		return why_set(why, -EINVAL, "configuration is cut short");
	while (text.n && str_split(&text, '\n', &line)) {
		int r = conf_set_assignment(c, line, why);

		if (r < 0)
			return r;
	}
	return 0;
}
