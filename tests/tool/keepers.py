#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""keepers.py [JID]: what there is to do what follows a jail's end, one thing
a line: "waiting PID JID" and "working PID JID" for keepers, "listed JID" for
the list of jails that had one, "there JID STEP" for the record."""

import glob
import os
import re
import struct
import sys


def jails():
    with open("/proc/self/mountinfo", "rb") as f:
        for line in f.read().splitlines():
            fields, rest = line.split(b" - ")
            if not rest.startswith(b"cgroup2 "):
                continue
            top = fields.split()[4].decode()
            for place in "", "system.slice/jail.service":
                directory = os.path.join(top, place, "jail")
                if os.path.isdir(directory):
                    yield directory


def jid_of(pid):
    for fd in glob.glob("/proc/%s/fd/*" % pid):
        try:
            name = os.readlink(fd)
        except OSError:
            continue
        match = re.search(r"/jail(?:/\d+)*/(\d+)(?: \(deleted\))?$", name)
        if match:
            return match[1]
    return "?"


def find(top):
    for what, name in ("waiting", "keeper"), ("working", "after"):
        try:
            with open(os.path.join(top, name, "cgroup.procs")) as f:
                pids = f.read().split()
        except OSError:
            continue
        for pid in pids:
            yield what, pid, jid_of(pid)
    try:
        data = os.getxattr(top, "trusted.jail.kept")
        for (jid,) in struct.iter_unpack("i", data):
            yield "listed", str(jid)
    except OSError:
        pass
    for directory in glob.glob(os.path.join(top, "[0-9]*")):
        try:
            step = os.getxattr(directory, "trusted.jail.after").decode()
        except OSError:
            step = "-"
        yield "there", os.path.basename(directory), step


for jail in jails():
    for words in find(jail):
        if len(sys.argv) < 2 or sys.argv[1] in words[1:]:
            print(*words)
