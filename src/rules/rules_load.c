#include "rules/rules_loader.h"

#include "base/fd.h"
#include "conf/feedrow.h"
#include "rules/sitechanges.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

int rules_loader_fail(struct rules_loader *l, uint32_t line, uint32_t col, str found,
		      const char *expected, str near)
{
	struct strbuf b = strbuf_make(l->arena, WHY_MAX);

	strbuf_fmt(&b, "%s:%u:%u: found \"", l->file, line, col);
	strbuf_printable(&b, str_sub(found, 0, 80));
	strbuf_fmt(&b, "\", expected %s", expected);
	if (near.p)
		strbuf_fmt(&b, "; did you mean \"%.*s\"?", STR_ARG(near));
	return why_set(l->why, -EINVAL, "%.*s", STR_ARG(strbuf_str(&b)));
}

int rules_loader_fail_value(struct rules_loader *l, const struct conf_yaml *at,
			    const char *expected)
{
	if (at->kind == CONF_YAML_SCALAR && !conf_yaml_is_nothing(at))
		return rules_loader_fail(l, at->line, at->col, at->text, expected, STR_NULL);
	return why_set(l->why, -EINVAL, "%s:%u:%u: found %s, expected %s", l->file, at->line,
		       at->col, conf_yaml_kind_name(at), expected);
}

int rules_loader_fail_key(struct rules_loader *l, const struct conf_yaml *at, const char *expected,
			  str near)
{
	return rules_loader_fail(l, at->key_line, at->key_col, at->key, expected, near);
}

str rules_loader_nearest_symbol(struct rules_loader *l, str name)
{
	struct nearest near = nearest_to(name);

	for (size_t i = 0; i < l->rules->symbols.n; i++) {
		const struct rules_symbol *s = l->rules->symbols.v[i];

		nearest_offer(&near, s->name);
		for (size_t k = 0; k < s->aliases.n; k++)
			nearest_offer(&near, s->aliases.v[k]);
	}
	return near.best;
}

/* By what raises them, so that a message pays only for what it shows. */
static void index_symbols(struct rules_loader *l)
{
	struct rules *r = l->rules;

	for (size_t i = 0; i < r->symbols.n; i++) {
		struct rules_symbol *s = r->symbols.v[i];

		if (s->when == RULES_FINDING || s->when == RULES_SCANNER)
			s->next_of_finding = map_set(&r->by_finding, s->finding, s);
		if (s->when == RULES_EXTENSION_IN || s->when == RULES_TYPE_IN)
			*arena_push(l->arena, &r->by_part) = s;
		if (s->dns_list && !s->disabled)
			*arena_push(l->arena, &r->by_reply) = s;
		if (s->list && s->when != RULES_EXTENSION_IN && !s->disabled)
			*arena_push(l->arena, &r->by_list) = s;
		if (s->regex.n && !s->disabled)
			*arena_push(l->arena, &r->patterns) = (struct pattern){
				.id = s->index,
				.scope = (enum pattern_scope)(s->when - RULES_HEADER +
							      PATTERN_HEADER),
				.header = s->header,
				.regex = s->regex,
				.caseless = s->caseless,
			};
	}
}

static int finish(struct rules_loader *l)
{
	struct rules *rules = l->rules;
	int r;

	if (!l->have_thresholds)
		return why_set(l->why, -EINVAL,
			       "rules: no file sets thresholds; add 00-thresholds.yaml");
	if (rules->tag > rules->quarantine || rules->quarantine > rules->reject)
		return why_set(l->why, -EINVAL,
			       "rules: thresholds are out of order; "
			       "tag may not exceed quarantine, nor quarantine reject");
	/* Above quarantine it means nothing: an overlay may lower that one alone. */
	if (rules->greylist < 0)
		return why_set(l->why, -EINVAL, "rules: the threshold greylist is below 0");
	r = rules_expr_compile_all(l);
	if (r < 0)
		return r;
	index_symbols(l);
	return 0;
}

static struct rules_loader new_loader(struct arena *a, struct why *why)
{
	struct rules *rules = arena_make(a, struct rules);

	rules->by_name = map_make(a);
	rules->by_finding = map_make(a);
	return (struct rules_loader){ .arena = a, .rules = rules, .why = why };
}

static int is_yaml(const struct dirent *d)
{
	return d->d_name[0] != '.' && str_ends(str_c(d->d_name), STR(".yaml"));
}

static int is_spamassassin(const struct dirent *d)
{
	return d->d_name[0] != '.' && str_ends(str_c(d->d_name), STR(".cf"));
}

static int is_other_yaml(const struct dirent *d)
{
	return is_yaml(d) && strcmp(d->d_name, SITECHANGES_FILE) != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int load_one(struct rules_loader *l, const char *path)
{
	str text;
	int r = fd_read_path(path, l->arena, RULES_FILE_MAX, &text, l->why);

	if (r < 0)
		return r;
	if (!str_ends(str_c(path), STR(".cf")))
		return rules_file_read(l, path, text);
	rules_spamassassin_read(l, path, text);
	return 0;
}

static int load_dir(struct rules_loader *l, const char *dir, int (*wanted)(const struct dirent *d))
{
	struct dirent **names;
	int n = scandir(dir, &names, wanted, by_bytes);
	int r = 0;

	if (n < 0)
		return why_set(l->why, -errno, "%s: %m", dir);
	for (int i = 0; i < n; i++) {
		if (r == 0)
			r = load_one(l, arena_fmt(l->arena, "%s/%s", dir, names[i]->d_name).p);
		free(names[i]);
	}
	free(names);
	return r;
}

static const char *path_or_null(struct arena *a, str path)
{
	return path.n ? arena_cz(a, path) : NULL;
}

static size_t feeds_of(struct arena *a, const struct conf *c, const char ***ret)
{
	const char **files = arena_array(a, const char *, c->feeds.sources.n);
	str home = feedrow_home(a, c);
	struct feedrow f;
	size_t n = 0;

	for (size_t i = 0; i < c->feeds.sources.n; i++) {
		if (feedrow_parse(c->feeds.sources.v[i], &f))
			files[n++] = feedrow_file(a, home, &f).p;
	}
	*ret = files;
	return n;
}

struct rules_dirs rules_dirs_of(struct arena *a, const struct conf *c)
{
	const char **feeds;
	size_t n_feeds = feeds_of(a, c, &feeds);

	return (struct rules_dirs){
		.rules = arena_cz(a, c->paths.rules),
		.overlay = path_or_null(a, c->paths.overlay),
		.lists = arena_cz(a, c->paths.lists),
		.site_lists = path_or_null(a, c->paths.site_lists),
		.feeds = feeds,
		.n_feeds = n_feeds,
	};
}

/* First what foreign files define, then what the site says about it, then what was changed while
 * the gateway ran. */
static int load_overlay(struct rules_loader *l, const struct rules_dirs *dirs)
{
	const char *path =
		arena_fmt(l->arena, "%s/" SITECHANGES_FILE, dirs->overlay ? dirs->overlay : "").p;
	int r = dirs->overlay ? load_dir(l, dirs->overlay, is_spamassassin) : 0;

	if (r == 0 && dirs->overlay)
		r = load_dir(l, dirs->overlay, is_other_yaml);
	l->changes = true;
	if (r == 0 && dirs->changes.p)
		r = rules_file_read(l, path, dirs->changes);
	else if (r == 0 && dirs->overlay && access(path, F_OK) == 0)
		r = load_one(l, path);
	return r;
}

static int load_lists(struct rules_loader *l, const struct rules_dirs *dirs)
{
	struct lists *lists = &l->rules->lists;
	int r = dirs->lists ? lists_load_dir(lists, l->arena, dirs->lists, l->why) : 0;

	if (r == 0 && dirs->site_lists)
		r = lists_load_dir(lists, l->arena, dirs->site_lists, l->why);
	for (size_t i = 0; r == 0 && i < dirs->n_feeds; i++) {
		/* Told by who fetches them (poterne lists status), who makes them anew. */
		if (!lists_load_feed(lists, l->arena, dirs->feeds[i], l->why))
			*arena_push(l->arena, &l->rules->feeds_left_out) = dirs->feeds[i];
	}
	return r;
}

/* Lists first: symbols name them. */
static int load_all(struct rules_loader *l, const struct rules_dirs *dirs)
{
	int r = 0;

	l->rules->lists_borrowed = dirs->lists_of;
	if (dirs->lists_of)
		l->rules->lists = dirs->lists_of->lists;
	else
		r = load_lists(l, dirs);
	if (r == 0)
		r = load_dir(l, dirs->rules, is_yaml);
	l->overlay = true;
	if (r == 0)
		r = load_overlay(l, dirs);
	return r < 0 ? r : finish(l);
}

int rules_load(struct arena *a, const struct rules_dirs *dirs, struct rules **ret, struct why *why)
{
	struct rules_loader l = new_loader(a, why);
	int r = load_all(&l, dirs);

	if (r == 0)
		*ret = l.rules;
	else
		rules_close(l.rules);
	return r;
}

int rules_load_text(struct arena *a, str shipped, str overlay, struct rules **ret, struct why *why)
{
	struct rules_loader l = new_loader(a, why);
	int r = rules_file_read(&l, "rules.yaml", shipped);

	l.overlay = true;
	if (r == 0 && overlay.n)
		r = rules_file_read(&l, "overlay.yaml", overlay);
	if (r == 0)
		r = finish(&l);
	if (r == 0)
		*ret = l.rules;
	return r;
}
