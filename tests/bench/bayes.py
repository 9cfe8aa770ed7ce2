"""Teaches Rspamd's Bayes enough of each kind that it has a word in every verdict."""
import json
import urllib.request

import bodies

NEEDED = 200  # of each kind, Rspamd's min_learns


def ask(controller, path, message):
    """The answer as JSON, empty when it has nothing to say."""
    with urllib.request.urlopen(f"http://127.0.0.1:{controller}/{path}", message, 30) as r:
        return json.loads(r.read() or "{}")


def complete(message, number):
    """As it is delivered: with a mark of its own, without the dot of the end."""
    return message.replace(bodies.MARK, b"%016X" % number)[:-3]


def teach(controller):
    """Raises ValueError when it has not learnt enough, OSError when it cannot be asked."""
    for number in range(NEEDED):
        for kind, make in (("ham", bodies.mixed), ("spam", bodies.junk)):
            answer = ask(controller, f"learn{kind}", complete(make(number), number))
            if not answer.get("success"):
                raise ValueError(f"{kind} {number} of {NEEDED}: {answer or 'no success'}")


def takes_part(controller):
    """Whether it has an opinion of a message it has not seen."""
    answer = ask(controller, "checkv2", complete(bodies.junk(NEEDED), NEEDED))
    return any(symbol.startswith("BAYES_") for symbol in answer.get("symbols", {}))
