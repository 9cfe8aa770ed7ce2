"""The peers that are compared: Poterne (also with every message on disk first, and with clamd),
Postfix alone, Postfix with Rspamd as a milter (also with Redis and clamd).

Each listens on a loopback port of its own, relays to an smtp-sink of its own, keeps its
queue below the given directory and is stopped by pid.
"""
import contextlib
import glob
import os
import re
import shutil
import signal
import smtplib
import subprocess
import sys
import time

import bayes
from gateway import TOP, Gateway, free_port, wait_until
from peers import Clamd, Peer, listens, program

CACHE = os.path.join(TOP, "build", "bench", "rspamd")


class CannotRun(Exception):
    """Why a peer is left out."""


def end(process):
    if process and process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Sink:
    """Postfix's smtp-sink: counts what arrives and keeps nothing."""

    def __init__(self, folder):
        self.port = free_port()
        self.path = os.path.join(folder, f"sink-{self.port}")

    def __enter__(self):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        with open(self.path, "wb") as out:
            self.process = subprocess.Popen([program("smtp-sink"), *user, "-c", "-m", "2000",
                                             f"127.0.0.1:{self.port}", "2000"],
                                            stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        wait_until(lambda: listens(self.port), 10, "smtp-sink")
        return self

    def __exit__(self, *_):
        end(self.process)

    def count(self):
        with open(self.path, "rb") as f:
            f.seek(0, os.SEEK_END)
            f.seek(max(0, f.tell() - 200))
            counts = re.findall(rb"mesg=(\d+)\r", f.read())
        return int(counts[-1]) if counts else 0


class Redis(Peer):
    """With Debian's configuration, on a port and in a directory of its own."""

    def start(self):
        self.spawn(program("redis-server"), "/etc/redis/redis.conf", "--port", str(self.port), "--bind", "127.0.0.1",
                   "--dir", self.dir, "--pidfile", f"{self.dir}/pid", "--logfile", f"{self.dir}/redis.log",
                   "--daemonize", "no", "--supervised", "no")
        wait_until(lambda: listens(self.port), 20, "redis-server")
        return self


class NameServer:
    """nxdomain.py as a process, so that what it costs is seen."""

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(__file__), "nxdomain.py")],
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        end(self.process)
        self.process.stdout.close()


def prove_antivirus(peer, clamd):
    """clamd must have found its own test signature in a message sent through the peer."""
    def found():
        with open(f"{clamd.dir}/clamd.log", encoding="utf-8", errors="replace") as f:
            return "FOUND" in f.read()
    with contextlib.suppress(smtplib.SMTPException), smtplib.SMTP("127.0.0.1", peer.port, timeout=60) as s:
        s.sendmail("claire.martin@partner.example", ["accueil@hopital.example"],
                   b"Subject: virus\r\n\r\n" + clamd.MARK + b"\r\n")
    wait_until(found, 10, f"clamd to be asked by {peer.label}")


class Poterne:
    name, label, spool = "poterne", "Poterne", False

    def __init__(self, folder, sink_port):
        state = os.path.join(folder, self.name)
        os.makedirs(state)
        # Loopback is one client here, with all the sessions; Postfix exempts mynetworks likewise.
        self.gateway = Gateway(state=state, spool=self.spool, delivery__next_hop=f"smtp:127.0.0.1:{sink_port}",
                               smtp__max_connections_per_client=1000)
        self.port = self.gateway.port

    def __enter__(self):
        if not os.path.exists(os.path.join(self.gateway.bin, "poterned")):
            raise CannotRun(f"{self.gateway.bin}/poterned is not there; make build first")
        try:
            self.gateway.start()
        except AssertionError as e:
            self.gateway.kill()
            raise CannotRun(str(e)) from None
        return self

    def __exit__(self, *_):
        try:
            self.gateway.stop()
        except AssertionError:
            self.gateway.kill()

    def roots(self):
        return [self.gateway.process.pid]

    def version(self):
        with open(os.path.join(TOP, "VERSION"), encoding="ascii") as f:
            return f.read().strip()


class PoterneSpool(Poterne):
    """Every message is on disk before its sender hears 250, and is delivered after that."""

    name, label, spool = "poterne-spool", "Poterne, spool", True


class PoterneAv(Poterne):
    name, label = "poterne-av", "Poterne + AV"

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.clamd = stack.enter_context(Clamd())
            self.gateway.sets["antivirus.clamd"] = f"tcp:127.0.0.1:{self.clamd.port}"
            stack.push(super().__exit__)
            super().__enter__()
            prove_antivirus(self, self.clamd)
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def roots(self):
        return [*super().roots(), self.clamd.process.pid]


class Postfix:
    """Debian's Postfix as installed, with a relay host: fsync, log and limits are its own."""

    name, label = "postfix", "Postfix alone"

    def __init__(self, folder, sink_port):
        self.dir = os.path.join(folder, self.name)
        self.sink_port, self.port, self.pid = sink_port, free_port(), 0

    def main_cf(self):
        return f"""compatibility_level = 3.6
queue_directory = {self.dir}/queue
data_directory = {self.dir}/data
maillog_file = {self.dir}/postfix.log
maillog_file_prefixes = {self.dir}
myhostname = mx.hopital.example
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:{self.sink_port}
smtpd_relay_restrictions = permit_mynetworks, reject
"""

    def master_cf(self):
        """The stock file, SMTP on our port, nothing in a chroot."""
        with open("/usr/share/postfix/master.cf.dist", encoding="utf-8") as f:
            lines = f.read().split("\n")
        for i, line in enumerate(lines):
            parts = line.split()
            if len(parts) < 8 or line.startswith(("#", " ")):
                continue
            parts[4] = "n"
            if parts[:2] == ["smtp", "inet"]:
                parts[0] = f"127.0.0.1:{self.port}"
            lines[i] = " ".join(parts)
        return "\n".join(lines)

    def __enter__(self):
        if os.geteuid() != 0:
            raise CannotRun("Postfix starts as root only")
        for sub in ("etc", "queue", "data"):
            os.makedirs(os.path.join(self.dir, sub))
        shutil.chown(os.path.join(self.dir, "data"), "postfix")
        for file, content in (("main.cf", self.main_cf()), ("master.cf", self.master_cf())):
            with open(os.path.join(self.dir, "etc", file), "w", encoding="utf-8") as f:
                f.write(content)
        r = subprocess.run([program("postfix"), "-c", f"{self.dir}/etc", "start"], capture_output=True, text=True)
        if r.returncode:
            raise CannotRun(f"postfix start: {r.stdout}{r.stderr}")
        with open(f"{self.dir}/queue/pid/master.pid", encoding="ascii") as f:
            self.pid = int(f.read())
        wait_until(lambda: listens(self.port), 20, "postfix")
        return self

    def __exit__(self, *_):
        if not self.pid:
            return
        os.kill(self.pid, signal.SIGTERM)
        try:
            wait_until(lambda: not os.path.exists(f"/proc/{self.pid}"), 20, "postfix to stop")
        except AssertionError:
            os.killpg(self.pid, signal.SIGKILL)

    def roots(self):
        return [self.pid]

    def version(self):
        return subprocess.run([program("postconf"), "-dh", "mail_version"], capture_output=True,
                              text=True).stdout.strip()


class Rspamd:
    """Debian's Rspamd and its configuration, unpacked: it cannot be installed beside our regex engine.

    As upstream advises for one machine the milter workers scan themselves, one for each core.
    No Redis, so no Bayes, no greylisting, no rate limits; no antivirus.
    """

    def __init__(self, folder):
        self.dir, self.port, self.controller = os.path.join(folder, "rspamd"), free_port(), free_port()
        self.process = None

    def helpers(self, stack):
        """Starts what it asks; returns their pids and their files of local.d."""
        dns = stack.enter_context(NameServer())
        return [dns.process.pid], {
            "options.inc": f"dns {{ nameserver = [\"127.0.0.1:{dns.port}\"]; }}\ncheck_local = true;\n"
                           f"filters = \"chartable,dkim,regexp\";\nhs_cache_dir = \"{CACHE}/compiled\";\n",
            "worker-proxy.inc": f"count = {os.cpu_count()};\nupstream \"local\" {{ self_scan = yes; }}\n",
            "worker-controller.inc": "secure_ip = [\"127.0.0.1\"];\n"}

    def download(self):
        root = os.path.join(CACHE, "root")
        if os.path.exists(f"{root}/usr/bin/rspamd"):
            return root
        debs = os.path.join(CACHE, "debs")
        os.makedirs(debs, exist_ok=True)
        # What it needs that is not installed, and its own regex engine: asked as of an empty system.
        wanted = subprocess.run(["apt-get", "-s", "-o", "Dir::State::status=/dev/null", "install",
                                 "--no-install-recommends", "rspamd"], capture_output=True, text=True).stdout
        names = re.findall(r"^Inst (rspamd|lib(?:hyperscan|vectorscan|luajit|fann|ev|sodium)\S*) ", wanted, re.M)
        r = subprocess.run(["apt-get", "download", *names], cwd=debs, capture_output=True, text=True)
        if "rspamd" not in names or r.returncode:
            raise CannotRun(f"apt-get download rspamd: {(r.stderr or wanted)[-200:].strip()}")
        for deb in glob.glob(f"{debs}/*.deb"):
            subprocess.run(["dpkg", "-x", deb, f"{root}.new"], check=True)
        os.rename(f"{root}.new", root)
        return root

    def configure(self, root, local):
        etc = os.path.join(self.dir, "etc")
        shutil.copytree(f"{root}/etc/rspamd", etc)
        for sub in ("db", "log", "run"):
            os.makedirs(os.path.join(self.dir, sub))
        with open(f"{etc}/rspamd.conf", encoding="utf-8") as f:
            text = f.read()
        for port, own in ((11332, self.port), (11333, free_port()), (11334, self.controller), (11335, free_port())):
            text = text.replace(f"localhost:{port}", f"127.0.0.1:{own}")
        with open(f"{etc}/rspamd.conf", "w", encoding="utf-8") as f:
            f.write(text)
        os.makedirs(os.path.join(CACHE, "compiled"), exist_ok=True)
        with open(f"{etc}/rspamd.conf.local", "w", encoding="utf-8") as f:
            f.write(f"lang_detection {{ languages = \"{root}/usr/share/rspamd/languages\"; }}\n")
        for file, content in local.items():
            with open(f"{etc}/local.d/{file}", "w", encoding="utf-8") as f:
                f.write(content)
        return etc

    def __enter__(self):
        root = self.download()
        with contextlib.ExitStack() as stack:
            pids, local = self.helpers(stack)
            self.start(root, self.configure(root, local), stack)
            self.pids = [self.process.pid, *pids]
            self.stack = stack.pop_all()
        return self

    def start(self, root, etc, stack):
        usr = f"{root}/usr"
        places = {"CONFDIR": etc, "LOCAL_CONFDIR": etc, "DBDIR": f"{self.dir}/db", "RUNDIR": f"{self.dir}/run",
                  "LOGDIR": f"{self.dir}/log", "SHAREDIR": f"{usr}/share/rspamd", "PREFIX": usr,
                  "RULESDIR": f"{usr}/share/rspamd/rules", "LUALIBDIR": f"{usr}/share/rspamd/lualib",
                  "PLUGINSDIR": f"{usr}/share/rspamd/plugins", "WWWDIR": f"{usr}/share/rspamd/www"}
        libraries = ":".join([f"{usr}/lib/rspamd", *glob.glob(f"{usr}/lib/*-linux-gnu")])
        with open(f"{self.dir}/out", "wb") as out:
            self.process = subprocess.Popen(
                [f"{usr}/bin/rspamd", "-f", "-i", "-c", f"{etc}/rspamd.conf",
                 *(f"--var={k}={v}" for k, v in places.items())],
                stdout=out, stderr=out, stdin=subprocess.DEVNULL, env=dict(os.environ, LD_LIBRARY_PATH=libraries))
        stack.callback(end, self.process)
        try:
            wait_until(lambda: listens(self.port) or self.process.poll() is not None, 60, "rspamd")
        except AssertionError:
            pass
        if self.process.poll() is not None or not listens(self.port):
            with open(f"{self.dir}/out", encoding="utf-8", errors="replace") as f:
                raise CannotRun(f"rspamd does not start: {f.read()[-300:].strip()}")
        self.wait_until_compiled()

    def wait_until_compiled(self):
        """Its expressions are compiled in the background after the start, and kept for the next one."""
        def said():
            with open(f"{self.dir}/log/rspamd.log", encoding="utf-8", errors="replace") as f:
                return "to the hyperscan tree" in f.read()
        try:
            wait_until(said, 90)
        except AssertionError:
            pass  # another version says it differently
        time.sleep(2)

    def __exit__(self, *_):
        self.stack.close()


class FullRspamd(Rspamd):
    """With what is set up beside it in earnest: Redis, so all its modules that want one but
    greylisting, which would defer; Bayes, taught; clamd, which gets whole messages."""

    def helpers(self, stack):
        pids, local = super().helpers(stack)
        redis, self.clamd = stack.enter_context(Redis()), stack.enter_context(Clamd())
        local["redis.conf"] = f"servers = \"127.0.0.1:{redis.port}\";\n"
        local["greylist.conf"] = "enabled = false;\n"
        local["antivirus.conf"] = ("clamav { type = \"clamav\"; symbol = \"CLAM_VIRUS\"; scan_mime_parts = false; "
                                   f"servers = \"127.0.0.1:{self.clamd.port}\"; }}\n")
        return [*pids, redis.process.pid, self.clamd.process.pid], local

    def start(self, root, etc, stack):
        super().start(root, etc, stack)
        try:
            bayes.teach(self.controller)
            wait_until(lambda: bayes.takes_part(self.controller), 30, "Rspamd's Bayes to take part")
        except (OSError, ValueError) as e:
            raise CannotRun(f"Rspamd's Bayes does not learn: {e}") from None


class PostfixRspamd(Postfix):
    name, label, milter = "postfix-rspamd", "Postfix + Rspamd", Rspamd

    def __init__(self, folder, sink_port):
        super().__init__(folder, sink_port)
        self.rspamd = self.milter(self.dir)

    def main_cf(self):
        return super().main_cf() + f"""smtpd_milters = inet:127.0.0.1:{self.rspamd.port}
milter_protocol = 6
milter_default_action = tempfail
milter_mail_macros = i {{mail_addr}} {{client_addr}} {{client_name}} {{auth_authen}}
"""

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.rspamd)
            stack.push(super().__exit__)
            super().__enter__()
            self.prove()
            self.stack = stack.pop_all()
        return self

    def prove(self):
        """Whatever must be seen working before it is measured."""

    def __exit__(self, *_):
        self.stack.close()

    def roots(self):
        return [self.pid, *self.rspamd.pids]

    def version(self):
        debs = glob.glob(f"{CACHE}/debs/rspamd_*.deb")
        return os.path.basename(debs[0]).split("_")[1] if debs else "?"


class PostfixRspamdAv(PostfixRspamd):
    name, label, milter = "postfix-rspamd-av", "Postfix+Rspamd+AV", FullRspamd

    def prove(self):
        prove_antivirus(self, self.rspamd.clamd)


RELAYS = {r.name: r for r in (Postfix, PostfixRspamd, PostfixRspamdAv, Poterne, PoterneSpool, PoterneAv)}
