"""The battery, judged by the shipped rules: nothing malicious passes, nothing honest is marked."""
import json
import os
import subprocess
import tempfile

from gateway import BUILD, COMPILED, TOP


def judged(*cases):
    out = subprocess.run(
        [os.path.join(TOP, BUILD, "src", "poterne"), "audit", "--offline", "--json",
         "--set", f"paths.rules={TOP}/rules", "--set", f"paths.lists={TOP}/lists",
         "--set", f"paths.programs={os.path.join(TOP, BUILD)}/src", "--set", f"paths.compiled={COMPILED}", *cases],
        capture_output=True, text=True, timeout=300)
    assert out.returncode in (0, 1), out.stderr
    return [json.loads(line) for line in out.stdout.splitlines()]


def wrong(lines):
    return [f"{x['id']}: {x['outcome']}, expected {x['expected']} {x['expected_symbols']}: {x['symbols']}"
            for x in lines if not x["passed"]]


def test_every_mail_of_the_battery_is_treated_as_it_should():
    lines = judged("T")
    assert len(lines) > 1300, len(lines)
    assert not [x["id"] for x in lines if x["critical"]]
    assert not wrong(lines), "\n".join(wrong(lines))


def test_every_honest_twin_is_delivered_unmarked():
    lines = judged("C-", "K-")
    assert len(lines) > 50, len(lines)
    assert not wrong(lines), "\n".join(wrong(lines))


def test_the_battery_is_written_for_other_tools():
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([os.path.join(TOP, BUILD, "src", "poterne"), "audit", "--write", folder, "T008a"],
                             capture_output=True, text=True, timeout=60)
        assert out.returncode == 0, out.stderr
        assert sorted(os.listdir(folder)) == ["T008a-acss.eml", "T008a-clean.eml"]
        with open(os.path.join(folder, "T008a-clean.eml"), "rb") as f:
            assert b'filename="setup.exe"' in f.read()
