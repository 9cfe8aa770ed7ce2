#!/usr/bin/env python3
"""No writable variables at file scope but those of globals.allow, each with its reason:
read from the symbol tables of the release libraries (argument: the build directory)."""
import glob
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def allowed():
    with open(os.path.join(HERE, "globals.allow"), encoding="utf-8") as f:
        return {line.split()[0] for line in f if line.strip() and not line.startswith("#")}


def check(build):
    complaints, skip = [], allowed()
    libraries = sorted(glob.glob(os.path.join(build, "src", "*.a")))
    if not libraries:
        return [f"{build}: no libraries there: build first"]
    for library in libraries:
        out = subprocess.run(["nm", "-f", "sysv", library], capture_output=True, text=True).stdout
        member = ""
        for line in out.split("\n"):
            if line.startswith("Symbols from "):
                member = line.split("[")[-1].rstrip("]:").removesuffix(".o")
            # name | value | class | type | size | line | section
            parts = [p.strip() for p in line.split("|")]
            # .data.rel.ro is const: the loader fills in its pointers and then locks it.
            if len(parts) == 7 and parts[2] in "dDbBC" and not parts[6].startswith(".data.rel.ro"):
                name = parts[0].split(".")[0]
                if f"{member.split('_', 1)[-1]}:{name}" not in skip:
                    complaints.append(f"{os.path.basename(library)}: {member}: {name} is writable and global: "
                                      "pass it as an argument, make it const, or give the reason in globals.allow")
    return complaints


if __name__ == "__main__":
    found = check(sys.argv[1])
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
