#!/usr/bin/env python3
"""Runs the end-to-end tests: every function test_* of tests/e2e/test_*.py whose name is a
sentence. Arguments: words that a test's module and name must contain. Prints "ok NAME" or "not ok NAME".

They wait more than they compute, so a few run at once, each in a process, with gateways, peers and
ports of their own. POTERNE_TEST_JOBS says how many. One that fails then is run once more alone, which
tells a machine that was too busy from a defect; "again NAME" says so.
"""
import concurrent.futures
import contextlib
import glob
import importlib
import io
import multiprocessing
import os
import signal
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib"), os.path.join(HERE, "..", "..", "tools")]
LIMIT_S = 240  # for one test
JOBS = int(os.environ.get("POTERNE_TEST_JOBS", "3"))


def late(number, frame):
    raise AssertionError(f"took longer than {LIMIT_S} s")


def tests_of(words):
    found = []
    for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        found += [(module.__name__, name) for name, test in vars(module).items()
                  if name.startswith("test_") and callable(test) and all(w in f"{module.__name__} {name}" for w in words)]
    return found


def run(module, name):
    """Whether it passed, and what to print of it."""
    sentence = f"{module}: {name[5:].replace('_', ' ')}"
    began, said = time.monotonic(), io.StringIO()
    signal.signal(signal.SIGALRM, late)
    signal.alarm(LIMIT_S)
    try:
        with contextlib.redirect_stdout(said):
            getattr(importlib.import_module(module), name)()
        return True, f"ok {sentence} ({time.monotonic() - began:.1f} s)"
    except Exception:  # noqa: BLE001 - any trouble is the test's failure
        return False, f"{said.getvalue()}{traceback.format_exc()}not ok {sentence}"
    finally:
        signal.alarm(0)


def main():
    failed, again = False, []
    with concurrent.futures.ProcessPoolExecutor(JOBS, multiprocessing.get_context("fork")) as pool:
        running = {pool.submit(run, *test): test for test in tests_of(sys.argv[1:])}
        for future in concurrent.futures.as_completed(running):
            passed, text = future.result()
            if passed or JOBS == 1:
                failed |= not passed
                print(text, flush=True)
            else:
                again.append((running[future], text))
    for test, text in again:
        print(text.replace("not ok ", "again "), flush=True)
        passed, text = run(*test)
        failed |= not passed
        print(text, flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
