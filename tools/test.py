#!/usr/bin/env python3
"""tools/test.py check|all - builds with sanitizers and runs the tests.

check: unit and golden tests, fuzz corpora, checkers. all: also the checkers' own tests,
ThreadSanitizer, and the end-to-end tests with real peers. Ends with "N passed, N failed".
"""
import glob
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ASAN = "build/asan"
TSAN = "build/tsan"
RELEASE = "build/release"
JOBS = os.cpu_count() or 2
# Tests of code that threads share; the others have nothing for ThreadSanitizer to see.
THREADED = ["lanes_test", "lobby_test", "workers_test", "queuecommands_test", "report_test", "groupsync_test",
            "dnscache_test", "spool_test", "metrics_test", "settle_test",
            "memory_test", "memoryredis_test"]
ENV = dict(os.environ, CMOCKA_MESSAGE_OUTPUT="TAP",
           ASAN_OPTIONS="detect_stack_use_after_return=0:abort_on_error=0:allocator_may_return_null=1",
           UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1", TSAN_OPTIONS="halt_on_error=1")


class Count:
    passed = failed = 0


def stage(title):
    print(f"== {title}", flush=True)


def result(ok, what, detail=""):
    if ok:
        Count.passed += 1
        return
    Count.failed += 1
    print(f"FAILED {what}\n{detail[-3000:]}", flush=True)


def build(directory, *options, targets=""):
    began = time.time()
    r = subprocess.run(["tools/build", directory, *options], env=dict(os.environ, TARGETS=targets))
    if r.returncode:
        result(False, f"build of {directory}")
        finish()
    print(f"   built {directory} in {time.time() - began:.0f} s", flush=True)


def names_of(kind):
    files = sorted(glob.glob(f"src/*/*_{kind}.c"))
    return [os.path.basename(f)[:-2] for f in files]


def run_unit(directory, name):
    r = subprocess.run([f"{directory}/src/{name}"], env=ENV, capture_output=True, text=True, errors="replace",
                       timeout=600)
    lines = (r.stdout + r.stderr).split("\n")
    good = [line for line in lines if re.match(r"ok \d+", line)]
    bad = [line for line in lines if line.startswith("not ok")]
    return name, len(good), bad, r.returncode, r.stdout + r.stderr


def units(directory, names):
    with ThreadPoolExecutor(JOBS) as pool:
        for name, good, bad, code, output in pool.map(lambda n: run_unit(directory, n), names):
            Count.passed += good
            for line in bad:
                result(False, f"{name}: {line}", output)
            if code and not bad:
                result(False, f"{name} (exit status {code})", output)
            if not good and not bad and not code:
                result(False, f"{name}: ran no test", output)


def replay(name):
    corpus = f"tests/fuzz/{name[:-len('_fuzz')]}"
    if not os.path.isdir(corpus):
        return name, False, f"no corpus in {corpus}"
    r = subprocess.run([f"{ASAN}/src/{name}", corpus], env=ENV, capture_output=True, text=True, errors="replace",
                       timeout=300)
    return name, r.returncode == 0, r.stdout + r.stderr


def fuzz_corpora():
    with ThreadPoolExecutor(JOBS) as pool:
        for name, ok, output in pool.map(replay, names_of("fuzz")):
            result(ok, f"{name} over its corpus", output)


def checkers(build_directory):
    for name in ["floors", "names", "sizes", "waits", "headers", "events", "metrics", "flags"]:
        r = subprocess.run([sys.executable, f"tools/checkers/{name}.py"], capture_output=True, text=True)
        result(r.returncode == 0, f"checker {name}", r.stdout + r.stderr)
    for name in ["globals", "coverage", "pretexts"]:
        r = subprocess.run([sys.executable, f"tools/checkers/{name}.py", build_directory], capture_output=True,
                           text=True)
        result(r.returncode == 0, f"checker {name}", r.stdout + r.stderr)


def python_tests(script, *arguments):
    """Runs a script that prints "ok NAME" and "not ok NAME" lines, shown as they come."""
    p = subprocess.Popen([sys.executable, script, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, errors="replace")
    tail, bad = [], 0
    for line in p.stdout:
        if line.startswith("ok "):
            Count.passed += 1
        elif line.startswith("not ok "):
            result(False, line[len("not ok "):].strip(), "".join(tail[-60:]))
            bad += 1
        elif line.startswith("again "):
            name = line.removeprefix("again ").strip()
            print(f"   run {name} once more, alone, since it failed beside others:\n{''.join(tail[-60:])}", flush=True)
        else:
            tail.append(line)
            continue
        tail.clear()
    if p.wait() and not bad:  # it ended before all was run
        result(False, script, "".join(tail))


def finish():
    print(f"{Count.passed} passed, {Count.failed} failed")
    sys.exit(1 if Count.failed else 0)


def main():
    os.chdir(TOP)
    everything = sys.argv[1:] == ["all"]
    if not everything and sys.argv[1:] != ["check"]:
        sys.exit("usage: tools/test.py check|all")
    stage("build with AddressSanitizer and UndefinedBehaviorSanitizer")
    tests = [f"src/{n}" for n in names_of("test") + names_of("fuzz")]
    build(ASAN, "-Dbuildtype=debugoptimized", "-Doptimization=1", "-Db_sanitize=address,undefined",
          "-Db_lundef=false", targets=" ".join(tests + ["all"]))
    stage("unit and golden tests")
    units(ASAN, names_of("test"))
    stage("fuzz corpora")
    fuzz_corpora()
    stage("release build and checkers")
    build(RELEASE, "--prefix=/usr/local")
    checkers(RELEASE)
    r = subprocess.run([sys.executable, "tools/checkers/symbols.py", RELEASE], capture_output=True, text=True)
    result(r.returncode == 0, "checker symbols", r.stdout + r.stderr)
    if everything:
        stage("the checkers themselves, each with a deliberate violation")
        python_tests("tools/checkers/selftest.py", RELEASE)
        stage("ThreadSanitizer")
        threaded = [t for t in THREADED if t in names_of("test")]
        build(TSAN, "-Dbuildtype=debugoptimized", "-Db_sanitize=thread", "-Db_lundef=false",
              targets=" ".join(f"src/{t}" for t in threaded))
        units(TSAN, threaded)
        stage("end to end")
        python_tests("tests/e2e/run.py")
        stage("end to end with sanitizers")
        os.environ["POTERNE_BUILD"] = ASAN
        for module in ["test_reception", "test_next_hops"]:
            python_tests("tests/e2e/run.py", module)
    finish()


if __name__ == "__main__":
    main()
