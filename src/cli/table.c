#include "cli/table.h"

#include "base/utf8.h"

enum { VALUE_MAX = 16 << 10, ROWS_MAX = 1 << 20 };

static str printable(struct arena *a, const json_t *v)
{
	struct strbuf b = strbuf_make(a, VALUE_MAX);

	strbuf_printable(&b, str_of(json_string_value(v), json_string_length(v)));
	return strbuf_str(&b);
}

static str list_value(struct arena *a, const json_t *list)
{
	struct strbuf b = strbuf_make(a, VALUE_MAX);
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		if (i)
			strbuf_put(&b, STR(", "));
		if (json_is_string(v))
			strbuf_put(&b, printable(a, v));
	}
	return strbuf_str(&b);
}

str table_value(struct arena *a, const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (json_is_string(v))
		return printable(a, v);
	if (json_is_integer(v))
		return arena_fmt(a, "%lld", (long long)json_integer_value(v));
	if (json_is_real(v))
		return arena_fmt(a, "%.2f", json_real_value(v));
	if (json_is_boolean(v))
		return json_is_true(v) ? STR("yes") : STR("no");
	if (json_is_array(v))
		return list_value(a, v);
	return STR("");
}

/* The first max characters of s and how many there are. */
static str cut(str s, size_t max, size_t *ret_n)
{
	size_t at = 0, n = 0;

	while (at < s.n && n < max) {
		uint32_t cp;
		size_t len = utf8_next(str_skip(s, at), &cp);

		at += len ? len : 1;
		n++;
	}
	*ret_n = n;
	return str_sub(s, 0, at);
}

struct row {
	str cells[TABLE_COLUMNS];
	size_t n[TABLE_COLUMNS]; /* characters */
};

static void put_row(struct strbuf *out, const struct row *r, const size_t *width, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		strbuf_put(out, r->cells[i]);
		if (i + 1 < n)
			strbuf_fmt(out, "%*s", (int)(width[i] - r->n[i] + 2), "");
	}
	strbuf_char(out, '\n');
}

static void set_cell(struct row *r, size_t i, str text, const struct table_column *c, size_t *width)
{
	r->cells[i] = cut(text, c->width, &r->n[i]);
	if (r->n[i] > width[i])
		width[i] = r->n[i];
}

bool table_put(struct strbuf *out, str lines, const struct table_column *columns, size_t n)
{
	ARENA_VEC(struct row) rows = { 0 };
	size_t width[TABLE_COLUMNS] = { 0 };
	str line;

	bug_if(n > TABLE_COLUMNS);
	for (size_t i = 0; i < n; i++) {
		struct row *head = i ? rows.v : arena_push(out->arena, &rows);

		set_cell(head, i, str_c(columns[i].title), &columns[i], width);
	}
	while (str_split(&lines, '\n', &line) && rows.n < ROWS_MAX) {
		json_t *object = line.n ? json_loadb(line.p, line.n, 0, NULL) : NULL;
		struct row *r;

		if (line.n == 0)
			continue;
		if (!json_is_object(object)) {
			json_decref(object);
			return false;
		}
		r = arena_push(out->arena, &rows);
		for (size_t i = 0; i < n; i++)
			set_cell(r, i, table_value(out->arena, object, columns[i].key), &columns[i],
				 width);
		json_decref(object);
	}
	for (size_t i = 0; i < rows.n; i++)
		put_row(out, &rows.v[i], width, n);
	return true;
}

bool table_put_object(struct strbuf *out, str line, const struct table_column *rows, size_t n)
{
	json_t *object = json_loadb(line.p, line.n, 0, NULL);

	if (!json_is_object(object)) {
		json_decref(object);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		str value = table_value(out->arena, object, rows[i].key);

		if (value.n)
			strbuf_fmt(out, "%-12s %.*s\n", rows[i].title, STR_ARG(value));
	}
	json_decref(object);
	return true;
}
