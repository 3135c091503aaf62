#! /usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
Run a command on a pseudo-terminal and act on it by a script of words:

    size:ROWSxCOLS   change the window's size
    expect:TEXT      wait until TEXT has been printed
    send:TEXT        type TEXT (Python's escapes, as \\x03)
    signal:NAME      send the command a signal
    stopped:         wait until it has stopped
    mode:raw         fail unless the terminal is raw (or mode:lines)
    close:           hang up

What is printed goes to standard output without carriage returns; the exit
status is the command's.

usage: on_pty.py [word ...] -- command [argument ...]
"""
import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

PATIENCE = 20.0     # seconds for any one thing


class Terminal:
    def __init__(self, command, size):
        self.seen = b""
        self.used = 0
        self.open = True
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            if size:
                resize(0, size)
            os.execvp(command[0], command)

    def read(self, seconds):
        """Take what is printed within so many seconds.  False: nothing."""
        if not self.open:
            return False
        if not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        self.open = bool(data)
        self.seen += data
        return self.open

    def until(self, test, what):
        end = time.monotonic() + PATIENCE
        while not test():
            if time.monotonic() > end:
                self.fail("no " + what)
            self.read(0.02)

    def fail(self, why):
        sys.stdout.buffer.write(self.seen)
        print("on_pty.py: " + why, file=sys.stderr)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        sys.exit(99)

    def expect(self, text):
        text = text.encode()
        self.until(lambda: text in self.seen[self.used:], repr(text))
        self.used = self.seen.index(text, self.used) + len(text)

    def send(self, text):
        os.write(self.fd, codecs.decode(text, "unicode_escape").encode())

    def size(self, text):
        resize(self.fd, text)

    def signal(self, name):
        os.kill(self.pid, getattr(signal, "SIG" + name))

    def stopped(self, _):
        self.until(lambda: os.waitpid(self.pid, os.WUNTRACED |
                   os.WNOHANG)[0] == self.pid, "stop")

    def mode(self, want):
        def is_raw():
            return not termios.tcgetattr(self.fd)[3] & termios.ICANON
        self.until(lambda: is_raw() == (want == "raw"), want + " mode")

    def close(self, _):
        os.close(self.fd)
        self.open = False

    def finish(self):
        """Read to the end; the wait status."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            while self.read(0.02 if pid == 0 else 0):
                pass
            if pid:
                return status
            time.sleep(0.005)
        return self.fail("it does not end")


def resize(fd, text):
    rows, cols = map(int, text.split("x"))
    fcntl.ioctl(fd, termios.TIOCSWINSZ,
                struct.pack("HHHH", rows, cols, 0, 0))


def main():
    cut = sys.argv.index("--")
    words, command = sys.argv[1:cut], sys.argv[cut + 1:]
    size = None
    if words and words[0].startswith("size:"):
        size = words.pop(0)[5:]
    terminal = Terminal(command, size)
    for word in words:
        verb, text = word.split(":", 1)
        getattr(terminal, verb)(text)
    status = os.waitstatus_to_exitcode(terminal.finish())
    sys.stdout.buffer.write(terminal.seen.replace(b"\r", b""))
    sys.stdout.flush()
    sys.exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
