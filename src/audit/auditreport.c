#include "audit/auditreport.h"

enum { LINE_MAX_BYTES = 1 << 20, SHOWN_TEXT = 160 };

/* What is worst comes first. */
static const enum fate_judgement order[] = { FATE_DANGER, FATE_FAIL, FATE_UNCLEAR, FATE_SKIPPED,
					     FATE_PASS };

static struct auditreport_count *of_group(struct auditreport_counts *c, str group)
{
	for (size_t i = 0; i < c->n; i++) {
		if (str_eq(c->v[i].group, group))
			return &c->v[i];
	}
	bug_if(c->n == AUDITREPORT_GROUPS);
	c->v[c->n].group = group;
	return &c->v[c->n++];
}

struct auditreport_counts auditreport_count(const struct auditrun *run)
{
	struct auditreport_counts c = { .n = 0 };

	for (size_t i = 0; i < run->rows.n; i++) {
		const struct fate_row *r = &run->rows.v[i];

		of_group(&c, r->group)->n[r->judgement]++;
		c.all.n[r->judgement]++;
	}
	return c;
}

static bool is_shown(const struct fate_row *r, bool failed_only)
{
	return !failed_only || r->judgement == FATE_FAIL || r->judgement == FATE_DANGER;
}

static void put_row(struct strbuf *b, const struct fate_row *r)
{
	strbuf_fmt(b, "%-8s %-16.*s ", fate_judgement_name(r->judgement), STR_ARG(r->id));
	if (r->fate == FATE_DIALOGUE) {
		strbuf_fmt(b, "%.*s", STR_ARG(r->title));
	} else {
		strbuf_fmt(b, "%s", fate_name(r->fate));
		if (r->code)
			strbuf_fmt(b, " (%s)", posting_stage_name(r->stage));
		if (r->text.n && r->fate != FATE_CLEAN && r->fate != FATE_MARKED) {
			strbuf_put(b, STR(" "));
			strbuf_printable(b, str_sub(r->text, 0, SHOWN_TEXT));
		}
	}
	if (r->note.n) {
		strbuf_put(b, STR("  ["));
		strbuf_printable(b, str_sub(r->note, 0, SHOWN_TEXT));
		strbuf_put(b, STR("]"));
	}
	strbuf_char(b, '\n');
}

static void put_count(struct strbuf *b, str name, const struct auditreport_count *c)
{
	strbuf_fmt(b, "%-14.*s", STR_ARG(name));
	for (size_t j = 0; j < FATE_JUDGEMENTS; j++)
		strbuf_fmt(b, " %7zu", c->n[j]);
	strbuf_char(b, '\n');
}

void auditreport_text(FILE *out, struct arena *a, const struct auditrun *run, bool failed_only)
{
	struct auditreport_counts c = auditreport_count(run);
	struct strbuf b = strbuf_make(a, 64 << 20);

	for (size_t o = 0; o < ARRAY_LEN(order); o++) {
		for (size_t i = 0; i < run->rows.n; i++) {
			const struct fate_row *r = &run->rows.v[i];

			if (r->judgement == order[o] && is_shown(r, failed_only))
				put_row(&b, r);
		}
	}
	strbuf_put(&b, STR("\ngroup          passed  failed  danger unclear skipped\n"));
	for (size_t i = 0; i < c.n; i++)
		put_count(&b, c.v[i].group, &c.v[i]);
	put_count(&b, STR("all"), &c.all);
	fwrite(b.p, 1, b.n, out);
}

static void put_text(struct strbuf *b, const char *key, str value)
{
	if (!value.n)
		return;
	strbuf_fmt(b, ", \"%s\": ", key);
	strbuf_json(b, value);
}

static void print_row(FILE *out, struct arena *a, const struct fate_row *r)
{
	struct strbuf b = strbuf_make(a, LINE_MAX_BYTES);

	strbuf_put(&b, STR("{\"id\": "));
	strbuf_json(&b, r->id);
	put_text(&b, "case", r->case_id);
	put_text(&b, "group", r->group);
	put_text(&b, "title", r->title);
	put_text(&b, "judgement", str_c(fate_judgement_name(r->judgement)));
	put_text(&b, "fate", str_c(fate_name(r->fate)));
	strbuf_fmt(&b, ", \"malicious\": %s", r->malicious ? "true" : "false");
	if (r->code)
		strbuf_fmt(&b, ", \"stage\": \"%s\", \"code\": %d", posting_stage_name(r->stage),
			   r->code);
	put_text(&b, "reply", r->text);
	put_text(&b, "note", r->note);
	fprintf(out, "%.*s}\n", STR_ARG(strbuf_str(&b)));
}

void auditreport_json(FILE *out, struct arena *a, const struct auditrun *run, bool failed_only)
{
	struct auditreport_counts c = auditreport_count(run);
	struct strbuf b = strbuf_make(a, LINE_MAX_BYTES);

	for (size_t i = 0; i < run->rows.n; i++) {
		if (is_shown(&run->rows.v[i], failed_only))
			print_row(out, a, &run->rows.v[i]);
	}
	strbuf_put(&b, STR("{\"run\": "));
	strbuf_json(&b, run->run);
	put_text(&b, "greeting", run->greeting);
	strbuf_fmt(&b, ", \"xclient\": %s, \"starttls\": %s, \"strays\": %zu",
		   run->xclient ? "true" : "false", run->starttls ? "true" : "false", run->strays);
	for (size_t j = 0; j < FATE_JUDGEMENTS; j++) {
		static const char *const keys[FATE_JUDGEMENTS] = {
			[FATE_PASS] = "passed",	    [FATE_FAIL] = "failed",
			[FATE_DANGER] = "danger",   [FATE_UNCLEAR] = "unclear",
			[FATE_SKIPPED] = "skipped",
		};

		strbuf_fmt(&b, ", \"%s\": %zu", keys[j], c.all.n[j]);
	}
	fprintf(out, "%.*s}\n", STR_ARG(strbuf_str(&b)));
}
