#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""sockets.py [-c CGROUP] WHAT...: hold sockets until it is killed.

WHAT is tcp,ADDRESS,PORT or udp or udplite (waiting there), conn (the same,
with a connection of its own to it), orphan (that, its client closed but not
done with sending), to (a connected UDP socket), only6,
stream or dgram or seqpacket,NAME (a unix socket, "@" for an abstract name),
client,NAME, pair, many,N.  With -c they are made by a member of the cgroup,
which it leaves again.  Prints the descriptors, in their order, then "ready".
"""

import os
import resource
import signal
import socket
import sys

UNIX = {
    "stream": socket.SOCK_STREAM,
    "dgram": socket.SOCK_DGRAM,
    "seqpacket": socket.SOCK_SEQPACKET,
}


def join(cgroup):
    with open(os.path.join(cgroup, "cgroup.procs"), "w", encoding="ascii") as f:
        f.write(str(os.getpid()))


def inet(address, *how):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    s = socket.socket(family, *how)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return s


def tcp(address, port, only6=False):
    s = inet(address, socket.SOCK_STREAM)
    if only6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    s.bind((address, port))
    s.listen()
    return s


def unix(kind, name):
    s = socket.socket(socket.AF_UNIX, UNIX[kind])
    s.bind(name.replace("@", "\0", 1))
    if kind != "dgram":
        s.listen()
    return s


def internet(kind, address, port):
    if kind in ("tcp", "only6"):
        return [tcp(address, port, kind == "only6")]
    if kind == "conn":
        s = tcp(address, port)
        client = inet(address, socket.SOCK_STREAM)
        client.connect((address, port))
        return [s, client, s.accept()[0]]
    if kind == "orphan":
        s = tcp(address, port)
        client = inet(address, socket.SOCK_STREAM)
        client.connect((address, port))
        client.setblocking(False)
        try:
            while True:
                client.send(bytes(65536))
        except BlockingIOError:
            client.close()
        return [s, s.accept()[0]]
    if kind == "udplite":
        s = inet(address, socket.SOCK_DGRAM, 136)
    else:
        s = inet(address, socket.SOCK_DGRAM)
    if kind == "to":
        s.connect((address, port))
    else:
        s.bind((address, port))
    return [s]


def make(what):
    kind, *rest = what.split(",")
    if kind in UNIX:
        return [unix(kind, rest[0])]
    if kind == "client":
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.connect(rest[0])
        return [s]
    if kind == "pair":
        return list(socket.socketpair())
    if kind == "many":
        n = int(rest[0])
        resource.setrlimit(resource.RLIMIT_NOFILE, (n + 100, n + 100))
        return [tcp("127.0.0.1", 0) for _ in range(n)]
    return internet(kind, rest[0], int(rest[1]))


def main(args):
    if args[:1] == ["-c"]:
        cgroup = args[1]
        args = args[2:]
        join(cgroup)
    else:
        cgroup = None
    held = [s for what in args for s in make(what)]
    if cgroup is not None:
        top = cgroup
        while os.path.exists(os.path.join(top, "cgroup.events")):
            top = os.path.dirname(top)
        join(top)
    print(*(s.fileno() for s in held))
    print("ready", flush=True)
    signal.pause()


main(sys.argv[1:])
