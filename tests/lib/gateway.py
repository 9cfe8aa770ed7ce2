"""A gateway started on loopback for tests and for make run: poterned with its state in a
directory of its own, ports of its own, and everything given by --set.
"""
import fcntl
import json
import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ZONES = os.path.join(TOP, "tests", "zones", "sample.json")


# Below those that the kernel gives to clients (ip_local_port_range), so that nobody takes one between
# its choice and its use; one after the other for all tests that run at once.
PORTS = range(12000, 32000)
LAST_PORT = os.path.join(tempfile.gettempdir(), f"poterne-test-port-{os.getuid()}")


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(type=kind) as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def free_port():
    with open(LAST_PORT, "a+") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        f.seek(0)
        last = int(f.read() or PORTS[0])
        after = [*range(last + 1, PORTS[-1] + 1), *range(PORTS[0], last + 1)]
        port = next(p for p in after if is_free(p))
        f.truncate(0)
        f.write(str(port))
        return port


def wait_until(condition, seconds=30, what="a condition"):
    """Polls condition() until it is true; its value is returned."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)


BUILD = os.environ.get("POTERNE_BUILD", "build/release")
# Expressions are compiled by the first gateway and found by the others.
COMPILED = os.path.join(TOP, "build", "compiled")


def is_frozen(pid):
    """A signal is on its way for a while."""
    states = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/stat", encoding="ascii", errors="replace") as f:
            states.append(f.read().rsplit(")", 1)[1].split()[0])
    return all(s == "T" for s in states)


class Gateway:
    def __init__(self, build=BUILD, state=None, port=None, config=None, spool=False, **settings):
        """settings: paths with dots as __, delivery__next_hop="smtp:...". spool: no direct hand-over."""
        self.bin = os.path.join(TOP, build, "src")
        self.own_state = state is None
        self.state = state or tempfile.mkdtemp(prefix="poterne-test-")
        os.chmod(self.state, 0o755)
        self.port = port or free_port()
        self.config = config
        self.sets = {
            "paths.state": self.state,
            "paths.rules": os.path.join(TOP, "rules"),
            "paths.lists": os.path.join(TOP, "lists"),
            "paths.programs": self.bin,
            "paths.compiled": COMPILED,
            "listen.smtp": f"127.0.0.1:{self.port}" + (" handover=spool" if spool else ""),
            "dns.file": ZONES,
        }
        self.sets.update({k.replace("__", "."): str(v) for k, v in settings.items()})
        self.log_path = os.path.join(self.state, "poterne.log")
        self.process = None

    def arguments(self):
        config = ["--config", self.config] if self.config else []
        return config + [a for k, v in self.sets.items() for a in ("--set", f"{k}={v}")]

    def start(self, wait=True):
        with open(self.log_path, "ab") as log:
            self.from_byte = log.tell()
            self.process = subprocess.Popen([os.path.join(self.bin, "poterned"), *self.arguments()], stderr=log,
                                            stdout=log, stdin=subprocess.DEVNULL, start_new_session=True,
                                            env=dict(os.environ, ASAN_OPTIONS="detect_leaks=0",
                                                     UBSAN_OPTIONS="halt_on_error=1:print_stacktrace=1"))
        if wait:
            self.wait_event("gateway.ready")
        return self

    def events(self, name=None):
        """The log's events since the last start."""
        found = []
        with open(self.log_path, "rb") as f:
            f.seek(self.from_byte)
            for line in f:
                try:
                    e = json.loads(line)
                except ValueError:
                    continue
                if name is None or e.get("event") == name:
                    found.append(e)
        return found

    def raw_log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return f.read()

    def wait_event(self, name, seconds=30, **fields):
        def there():
            if self.process.poll() is not None:
                raise AssertionError(f"poterned ended with {self.process.returncode}:\n{self.raw_log()[-3000:]}")
            return [e for e in self.events(name) if all(e.get(k) == v for k, v in fields.items())]
        try:
            return wait_until(there, seconds, f"event {name} {fields}")[-1]
        except AssertionError as e:
            raise AssertionError(f"{e}\n{self.raw_log()[-3000:]}") from None

    def pids(self):
        """name -> list of pids of the gateway's processes."""
        found = {}
        try:
            children = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(self.process.pid)], capture_output=True,
                                      text=True).stdout
        except OSError:
            return found
        for line in children.split("\n"):
            parts = line.split()
            if len(parts) >= 2 and "defunct" not in line:
                found.setdefault(parts[1].replace("poterne-", ""), []).append(int(parts[0]))
        return found

    def freeze(self, name):
        """Stops all processes of that name, as if they hung; returns their pids. SIGCONT lets them go on."""
        found = self.pids()[name]
        for pid in found:
            os.kill(pid, signal.SIGSTOP)
            wait_until(lambda pid=pid: is_frozen(pid), 10, f"every thread of {name} to stop")
        return found

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self, seconds=20):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
                raise AssertionError("poterned did not stop in time") from None
        return self

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def remove(self):
        self.kill()
        if self.own_state:
            shutil.rmtree(self.state, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, value, trace):
        try:
            if kind is None:
                self.stop()
                assert "Sanitizer" not in self.raw_log() and "runtime error" not in self.raw_log(), self.raw_log()[-6000:]
        finally:
            if kind is not None:
                print(f"--- log of the gateway\n{self.raw_log()[-4000:]}")
            self.remove()

    def smtp(self, timeout=30):
        return smtplib.SMTP("127.0.0.1", self.port, local_hostname="mail.partner.example", timeout=timeout)

    def send(self, data, sender="claire.martin@partner.example", recipient="accueil@hopital.example"):
        """(code, text) of the reply to the final dot, or of the command that was refused."""
        recipients = [recipient] if isinstance(recipient, str) else recipient
        s = self.smtp()
        try:
            s.ehlo()
            for code, reply in [s.mail(sender, ["BODY=8BITMIME"] if s.has_extn("8bitmime") else [])] + \
                    [s.rcpt(r) for r in recipients]:
                if code >= 400:
                    return code, reply.decode(errors="replace")
            code, reply = s.data(data)
            return code, reply.decode(errors="replace")
        finally:
            s.close()

    def cli(self, *arguments, check=None):
        """Runs poterne with this gateway's configuration where the command takes one."""
        r = subprocess.run([os.path.join(self.bin, "poterne"), *arguments], capture_output=True, text=True,
                           errors="replace", timeout=120)
        if check is not None and r.returncode != check:
            raise AssertionError(f"poterne {' '.join(arguments)}: status {r.returncode}\n{r.stdout}{r.stderr}")
        return r

    def maildir(self):
        """The delivered messages, as bytes, in the order of their names."""
        found = []
        for folder, _, names in os.walk(os.path.join(self.state, "maildir")):
            if os.path.basename(folder) in ("new", "cur"):
                found += [os.path.join(folder, n) for n in names]
        return [open(p, "rb").read() for p in sorted(found)]
