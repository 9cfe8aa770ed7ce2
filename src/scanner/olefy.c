#include "scanner/olefy.h"

#include "scanner/exchange.h"

#include <errno.h>
#include <jansson.h>

/* Codes of oletools' return_code. */
enum { RETURN_WARNINGS = 1, RETURN_ENCRYPTED = 9 };

static const struct {
	const char *type;
	str word;
	bool keyword; /* is worth showing */
} threats[] = {
	{ "AutoExec", STR("autoexec"), true },
	{ "Suspicious", STR("suspicious"), true },
	{ "IOC", STR("ioc"), true },
	{ "Hex String", STR("hex"), false },
	{ "Base64 String", STR("base64"), false },
	{ "Dridex String", STR("dridex"), false },
	{ "VBA string", STR("vba"), false },
};

static void drop_json(json_t **o)
{
	json_decref(*o);
}

static str text_of(const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	return json_is_string(v) ? str_of(json_string_value(v), json_string_length(v)) : STR("");
}

/* Versions write "Hex String" and "Hex strings". */
static bool is_type(str text, str type)
{
	return str_casestarts(text, type);
}

/* All keywords of one kind of threat, as one word. */
static void take_threats(struct arena *a, const json_t *analysis, size_t kind,
			 struct scanner_answer *ret)
{
	struct strbuf keywords = strbuf_make(a, SCANNER_TEXT_MAX);
	size_t found = 0;

	for (size_t i = 0; i < json_array_size(analysis); i++) {
		const json_t *o = json_array_get(analysis, i);

		if (!is_type(text_of(o, "type"), str_c(threats[kind].type)))
			continue;
		if (threats[kind].keyword && !keywords.overflow) {
			strbuf_put(&keywords, found ? STR(", ") : STR(""));
			strbuf_put(&keywords, text_of(o, "keyword"));
		}
		found++;
	}
	if (found)
		scanner_say(a, ret, threats[kind].word, strbuf_str(&keywords));
}

static void take_file(struct arena *a, const json_t *o, struct scanner_answer *ret)
{
	const json_t *analysis = json_object_get(o, "analysis");

	if (json_array_size(json_object_get(o, "macros")) > 0)
		scanner_say(a, ret, STR("macros"), text_of(o, "type"));
	for (size_t kind = 0; kind < ARRAY_LEN(threats); kind++)
		take_threats(a, analysis, kind, ret);
}

/* The last object says how it went; 0 is well. */
static bool take_code(const json_t *o, json_int_t *code)
{
	const json_t *v = json_object_get(o, "return_code");

	if (!json_is_integer(v))
		return false;
	*code = json_integer_value(v);
	return true;
}

static int conclude(struct arena *a, bool told, json_int_t code, str message,
		    struct scanner_answer *ret, struct why *why)
{
	if (told && code == RETURN_ENCRYPTED)
		scanner_say(a, ret, STR("encrypted"), STR(""));
	else if (!told || code < 0 || code > RETURN_WARNINGS)
		return why_set(why, -EPROTO, "olevba ended with code %lld, %.*s",
			       told ? (long long)code : -1LL, STR_ARG(str_sub(message, 0, 100)));
	return 0;
}

static int take_objects(struct arena *a, const json_t *root, struct scanner_answer *ret,
			struct why *why)
{
	json_int_t code = 0;
	str message = STR("");
	bool told = false;

	for (size_t i = 0; i < json_array_size(root); i++) {
		const json_t *o = json_array_get(root, i);
		str trouble = text_of(o, "error");

		if (str_eq(trouble, STR("File too small")))
			return 0; /* for a macro */
		if (trouble.n)
			return why_set(why, -EIO, "olefy says \"%.*s\"",
				       STR_ARG(str_sub(trouble, 0, 100)));
		told |= take_code(o, &code);
		if (text_of(o, "message").n)
			message = text_of(o, "message");
		take_file(a, o, ret);
	}
	return conclude(a, told, code, message, ret, why);
}

int olefy_parse(struct arena *a, str json, struct scanner_answer *ret, struct why *why)
{
	json_error_t error;
	cleanup(drop_json) json_t *root =
		json_loadb(json.p ? json.p : "", json.n, JSON_REJECT_DUPLICATES, &error);

	if (!json_is_array(root))
		return why_set(why, -EPROTO, "the answer is no array of JSON: %s", error.text);
	return take_objects(a, root, ret, why);
}

int olefy_ask(struct arena *a, const struct scannerrow *row, const struct scanner_subject *s,
	      deadline d, struct scanner_answer *ret, struct why *why)
{
	const struct exchange_question q = {
		.head = arena_fmt(a, "OLEFY/1.0\nMethod: oletools\nRspamd-ID: %.*s\n\n",
				  STR_ARG(s->envelope->mid)),
		.bytes = s->bytes,
		.end = EXCHANGE_TO_END,
		.max = OLEFY_ANSWER_MAX,
	};
	str answer;
	int r = exchange_once(a, &row->peer, &q, d, &answer, why);

	return r < 0 ? r : olefy_parse(a, answer, ret, why);
}
