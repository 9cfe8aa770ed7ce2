/* publish/survey_private.h - shared by the files survey*.c: one survey while it is made.
 *
 * Memory   the arena of the survey.
 */
#ifndef PUBLISH_SURVEY_PRIVATE_H
#define PUBLISH_SURVEY_PRIVATE_H

#include "publish/survey.h"

struct surveyor {
	struct arena *arena;
	const struct survey_input *in;
	const struct conf *conf;
	struct dns_resolver dns; /* of one memo for the whole survey */
	struct survey *ret;
	struct ip addresses[SURVEY_ADDRESSES_MAX]; /* of the host name */
	size_t n_addresses;
};

void survey_add(struct surveyor *s, enum survey_code code, str domain, str name, str seen,
		str wanted);
/* Asks; false when there was no answer, which is then a finding. */
bool survey_ask(struct surveyor *s, str domain, str name, enum dns_type type,
		struct dns_answer *ret);
/* The planned record of that purpose as its text; empty when there is none. */
str survey_planned(struct surveyor *s, str domain, enum plan_purpose purpose);
str survey_below(struct surveyor *s, const char *label, str domain);
/* The value of a tag of "v=X; tag=value; ..."; p is NULL without it. */
str survey_tag(str record, str tag);
/* Keeps the TXT records that begin with version and then ';', space or nothing. */
size_t survey_of_version(const struct dns_answer *w, str version, str *ret_one);

void survey_spf(struct surveyor *s, str domain);
void survey_dkim(struct surveyor *s, str domain);
void survey_dmarc(struct surveyor *s, str domain);
void survey_sts(struct surveyor *s, str domain);
void survey_tlsrpt(struct surveyor *s, str domain);

#endif
