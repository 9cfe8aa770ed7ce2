/* selfaudit/selfaudit.h - this configuration and this machine against what ANSSI-PA-066 and the
 * sheets of the French health CERT (ACSS) recommend for mail gateways: one row a recommendation.
 *
 * What cannot be seen from here is said to be unknown, never passed.
 *
 * Input    our own configuration; answers of clamd, of our own listener and of the DNS: hostile.
 * Memory   rows are in the caller's arena; texts are printable.
 * Limits   SELFAUDIT_SEEN bytes of what was seen.
 * Threads  one.
 * Errors   cannot fail.
 */
#ifndef SELFAUDIT_SELFAUDIT_H
#define SELFAUDIT_SELFAUDIT_H

#include "conf/conf.h"
#include "publish/survey.h"
#include "selfaudit/selftalk.h"

enum { SELFAUDIT_SEEN = 1000 };

enum selfaudit_result {
	SELFAUDIT_PASS,
	SELFAUDIT_FAIL,
	SELFAUDIT_NOT_APPLICABLE,
	SELFAUDIT_UNKNOWN,
	SELFAUDIT_RESULTS
};

/* What the checks look at. */
struct selfaudit {
	struct arena *arena;
	const struct conf *conf;
	enum conf_lang lang;
	const char *config_file;     /* or NULL: the embedded defaults */
	const struct survey *survey; /* or NULL: the DNS was not asked */
	const struct survey_certificate *certificates;
	size_t n_certificates;
	struct selftalk talk;
	int64_t now;
};

struct selfaudit_finding {
	enum selfaudit_result result;
	str seen;
};

struct selfaudit_check {
	str id;	    /* "R36", or a name of ours */
	str source; /* "ANSSI-PA-066 R36", "ACSS MX" */
	str says[CONF_LANGS], advice[CONF_LANGS];
	struct selfaudit_finding (*look)(struct selfaudit *in);
};

/* The checks, in the order of the table; NULL after the last. */
const struct selfaudit_check *selfaudit_at(size_t i);

struct selfaudit_row {
	const struct selfaudit_check *check;
	struct selfaudit_finding found;
};
void selfaudit_run(struct selfaudit *in, struct selfaudit_row **ret, size_t *ret_n);

/* As text, one object a line, or one page that needs nothing else. */
void selfaudit_put_text(struct strbuf *out, const struct selfaudit_row *rows, size_t n,
			enum conf_lang lang);
void selfaudit_put_json(struct strbuf *out, const struct selfaudit_row *rows, size_t n,
			enum conf_lang lang);
void selfaudit_put_html(struct strbuf *out, const struct selfaudit_row *rows, size_t n,
			enum conf_lang lang, str hostname, int64_t now);

#endif
