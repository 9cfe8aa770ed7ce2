#include "document/pdfobjects.h"

enum {
	LOOKS = 16, /* at each byte of the file and of the streams */
	LOOKS_FREE = 1 << 20,
	REVISIONS_MAX = 1000,	  /* of one object */
	CRYPTS_MAX = 8,		  /* dictionaries that speak of encryption */
	REFERENCES_MAX = 8,	  /* one behind the other */
	VALUES_BYTES = 256 << 20, /* of the values of one object and those it refers to */
};

static const uint32_t NO_NUMBER = UINT32_MAX;

/* What the first look at all objects finds. */
struct first_look {
	ARENA_VEC(uint32_t) object_streams;
	uint32_t crypts[CRYPTS_MAX];
	size_t n_crypts;
	bool root;
};

static bool look(struct pdfobjects *o, size_t bytes)
{
	if (bytes > o->look_left) {
		o->look_left = 0;
		o->notes |= PDF_CUT;
		return false;
	}
	o->look_left -= bytes;
	return true;
}

struct pdflex_value *pdfobjects_value(struct pdfobjects *o, struct pdfobject *object)
{
	struct pdflex l = pdflex_make(o->values, object->in, object->begin);
	struct pdflex_value *v;

	if (!o->look_left || arena_used(o->values) > VALUES_BYTES) {
		o->notes |= PDF_CUT;
		return arena_make(o->values, struct pdflex_value);
	}
	v = pdflex_value(&l);
	look(o, l.at - object->begin);
	if (l.hidden_name)
		o->notes |= PDF_HIDDEN_NAME;
	if (l.cut)
		o->notes |= PDF_CUT;
	return v;
}

struct pdfobject *pdfobjects_get(struct pdfobjects *o, int64_t number)
{
	uint32_t key = (uint32_t)number;
	uintptr_t at = 0;

	if (number >= 0 && number < NO_NUMBER)
		at = (uintptr_t)map_get(&o->by_number, str_of(&key, sizeof(key)));
	return at ? &o->list.v[at - 1] : NULL;
}

static struct pdfobject *add(struct pdfobjects *o, uint32_t number, uint32_t generation, str in,
			     size_t begin)
{
	struct pdfobject *before = pdfobjects_get(o, number), *object;
	uint32_t revision = before ? before->revision + 1 : 0;
	uint32_t *key;

	if (o->list.n >= PDF_OBJECTS_MAX || begin > UINT32_MAX || revision > REVISIONS_MAX) {
		o->notes |= PDF_CUT;
		return NULL;
	}
	object = arena_push(o->arena, &o->list);
	object->number = number;
	object->generation = generation;
	object->in = in;
	object->begin = (uint32_t)begin;
	object->revision = revision;
	if (number == NO_NUMBER)
		return object;
	key = arena_make(o->arena, uint32_t);
	*key = number;
	object->same = (uint32_t)(uintptr_t)map_set(&o->by_number, str_of(key, sizeof(*key)),
						    (void *)(uintptr_t)o->list.n);
	return object;
}

struct pdfobject *pdfobjects_same(struct pdfobjects *o, const struct pdfobject *object)
{
	return object->same ? &o->list.v[object->same - 1] : NULL;
}

const struct pdflex_value *pdfobjects_resolve(struct pdfobjects *o, const struct pdflex_value *v)
{
	for (int i = 0; v && v->kind == PDFLEX_REF; i++) {
		struct pdfobject *object = pdfobjects_get(o, v->number);

		if (!object || i == REFERENCES_MAX)
			return NULL;
		v = pdfobjects_value(o, object);
	}
	return v;
}

static const struct pdflex_value *resolve(void *ctx, const struct pdflex_value *v)
{
	return pdfobjects_resolve(ctx, v);
}

/* The digits that end before s[*at], behind blanks; *at goes to their start. */
static bool digits_before(str s, size_t *at, uint32_t *ret)
{
	size_t end = *at, from;
	uint64_t n = 0;

	while (end && (str_is_space(s.p[end - 1]) || !s.p[end - 1] || s.p[end - 1] == '\f'))
		end--;
	for (from = end; from && end - from < 10 && str_is_digit(s.p[from - 1]);)
		from--;
	for (size_t i = from; i < end; i++)
		n = n * 10 + (uint64_t)(s.p[i] - '0');
	*at = from;
	*ret = (uint32_t)n;
	return from < end && n < NO_NUMBER;
}

/* "12 0 obj", read backwards from its last word. What has no number can be reached by
 * nobody's reference, but by a cross-reference. */
static void add_direct(struct pdfobjects *o, size_t at)
{
	uint32_t number = NO_NUMBER, generation = 0;
	size_t back = at;

	if (!digits_before(o->file, &back, &generation) || !digits_before(o->file, &back, &number))
		number = NO_NUMBER;
	(void)add(o, number, generation, o->file, at + 3);
}

static bool stands_alone(str s, size_t at, size_t n)
{
	bool before = at && (str_is_alpha(s.p[at - 1]) || s.p[at - 1] == '/');
	bool after = at + n < s.n && str_is_alpha(s.p[at + n]);

	return !before && !after;
}

static void find_direct(struct pdfobjects *o)
{
	for (size_t at = 0; at < o->file.n; at += 3) {
		size_t hit = str_find(str_skip(o->file, at), STR("obj"));

		if (hit == STR_NONE)
			return;
		at += hit;
		if (stands_alone(o->file, at, 3))
			add_direct(o, at);
	}
}

static void find_trailers(struct pdfobjects *o)
{
	for (size_t at = 0; at < o->file.n; at += 7) {
		size_t hit = str_find(str_skip(o->file, at), STR("trailer"));
		struct pdfobject *object;

		if (hit == STR_NONE)
			return;
		at += hit;
		object = add(o, NO_NUMBER, 0, o->file, at + 7);
		if (object)
			object->is_trailer = true;
	}
}

/* Where a stream's bytes begin: behind the value, "stream" and one line end. */
static size_t stream_begin(struct pdfobjects *o, const struct pdfobject *object)
{
	struct pdflex l = pdflex_make(o->values, object->in, object->begin);
	struct pdflex_value *value = pdflex_value(&l);
	struct pdflex_value word = pdflex_token(&l);

	look(o, l.at - object->begin);
	if (value->kind != PDFLEX_DICT || word.kind != PDFLEX_WORD ||
	    !str_eq(word.s, STR("stream")))
		return STR_NONE;
	if (l.at < l.in.n && l.in.p[l.at] == '\r')
		l.at++;
	if (l.at < l.in.n && l.in.p[l.at] == '\n')
		l.at++;
	return l.at;
}

static bool ends_stream(str file, size_t at)
{
	str rest = str_sub(file, at, at + 20);

	while (rest.n && str_is_space(rest.p[0]))
		rest = str_skip(rest, 1);
	return str_starts(rest, STR("endstream"));
}

/* The next "endstream", each of them looked for once as long as begin goes up. */
static size_t next_end(struct pdfobjects *o, size_t begin)
{
	size_t hit;

	if (begin >= o->end_from && begin <= o->end_at)
		return o->end_at;
	hit = str_find(str_skip(o->file, begin), STR("endstream"));
	o->end_from = begin;
	o->end_at = hit == STR_NONE ? o->file.n : begin + hit;
	look(o, o->end_at - begin);
	return o->end_at;
}

static str raw_stream(struct pdfobjects *o, const struct pdfobject *object,
		      const struct pdflex_value *dict)
{
	const struct pdflex_value *length = pdfobjects_resolve(o, pdflex_get(dict, STR("Length")));
	size_t begin = stream_begin(o, object), end;

	if (begin == STR_NONE)
		return STR_NULL;
	if (length && length->kind == PDFLEX_NUMBER && length->number >= 0 &&
	    (uint64_t)length->number <= o->file.n - begin) {
		end = begin + (size_t)length->number;
		if (ends_stream(o->file, end))
			return str_sub(o->file, begin, end);
	}
	end = next_end(o, begin);
	if (end > begin && o->file.p[end - 1] == '\n')
		end--;
	if (end > begin && o->file.p[end - 1] == '\r')
		end--;
	return str_sub(o->file, begin, end);
}

static bool is_locked(const struct pdfobjects *o, enum pdfcrypt_method method)
{
	return o->notes & PDF_LOCKED && method != PDFCRYPT_NONE;
}

str pdfobjects_string(struct pdfobjects *o, const struct pdfobject *object,
		      const struct pdflex_value *v)
{
	if (!v || v->kind != PDFLEX_STRING)
		return STR("");
	if (object->in_stream || object->is_trailer)
		return v->s;
	if (is_locked(o, o->crypt.strings))
		return STR("");
	if (!o->encrypted)
		return v->s;
	return pdfcrypt_decrypt(o->values, &o->crypt, o->crypt.strings, object->number,
				object->generation, v->s);
}

static bool has_crypt_filter(const struct pdffilter_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(steps[i].name, STR("Crypt")))
			return true;
	}
	return false;
}

/* The codings work in an arena of their own: only what comes out is kept. What has no
 * coding stays where it is in the file. */
static enum pdffilter_outcome decode(struct pdfobjects *o, str raw,
				     const struct pdffilter_step *steps, size_t n, size_t max,
				     str *ret)
{
	cleanup(arena_freep) struct arena *scratch =
		arena_new("pdf stream", 8 * (max + raw.n) + (16 << 20));
	size_t left = max < o->decode_left ? max : o->decode_left;
	size_t before = left, whole = o->decode_left;
	enum pdffilter_outcome r = pdffilter_decode(scratch, raw, steps, n, &left, ret);

	o->decode_left -= before - left;
	o->decoded += before - left;
	o->look_left += (before - left) * LOOKS;
	/* A piece that does not fit any more may leave a little room. */
	if (r == PDFFILTER_CUT && before == whole) {
		o->decode_left = 0;
		o->notes |= PDF_CUT;
	}
	if (ret->p < o->file.p || ret->p >= o->file.p + o->file.n)
		*ret = arena_str(o->arena, *ret);
	return r;
}

enum pdffilter_outcome pdfobjects_stream(struct pdfobjects *o, struct pdfobject *object,
					 const struct pdflex_value *dict, size_t max, bool is_file,
					 str *ret)
{
	struct pdffilter_step steps[PDFFILTER_CHAIN];
	size_t n = pdffilter_steps(dict, resolve, o, steps);
	enum pdfcrypt_method method = is_file ? o->crypt.files : o->crypt.streams;
	str raw = raw_stream(o, object, dict);
	bool clear =
		has_crypt_filter(steps, n) || str_eq(pdflex_name(dict, STR("Type")), STR("XRef"));

	*ret = STR("");
	if (!raw.p)
		return PDFFILTER_BROKEN;
	if (!look(o, raw.n))
		return PDFFILTER_CUT;
	if (!clear && is_locked(o, method))
		return PDFFILTER_BROKEN;
	if (!clear && o->encrypted)
		raw = pdfcrypt_decrypt(o->values, &o->crypt, method, object->number,
				       object->generation, raw);
	return decode(o, raw, steps, n, max, ret);
}

static void first_look(struct pdfobjects *o, struct first_look *seen, uint32_t index)
{
	struct pdfobject *object = &o->list.v[index];
	struct pdflex l = pdflex_make(o->values, object->in, object->begin);
	struct pdflex_value *v = pdflex_value(&l);
	struct pdflex_value word = pdflex_token(&l);

	look(o, l.at - object->begin);
	object->has_stream = word.kind == PDFLEX_WORD && str_eq(word.s, STR("stream"));
	seen->root |= pdflex_get(v, STR("Root")) != NULL;
	if (pdflex_get(v, STR("Encrypt")) && seen->n_crypts < CRYPTS_MAX)
		seen->crypts[seen->n_crypts++] = index;
	if (object->has_stream && (str_eq(pdflex_name(v, STR("Type")), STR("ObjStm")) ||
				   (pdflex_get(v, STR("N")) && pdflex_get(v, STR("First")))))
		*arena_push(o->arena, &seen->object_streams) = index;
}

static bool opens(struct pdfobjects *o, const struct pdflex_value *encrypt, str id,
		  const struct pdf_limits *limits)
{
	o->password = limits->n_passwords;
	if (pdfcrypt_open(encrypt, id, STR(""), &o->crypt))
		return true;
	for (size_t i = 0; i < limits->n_passwords; i++) {
		if (!pdfcrypt_open(encrypt, id, limits->passwords[i], &o->crypt))
			continue;
		o->password = i;
		return true;
	}
	return false;
}

/* Several revisions speak of the same encryption: one that opens is enough. */
static void open_encryption(struct pdfobjects *o, const struct first_look *seen,
			    const struct pdf_limits *limits)
{
	for (size_t i = 0; i < seen->n_crypts && !o->encrypted; i++) {
		const struct pdflex_value *v = pdfobjects_value(o, &o->list.v[seen->crypts[i]]);
		const struct pdflex_value *e = pdfobjects_resolve(o, pdflex_get(v, STR("Encrypt")));
		const struct pdflex_value *id = pdfobjects_resolve(o, pdflex_get(v, STR("ID")));

		if (!e || e->kind != PDFLEX_DICT)
			continue;
		id = id ? pdfobjects_resolve(o, id->first) : NULL;
		o->encrypted = opens(o, e, id ? id->s : STR(""), limits);
		o->notes = (o->notes & ~(uint32_t)PDF_LOCKED) |
			   (o->encrypted ? PDF_RESTRICTED : PDF_LOCKED);
		arena_reset(o->values);
	}
}

/* Pairs of number and offset, then the objects (7.5.7). */
static void open_object_stream(struct pdfobjects *o, uint32_t index)
{
	struct pdfobject *object = &o->list.v[index];
	const struct pdflex_value *dict = pdfobjects_value(o, object);
	const struct pdflex_value *n = pdfobjects_resolve(o, pdflex_get(dict, STR("N")));
	const struct pdflex_value *first = pdfobjects_resolve(o, pdflex_get(dict, STR("First")));
	struct pdflex l;
	str in;
	enum pdffilter_outcome r = pdfobjects_stream(o, object, dict, o->decode_left, false, &in);

	if (r != PDFFILTER_OK && !(o->notes & PDF_LOCKED))
		o->notes |= PDF_UNREAD_STREAM;
	if (!n || !first || first->number < 0)
		return;
	l = pdflex_make(o->values, in, 0);
	for (int64_t i = 0; i < n->number; i++) {
		struct pdflex_value number = pdflex_token(&l), offset = pdflex_token(&l);
		struct pdfobject *member;

		if (number.kind != PDFLEX_NUMBER || offset.kind != PDFLEX_NUMBER ||
		    number.number < 0 || number.number >= NO_NUMBER || offset.number < 0 ||
		    (uint64_t)(first->number + offset.number) >= in.n)
			return;
		member = add(o, (uint32_t)number.number, 0, in,
			     (size_t)(first->number + offset.number));
		if (!member)
			return;
		member->in_stream = true;
	}
}

void pdfobjects_find(struct pdfobjects *o, str file, const struct pdf_limits *limits)
{
	struct first_look seen = { 0 };

	o->file = file;
	o->by_number = map_make(o->arena);
	o->decode_left = limits->max_decoded;
	o->look_left = file.n * LOOKS + LOOKS_FREE;
	o->end_from = 1; /* nothing was looked for */
	find_direct(o);
	find_trailers(o);
	for (uint32_t i = 0; i < o->list.n && o->look_left; i++) {
		first_look(o, &seen, i);
		arena_reset(o->values);
	}
	if (!seen.root)
		o->notes |= PDF_NO_TRAILER;
	open_encryption(o, &seen, limits);
	for (size_t i = 0; i < seen.object_streams.n && o->look_left; i++) {
		open_object_stream(o, seen.object_streams.v[i]);
		arena_reset(o->values);
	}
}
