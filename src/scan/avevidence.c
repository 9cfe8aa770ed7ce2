#include "scan/avevidence.h"

#include "antivirus/clamd.h"

void avevidence_collect(struct arena *a, const struct conf *conf, str message, deadline d,
			struct evidence *e)
{
	static const str symbols[] = {
		[CLAMD_CLEAN] = STR("AV_CLEAN"),	 [CLAMD_VIRUS] = STR("VIRUS_FOUND"),
		[CLAMD_ENCRYPTED] = STR("AV_ENCRYPTED"), [CLAMD_TOO_LARGE] = STR("AV_TOO_LARGE"),
		[CLAMD_ERROR] = STR("AV_ERROR"),
	};
	const struct conf_peer *clamd = &conf->antivirus.clamd;
	struct clamd_server server = { clamd->path, clamd->at.host, clamd->at.port,
				       conf->antivirus.max_bytes };
	struct clamd_result r;
	struct why why = { "" };

	if (clamd->kind == CONF_PEER_NONE) {
		evidence_add(a, e, STR("AV_ABSENT"), STR(""));
		return;
	}
	r = clamd_scan(a, &server, message, clock_sooner(d, deadline_in(conf->antivirus.timeout)),
		       &why);
	e->temporary |= r.code == CLAMD_ERROR;
	evidence_add(a, e, symbols[r.code],
		     r.code == CLAMD_ERROR ? arena_str(a, str_c(why.text)) : r.name);
}
