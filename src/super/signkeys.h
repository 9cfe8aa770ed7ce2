/* super/signkeys.h - the files of dkim.keys as one sealed bundle (sys/keybundle.h) for
 * poterne-keys. No key is parsed here: poterne does that, as a tool (super/reload.h).
 *
 * A file that others may read is refused: its mode and its owner are looked at on the open file.
 *
 * Input    trusted: the configuration and the administrator's files.
 * Memory   the descriptor is the caller's; what was read is wiped.
 * Limits   those of sys/keybundle.h.
 * Errors   negative errno and why, with the file.
 */
#ifndef SUPER_SIGNKEYS_H
#define SUPER_SIGNKEYS_H

#include "conf/conf.h"

/* Empty memory when no key is configured. */
int signkeys_load(const struct conf *conf, int *ret_bundle, struct why *why) must_use;

#endif
