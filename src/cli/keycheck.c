#include "cli/keycheck.h"

#include "base/fd.h"
#include "keys/keyring.h"
#include "super/signkeys.h"
#include "sys/keybundle.h"

int keycheck(int fd, struct why *why)
{
	cleanup(fd_unmapp) str bundle = STR("");
	struct keyring *ring = NULL;
	int r = fd_map(fd, KEYBUNDLE_MAX, &bundle, why);

	if (r == 0)
		r = keyring_new(bundle, &ring, why);
	keyring_free(ring);
	return r;
}

int keycheck_conf(const struct conf *conf, struct why *why)
{
	cleanup(fd_closep) int fd = -1;
	int r = signkeys_load(conf, &fd, why);

	return r < 0 ? r : keycheck(fd, why);
}
