#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""abstract.py serve|ask|own NAME: sockets of each kind with abstract names.

serve: wait at @NAME.stream, @NAME.seqpacket and @NAME.dgram, and answer;
prints "ready".  ask: say for each what comes of connecting, and of sending.
own: ask a child that serves.
abstract.py serve_path|ask_path PATH: the same with names in a directory.
The client of PATH.dgram has an abstract name, which the answer goes to.
"""

import errno
import os
import select
import socket
import sys

KINDS = {
    "stream": socket.SOCK_STREAM,
    "seqpacket": socket.SOCK_SEQPACKET,
    "dgram": socket.SOCK_DGRAM,
}
MAX_WAIT = 20  # seconds, of a slow machine


def make(kind):
    s = socket.socket(socket.AF_UNIX, KINDS[kind])
    s.settimeout(MAX_WAIT)
    return s


def serve(name):
    socks = {}
    for kind in KINDS:
        s = make(kind)
        s.bind(name + "." + kind)
        if kind != "dgram":
            s.listen()
        socks[s] = kind
    print("ready", flush=True)
    while True:
        for s in select.select(list(socks), [], [])[0]:
            if socks[s] != "dgram":
                s.accept()[0].send(b"here")
                continue
            peer = s.recvfrom(16)[1]
            if peer:
                try:
                    s.sendto(b"here", peer)
                except OSError as e:
                    print("answer:", errno.errorcode[e.errno], flush=True)


def answer(s):
    return "answered" if s.recv(16) == b"here" else "wrong answer"


def ask_connect(s, name):
    s.connect(name)
    if s.type == socket.SOCK_DGRAM:
        s.send(b"hello")
    return answer(s)


def ask_send(s, name):
    s.sendto(b"hello", name)
    return answer(s)


def ask(name):
    for how, kind in (
        (ask_connect, "stream"),
        (ask_connect, "seqpacket"),
        (ask_connect, "dgram"),
        (ask_send, "dgram"),
    ):
        s = make(kind)
        if kind == "dgram":
            s.bind("")  # the kernel chooses one
        try:
            said = how(s, name + "." + kind)
        except OSError as e:
            said = errno.errorcode.get(e.errno, "timeout")
        print(how.__name__[4:], kind + ":", said, flush=True)


def own(name):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(write, 1)
        serve(name)
    os.read(read, 1)
    ask(name)
    os.kill(pid, 9)


def main():
    what, name = sys.argv[1:]
    if what.endswith("_path"):
        what = what[:-5]
    else:
        name = "\0" + name
    {"serve": serve, "ask": ask, "own": own}[what](name)


main()
