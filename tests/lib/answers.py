"""Programs of tests/evaluate that answer questions, one JSON object a line, with our code."""
import json
import os
import shlex
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def build(build_dir, folder, source, rooms, packages):
    """Compiles tests/evaluate/SOURCE against the room libraries of a build directory."""
    libs = [os.path.join(build_dir, "src", f"lib{room}.a") for room in rooms]
    subprocess.run(["ninja", "-C", build_dir] + [os.path.relpath(lib, build_dir) for lib in libs],
                   check=True, stdout=subprocess.DEVNULL)
    exe = os.path.join(folder, source[:-len(".c")])
    flags = shlex.split(subprocess.check_output(["pkg-config", "--cflags", "--libs", *packages], text=True))
    options = subprocess.check_output(["meson", "introspect", build_dir, "--buildoptions"], text=True)
    sanitize = [o["value"] for o in json.loads(options) if o["name"] == "b_sanitize"][0]
    if sanitize != "none":
        flags.append("-fsanitize=" + sanitize)
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-I", os.path.join(TOP, "src"),
                    os.path.join(TOP, "tests", "evaluate", source), "-o", exe] + libs + flags + ["-lpthread"],
                   check=True)
    return exe


def ask(exe, questions, zone=None, folder=None):
    """zone: the DNS of these questions (the DNS FILE of poterne(1)); without, there is none."""
    path = "-"
    if zone is not None:
        path = os.path.join(folder, "zone.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump(zone, f)
    out = subprocess.run([exe, path], input="".join(json.dumps(q) + "\n" for q in questions),
                         stdout=subprocess.PIPE, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


class Tally:
    """argued: {(suite, test): why our answer stands}."""

    def __init__(self, argued):
        self.argued_cases, self.passed, self.failed, self.argued = argued, 0, 0, 0
        self.before = (0, 0, 0)

    def count(self, suite, name, good, text):
        reason = self.argued_cases.get((suite, name))
        if good:
            self.passed += 1
        elif reason:
            self.argued += 1
            print(f"  argued  {suite} {name}: {text}: {reason}")
        else:
            self.failed += 1
            print(f"  FAILED  {suite} {name}: {text}")

    def suite(self, name):
        now = (self.passed, self.failed, self.argued)
        print("%-28s %4d passed %3d failed %3d argued" % (name, *(n - b for n, b in zip(now, self.before))))
        self.before = now

    def finish(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
