"""Teaches Rspamd's Bayes enough of each kind that it has a word in every verdict."""
import json
import urllib.request

import bodies

EACH = 220  # it takes part from 200 on


def ask(controller, path, data=None):
    with urllib.request.urlopen(f"http://127.0.0.1:{controller}/{path}", data, 30) as r:
        return json.load(r)


def teach(controller):
    """Raises ValueError when it has not learnt enough, OSError when it cannot be asked."""
    for number in range(EACH):
        for kind, message in (("ham", bodies.mixed(bodies.MIX + number)), ("spam", bodies.junk(number))):
            mark = b"%016X" % number
            ask(controller, f"learn{kind}", message.replace(bodies.MARK, mark)[:-3])
    learnt = {f["symbol"]: f["revision"] for f in ask(controller, "stat")["statfiles"]}
    if len(learnt) != 2 or min(learnt.values()) < 200:
        raise ValueError(f"learnt {learnt} of 200 each")
