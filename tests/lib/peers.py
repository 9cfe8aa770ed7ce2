"""The real peers of the end-to-end tests, from Debian packages, on loopback high ports,
started here and stopped by pid."""
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from gateway import free_port, wait_until


def program(name):
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/lib/postfix/sbin")
    if not found:
        raise AssertionError(f"{name} is not installed; tools/packages test installs it")
    return found


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Peer:
    """A process of its own in a directory of its own."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="poterne-peer-")
        os.chmod(self.dir, 0o755)
        self.process = None
        self.port = free_port()

    def spawn(self, *command, **options):
        self.log = open(os.path.join(self.dir, "log"), "ab")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
                                        start_new_session=True, **options)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def stop(self):
        if self.process and self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGTERM)
                self.process.wait(10)
            except (subprocess.TimeoutExpired, ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None


class SmtpSink(Peer):
    """Postfix's smtp-sink, each message dumped into a file."""

    def __init__(self, *options):
        super().__init__()
        self.options = options

    def start(self):
        messages = os.path.join(self.dir, "messages")
        os.makedirs(messages, exist_ok=True)
        os.chmod(messages, 0o777)
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        self.spawn(program("smtp-sink"), *user, *self.options, "-d", f"{messages}/m.", f"127.0.0.1:{self.port}", "100")
        wait_until(lambda: listens(self.port), 10, "smtp-sink")
        return self

    def messages(self):
        folder = os.path.join(self.dir, "messages")
        return [open(os.path.join(folder, n), "rb").read() for n in sorted(os.listdir(folder))]


class Postfix(Peer):
    """A whole Postfix instance that delivers for hopital.example into a Maildir. options: more
    lines of its main.cf."""

    def __init__(self, options=""):
        super().__init__()
        self.options = options

    def start(self):
        for name in ("queue", "data", "etc"):
            os.makedirs(os.path.join(self.dir, name), exist_ok=True)
        self.sink = os.path.join(self.dir, "virtual")
        os.makedirs(self.sink, exist_ok=True)
        shutil.chown(os.path.join(self.dir, "data"), "postfix")
        shutil.chown(self.sink, "nobody", "nogroup")
        etc = os.path.join(self.dir, "etc")
        with open(os.path.join(etc, "main.cf"), "w", encoding="utf-8") as f:
            f.write(f"""compatibility_level = 3.6
queue_directory = {self.dir}/queue
data_directory = {self.dir}/data
maillog_file = {self.dir}/postfix.log
maillog_file_prefixes = {self.dir}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = interne.hopital.example
mydestination =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = hopital.example
virtual_mailbox_base = {self.sink}
virtual_mailbox_maps = static:boite/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_recipient_restrictions = permit_mynetworks, reject
smtputf8_enable = yes
{self.options}
""")
        with open("/etc/postfix/master.cf", encoding="utf-8") as f:
            master = f.read().replace("smtp      inet  n       -       y", f"{self.port} inet n - n")
        lines = []
        for line in master.split("\n"):
            parts = line.split()
            if len(parts) >= 8 and not line.startswith((" ", "#")) and parts[4] == "y":
                parts[4] = "n"
                line = " ".join(parts)
            lines.append(line)
        with open(os.path.join(etc, "master.cf"), "w", encoding="utf-8") as f:
            f.write("\n".join(lines))
        r = subprocess.run([program("postfix"), "-c", etc, "start"], capture_output=True, text=True)
        if r.returncode:
            raise AssertionError(f"postfix start: {r.stdout}{r.stderr}")
        wait_until(lambda: listens(self.port), 20, "postfix")
        return self

    def stop(self):
        subprocess.run([program("postfix"), "-c", os.path.join(self.dir, "etc"), "stop"], capture_output=True)

    def messages(self):
        new = os.path.join(self.sink, "boite", "new")
        if not os.path.isdir(new):
            return []
        return [open(os.path.join(new, n), "rb").read() for n in sorted(os.listdir(new))]


class DovecotLmtp(Peer):
    """Dovecot with LMTP on a UNIX socket and on a port, mail in a Maildir per user."""

    def start(self):
        self.socket = os.path.join(self.dir, "lmtp.sock")
        self.mail = os.path.join(self.dir, "mail")
        os.makedirs(self.mail)
        os.chmod(self.mail, 0o777)
        conf = os.path.join(self.dir, "dovecot.conf")
        with open(os.path.join(self.dir, "users"), "w", encoding="utf-8") as f:
            f.write("accueil@hopital.example::65534:65534::/nonexistent::\n")
        os.chmod(os.path.join(self.dir, "users"), 0o644)
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"""base_dir = {self.dir}/run
log_path = {self.dir}/dovecot.log
protocols = lmtp
ssl = no
listen = 127.0.0.1
mail_location = maildir:{self.mail}/%u
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
last_valid_uid = 65534
first_valid_gid = 1
passdb {{
  driver = passwd-file
  args = {self.dir}/users
}}
userdb {{
  driver = passwd-file
  args = {self.dir}/users
}}
service lmtp {{
  unix_listener {self.socket} {{
    mode = 0666
  }}
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {self.port}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
""")
        self.spawn(program("dovecot"), "-F", "-c", conf)
        wait_until(lambda: os.path.exists(self.socket) and listens(self.port), 20, "dovecot")
        return self

    def messages(self, user="accueil@hopital.example"):
        new = os.path.join(self.mail, user, "new")
        if not os.path.isdir(new):
            return []
        return [open(os.path.join(new, n), "rb").read() for n in sorted(os.listdir(new))]


class DovecotImap(Peer):
    """Dovecot showing one Maildir by IMAP to alice, whose password is "un secret"."""

    def __init__(self, maildir):
        super().__init__()
        self.maildir = maildir

    def start(self):
        conf, users = os.path.join(self.dir, "dovecot.conf"), os.path.join(self.dir, "users")
        with open(users, "w", encoding="utf-8") as f:
            f.write("alice:{PLAIN}un secret:65534:65534::/nonexistent::\n")
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"""base_dir = {self.dir}/run
log_path = {self.dir}/dovecot.log
protocols = imap
ssl = no
disable_plaintext_auth = no
listen = 127.0.0.1
mail_location = maildir:{self.maildir}
default_internal_user = nobody
default_internal_group = nogroup
default_login_user = nobody
first_valid_uid = 1
last_valid_uid = 65534
first_valid_gid = 1
passdb {{
  driver = passwd-file
  args = {users}
}}
userdb {{
  driver = passwd-file
  args = {users}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
""")
        self.spawn(program("dovecot"), "-F", "-c", conf)
        wait_until(lambda: listens(self.port), 20, "dovecot")
        return self


class Clamd(Peer):
    """clamd with a signature base of our own: one body signature and the rest of nothing."""

    MARK = b"poterne-" + b"test-virus-" + b"7f3a"

    def start(self):
        base = os.path.join(self.dir, "db")
        os.makedirs(base, exist_ok=True)
        with open(os.path.join(base, "poterne.ndb"), "w", encoding="ascii") as f:
            f.write(f"Poterne.Test:0:*:{self.MARK.hex()}\n")
        self.socket = os.path.join(self.dir, "clamd.sock")
        conf = os.path.join(self.dir, "clamd.conf")
        user = "User nobody\n" if os.geteuid() == 0 else ""
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"DatabaseDirectory {base}\nLocalSocket {self.socket}\nLocalSocketMode 666\nForeground yes\n"
                    f"TCPSocket {self.port}\nTCPAddr 127.0.0.1\nLogFile {self.dir}/clamd.log\n{user}"
                    "StreamMaxLength 2M\nAlertEncrypted yes\nAlertEncryptedArchive yes\n")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody", self.dir], check=True)
        self.spawn(program("clamd"), "--config-file", conf)
        wait_until(lambda: os.path.exists(self.socket) and listens(self.port), 60, "clamd")
        return self


class CIcap(Peer):
    """c-icap with its services echo and virus_scan, as Debian's files set them up; it finds viruses by
    that clamd, if there is one when it starts."""

    # All types, all sizes, and an answer when it has scanned them.
    STRICT = "virus_scan?allow204=on&force=on&sizelimit=off&mode=simple"

    def __init__(self, clamd):
        super().__init__()
        self.clamd = clamd

    def start(self):
        [modules] = glob.glob("/usr/lib/*/c_icap")
        conf = os.path.join(self.dir, "c-icap.conf")
        user = "User nobody\nGroup nogroup\n" if os.geteuid() == 0 else ""
        with open(conf, "w", encoding="utf-8") as f:
            f.write(f"PidFile {self.dir}/pid\nCommandsSocket {self.dir}/ctl\nTmpDir {self.dir}\n{user}"
                    f"ServerLog {self.dir}/server.log\nAccessLog {self.dir}/access.log\nPort 127.0.0.1:{self.port}\n"
                    "ServerName icap.hopital.example\nServerAdmin postmaster@hopital.example\nTimeout 20\n"
                    "StartServers 1\nMaxServers 1\nMinSpareThreads 1\nMaxSpareThreads 10\nThreadsPerChild 10\n"
                    f"ModulesDir {modules}\nServicesDir {modules}\nLoadMagicFile /etc/c-icap/c-icap.magic\n"
                    "TemplateDir /usr/share/c_icap/templates/\nTemplateDefaultLanguage en\n"
                    "Service echo srv_echo.so\nService antivirus_module virus_scan.so\nModule common clamd_mod.so\n"
                    f"clamd_mod.ClamdSocket {self.clamd}\nvirus_scan.DefaultEngine clamd\n"
                    "virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE\n"
                    "virus_scan.SendPercentData 5\nvirus_scan.StartSendPercentDataAfter 2M\nvirus_scan.MaxObjectSize 5M\n")
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody:nogroup", self.dir], check=True)
        self.spawn(program("c-icap"), "-N", "-f", conf)
        wait_until(lambda: listens(self.port), 20, "c-icap")
        return self


class RedisServer(Peer):
    """A Redis server that keeps nothing on disk."""

    def __init__(self, password):
        super().__init__()
        self.password = password

    def start(self):
        self.spawn(program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                   "--dir", self.dir, "--requirepass", self.password)
        wait_until(lambda: listens(self.port), 10, "redis-server")
        return self

    def overwrite(self, *values):
        """What somebody does who knows the password: all rows are replaced by these in turn."""
        def command(*words):
            s.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
            first = f.readline()
            assert first[:1] in b"+*$:", first
            if first[:1] == b"$":
                return f.read(int(first[1:]) + 2)[:-2]
            if first[:1] == b"*":
                return [f.read(int(f.readline()[1:]) + 2)[:-2] for _ in range(int(first[1:]))]
            return first
        with socket.create_connection(("127.0.0.1", self.port), 10) as s, s.makefile("rb") as f:
            command(b"AUTH", self.password.encode())
            rows = command(b"KEYS", b"*")
            assert rows
            for i, row in enumerate(rows):
                command(b"SET", row, values[i % len(values)])


def swaks(port, *arguments):
    """Runs swaks against the gateway: (exit status, transcript)."""
    r = subprocess.run([program("swaks"), "--server", f"127.0.0.1:{port}", "--helo", "mail.partner.example",
                        "--from", "claire.martin@partner.example", "--to", "accueil@hopital.example", *arguments],
                       capture_output=True, text=True, errors="replace", timeout=60)
    return r.returncode, r.stdout + r.stderr


class RawSmtp:
    """A raw socket: bytes out, lines in."""

    def __init__(self, port, timeout=20):
        self.s = socket.create_connection(("127.0.0.1", port), timeout)
        self.file = self.s.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.s.close()

    def reply(self):
        """One reply, all its lines."""
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                return b"".join(lines)
            lines.append(line)
            if len(line) < 4 or line[3:4] != b"-":
                return b"".join(lines)

    def send(self, data):
        self.s.sendall(data)

    def ask(self, line):
        self.send(line + b"\r\n")
        return self.reply()

    def hello(self):
        assert self.reply().startswith(b"220 ")
        return self.ask(b"EHLO mail.partner.example")

    def until_data(self, sender=b"claire.martin@partner.example", recipient=b"accueil@hopital.example"):
        self.hello()
        assert self.ask(b"MAIL FROM:<" + sender + b">").startswith(b"250")
        assert self.ask(b"RCPT TO:<" + recipient + b">").startswith(b"250")
        assert self.ask(b"DATA").startswith(b"354")

    def ended(self):
        """True when the server has closed the connection."""
        try:
            return self.s.recv(1) == b""
        except OSError:
            return True


def settle(seconds=0.3):
    """For what must NOT happen: give it the time to happen."""
    time.sleep(seconds)
