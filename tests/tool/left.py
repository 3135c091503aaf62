#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""left.py MARK: what is there of the jails whose record holds MARK, as the
directory that a test case runs in: their cgroups, processes that have mounts
of it in a mount namespace of their own, and mounts of the host.  One thing a
line; exit status 1 when there is something."""

import glob
import os
import sys


def read(path):
    try:
        with open(path, "rb") as f:
            return f.read()
    except OSError:
        return b""


def record(directory):
    text = b""
    for name in "user.jail", "trusted.jail.0", "trusted.jail.1":
        try:
            text += os.getxattr(directory, name)
        except OSError:
            pass
    return text


def cgroups(mark):
    for line in read("/proc/self/mountinfo").splitlines():
        fields, rest = line.split(b" - ")
        if not rest.startswith(b"cgroup2 "):
            continue
        top = fields.split()[4].decode()
        for place in "", "system.slice/jail.service":
            yield from (
                d
                for d in glob.glob(os.path.join(top, place, "jail/[0-9]*"))
                if mark in record(d)
            )


def main():
    mark = os.fsencode(sys.argv[1])
    found = ["cgroup " + d for d in cgroups(mark)]
    own = os.readlink("/proc/self/ns/mnt")
    for line in read("/proc/self/mountinfo").splitlines():
        if mark in line:
            found.append("mount " + os.fsdecode(line))
    for proc in glob.glob("/proc/[0-9]*"):
        try:
            other = os.readlink(proc + "/ns/mnt") != own
        except OSError:
            continue
        if other and mark in read(proc + "/mountinfo"):
            args = read(proc + "/cmdline").replace(b"\0", b" ")
            found.append("process %s: %s" % (proc[6:], os.fsdecode(args)))
    for what in found:
        print(what)
    sys.exit(1 if found else 0)


main()
