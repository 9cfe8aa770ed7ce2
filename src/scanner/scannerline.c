#include "scanner/scannerline.h"

#include "scanner/exchange.h"

#include <errno.h>
#include <jansson.h>

enum { QUESTION_MAX = 1 << 20 };

static void put(struct strbuf *b, const char *key, str value)
{
	strbuf_fmt(b, ",\"%s\":", key);
	strbuf_json(b, value);
}

str scannerline_question(struct arena *a, const struct scanner_subject *s)
{
	const struct scanner_envelope *e = s->envelope;
	struct strbuf b = strbuf_make(a, QUESTION_MAX);

	strbuf_fmt(&b, "{\"version\":1,\"about\":\"%s\",\"length\":%zu",
		   s->whole ? "message" : "file", s->bytes.n);
	put(&b, "mid", e->mid);
	put(&b, "client_ip", e->client_ip);
	put(&b, "helo", e->helo);
	put(&b, "reverse_path", e->reverse_path);
	strbuf_put(&b, STR(",\"recipients\":["));
	for (size_t i = 0; i < e->n_recipients; i++) {
		strbuf_put(&b, i ? STR(",") : STR(""));
		strbuf_json(&b, e->recipients[i]);
	}
	strbuf_put(&b, STR("]"));
	if (!s->whole) {
		put(&b, "filename", s->filename);
		put(&b, "type", s->type);
	}
	strbuf_put(&b, STR("}\n"));
	return strbuf_str(&b);
}

static void drop_json(json_t **o)
{
	json_decref(*o);
}

static str text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? str_of(json_string_value(v), json_string_length(v)) : STR("");
}

int scannerline_parse(struct arena *a, str line, struct scanner_answer *ret, struct why *why)
{
	json_error_t error;
	cleanup(drop_json) json_t *root =
		json_loadb(line.p ? line.p : "", line.n, JSON_REJECT_DUPLICATES, &error);
	const json_t *says = json_object_get(root, "says");
	str trouble = text_of(root, "error");

	if (trouble.n)
		return why_set(why, -EIO, "it says \"%.*s\"", STR_ARG(str_sub(trouble, 0, 100)));
	if (!json_is_array(says))
		return why_set(why, -EPROTO, "the answer is no object with the array says");
	if (json_array_size(says) > SCANNER_WORDS)
		return why_set(why, -EMSGSIZE, "it says more than %d words", SCANNER_WORDS);
	for (size_t i = 0; i < json_array_size(says); i++) {
		const json_t *o = json_array_get(says, i);

		if (!scanner_is_word(text_of(o, "word")))
			return why_set(why, -EPROTO, "the answer has an element without a word");
		scanner_say(a, ret, text_of(o, "word"), text_of(o, "text"));
	}
	return 0;
}

int scannerline_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
		    deadline d, struct scanner_answer *ret, struct why *why)
{
	const struct exchange_question q = {
		.head = scannerline_question(a, s),
		.bytes = s->bytes,
		.end = EXCHANGE_TO_LINE,
		.max = SCANNERLINE_ANSWER_MAX,
	};
	str answer;
	int r = exchange_once(a, &row->peer, &q, d, &answer, why);

	return r < 0 ? r : scannerline_parse(a, answer, ret, why);
}
