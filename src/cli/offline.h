/* cli/offline.h - the judgement without a gateway: policy, resolver and workers of a command's
 * own, for the commands that judge files or made-up messages.
 *
 * Input    the caller's options.
 * Memory   lives until offline_stop.
 * Threads  offline_judge from any number of threads.
 * Errors   negative errno and why.
 */
#ifndef CLI_OFFLINE_H
#define CLI_OFFLINE_H

#include "scan/conduct.h"
#include "super/super.h"

struct offline;

/* zone: DNS answers as JSON text and nothing else, or STR_NULL for those of dns_file, of the
 * configuration or of the network. */
int offline_start(const struct super_source *source, const char *dns_file, str zone, size_t jobs,
		  struct offline **ret, struct why *why) must_use;
/* Links are followed by it; dns answers as it does for the judgement. */
void offline_follow_links(struct offline *o,
			  struct visit_source (*source)(struct arena *a, struct dns_resolver dns));
/* Signatures are judged as before RFC 8301, for test suites of that time. */
void offline_allow_legacy(struct offline *o);
const struct conf *offline_conf(const struct offline *o);
const struct rules *offline_rules(const struct offline *o);
void offline_stop(struct offline *o);
int offline_judge(struct offline *o, struct arena *a, const struct envelope *env, str message,
		  int64_t now, struct judgement *ret, struct why *why) must_use;
/* Facts only. A message that no worker could inspect has none but the error. */
int offline_inspect(struct offline *o, struct arena *a, str message, uint32_t wants,
		    struct facts *ret, struct why *why) must_use;

/* What else facts tell when the pictures among their extracts were shown to a worker. */
void offline_look_at_images(struct offline *o, struct arena *a, struct facts *facts);

/* That directory is one that poterne learn has written, not the one above it. */
int offline_check_state(const char *dir, struct why *why) must_use;
/* The classifier of that directory takes part in the judgement. */
int offline_use_model(struct offline *o, const char *dir, struct why *why) must_use;
/* And what was learned of digests there. */
int offline_use_fuzzy(struct offline *o, const char *dir, struct why *why) must_use;
/* What poterne-memory keeps in that directory is asked, and nothing is added to it. */
int offline_use_memory(struct offline *o, const char *dir, struct why *why) must_use;
/* Features under that key are collected from now on. */
void offline_want_features(struct offline *o, uint64_t key);

#endif
