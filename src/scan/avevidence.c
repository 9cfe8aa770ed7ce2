#include "scan/avevidence.h"

#include "antivirus/clamd.h"
#include "antivirus/mailhead.h"
#include "conf/scannerrow.h"

#include <errno.h>

static struct clamd_result ask(struct gate *g, struct arena *a, const struct conf *conf, str head,
			       str message, deadline d, struct why *why)
{
	const struct conf_peer *clamd = &conf->antivirus.clamd;
	const struct clamd_server server = { clamd->path, clamd->at.host, clamd->at.port,
					     conf->antivirus.max_bytes };
	struct clamd_result r = { .code = CLAMD_ERROR, .name = STR("") };

	if (!gate_enter(g, conf->antivirus.connections, d)) {
		(void)why_set(why, -ETIMEDOUT, "clamd: too many questions wait for it");
		return r;
	}
	r = clamd_scan(a, &server, head, message, d, why);
	gate_leave(g);
	return r;
}

static str symbol_of(enum clamd_code code)
{
	static const str symbols[] = {
		[CLAMD_CLEAN] = STR("AV_CLEAN"),	 [CLAMD_VIRUS] = STR("VIRUS_FOUND"),
		[CLAMD_ENCRYPTED] = STR("AV_ENCRYPTED"), [CLAMD_TOO_LARGE] = STR("AV_TOO_LARGE"),
		[CLAMD_ERROR] = STR("AV_ERROR"),
	};

	return symbols[code];
}

void avevidence_collect(struct gate *g, struct arena *a, const struct conf *conf, str message,
			deadline d, struct evidence *e)
{
	struct clamd_result r;
	struct scannerrows others;
	struct why why = { "" };

	if (conf->antivirus.clamd.kind == CONF_PEER_NONE) {
		scannerrow_all(a, conf, &others);
		if (!scannerrow_finds_viruses(&others))
			evidence_add(a, e, STR("AV_ABSENT"), STR(""));
		return;
	}
	r = ask(g, a, conf, mailhead, message,
		clock_sooner(d, deadline_in(conf->antivirus.timeout)), &why);
	e->temporary |= r.code == CLAMD_ERROR;
	evidence_add(a, e, symbol_of(r.code),
		     r.code == CLAMD_ERROR ? arena_str(a, str_c(why.text)) : r.name);
}

static bool has(const struct evidence *e, enum clamd_code code)
{
	for (size_t i = 0; i < e->symbols.n; i++) {
		if (str_eq(e->symbols.v[i].name, symbol_of(code)))
			return true;
	}
	return false;
}

void avevidence_collect_extracts(struct gate *g, struct arena *a, const struct conf *conf,
				 const struct facts *facts, deadline d, struct evidence *e)
{
	d = clock_sooner(d, deadline_in(conf->antivirus.timeout));
	for (size_t i = 0; i < facts->extracts.n; i++) {
		const struct facts_extract *x = &facts->extracts.v[i];
		struct clamd_result r;
		struct why why = { "" };
		str path;

		if (x->kind != FACTS_EXTRACT_ANTIVIRUS ||
		    conf->antivirus.clamd.kind == CONF_PEER_NONE || has(e, CLAMD_VIRUS) ||
		    has(e, CLAMD_ERROR))
			continue;
		r = ask(g, a, conf, STR(""), x->bytes, d, &why);
		if (r.code == CLAMD_CLEAN)
			continue;
		path = x->part < facts->parts.n ? facts->parts.v[x->part].path : STR("");
		e->temporary |= r.code == CLAMD_ERROR;
		evidence_add(a, e, symbol_of(r.code),
			     arena_fmt(a, "%.*s in %.*s",
				       STR_ARG(r.code == CLAMD_ERROR ? str_c(why.text) : r.name),
				       STR_ARG(path)));
	}
}
