"""What a systemd unit takes away, taken away without systemd: confined.py UNIT WRITABLE PROGRAM ARGUMENT...
runs the program as the service would, with the unit's capabilities, system calls, address families
and read-only file system. Needs root. Groups of system calls are expanded by systemd-analyze."""
import ctypes
import os
import resource
import subprocess
import sys

ALLOW, ERRNO_EPERM, CMP_EQ = 0x7fff0000, 0x00050001, 4
PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 24, 38
CLONE_NEWNS = 0x20000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
CAPABILITIES = """CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE
SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL
SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE""".split()
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}

libc = ctypes.CDLL(None, use_errno=True)


class Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def settings(unit):
    """{key: all its words}; a unit says the same key more than once to add to it."""
    found = {}
    with open(unit, encoding="utf-8") as f:
        for line in f:
            key, equal, value = line.strip().partition("=")
            if equal and not key.startswith("#"):
                found.setdefault(key, []).extend(value.split())
    return found


def calls(words):
    """System calls of words and groups ("@system-service")."""
    found = set()
    for word in words:
        if not word.startswith("@"):
            found.add(word)
            continue
        out = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True, check=True)
        found |= calls(line.strip() for line in out.stdout.split("\n")[1:] if line.strip() and "#" not in line)
    return found


def must(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), what)


def read_only_but(folder):
    must(libc.unshare(CLONE_NEWNS), "unshare")
    must(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "private /")
    must(libc.mount(folder.encode(), folder.encode(), None, MS_BIND, None), "bind")
    must(libc.mount(None, b"/", None, MS_REMOUNT | MS_BIND | MS_RDONLY, None), "read-only /")


def filter_calls(names, families):
    seccomp = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    seccomp.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(seccomp.seccomp_init(ERRNO_EPERM))
    for name in sorted(names - {"socket"}):
        number = seccomp.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            must(seccomp.seccomp_rule_add(context, ALLOW, number, 0), name)
    for family in families:
        one = (Comparison * 1)(Comparison(0, CMP_EQ, FAMILIES[family], 0))
        must(seccomp.seccomp_rule_add_array(context, ALLOW, 41 if os.uname().machine == "x86_64" else 198, 1, one), family)
    must(seccomp.seccomp_load(context), "seccomp_load")


def main():
    unit, writable, program = sys.argv[1:4]
    s = settings(unit)
    assert s["NoNewPrivileges"] == ["yes"] and s["ProtectSystem"] == ["strict"], s
    names = calls(s["SystemCallFilter"])
    read_only_but(writable)
    files = int(s["LimitNOFILE"][0])
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
    os.umask(int(s["UMask"][0], 8))
    kept = {c[4:] for c in s["CapabilityBoundingSet"]}
    assert kept <= set(CAPABILITIES), kept
    for i, name in enumerate(CAPABILITIES):
        if name not in kept:
            must(libc.prctl(PR_CAPBSET_DROP, i, 0, 0, 0), name)
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    filter_calls(names, s["RestrictAddressFamilies"])
    os.execv(program, sys.argv[3:])


if __name__ == "__main__":
    main()
