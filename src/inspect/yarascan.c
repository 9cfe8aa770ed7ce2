#include "inspect/yarascan.h"

#include "base/reader.h"
#include "base/strbuf.h"

#include <errno.h>
#include <stdlib.h>
#include <yara.h>

/* The blob: a magic, then for each kind the length of libyara's own stream and the stream;
 * a length of 0: no rule is for that kind. */
enum { MAGIC = 0x31524159, /* "YAR1" */ BLOB_MAX = 256 << 20 };

struct yarascan {
	YR_RULES *rules[YARASCAN_KINDS];
	YR_SCANNER *scanners[YARASCAN_KINDS];
};

enum yarascan_kind yarascan_kind_of(str path)
{
	static const struct {
		str name;
		enum yarascan_kind kind;
	} names[] = {
		{ STR("pdf"), YARASCAN_PDF },	    { STR("office"), YARASCAN_OFFICE },
		{ STR("ole"), YARASCAN_OFFICE },    { STR("rtf"), YARASCAN_OFFICE },
		{ STR("html"), YARASCAN_MARKUP },   { STR("xml"), YARASCAN_MARKUP },
		{ STR("xxe"), YARASCAN_MARKUP },    { STR("svg"), YARASCAN_MARKUP },
		{ STR("js"), YARASCAN_SCRIPT },	    { STR("javascript"), YARASCAN_SCRIPT },
		{ STR("script"), YARASCAN_SCRIPT }, { STR("vb"), YARASCAN_MACRO },
		{ STR("vba"), YARASCAN_MACRO },	    { STR("macro"), YARASCAN_MACRO },
		{ STR("pe"), YARASCAN_PROGRAM },    { STR("program"), YARASCAN_PROGRAM },
	};
	size_t slash = str_rchr(path, '/'), n = 0;
	str name = slash == STR_NONE ? path : str_skip(path, slash + 1);

	while (n < name.n && str_is_alnum(name.p[n]))
		n++;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_caseeq(str_sub(name, 0, n), names[i].name))
			return names[i].kind;
	}
	return YARASCAN_ANY;
}

int yarascan_begin(struct why *why)
{
	return yr_initialize() == ERROR_SUCCESS ? 0 : why_set(why, -ENOMEM, "yara: cannot begin");
}

/* Compiling */

struct compilation {
	const char *path; /* of the file that is being read */
	bool *disabled_seen;
	const str *disabled;
	size_t n_disabled, rules;
	struct why *why;
	bool failed;
};

static void on_message(int level, const char *file, int line, const YR_RULE *rule,
		       const char *message, void *ctx)
{
	struct compilation *c = ctx;

	(void)file;
	(void)rule;
	if (level != YARA_ERROR_LEVEL_ERROR || c->failed)
		return; /* a warning is about speed: time is bounded anyway */
	c->failed = true;
	why_set(c->why, -EINVAL, "%s:%d: %s", c->path, line, message);
}

static size_t write_stream(const void *p, size_t size, size_t count, void *ctx)
{
	strbuf_put(ctx, str_of(p, size * count));
	return count;
}

static void disable_some(struct compilation *c, YR_RULES *rules)
{
	YR_RULE *rule;

	yr_rules_foreach(rules, rule)
	{
		c->rules++;
		for (size_t i = 0; i < c->n_disabled; i++) {
			if (!str_eq(c->disabled[i], str_c(rule->identifier)))
				continue;
			c->disabled_seen[i] = true;
			c->rules--;
			yr_rule_disable(rule);
		}
	}
}

static int put_rules(struct compilation *c, YR_COMPILER *compiler, struct strbuf *out)
{
	struct strbuf one = strbuf_make(out->arena, BLOB_MAX);
	YR_STREAM stream = { .user_data = &one, .write = write_stream };
	YR_RULES *rules = NULL;
	int e = yr_compiler_get_rules(compiler, &rules);

	if (e == ERROR_SUCCESS) {
		disable_some(c, rules);
		e = yr_rules_save_stream(rules, &stream);
	}
	if (rules)
		yr_rules_destroy(rules);
	if (e != ERROR_SUCCESS || one.overflow)
		return why_set(c->why, -EINVAL, "%s: yara: error %d", c->path, e);
	strbuf_le(out, (uint32_t)one.n, 4);
	strbuf_put(out, strbuf_str(&one));
	return 0;
}

static int add_file(struct compilation *c, struct arena *a, YR_COMPILER *compiler,
		    const struct yarascan_file *f)
{
	char *text = arena_cz(a, f->text);

	c->path = arena_cz(a, f->path);
	if (!text)
		return why_set(c->why, -EINVAL, "%s: found a NUL byte, expected text", c->path);
	/* Each file has a namespace: two may have rules of one name. */
	if (yr_compiler_add_string(compiler, text, c->path) > 0)
		return c->failed ? -EINVAL
				 : why_set(c->why, -EINVAL, "%s: not understood", c->path);
	return 0;
}

static int compile_kind(struct compilation *c, struct arena *a, const struct yarascan_file *files,
			size_t n, enum yarascan_kind kind, struct strbuf *out)
{
	YR_COMPILER *compiler = NULL;
	size_t used = 0;
	int r = 0;

	if (yr_compiler_create(&compiler) != ERROR_SUCCESS)
		return why_set(c->why, -ENOMEM, "yara: no memory");
	yr_compiler_set_callback(compiler, on_message, c);
	yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
	for (size_t i = 0; i < n && r == 0; i++) {
		if (yarascan_kind_of(files[i].path) != kind)
			continue;
		used++;
		r = add_file(c, a, compiler, &files[i]);
	}
	if (r == 0 && used)
		r = put_rules(c, compiler, out);
	else if (r == 0)
		strbuf_le(out, 0, 4);
	yr_compiler_destroy(compiler);
	return r;
}

int yarascan_compile(struct arena *a, const struct yarascan_file *files, size_t n,
		     const str *disabled, size_t n_disabled, str *ret_blob, size_t *ret_rules,
		     struct why *why)
{
	struct compilation c = { .disabled = disabled, .n_disabled = n_disabled, .why = why };
	struct strbuf out = strbuf_make(a, BLOB_MAX);
	int r = 0;

	c.disabled_seen = arena_array(a, bool, n_disabled);
	strbuf_le(&out, MAGIC, 4);
	for (int kind = 0; kind < YARASCAN_KINDS && r == 0; kind++)
		r = compile_kind(&c, a, files, n, (enum yarascan_kind)kind, &out);
	for (size_t i = 0; i < n_disabled && r == 0; i++) {
		if (!c.disabled_seen[i])
			r = why_set(why, -EINVAL, "yara.disabled: no rule is called \"%.*s\"",
				    STR_ARG(disabled[i]));
	}
	*ret_blob = strbuf_str(&out);
	*ret_rules = c.rules;
	return r;
}

/* Scanning */

static size_t read_stream(void *p, size_t size, size_t count, void *ctx)
{
	struct reader *r = ctx;
	str bytes = reader_bytes(r, size * count);

	if (r->bad)
		return 0;
	if (bytes.n)
		memcpy(p, bytes.p, bytes.n);
	return count;
}

static int load_kind(struct yarascan *y, int kind, str bytes)
{
	struct reader r = reader_make(bytes);
	YR_STREAM stream = { .user_data = &r, .read = read_stream };
	int e = yr_rules_load_stream(&stream, &y->rules[kind]);

	if (e == ERROR_SUCCESS)
		e = yr_scanner_create(y->rules[kind], &y->scanners[kind]);
	if (e != ERROR_SUCCESS)
		return e;
	yr_scanner_set_timeout(y->scanners[kind], YARASCAN_SECONDS);
	/* Its own handler of memory errors would hide ours. */
	yr_scanner_set_flags(y->scanners[kind], SCAN_FLAGS_FAST_MODE | SCAN_FLAGS_NO_TRYCATCH |
							SCAN_FLAGS_REPORT_RULES_MATCHING);
	return ERROR_SUCCESS;
}

int yarascan_load(str blob, struct yarascan **ret, struct why *why)
{
	struct reader r = reader_make(blob);
	struct yarascan *y = calloc(1, sizeof(*y));

	bug_if(!y);
	if (reader_u32le(&r) != MAGIC)
		r.bad = true;
	for (int kind = 0; kind < YARASCAN_KINDS && !r.bad; kind++) {
		str bytes = reader_lstr(&r, BLOB_MAX);

		if (bytes.n && load_kind(y, kind, bytes) != ERROR_SUCCESS)
			r.bad = true;
	}
	if (r.bad) {
		yarascan_free(y);
		return why_set(why, -EINVAL, "yara: rules made by another version or machine");
	}
	*ret = y;
	return 0;
}

struct yarascan *yarascan_free(struct yarascan *y)
{
	for (int kind = 0; y && kind < YARASCAN_KINDS; kind++) {
		if (y->scanners[kind])
			yr_scanner_destroy(y->scanners[kind]);
		if (y->rules[kind])
			yr_rules_destroy(y->rules[kind]);
	}
	free(y);
	return NULL;
}

struct run {
	yarascan_hit_fn *hit;
	void *ctx;
};

static int on_match(YR_SCAN_CONTEXT *scan, int message, void *data, void *ctx)
{
	const struct run *run = ctx;

	(void)scan;
	if (message == CALLBACK_MSG_RULE_MATCHING) {
		const YR_RULE *rule = data;

		run->hit(run->ctx, str_c(rule->identifier), rule->tags);
	}
	return CALLBACK_CONTINUE; /* too many matches of one string: the rest of them is left out */
}

bool yarascan_run(struct yarascan *y, enum yarascan_kind kind, str bytes, yarascan_hit_fn *hit,
		  void *ctx)
{
	struct run run = { hit, ctx };
	str seen = str_sub(bytes, 0, YARASCAN_BYTES);

	if (!y->scanners[kind] || !bytes.n)
		return true;
	yr_scanner_set_callback(y->scanners[kind], on_match, &run);
	return yr_scanner_scan_mem(y->scanners[kind], (const uint8_t *)seen.p, seen.n) ==
		       ERROR_SUCCESS &&
	       seen.n == bytes.n;
}
