/* dns/dnscodec.h - a batch of questions and its answers as bytes, for the one field of
 * an inter-process message that carries them.
 *
 * Input    decoding: hostile bytes, from a peer that may have been taken over.
 * Memory   encoding: into the arena. Decoding: arrays in the arena, strings point into
 *          the input.
 * Limits   DNSCODEC_MAX_QUESTIONS a batch, DNSCODEC_MAX_BYTES an encoded batch. When the
 *          answers are larger than that, the largest become SERVFAIL first, so a large
 *          record set costs its own question, not its neighbours.
 * Threads  pure.
 * Errors   decoding answers false and nothing is believed.
 */
#ifndef DNS_DNSCODEC_H
#define DNS_DNSCODEC_H

#include "dns/dns.h"

enum { DNSCODEC_MAX_QUESTIONS = 128, DNSCODEC_MAX_BYTES = 60000 };

/* At most DNSCODEC_MAX_QUESTIONS, each with a valid name (dnsname_valid). */
str dnscodec_put_questions(struct arena *a, const struct dns_question *q, size_t n) must_use;
bool dnscodec_get_questions(struct arena *a, str in, struct dns_question **ret, size_t *ret_n)
	must_use;

/* Marks answers SERVFAIL until the batch fits. */
str dnscodec_put_answers(struct arena *a, struct dns_answer *answers, size_t n) must_use;
/* The answers to q[0..n): as many, and each record of the shape its question asks. */
bool dnscodec_get_answers(struct arena *a, str in, const struct dns_question *q, size_t n,
			  struct dns_answer *ret) must_use;

/* Bytes that one answer takes. */
size_t dnscodec_size(const struct dns_answer *answer);
/* True when value can be a record of the type: 4 bytes for A, a name for MX... */
bool dnscodec_record_fits(enum dns_type type, str value) must_use;

#endif
