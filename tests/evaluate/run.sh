#!/bin/sh
# tests/evaluate/run.sh SHARED [BUILD] - every measurement of this folder, one table after
# the other: each *.py is given SHARED and the build directory. Tables only, no verdict.
set -u
shared=${1:-../shared}
build=${2:-build/release}
cd "$(dirname "$0")/../.." || exit 3
if [ ! -d "$shared" ]; then
	echo "evaluate: $shared is not a directory; name the one with suites/ and corpora/: make evaluate SHARED=DIR" >&2
	exit 3
fi
for program in tests/evaluate/*.py; do
	echo "== $(basename "$program" .py)"
	/usr/bin/env python3 "$program" "$shared" "$build" || echo "(exit status $?)"
	echo
done
