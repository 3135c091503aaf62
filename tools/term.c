/* SPDX-License-Identifier: BSD-2-Clause */
/* The caller's terminal, as the relay uses it. */
#include <sys/ioctl.h>
#include <fcntl.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "relay.h"
#include "term.h"

/*
 * Open the terminal behind fd once more: reading and writing without waiting
 * is ours alone then.  Where that is not allowed, a duplicate.
 */
int
term_reopen(int fd, int mode)
{
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = open(path, mode | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return r >= 0 ? r : fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/* May we read from the terminal and change it, or would that stop us? */
bool
term_is_ours(int fd)
{
	pid_t group = tcgetpgrp(fd);

	/* A terminal that is not our controlling one has no such rules. */
	return group < 0 || group == getpgrp();
}

/*
 * Put the terminal into raw mode, if it is ours and there is reason to.  What
 * it was before is noted once: a shell may give the terminal back as raw as
 * it was when we were stopped.
 */
void
term_enter(struct relay *r)
{
	struct termios t;

	if (!r->alone || r->in < 0 || !term_is_ours(r->in))
		return;
	if (!r->noted && tcgetattr(r->in, &r->saved) < 0)
		return;
	r->noted = true;
	t = r->saved;
	cfmakeraw(&t);
	r->raw = tcsetattr(r->in, TCSANOW, &t) == 0;
}

/* Give it back, unless the shell has taken it already. */
void
term_leave(struct relay *r)
{
	/* A terminal that has gone away needs no restoring. */
	if (r->raw && term_is_ours(r->in))
		(void)tcsetattr(r->in, TCSANOW, &r->saved);
	r->raw = false;
}

/* Are whole lines typed, or does another program want single keys? */
bool
term_is_by_line(int fd)
{
	struct termios t;

	return tcgetattr(fd, &t) == 0 && (t.c_lflag & ICANON) != 0;
}

void
term_copy_size(const struct relay *r)
{
	struct winsize ws;

	/* Without a size of its own the pty keeps 0 by 0: "unknown". */
	if (r->master >= 0 && ioctl(r->size, TIOCGWINSZ, &ws) == 0)
		(void)ioctl(r->master, TIOCSWINSZ, &ws);
}

/*
 * Start the pty with the terminal's own settings, unless these are another
 * program's now.  A terminal that will not be in raw mode echoes and ends
 * lines itself, and the pty must not do it again.
 */
void
term_copy_modes(const struct relay *r, int from)
{
	struct termios t;

	if (tcgetattr(term_is_ours(from) ? from : r->slave, &t) < 0)
		return; /* the pty's defaults serve as well */
	if (!r->alone) {
		t.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
		t.c_oflag &= ~(tcflag_t)OPOST;
	}
	(void)tcsetattr(r->slave, TCSANOW, &t);
}
