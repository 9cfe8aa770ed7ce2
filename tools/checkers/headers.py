#!/usr/bin/env python3
"""Each header compiles alone, and says first what it is for."""
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor

from common import finish, sources


def compile_alone(tree, path):
    include = path[len("src/"):]
    with tempfile.NamedTemporaryFile("w", suffix=".c", delete=False) as f:
        f.write(f'#include "{include}"\n')
    try:
        r = subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Werror",
                            "-I" + os.path.join(tree, "src"), "-I" + os.path.join(os.path.dirname(__file__), "../../src"),
                            f.name], capture_output=True, text=True)
    finally:
        os.unlink(f.name)
    if r.returncode == 0:
        return None
    return f"{path}: does not compile alone: include what it uses\n{r.stderr[:400]}"


def check(tree):
    complaints, headers = [], sources(tree, ".h")
    with ThreadPoolExecutor(2) as pool:
        complaints += [c for c in pool.map(lambda h: compile_alone(tree, h[0]), headers) if c]
    for path, text in headers:
        if not text.startswith(f"/* {path[len('src/'):]} - "):
            complaints.append(f'{path}:1: begins with "/* {path[len("src/"):]} - what it is for"')
    return complaints


if __name__ == "__main__":
    finish(check)
