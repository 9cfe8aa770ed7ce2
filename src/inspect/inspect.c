#include "inspect/inspect_features.h"
#include "inspect/inspect_fuzzy.h"
#include "inspect/inspect_private.h"
#include "inspect/inspect_readings.h"
#include "inspect/inspect_url.h"
#include "inspect/inspect_words.h"

const struct inspect_limits inspect_default_limits = {
	.max_depth = 20,
	.max_parts = FACTS_MAX_PARTS,
	.max_headers = FACTS_MAX_HEADERS,
	.max_unpacked_bytes = 64 << 20,
};

static uint32_t at_most(uint32_t v, uint32_t max)
{
	return v < max ? v : max;
}

static struct inspect_limits clamp(const struct inspect_limits *given)
{
	struct inspect_limits l = *given;

	l.max_parts = at_most(l.max_parts, FACTS_MAX_PARTS);
	l.max_headers = at_most(l.max_headers, FACTS_MAX_HEADERS);
	l.max_depth = at_most(l.max_depth, 100); /* the walker calls itself once a level */
	if (l.max_parts == 0)
		l.max_parts = 1;
	return l;
}

/* Neither may stand in a message (RFC 5322 2.2, 2.3); the SMTP dialogue refuses the second. */
static void judge_bytes(struct walk *w, uint32_t root, str message)
{
	const char *end = message.p + message.n, *p = message.p;

	if (str_chr(message, '\0') != STR_NONE)
		walk_find(w, FINDING_MESSAGE_NUL, root, STR(""));
	while (p < end && (p = memchr(p, '\r', (size_t)(end - p)))) {
		p++;
		if (p == end || *p != '\n') {
			walk_find(w, FINDING_MESSAGE_BARE_CR, root, STR(""));
			return;
		}
	}
}

void inspect_message(struct arena *a, str message, struct patterns *patterns,
		     const struct inspect_limits *limits, struct facts *ret)
{
	struct walk w = {
		.arena = a,
		.message = message,
		.facts = ret,
		.patterns = patterns,
		.limits = clamp(limits),
		.text = strbuf_make(a, FACTS_MAX_TEXT),
		.hits = map_make(a),
		.candidate_hits = map_make(a),
		.boundaries = map_make(a),
	};
	uint32_t root;

	*ret = (struct facts){ .message_size = message.n, .candidate.set = w.limits.candidate_set };
	w.budget = w.limits.max_unpacked_bytes;
	root = walk_add_part(&w, 0, '.', 1);
	walk_scan(&w, PATTERN_RAW, STR(""), message, root);
	judge_bytes(&w, root, message);
	inspect_features_begin(&w);
	inspect_headers_read(&w, message);
	inspect_url_headers(&w);
	inspect_dkim_read(&w);
	inspect_part_walk(&w, root, message, STR("text/plain"), 0);
	inspect_hidden_search(&w, root, message, 0, 0);
	inspect_stray_search(&w, root, message, 0, 0);
	inspect_locked_open(&w);
	inspect_words_end(&w);
	inspect_script_settle(&w);
	inspect_image_check_only(&w);
	if (!w.has_content)
		walk_find(&w, FINDING_EMPTY_MESSAGE, root, STR(""));
	ret->text = strbuf_str(&w.text);
	inspect_features_end(&w);
	inspect_fuzzy_end(&w);
	charset_close(&w.charsets);
	inspect_url_close(&w);
	inspect_lua_run(&w);
}
