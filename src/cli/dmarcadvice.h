/* cli/dmarcadvice.h - what reports of a domain mean: who sends in its name, and whether a stricter
 * policy would hurt (RFC 9989 8; start with p=none, look, then tighten).
 *
 * Input    sums of records/reportsin.h; texts are hostile.
 * Memory   literals and the strbuf's.   Limits  none.   Threads  pure.   Errors  none.
 */
#ifndef CLI_DMARCADVICE_H
#define CLI_DMARCADVICE_H

#include "base/strbuf.h"
#include "conf/conf.h"

/* When a conclusion may be drawn. Shares are in thousandths. */
enum {
	DMARCADVICE_DAYS = 14,	    /* reported days... */
	DMARCADVICE_MESSAGES = 100, /* ...and messages, before anything is said */
	DMARCADVICE_OURS = 950,	    /* share of a source that passes, for it to be ours and well */
	DMARCADVICE_LOST = 10,	    /* share of our own mail that a stricter policy may lose */
	DMARCADVICE_UNKNOWN_DAYS = 3, /* a source nobody knows: who comes on so many days... */
	DMARCADVICE_UNKNOWN = 5,      /* ...with such a share of all messages is looked at first */
};

/* One network that sends mail in the name of the domain. */
struct dmarcadvice_source {
	str network, ip, name, header_from, mail_from, signer;
	uint64_t addresses, days, messages, aligned, spf, dkim, only_dkim, forwarded;
	uint64_t foreign_spf, foreign_dkim, broken_dkim; /* passes for another domain; fails */
};

enum dmarcadvice_class {
	DMARCADVICE_OUR,       /* (nearly) all passes */
	DMARCADVICE_PARTLY,    /* ours, but not all passes */
	DMARCADVICE_FORWARDER, /* others' servers, as who reports it says */
	DMARCADVICE_STRANGER,  /* nothing passes: forgotten, or a forger */
};
enum { DMARCADVICE_CLASSES = DMARCADVICE_STRANGER + 1 };

struct dmarcadvice_domain {
	str p;	       /* published: "none", "quarantine", "reject", or empty */
	bool weakened; /* t=y, or pct below 100 */
	uint64_t days, messages, aligned, spf, dkim;
	uint64_t ours, lost;	   /* messages of sources of ours; those of them that fail */
	uint64_t strangers;	   /* sources that are to be looked at */
	uint64_t strange_messages; /* of all strangers */
};

enum dmarcadvice_step {
	DMARCADVICE_WAIT, /* too little was reported */
	DMARCADVICE_FIX,  /* mail of ours fails */
	DMARCADVICE_LOOK, /* sources that may be ours fail */
	DMARCADVICE_NEXT, /* it is safe to publish the next stricter policy */
	DMARCADVICE_KEEP, /* reject, and nothing is lost */
};
enum { DMARCADVICE_STEPS = DMARCADVICE_KEEP + 1 };

enum dmarcadvice_class dmarcadvice_class_of(const struct dmarcadvice_source *s);
str dmarcadvice_class_name(enum dmarcadvice_class c, enum conf_lang lang);
void dmarcadvice_add(struct dmarcadvice_domain *d, const struct dmarcadvice_source *s);
/* A stranger with much mail on several days: needs the sums of all sources first. */
bool dmarcadvice_is_notable(const struct dmarcadvice_domain *d, const struct dmarcadvice_source *s);
enum dmarcadvice_step dmarcadvice_step_of(const struct dmarcadvice_domain *d);
/* What is wrong with one source and what mends it; nothing when all is well. Printable. */
void dmarcadvice_put_source(struct strbuf *out, const struct dmarcadvice_source *s,
			    enum conf_lang lang);
void dmarcadvice_put_step(struct strbuf *out, const struct dmarcadvice_domain *d,
			  enum conf_lang lang);
/* What a failure of TLS (RFC 8460 4.3) means and what mends it. */
str dmarcadvice_tls(str result, enum conf_lang lang);

#endif
