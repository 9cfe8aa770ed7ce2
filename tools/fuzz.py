#!/usr/bin/env python3
"""tools/fuzz.py [--seconds N] [TARGET...] - builds the libFuzzer targets with clang and
runs each from its corpus in tests/fuzz/; findings go to build/fuzz/findings/."""
import argparse
import glob
import os
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("targets", nargs="*")
    args = parser.parse_args()
    os.chdir(TOP)
    targets = args.targets or [os.path.basename(f)[:-len("_fuzz.c")] for f in sorted(glob.glob("src/*/*_fuzz.c"))]
    os.environ["CC"] = next(c for c in ("clang", "clang-19", "clang-14") if shutil.which(c))
    subprocess.run(["tools/build", "build/fuzz", "-Dfuzz=true", "-Dbuildtype=debugoptimized",
                    "-Db_sanitize=address,undefined", "-Db_lundef=false", "-Dc_args=-fsanitize=fuzzer-no-link"],
                   check=True)
    os.makedirs("build/fuzz/findings", exist_ok=True)
    failed = []
    for t in targets:
        work = f"build/fuzz/corpus/{t}"
        os.makedirs(work, exist_ok=True)
        dictionary = [f"-dict={d}" for d in glob.glob(f"src/*/{t}_fuzz.dict")]
        print(f"== {t} for {args.seconds} s", flush=True)
        r = subprocess.run([f"build/fuzz/src/{t}_fuzz", work, f"tests/fuzz/{t}", f"-max_total_time={args.seconds}",
                            "-timeout=10", "-rss_limit_mb=2048", f"-artifact_prefix=build/fuzz/findings/{t}-",
                            "-print_final_stats=1", "-verbosity=0", *dictionary])
        if r.returncode:
            failed.append(t)
    print(f"{len(targets) - len(failed)} passed, {len(failed)} failed" + (f": {', '.join(failed)}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
