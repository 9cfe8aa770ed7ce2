#!/usr/bin/env python3
"""The link line is the security claim: what each program must not even be able to name
(arguments: the build directory)."""
import os
import subprocess
import sys

NET = ["socket", "connect", "bind", "listen", "accept", "accept4", "getaddrinfo"]
# Whoever asks for signatures cannot make them: only poterne-keys and the tool read private keys.
KEYS = ["PEM_read_bio_PrivateKey", "EVP_PKEY_sign", "EVP_DigestSign"]
RUN = ["execve", "execv", "execvp", "fork", "vfork", "posix_spawn", "system", "popen"]
OPEN = ["open", "open64", "openat", "openat64", "fopen", "fopen64", "creat", "unlink", "rename"]
FORBIDDEN = {
    # sandbox_enter itself opens Landlock paths and reads the account once, before the lock.
    "poterne-inspect": KEYS + NET + RUN + ["fopen", "fopen64", "unlink", "rename", "sqlite3_open", "SSL_new",
                                    "ub_ctx_create", "clamd_scan"],
    "poterne-image": NET + RUN + ["fopen", "fopen64", "unlink", "rename", "sqlite3_open", "SSL_new", "hs_scan", "archive_read_new", "inspect_message",
                                         "yaml_parser_parse", "clamd_scan"],
    "poterned": KEYS + ["SSL_new", "hs_scan", "sqlite3_open", "archive_read_new", "pthread_create", "recvfrom", "accept4"],
    "poterne-edge": RUN + ["hs_scan", "archive_read_new", "sqlite3_open_v2", "ub_ctx_create", "yaml_parser_parse",
                           "inspect_message", "connect"],
    "poterne-store": KEYS + RUN + ["XML_ParserCreate", "json_loadb", "SSL_new", "hs_scan", "archive_read_new", "ub_ctx_create", "connect", "yaml_parser_parse"],
    "poterne-dns": RUN + ["SSL_new", "hs_scan", "archive_read_new", "sqlite3_open_v2", "yaml_parser_parse"],
    "poterne-relay": RUN + ["hs_scan", "archive_read_new", "sqlite3_open_v2", "ub_ctx_create", "yaml_parser_parse"],
    "poterne-web": NET + RUN + ["fopen", "fopen64", "unlink", "rename", "SSL_new", "sqlite3_open_v2", "hs_scan",
                                "archive_read_new", "ub_ctx_create", "yaml_parser_parse", "header_next",
                                "spool_read"],
    "poterne-keys": NET + RUN + ["fopen", "fopen64", "unlink", "rename", "SSL_new", "sqlite3_open_v2", "hs_scan", "archive_read_new",
                                 "ub_ctx_create", "yaml_parser_parse", "header_next", "spool_read"],
    "poterne-memory": KEYS + RUN + ["bind", "listen", "accept", "accept4", "SSL_new", "hs_scan", "archive_read_new", "ub_ctx_create",
                                    "yaml_parser_parse", "header_next", "inspect_message", "spool_read"],
    "poterne-report": RUN + ["socket", "connect", "bind", "listen", "accept", "accept4", "fopen", "fopen64", "unlink", "rename", "SSL_new",
                             "sqlite3_open_v2", "hs_scan", "archive_read_new", "ub_ctx_create",
                             "yaml_parser_parse", "inspect_message"],
    "poterne-fetch": KEYS + RUN + ["listen", "accept", "accept4", "bind", "getaddrinfo", "SSL_new", "XML_ParserCreate", "hs_scan",
                                   "archive_read_new", "sqlite3_open_v2", "ub_ctx_create", "yaml_parser_parse",
                                   "inspect_message", "header_next", "spool_read"],
    "poterne-scan": KEYS + RUN + ["XML_ParserCreate", "archive_read_new", "ub_ctx_create", "sqlite3_open_v2", "SSL_new", "accept4"],
}


def names(program, *flags):
    out = subprocess.run(["nm", *flags, program], capture_output=True, text=True)
    return {line.split()[-1].split("@")[0] for line in out.stdout.split("\n") if line.strip()}


def check(build, forbidden=None):
    complaints = []
    for program, banned in (forbidden or FORBIDDEN).items():
        path = os.path.join(build, "src", program)
        if not os.path.exists(path):
            complaints.append(f"{path}: not there: build first")
            continue
        for name in sorted(names(path, "-u").union(names(path)) & set(banned)):
            complaints.append(f"{program}: names {name}, which this process must never be able to call")
    return complaints


if __name__ == "__main__":
    found = check(sys.argv[1])
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
