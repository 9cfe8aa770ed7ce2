#!/usr/bin/env python3
"""Runs the end-to-end tests: every function test_* of tests/e2e/test_*.py whose name is a
sentence. Arguments: words that a test's module and name must contain. Prints "ok NAME" or "not ok NAME".
"""
import glob
import importlib
import os
import signal
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "..", "tools")]
LIMIT_S = 240  # for one test


def late(number, frame):
    raise AssertionError(f"took longer than {LIMIT_S} s")


def main():
    words, failed = sys.argv[1:], 0
    signal.signal(signal.SIGALRM, late)
    for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        for name, test in list(vars(module).items()):
            if not name.startswith("test_") or not callable(test) or not all(w in f"{module.__name__} {name}" for w in words):
                continue
            began = time.monotonic()
            signal.alarm(LIMIT_S)
            try:
                test()
                print(f"ok {module.__name__}: {name[5:].replace('_', ' ')} ({time.monotonic() - began:.1f} s)",
                      flush=True)
            except Exception:  # noqa: BLE001 - any trouble is the test's failure
                failed += 1
                traceback.print_exc(file=sys.stdout)
                print(f"not ok {module.__name__}: {name[5:].replace('_', ' ')}", flush=True)
            finally:
                signal.alarm(0)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
