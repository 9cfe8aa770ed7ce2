#!/usr/bin/env python3
"""make run: starts the gateway on loopback with the embedded defaults, sends it the sample
messages, shows what became of them, and stays up until Ctrl-C.

  --once         stops after the table
  --lang en|fr   language of the reasons
  --port N       SMTP port (default 2525)
  --state DIR    state directory, emptied first (default run/state of the repository)
"""
import argparse
import json
import os
import shutil
import signal
import socket
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(TOP, "tests", "lib"), os.path.join(TOP, "tools")]
from gateway import Gateway, wait_until  # noqa: E402
from samples import samples  # noqa: E402

RUN = os.path.join(TOP, "run")
COLOURS = {"accept": 32, "tag": 33, "quarantine": 35, "reject": 31, "defer": 36}


def colour(text, action):
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{COLOURS.get(action, 0)}m{text}\033[0m"


def fresh_state(state):
    try:
        shutil.rmtree(state, ignore_errors=False)
    except FileNotFoundError:
        pass
    except PermissionError as e:
        sys.exit(f"run: cannot clear {state}: {e.strerror} ({e.filename}); it was made by another user, "
                 f"perhaps root: remove it with sudo rm -r {state}")
    os.makedirs(state)
    return state


def port_is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def where_it_went(g, sample, event):
    if event["action"] in ("reject", "defer", "greylist"):
        return "refused: the sender keeps it"
    if event["action"] == "quarantine":
        return f"quarantine {event['mid']}"
    return "Maildir" if event["action"] in ("accept", "tag") else event["action"]


def reasons(g, mid):
    found = wait_until(lambda: g.cli("explain", "--json", "--set", f"paths.state={g.state}", mid), 10)
    try:
        record = json.loads(found.stdout)
        record = record.get("record", record)
        return record.get("reasons") or []
    except ValueError:
        return []


def send_all(g):
    rows = []
    for s in samples():
        code, reply = g.send(s.data, s.sender, s.recipient)
        events = wait_until(lambda n=len(rows): len(g.events("message.done")) > n and g.events("message.done"), 30,
                            f"the verdict on {s.name}")
        rows.append((s, code, events[-1]))
    wait_until(lambda: len(g.maildir()) >= sum(r[2]["action"] in ("accept", "tag") for r in rows), 30, "delivery")
    return rows


def show(g, rows):
    print(f"\n{'message':<21} {'verdict':<11} {'score':>6}  {'reply':<5} {'where it went':<34} main reasons")
    print("-" * 118)
    wrong = 0
    for s, code, event in rows:
        wrong += event["action"] != s.expected
        print(f"{s.name:<21} {colour(event['action'].ljust(11), event['action'])} "
              f"{event['score']:>6.2f}  {code:<5} {where_it_went(g, s, event):<34} "
              + "; ".join(reasons(g, event["mid"])[:2])[:160])
    print()
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--lang", choices=["en", "fr"], default="en")
    parser.add_argument("--port", type=int, default=2525)
    parser.add_argument("--state", default=os.path.join(RUN, "state"))
    args = parser.parse_args()
    if not port_is_free(args.port):
        sys.exit(f"run: port {args.port} of 127.0.0.1 is in use; stop what listens there, "
                 f"or choose another: make run ARGS='--port 2526'")
    g = Gateway(build="build/release", state=fresh_state(os.path.abspath(args.state)), port=args.port, lang=args.lang)
    status = 0
    try:
        g.start()
        print(f"The gateway is up: SMTP on 127.0.0.1:{args.port} for hopital.example, "
              f"processes {', '.join(f'{k} x{len(v)}' for k, v in sorted(g.pids().items()))}.")
        rows = send_all(g)
        status = 1 if show(g, rows) else 0
        state = g.state
        poterne = os.path.join(g.bin, "poterne")
        option = f"--set paths.state={state}"
        print(f"Maildir      {state}/maildir\nlog          {state}/poterne.log\n"
              f"quarantine   {poterne} quarantine list {option}\n"
              f"why          {poterne} explain {option} {rows[-1][2]['mid']}\n"
              f"send more    swaks --server 127.0.0.1:{args.port} --from claire.martin@partner.example "
              f"--to accueil@hopital.example")
        if not args.once:
            print("stop         Ctrl-C", flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})
            print("\nstopping...")
    except KeyboardInterrupt:
        print("\nstopping...")
    except AssertionError as e:
        print(f"run: {e}", file=sys.stderr)
        status = 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        g.stop()
    print("stopped")
    sys.exit(status)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, [])
    main()
