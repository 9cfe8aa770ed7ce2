#include "inspect/luarules.h"

#include "base/reader.h"
#include "base/strbuf.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdlib.h>

enum { HOOK_STEPS = 1000, BLOB_MAX = 64 << 20, WHY_BYTES = 200 };

struct luarules {
	char *bytes; /* the blob */
	struct luarule *rules;
	size_t n;
};

/* What the programs of one message have used. */
struct cage {
	size_t used;
	uint64_t allocated;
	int64_t steps; /* of the program that runs */
	const struct facts *facts;
	const struct luarule *rule;
	str evidence; /* of the rule that ran last; p is NULL: none */
};

static void *allocate(void *ctx, void *p, size_t old, size_t size)
{
	struct cage *c = ctx;

	if (!p)
		old = 0; /* then it says what the memory is for */
	if (size == 0) {
		free(p);
		c->used -= old;
		return NULL;
	}
	if (size > old && (c->used + (size - old) > LUARULES_MAX_MEMORY ||
			   c->allocated + (size - old) > LUARULES_MAX_ALLOCATED))
		return NULL;
	p = realloc(p, size);
	if (!p)
		return NULL;
	c->used += size - old;
	c->allocated += size > old ? size - old : 0;
	return p;
}

static struct cage *cage_of(lua_State *s)
{
	void *ctx;

	(void)lua_getallocf(s, &ctx);
	return ctx;
}

static void count_steps(lua_State *s, lua_Debug *d)
{
	struct cage *c = cage_of(s);

	(void)d;
	c->steps += HOOK_STEPS;
	if (c->steps > LUARULES_MAX_STEPS)
		luaL_error(s, "it takes more than %d steps", LUARULES_MAX_STEPS);
}

/* --- the library: what cannot run away in one step --- */

static int contains(lua_State *s)
{
	str text, what;

	text.p = luaL_checklstring(s, 1, &text.n);
	what.p = luaL_checklstring(s, 2, &what.n);
	lua_pushboolean(s, str_find(text, what) != STR_NONE);
	return 1;
}

/* Of the functions of a library only these stay: patterns of Lua can take exponential time, and
 * loops inside a function are not counted. */
static void keep(lua_State *s, const char *library, const char *const *names)
{
	lua_newtable(s);
	lua_getglobal(s, library);
	for (; *names; names++) {
		lua_getfield(s, -1, *names);
		lua_setfield(s, -3, *names);
	}
	lua_pop(s, 1);
	lua_setglobal(s, library);
}

/* Methods of texts ("x":lower()) are those that stay. */
static void restrict_methods(lua_State *s)
{
	lua_pushliteral(s, "");
	if (lua_getmetatable(s, -1)) {
		lua_getglobal(s, "string");
		lua_setfield(s, -2, "__index");
		lua_pop(s, 1);
	}
	lua_pop(s, 1);
}

static void open_libraries(lua_State *s)
{
	static const char *const strings[] = { "byte", "char", "len",	  "lower",  "upper",
					       "sub",  "rep",  "reverse", "format", NULL };
	static const char *const tables[] = { "concat", "unpack", NULL };
	static const char *const utf8[] = { "char", "codepoint", "len", NULL };
	static const char *const gone[] = { "_G",     "collectgarbage", "dofile",
					    "load",   "loadfile",	"pcall",
					    "xpcall", "print",		"require",
					    "warn",   "setmetatable",	"getmetatable",
					    "rawset" };

	luaL_requiref(s, "_G", luaopen_base, 1);
	luaL_requiref(s, LUA_STRLIBNAME, luaopen_string, 1);
	luaL_requiref(s, LUA_TABLIBNAME, luaopen_table, 1);
	luaL_requiref(s, LUA_MATHLIBNAME, luaopen_math, 1);
	luaL_requiref(s, LUA_UTF8LIBNAME, luaopen_utf8, 1);
	lua_settop(s, 0);
	keep(s, "string", strings);
	keep(s, "table", tables);
	keep(s, "utf8", utf8);
	lua_getglobal(s, "string");
	lua_pushcfunction(s, contains);
	lua_setfield(s, -2, "contains");
	lua_pop(s, 1);
	restrict_methods(s);
	for (size_t i = 0; i < ARRAY_LEN(gone); i++) {
		lua_pushnil(s);
		lua_setglobal(s, gone[i]);
	}
}

/* --- the message --- */

static void set_text(lua_State *s, const char *key, str value)
{
	lua_pushlstring(s, value.n ? value.p : "", value.n);
	lua_setfield(s, -2, key);
}

static void set_flag(lua_State *s, const char *key, bool value)
{
	lua_pushboolean(s, value);
	lua_setfield(s, -2, key);
}

static void put_headers(lua_State *s, const struct facts *f)
{
	lua_newtable(s);
	for (size_t i = 0; i < f->headers.n; i++) {
		lua_newtable(s);
		set_text(s, "name", f->headers.v[i].name);
		set_text(s, "value", f->headers.v[i].value);
		lua_rawseti(s, -2, (lua_Integer)i + 1);
	}
	lua_setfield(s, -2, "headers");
}

static void put_addresses(lua_State *s, const struct facts *f)
{
	static const char *const wheres[] = {
		[FACTS_FROM] = "from", [FACTS_SENDER] = "sender", [FACTS_REPLY_TO] = "reply_to",
		[FACTS_TO] = "to",     [FACTS_CC] = "cc",
	};

	for (size_t w = 0; w < ARRAY_LEN(wheres); w++) {
		lua_Integer n = 0;

		lua_newtable(s);
		for (size_t i = 0; i < f->addresses.n; i++) {
			const struct facts_address *at = &f->addresses.v[i];

			if (at->where != (enum facts_where)w)
				continue;
			lua_newtable(s);
			set_text(s, "display", at->display);
			set_text(s, "user", at->local);
			set_text(s, "domain", at->domain);
			lua_rawseti(s, -2, ++n);
		}
		lua_setfield(s, -2, wheres[w]);
	}
}

static void put_parts(lua_State *s, const struct facts *f)
{
	lua_newtable(s);
	for (size_t i = 0; i < f->parts.n; i++) {
		const struct facts_part *p = &f->parts.v[i];

		lua_newtable(s);
		set_text(s, "path", p->path);
		set_text(s, "type", p->type);
		set_text(s, "detected", p->detected);
		set_text(s, "filename", p->filename);
		lua_pushinteger(s, (lua_Integer)p->size);
		lua_setfield(s, -2, "size");
		set_flag(s, "attachment", p->flags & FACTS_PART_ATTACHMENT);
		set_flag(s, "encrypted", p->flags & FACTS_PART_ENCRYPTED);
		lua_rawseti(s, -2, (lua_Integer)i + 1);
	}
	lua_setfield(s, -2, "parts");
}

static void put_urls(lua_State *s, const struct facts *f)
{
	lua_newtable(s);
	for (size_t i = 0; i < f->urls.n; i++) {
		const struct facts_url *u = &f->urls.v[i];

		lua_newtable(s);
		set_text(s, "url", u->url);
		set_text(s, "host", u->host);
		set_text(s, "domain", u->domain);
		set_text(s, "shown", u->shown);
		lua_rawseti(s, -2, (lua_Integer)i + 1);
	}
	lua_setfield(s, -2, "urls");
}

static void put_findings(lua_State *s, const struct facts *f)
{
	lua_newtable(s);
	for (size_t i = 0; i < f->findings.n; i++) {
		str name = f->findings.v[i].name, evidence = f->findings.v[i].evidence;

		lua_pushlstring(s, name.p, name.n);
		lua_pushlstring(s, evidence.n ? evidence.p : "", evidence.n);
		lua_rawset(s, -3);
	}
	lua_setfield(s, -2, "findings");
}

/* Leaves the message's table behind. */
static void put_message(lua_State *s, const struct facts *f)
{
	lua_newtable(s);
	put_headers(s, f);
	put_addresses(s, f);
	put_parts(s, f);
	put_urls(s, f);
	put_findings(s, f);
	set_text(s, "text", f->text);
	set_text(s, "language", f->language);
	lua_pushinteger(s, (lua_Integer)f->message_size);
	lua_setfield(s, -2, "size");
}

/* --- running --- */

static int prepare(lua_State *s)
{
	open_libraries(s);
	put_message(s, cage_of(s)->facts);
	lua_setfield(s, LUA_REGISTRYINDEX, "message");
	return 0;
}

/* Globals of a program are its own: they shadow the library, and the next does not see them. */
static void give_globals(lua_State *s)
{
	lua_newtable(s);
	lua_newtable(s);
	lua_pushglobaltable(s);
	lua_setfield(s, -2, "__index");
	lua_setmetatable(s, -2);
	lua_setupvalue(s, -2, 1);
}

static int run_one(lua_State *s)
{
	struct cage *c = cage_of(s);
	const struct luarule *r = c->rule;
	size_t n;
	const char *text;

	if (luaL_loadbufferx(s, r->code.p, r->code.n, "=rule", "t") != LUA_OK)
		return lua_error(s);
	give_globals(s);
	lua_getfield(s, LUA_REGISTRYINDEX, "message");
	lua_call(s, 1, 1);
	if (!lua_toboolean(s, -1))
		return 0;
	text = lua_tolstring(s, -1, &n); /* NULL for what is no text or number */
	c->evidence = text ? str_of(text, n) : STR("");
	lua_setfield(s, LUA_REGISTRYINDEX, "evidence"); /* it lives until the next rule */
	return 0;
}

static str failure(lua_State *s)
{
	size_t n;
	const char *text = lua_tolstring(s, -1, &n);

	return text ? str_sub(str_of(text, n), 0, WHY_BYTES) : STR("it failed");
}

static void tell_failure(const struct luarules_hits *to, const struct luarule *r, str why)
{
	char text[LUARULES_MAX_NAME + WHY_BYTES + 4];
	int n = snprintf(text, sizeof(text), "%.*s: %.*s", STR_ARG(r->name), STR_ARG(why));

	to->fail(to->ctx, r->id, str_of(text, (size_t)n));
}

static bool call(lua_State *s, lua_CFunction function)
{
	lua_settop(s, 0);
	lua_pushcfunction(s, function);
	return lua_pcall(s, 0, 0, 0) == LUA_OK;
}

static void run_all(lua_State *s, struct cage *c, const struct luarules *l,
		    const struct luarules_hits *to)
{
	bool prepared = call(s, prepare);

	for (size_t i = 0; i < l->n; i++) {
		const struct luarule *r = &l->rules[i];

		c->rule = r;
		c->steps = 0;
		c->evidence = STR_NULL;
		if (!prepared)
			tell_failure(to, r, STR("the message is too large for it"));
		else if (!call(s, run_one))
			tell_failure(to, r, failure(s));
		else if (c->evidence.p)
			to->hit(to->ctx, r->id, c->evidence);
	}
}

void luarules_run(const struct luarules *l, const struct facts *f, const struct luarules_hits *to)
{
	struct cage c = { .facts = f };
	lua_State *s;

	if (!l || !l->n)
		return;
	s = lua_newstate(allocate, &c);
	bug_if(!s);
	lua_sethook(s, count_steps, LUA_MASKCOUNT, HOOK_STEPS);
	run_all(s, &c, l, to);
	lua_close(s);
}

/* --- the blob: how many, then each with its id and its text --- */

static int check_syntax(str code, struct why *why)
{
	struct cage c = { 0 };
	lua_State *s = lua_newstate(allocate, &c);
	int r = 0;

	bug_if(!s);
	if (luaL_loadbufferx(s, code.p, code.n, "=rule", "t") != LUA_OK) {
		str what = failure(s);

		r = why_set(why, -EINVAL, "%.*s", STR_ARG(what));
	}
	lua_close(s);
	return r;
}

int luarules_compile(struct arena *a, const struct luarule *list, size_t n, str *ret_blob,
		     size_t *ret_bad, struct why *why)
{
	struct strbuf b = strbuf_make(a, BLOB_MAX);

	strbuf_le(&b, n, 4);
	for (size_t i = 0; i < n; i++) {
		int r = i >= LUARULES_MAX || list[i].code.n > LUARULES_MAX_CODE ||
					list[i].name.n > LUARULES_MAX_NAME
				? why_set(why, -EINVAL, "too many programs, or too long a one")
				: check_syntax(list[i].code, why);

		if (r < 0) {
			*ret_bad = i;
			return r;
		}
		strbuf_le(&b, list[i].id, 4);
		strbuf_le(&b, list[i].name.n, 4);
		strbuf_put(&b, list[i].name);
		strbuf_le(&b, list[i].code.n, 4);
		strbuf_put(&b, list[i].code);
	}
	*ret_blob = strbuf_str(&b);
	return 0;
}

int luarules_load(str blob, struct luarules **ret, struct why *why)
{
	struct luarules *l = calloc(1, sizeof(*l));
	struct reader r;
	uint32_t n;

	bug_if(!l);
	l->bytes = malloc(blob.n + 1);
	bug_if(!l->bytes);
	if (blob.n)
		memcpy(l->bytes, blob.p, blob.n);
	r = reader_make(str_of(l->bytes, blob.n));
	n = reader_u32le(&r);
	if (!r.bad && n <= LUARULES_MAX) {
		l->rules = calloc(n + 1, sizeof(*l->rules));
		bug_if(!l->rules);
	}
	for (; l->rules && l->n < n && !r.bad; l->n++) {
		l->rules[l->n].id = reader_u32le(&r);
		l->rules[l->n].name = reader_lstr(&r, LUARULES_MAX_NAME);
		l->rules[l->n].code = reader_lstr(&r, LUARULES_MAX_CODE);
	}
	if (r.bad || !l->rules) {
		luarules_free(l);
		return why_set(why, -EINVAL, "found no programs of rules");
	}
	*ret = l;
	return 0;
}

struct luarules *luarules_free(struct luarules *l)
{
	if (l) {
		free(l->rules);
		free(l->bytes);
	}
	free(l);
	return NULL;
}
