"""The gateway looks at itself: what it says to strangers, and what leaves it."""
import json
import os
import tempfile

from gateway import ZONES, Gateway


def test_a_running_gateway_is_compared_with_the_recommendations():
    with tempfile.TemporaryDirectory() as folder, \
            Gateway(role="out", out__clients="192.0.2.0/24", delivery__next_hop="smtp:127.0.0.1:9") as g:
        page = os.path.join(folder, "page.html")
        r = g.cli("audit", "--self", "--json", "--dns", ZONES, "--html", page, *g.arguments(), check=1)
        rows = {x["id"]: x for x in map(json.loads, r.stdout.splitlines())}
        for good in ("R36", "RELAY", "R42-465", "R21-HEADERS", "R21-BANNER", "R42", "R42+", "R34"):
            assert rows[good]["result"] == "pass", rows[good]
        assert "550" in rows["RELAY"]["seen"] or "554" in rows["RELAY"]["seen"], rows["RELAY"]
        for bad in ("R32", "R39", "R42-CERT"):
            assert rows[bad]["result"] == "fail" and rows[bad]["todo"], rows[bad]
        with open(page, encoding="utf-8") as f:
            text = f.read()
        assert text.count("<tr class=") == len(rows) and "http" not in text.replace("http-equiv", "")
