"""poterne check-auth explains really signed messages; poterne dns prints what its own check finds right."""
import json
import os
import subprocess
import tempfile

from gateway import BUILD, COMPILED, TOP

POTERNE = os.path.join(TOP, BUILD, "src", "poterne")
SETS = ["--set", f"paths.rules={TOP}/rules", "--set", f"paths.lists={TOP}/lists",
        "--set", f"paths.programs={os.path.join(TOP, BUILD)}/src", "--set", f"paths.compiled={COMPILED}"]
AT = "2026-11-21T18:00:30Z"


def run(*args):
    return subprocess.run([POTERNE, *args], capture_output=True, text=True, timeout=60)


class Battery:
    """Messages of the battery as files, and its DNS."""

    def __init__(self, folder, *cases):
        assert run("audit", "--write", folder, *cases).returncode == 0
        self.folder, self.zone = folder, os.path.join(folder, "zone.json")
        with open(self.zone, "w") as f:
            f.write(run("audit", "--zone").stdout)

    def check_all(self, names, *options):
        out = run("check-auth", "--json", "--dns", self.zone, "--at", AT, "--set", "arc.trusted=fai.example",
                  *SETS, *options, *[os.path.join(self.folder, name + ".eml") for name in names])
        assert out.returncode in (0, 1), out.stderr
        return out.returncode, [json.loads(line) for line in out.stdout.splitlines()]

    def check(self, name, *options):
        code, (answer,) = self.check_all([name], *options)
        return code, answer


def test_check_auth_says_what_is_wrong_with_each_signature():
    wanted = {"T080f-clean": "fail", "T080g1-clean": "policy fail permerror", "T080g2-clean": "permerror",
              "T080g3-clean": "policy fail", "T080g4-clean": "permerror policy", "T080n-clean": "pass", "C-001": "pass",
              "C-020": "pass", "C-026": "fail"}
    with tempfile.TemporaryDirectory() as folder:
        battery = Battery(folder, "T080", "C-0")
        _, answers = battery.check_all(wanted)
        for (name, results), answer in zip(wanted.items(), answers):
            (dkim,) = answer["dkim"]
            assert dkim["result"] in results.split(), (name, dkim)
            assert bool(dkim["reason"]) == (dkim["result"] != "pass"), (name, dkim)
            assert f"dkim={dkim['result']}" in answer["authentication_results"], (name, answer)
            assert bool(dkim["uncovered"]) == (name == "T080n-clean"), (name, dkim)


def test_check_auth_takes_the_envelope_from_its_options():
    with tempfile.TemporaryDirectory() as folder:
        battery = Battery(folder, "C-001", "C-026", "T080h")
        code, answer = battery.check("C-001", "--ip", "192.0.2.11", "--from", "b@esp.example", "--helo", "m.esp.example")
        assert (code, answer["spf"]["result"], answer["dmarc"]["result"]) == (0, "pass", "pass"), answer
        assert answer["dmarc"]["aligned_spf"] and answer["dmarc"]["aligned_dkim"], answer
        code, answer = battery.check("T080h-clean", "--ip", "203.0.113.80", "--from", "x@evil.example")
        assert (code, answer["dmarc"]["result"], answer["dmarc"]["disposition"]) == (1, "fail", "reject"), answer
        code, answer = battery.check("C-026")
        assert (answer["arc"]["result"], answer["arc"]["trusted"], len(answer["arc"]["sets"])) == ("pass", True, 1)


def test_check_auth_explains_in_words_without_colours_in_a_pipe():
    with tempfile.TemporaryDirectory() as folder:
        battery = Battery(folder, "C-001")
        for lang, word in (("en", "the domain allows this client"), ("fr", "le domaine autorise ce client")):
            out = run("check-auth", "--dns", battery.zone, "--at", AT, "--lang", lang, "--ip", "192.0.2.11",
                      "--from", "b@esp.example", *SETS, os.path.join(folder, "C-001.eml"))
            assert out.returncode == 0, out.stderr
            assert word in out.stdout and "\x1b" not in out.stdout, out.stdout
            assert "s1._domainkey.esp.example" in out.stdout, out.stdout


def zone_of(records):
    """What poterne dns --json prints, as the file that --dns takes."""
    zone = {}
    for r in records:
        value = r["value"]
        if r["type"] == "TXT":
            value = value[1:-1].replace('" "', "")
        elif r["type"] == "MX":
            pref, host = value.split()
            value = [int(pref), host.rstrip(".")]
        elif r["type"] == "PTR":
            value = value.rstrip(".")
        zone.setdefault(r["name"], {"secure": True}).setdefault(r["type"], []).append(value)
    return zone


def test_what_poterne_dns_prints_is_what_its_check_wants():
    with tempfile.TemporaryDirectory() as folder:
        key = os.path.join(folder, "s1.key")
        assert run("certificate", "--hostname", "mx.ours.example", "--out", folder).returncode == 0
        assert run("key", "new", "--type", "rsa", "--file", key).returncode == 0
        sets = ["--set", "hostname=mx.ours.example", "--set", "domains=ours.example", "--set", "listen.smtp=8.8.8.8:25",
                "--set", f"tls.certificate={folder}/self-signed.pem", "--set", f"tls.key={folder}/self-signed.key",
                "--set", f"dkim.keys=ours.example s1 {key}", "--set", "reports.addresses=dmarc@ours.example",
                "--set", "out.senders=8.8.4.4"]
        out = run("dns", "--json", *sets)
        assert out.returncode == 0 and not out.stderr, out.stderr
        records = json.loads(out.stdout)["records"]
        assert {"host", "ptr", "tlsa", "mx", "spf", "dkim", "dmarc", "mta-sts", "tls-rpt"} == {
            r["purpose"] for r in records}, records
        zone = zone_of(records)
        zone["mta-sts.ours.example"] = {"A": ["8.8.8.8"]}
        file = os.path.join(folder, "zone.json")

        def check():
            with open(file, "w") as f:
                json.dump(zone, f)
            out = run("dns", "--check", "--json", "--dns", file, *sets)
            return out.returncode, {x["code"] for x in json.loads(out.stdout)["findings"] if x["status"] != "ok"}

        first = check()
        assert first == (0, {"dmarc_watching"}), first
        zone["ours.example"]["TXT"] = ["v=spf1 +all"]
        zone["_25._tcp.mx.ours.example"]["TLSA"] = ["3 1 1 " + 64 * "0"]
        zone["s1._domainkey.ours.example"]["TXT"] = ["v=DKIM1; p="]
        code, codes = check()
        assert code == 1 and {"spf_anybody", "tlsa_other", "dkim_revoked"} <= codes, codes
        zone["ours.example"] = {"*": "servfail"}
        zone["_25._tcp.mx.ours.example"] = zone["s1._domainkey.ours.example"] = {"*": "timeout"}
        assert check() == (3, {"no_answer", "dmarc_watching"})
