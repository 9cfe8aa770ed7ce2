/* tests/evaluate/report_answers.c - the writers and records of the room reporting, bare, for
 * tests/evaluate/tlsrpt.py and reports_out.py.
 *
 * Questions one a line on standard input, answers one a line on standard output:
 *   {"txt": TEXT}                             {"valid": BOOL, "uris": [TEXT]}
 *   {"domain", "head", "rows": [TEXT]}        {"text": XML}, of an aggregate report
 */
#include "reporting/reportdoc.h"
#include "reporting/tlsrptrecord.h"

#include <jansson.h>

enum { LINE_MAX_BYTES = 8 << 20 };

static str text_of(const json_t *object, const char *key)
{
	const json_t *s = json_object_get(object, key);

	return str_of(json_string_value(s), json_string_length(s));
}

static json_t *answer_record(const json_t *question)
{
	struct tlsrptrecord record = { .n = 0 };
	bool valid = tlsrptrecord_parse(text_of(question, "txt"), &record);
	json_t *uris = json_array();

	for (size_t i = 0; valid && i < record.n; i++)
		json_array_append_new(uris, json_stringn(record.uris[i].p, record.uris[i].n));
	return json_pack("{s:b,s:o}", "valid", valid, "uris", uris);
}

static json_t *answer_report(struct arena *a, const json_t *question)
{
	const struct reportdoc_about about = { .kind = REPORTDOC_DMARC,
					       .domain = text_of(question, "domain"),
					       .head = text_of(question, "head"),
					       .begin = 1795305600,
					       .end = 1795391999,
					       .left_out = 3,
					       .from = STR("reports@hopital.example"),
					       .org_name = STR("H\xc3\xb4pital <&> \"Nord\""),
					       .contact = STR("postmaster@hopital.example") };
	const json_t *rows = json_object_get(question, "rows");
	struct reportdoc doc;

	reportdoc_begin(&doc, a, &about);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		reportdoc_row(&doc, str_of(json_string_value(row), json_string_length(row)), i + 1);
	}
	if (!reportdoc_end(&doc))
		return json_pack("{s:n}", "text");
	return json_pack("{s:s%}", "text", doc.text.p, doc.text.n);
}

int main(void)
{
	static char line[LINE_MAX_BYTES];

	while (fgets(line, sizeof(line), stdin)) {
		struct arena *a = arena_new("question", 256 << 20);
		json_t *question = json_loads(line, JSON_ALLOW_NUL, NULL);
		json_t *answer = json_object_get(question, "txt") ? answer_record(question)
								  : answer_report(a, question);
		char *text = json_dumps(answer, JSON_COMPACT);

		puts(text);
		free(text);
		json_decref(answer);
		json_decref(question);
		arena_free(a);
	}
	return 0;
}
