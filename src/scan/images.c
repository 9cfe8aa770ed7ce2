#include "scan/images.h"

#include "base/fd.h"
#include "image/image.h"
#include "inspect/findings.h"
#include "scan/morefacts.h"
#include "sys/metrics.h"

#include <errno.h>

static void find(struct arena *a, struct facts *f, enum finding what, uint32_t part, str evidence)
{
	struct facts_finding *x = arena_push(a, &f->findings);

	x->name = findings_name(what);
	x->evidence = evidence;
	x->part = part;
	x->offset = f->parts.n ? f->parts.v[part].offset : 0;
}

/* "image/png in 1.2: the rest" */
static str place(struct arena *a, const struct facts *f, uint32_t part, const char *rest)
{
	static const struct facts_part nothing;
	const struct facts_part *p = part < f->parts.n ? &f->parts.v[part] : &nothing;

	return str_sub(
		arena_fmt(a, "%.*s in %.*s: %s", STR_ARG(p->detected), STR_ARG(p->path), rest), 0,
		FACTS_MAX_EVIDENCE);
}

static int sealed(str bytes, struct why *why)
{
	cleanup(fd_closep) int fd = fd_memfd("image", why);
	int r = fd < 0 ? fd : fd_write_all(fd, bytes, why);

	if (r == 0)
		r = fd_seal(fd, why);
	return r < 0 ? r : take_fd(fd);
}

/* One question to one worker. A lane whose worker died while it was idle is passed over. */
static int ask(const struct images *i, struct arena *a, const struct msg *question, deadline until,
	       struct msg *ret, struct why *why)
{
	for (;;) {
		uint64_t id;
		struct chan *c = lanes_take(i->lanes, until, &id);
		int r;

		if (!c)
			return why_set(why, -ETIMEDOUT, "no image worker became free in time");
		r = chan_send(c, question, why);
		if (r == -EPIPE) {
			lanes_close(i->lanes, c, r);
			continue;
		}
		if (r == 0)
			r = chan_receive(c, a, clock_sooner(deadline_in(i->patience_ms), until),
					 ret, why);
		if (r == 0 && ret->type == MSG_image_read) {
			lanes_give(i->lanes, c, id);
			return 0;
		}
		i->host.kill(i->host.ctx, id, why->text);
		lanes_close(i->lanes, c, r);
		return r < 0 ? r : -EPROTO;
	}
}

static int show(const struct images *i, struct arena *a, str picture, deadline until,
		struct msg *ret, struct why *why)
{
	struct msg m = { .type = MSG_image, .image = { .size = picture.n } };
	cleanup(fd_closep) int fd = -1;

	if (picture.n <= MSG_INLINE_MAX) {
		m.image.bytes = picture;
	} else {
		fd = sealed(picture, why);
		if (fd < 0)
			return fd;
		m.fds[0] = fd;
		m.n_fds = 1;
	}
	return ask(i, a, &m, until, ret, why);
}

static void read_codes(struct workers *inspectors, uint64_t generation, struct arena *a,
		       struct facts *f, uint32_t part, const struct msg_texts *codes,
		       int64_t patience_ms, deadline until)
{
	struct inspection in;
	struct facts found;
	struct why why = { "" };

	metrics_add(METRIC_scan_qr_codes, codes->n);
	workers_begin_codes(inspectors, generation, FACTS_URL_QR, codes, patience_ms, until, &in);
	if (workers_end(&in, a, &found, &why) == WORKERS_OK)
		morefacts_add(a, f, &found, part);
	else
		find(a, f, FINDING_IMAGE_UNINSPECTED, part, place(a, f, part, why.text));
}

static const char *unread(const struct msg *answer)
{
	switch (answer->image_read.result) {
	case IMAGE_E_FORMAT:
		return "a format that is not read";
	case IMAGE_E_BROKEN:
		return "damaged";
	case IMAGE_E_TOO_LARGE:
		return "too large";
	default:
		return answer->image_read.more ? "too many QR codes" : NULL;
	}
}

/* Where there are words to be known by, pictures say less: who steals a brand shows its logo. */
static void keep_shape(struct arena *a, struct facts *f, uint32_t part, uint64_t shape)
{
	for (size_t i = 0; i < f->fuzzy.n; i++) {
		if (f->fuzzy.v[i].kind == FUZZY_TEXT)
			return;
	}
	if (shape && f->fuzzy.n < FUZZY_DIGESTS_MAX)
		*arena_push(a, &f->fuzzy) = fuzzy_of_image(part, shape);
}

void images_look(const struct images *i, struct workers *inspectors, struct arena *a,
		 struct facts *facts, int64_t inspect_ms, deadline until)
{
	for (size_t k = 0; k < facts->extracts.n; k++) {
		const struct facts_extract *x = &facts->extracts.v[k];
		struct msg answer;
		struct why why = { "" };
		const char *trouble;
		int r;

		if (x->kind != FACTS_EXTRACT_IMAGE)
			continue;
		r = show(i, a, x->bytes, until, &answer, &why);
		metrics_add(r == 0 ? METRIC_scan_images_done : METRIC_scan_images_failed, 1);
		if (r < 0) {
			find(a, facts, FINDING_IMAGE_UNINSPECTED, x->part,
			     place(a, facts, x->part, why.text));
			continue;
		}
		trouble = unread(&answer);
		if (trouble)
			find(a, facts, FINDING_IMAGE_UNREAD, x->part,
			     place(a, facts, x->part, trouble));
		keep_shape(a, facts, x->part, answer.image_read.shape);
		if (answer.image_read.codes.n)
			read_codes(inspectors, i->generation, a, facts, x->part,
				   &answer.image_read.codes, inspect_ms, until);
	}
}
