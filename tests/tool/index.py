#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""index.py COMMAND: what is kept on jail/ so that nobody needs to look at all
jails; DESIGN.md, "A jail is a cgroup".

hints             print how many there are in all
drop              remove all of them
garble            change a byte in each bucket
junk              put something else in the place of each bucket
swap              put each bucket in the place of the next one
run [TEXT]        print the run of free ids, or write TEXT in its place
norun             remove it
ranges MARK       the first ids of the jails whose record holds MARK
"""

import os
import sys

BUCKETS = ["user.jail.n%02x" % i for i in range(64)]
HEAD = 16
HINT = 8
RUN = "trusted.jail.run"


def jails():
    with open("/proc/self/mountinfo", encoding="utf-8") as f:
        for line in f:
            fields, rest = line.split(" - ")
            if not rest.startswith("cgroup2 "):
                continue
            for place in "system.slice/jail.service/jail", "jail":
                path = os.path.join(fields.split()[4], place)
                if os.path.isdir(path):
                    return path
    sys.exit("no jail was ever made")


def ranges(top, mark):
    for jid in os.listdir(top):
        try:
            record = os.getxattr(os.path.join(top, jid), "user.jail")
        except OSError:
            continue
        if os.fsencode(mark) in record:
            print(record.split(b"\0")[0].split()[3].decode())


def main():
    top = jails()
    command, rest = sys.argv[1], sys.argv[2:]
    old = [os.getxattr(top, b) for b in BUCKETS if b in os.listxattr(top)]
    if command == "hints":
        print(sum((len(v) - HEAD) // HINT for v in old))
    elif command == "drop":
        for b in BUCKETS:
            if b in os.listxattr(top):
                os.removexattr(top, b)
    elif command == "garble":
        for b, v in zip(BUCKETS, old):
            at = len(v) * 2 // 3
            v = v[:at] + bytes([v[at] ^ 0x10]) + v[at + 1 :]
            os.setxattr(top, b, v)
    elif command == "junk":
        for i, b in enumerate(BUCKETS):
            os.setxattr(top, b, b"by hand\n" * i)
    elif command == "swap":
        for b, v in zip(BUCKETS, old[1:] + old[:1]):
            os.setxattr(top, b, v)
    elif command == "run" and rest:
        os.setxattr(top, RUN, os.fsencode(rest[0]))
    elif command == "run":
        print(os.getxattr(top, RUN).decode())
    elif command == "norun":
        os.removexattr(top, RUN)
    elif command == "ranges":
        ranges(top, rest[0])
    else:
        sys.exit(__doc__)


main()
