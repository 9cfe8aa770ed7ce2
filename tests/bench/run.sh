#!/bin/sh
# What make bench runs: with arguments bench.py alone, else everything that has a figure in the
# documentation, in about ten minutes: the table, what checking a sender and what STARTTLS costs, idle and
# hostile connections.
set -u
cd "$(dirname "$0")" || exit 3
if [ $# -gt 0 ]; then
	exec python3 bench.py "$@"
fi
status=0
run() {
	printf '\n== %s\n' "$*"
	python3 "$@" || status=1
}
run bench.py --secs 1.5 --sizes 4k,50k,1m --peers postfix,poterne,poterne-spool --syscalls
run bench.py --secs 2 --sizes mix --peers postfix,postfix-rspamd-av,poterne,poterne-spool,poterne-av --syscalls
run auth.py
run starttls.py
run parked.py parked
run parked.py flood
exit $status
