/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the caller's terminal and a command in a jail.
 *
 * Theory of operation.  The caller's terminal never enters a jail: whoever
 * holds it could type into the caller's shell.  Where a command would get it,
 * it gets the slave of a pty made in the jail, and this file copies between
 * the terminal and the master.  Descriptors that are no terminals are handed
 * over as they are, so that pipes and files stay binary clean.
 *
 *	terminal --- in ---> keys ---> master === slave: the jail
 *	terminal <-- out --- shown <-- master
 *
 * The caller's loop waits for signals, the end of the program (a pidfd) and
 * the two directions; each has one buffer, is read only when that has room
 * and written when the other side has.  The terminal's descriptions are
 * shared with the caller's shell, so their flags are not touched: they are
 * opened a second time.
 *
 * Raw mode is for a caller who is alone at the terminal.  With a pipe on
 * standard output another program of the pipeline may read the same keyboard
 * (jexec www dmesg | less).  Then the terminal stays as it is, ^C reaches the
 * whole pipeline, and lines are taken only while nobody has switched the
 * terminal to single keys.
 *
 * The slave stays open here: the master then reports no hang-up when the
 * program closes its terminal and opens /dev/tty later.  That all output has
 * been seen is known otherwise: the program has ended and nothing is left to
 * read (poll and read on a master flush what is under way).
 */
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "jail.h"
#include "jailx.h"
#include "relay.h"
#include "term.h"

#define CHUNK 16384

/* More than a pty can hold: what was written before the program ended. */
#define TAIL_MAX (1024 * 1024)

/* How long a master is left alone that vhangup(2) has made unreadable. */
#define REST_MS 100

struct chan {
	size_t off; /* first byte not yet written */
	size_t len; /* bytes from there */
	char buf[CHUNK];
};

enum wait_for { W_CHILD, W_IN, W_MASTER, W_OUT, W_COUNT };
static_assert(W_COUNT == RELAY_FDS, "the header says how many");

struct relay_io {
	size_t tail; /* bytes read since the end */
	struct chan keys; /* terminal to master */
	struct chan shown; /* master to terminal */
};

/* Close the pty: the kernel sends SIGHUP to whoever runs on it. */
static void
hang_up(struct relay *r)
{
	close_fd(take_fd(&r->slave));
	close_fd(take_fd(&r->master));
}

/* ---- Copying ----------------------------------------------------------- */

/* Would a read or write succeed later? */
static bool
is_later(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Fill an empty buffer.  As read(2). */
static ssize_t
chan_fill(struct chan *c, int fd)
{
	ssize_t n = read(fd, c->buf, sizeof(c->buf));

	c->off = 0;
	c->len = n > 0 ? (size_t)n : 0;
	return n;
}

/* Write what the other side takes.  False when it is gone. */
static bool
chan_drain(struct chan *c, int fd)
{
	ssize_t n = write(fd, c->buf + c->off, c->len);

	if (n < 0)
		return is_later(n);
	c->off += (size_t)n;
	c->len -= (size_t)n;
	return true;
}

/* The end of input typed at a terminal by lines is typed at the pty too. */
static void
type_eof(struct relay *r)
{
	struct termios t;

	if (tcgetattr(r->slave, &t) < 0)
		return;
	r->io->keys.buf[0] = (char)t.c_cc[VEOF];
	r->io->keys.off = 0;
	r->io->keys.len = 1;
}

static void
read_keys(struct relay *r)
{
	ssize_t n;

	if (!r->raw)
		term_enter(r); /* in the foreground only since now */
	if (!r->raw && !term_is_by_line(r->in)) {
		/* The keys are another program's, and stay so. */
		close_fd(take_fd(&r->in));
		return;
	}
	n = chan_fill(&r->io->keys, r->in);
	if (n == 0 && !r->raw)
		type_eof(r);
	else if (n <= 0 && !is_later(n))
		hang_up(r); /* the terminal has gone */
}

static void
read_shown(struct relay *r)
{
	ssize_t n = chan_fill(&r->io->shown, r->master);

	if (n > 0 && r->ended)
		r->io->tail += (size_t)n;
	/* What stays behind in the background may write without end. */
	if (r->ended && (n <= 0 || r->io->tail > TAIL_MAX))
		r->dry = true;
	r->resting = n <= 0 && !is_later(n);
	if (r->out < 0)
		r->io->shown.len = 0; /* nobody looks, but it must flow */
}

static void
write_shown(struct relay *r)
{
	if (chan_drain(&r->io->shown, r->out))
		return;
	close_fd(take_fd(&r->out));
	r->io->shown.len = 0;
}

/* ---- Signals ----------------------------------------------------------- */

static void
pass_on(struct relay *r, int sig)
{
	/* Nobody is left but us, writing to a terminal that may be stuck. */
	if (r->ended) {
		r->dry = true;
		if (r->io != NULL)
			r->io->shown.len = 0;
		return;
	}
	/* A program that has ended meanwhile cannot be signalled: fine. */
	(void)jailx_kill(r->child, sig);
}

/* The caller's terminal has gone: so does the program's, if it has one. */
static void
on_hangup(struct relay *r, int sig)
{
	if (r->master >= 0)
		hang_up(r);
	else
		pass_on(r, sig);
}

static void
on_continue(struct relay *r, int sig)
{
	term_enter(r);
	term_copy_size(r);
	if (r->master < 0)
		pass_on(r, sig);
}

/* The caller stops, with the terminal as he knows it; SIGCONT does the rest. */
static void
on_stop(struct relay *r, int sig)
{
	(void)sig;
	term_leave(r);
}

static void
on_resize(struct relay *r, int sig)
{
	(void)sig;
	term_copy_size(r);
}

static const struct {
	int sig;
	bool pty_only; /* else its default action is right */
	void (*act)(struct relay *r, int sig);
} signals[] = {
	{ SIGHUP, false, on_hangup },
	{ SIGINT, false, pass_on },
	{ SIGQUIT, false, pass_on },
	{ SIGTERM, false, pass_on },
	{ SIGUSR1, false, pass_on },
	{ SIGUSR2, false, pass_on },
	{ SIGCONT, false, on_continue },
	{ SIGTSTP, true, on_stop },
	{ SIGWINCH, true, on_resize },
};

void
relay_signal(struct relay *r, int sig)
{
	size_t i;

	for (i = 0; i < nitems(signals); i++)
		if (signals[i].sig == sig)
			signals[i].act(r, sig);
}

/* ---- The caller's loop -------------------------------------------------- */

void
relay_begin(struct relay *r, struct jailx_child *child)
{
	r->child = child;
	term_enter(r);
}

/* What can be read is what there is room for; what is full is written. */
int
relay_prepare(const struct relay *r, struct pollfd f[static RELAY_FDS])
{
	const struct relay_io *io = r->io;
	short master = 0;
	int i;

	for (i = 0; i < W_COUNT; i++)
		f[i] = (struct pollfd){ .fd = -1 };
	if (!r->ended)
		f[W_CHILD] = (struct pollfd){ r->child->pidfd, POLLIN, 0 };
	if (io == NULL)
		return -1;
	if (io->shown.len == 0)
		master |= POLLIN;
	if (io->keys.len > 0)
		master |= POLLOUT;
	if (!r->ended && r->master >= 0 && io->keys.len == 0 && r->in >= 0 &&
	    term_is_ours(r->in))
		f[W_IN] = (struct pollfd){ r->in, POLLIN, 0 };
	if (master != 0 && !r->resting)
		f[W_MASTER] = (struct pollfd){ r->master, master, 0 };
	if (io->shown.len > 0)
		f[W_OUT] = (struct pollfd){ r->out, POLLOUT, 0 };
	/* once the program has ended the master is only emptied */
	if (r->ended && io->shown.len == 0)
		return 0;
	return r->resting ? REST_MS : -1;
}

static bool
is_over(const struct relay *r)
{
	if (r->io == NULL)
		return r->ended;
	return r->ended && (r->dry || r->master < 0) && r->io->shown.len == 0;
}

bool
relay_handle(struct relay *r, const struct pollfd f[static RELAY_FDS])
{
	r->resting = false;
	if (f[W_CHILD].revents != 0)
		r->ended = true;
	if (r->io == NULL)
		return r->ended;
	if (f[W_OUT].revents != 0)
		write_shown(r);
	if (f[W_IN].revents != 0)
		read_keys(r);
	if ((f[W_MASTER].revents & POLLOUT) != 0 && r->master >= 0 &&
	    !chan_drain(&r->io->keys, r->master))
		r->io->keys.len = 0;
	if ((r->ended || (f[W_MASTER].revents & ~POLLOUT) != 0) &&
	    r->master >= 0 && r->io->shown.len == 0)
		read_shown(r);
	return is_over(r);
}

/* ---- Opening and closing ---------------------------------------------- */

/* Is it ignored, as by nohup(1)?  Then it stays so. */
static bool
is_ignored(int sig)
{
	struct sigaction sa;

	return sigaction(sig, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN;
}

void
relay_signals(sigset_t *set, bool pty)
{
	size_t i;

	(void)sigemptyset(set);
	for (i = 0; i < nitems(signals); i++)
		if ((pty || !signals[i].pty_only) &&
		    !is_ignored(signals[i].sig))
			(void)sigaddset(set, signals[i].sig);
}

static bool
is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

/* Which descriptor to show output on: the terminal among 1, 2 and 0. */
static int
output_fd(const bool is_tty[static 3])
{
	static const int order[] = { STDOUT_FILENO, STDERR_FILENO,
		STDIN_FILENO };
	size_t i;

	for (i = 0; i < nitems(order); i++)
		if (is_tty[order[i]])
			break;
	return i < nitems(order) ? order[i] : -1;
}

bool
relay_wants_pty(void)
{
	return isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) ||
	       isatty(STDERR_FILENO);
}

/* A pty for the descriptors of how that are terminals; out is one of them. */
static int
open_pty(
    struct relay *r, int jid, const struct jailx_user *user, int out, bool keys)
{
	if ((r->io = calloc(1, sizeof(*r->io))) == NULL) {
		(void)snprintf(
		    jail_errmsg, JAIL_ERRMSGLEN, "%s", strerror(errno));
		return -1;
	}
	if (jailx_pty_open(jid, user, &r->master, &r->slave) < 0)
		return -1;
	/* A failure shows as a read that waits, which poll prevents. */
	(void)fcntl(r->master, F_SETFL, O_RDWR | O_NONBLOCK);
	r->out = term_reopen(out, O_RDWR);
	r->in = keys ? term_reopen(STDIN_FILENO, O_RDWR) : -1;
	r->size = out;
	r->alone = r->in >= 0 && !is_pipe(STDOUT_FILENO);
	term_copy_modes(r, out);
	term_copy_size(r);
	return 0;
}

int
relay_open(struct relay *r, int jid, const struct jailx_user *user,
    const int fds[static 3], struct jailx_spawn *how)
{
	bool is_tty[3];
	int i, out;

	for (i = 0; i < 3; i++) {
		how->stdio[i] = fds[i];
		is_tty[i] = isatty(fds[i]);
	}
	how->ctty = false;
	if ((out = output_fd(is_tty)) < 0)
		return 0;
	if (open_pty(r, jid, user, fds[out], is_tty[STDIN_FILENO]) < 0) {
		relay_close(r);
		return -1;
	}
	for (i = 0; i < 3; i++)
		if (is_tty[i])
			how->stdio[i] = r->slave;
	how->ctty = true;
	return 0;
}

void
relay_close(struct relay *r)
{
	term_leave(r);
	hang_up(r);
	close_fd(take_fd(&r->in));
	close_fd(take_fd(&r->out));
	free(take_ptr(r->io));
}

int
relay_exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}
