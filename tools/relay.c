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
 * One loop waits for signals (a signalfd), the end of the program (a pidfd)
 * and the two directions; each has one buffer, is read only when that has
 * room and written when the other side has.  The terminal's descriptions are
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
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
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

enum wait_for { W_SIGNAL, W_CHILD, W_IN, W_MASTER, W_OUT, W_COUNT };

struct loop {
	struct relay *r;
	struct jailx_child *child;
	bool ended; /* the program has */
	bool dry; /* and the master is empty */
	bool resting; /* the master fails for now */
	size_t tail; /* bytes read since the end */
	struct pollfd fds[W_COUNT];
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
type_eof(struct loop *l)
{
	struct termios t;

	if (tcgetattr(l->r->slave, &t) < 0)
		return;
	l->keys.buf[0] = (char)t.c_cc[VEOF];
	l->keys.off = 0;
	l->keys.len = 1;
}

static void
read_keys(struct loop *l)
{
	struct relay *r = l->r;
	ssize_t n;

	if (!r->raw)
		term_enter(r); /* in the foreground only since now */
	if (!r->raw && !term_is_by_line(r->in)) {
		/* The keys are another program's, and stay so. */
		close_fd(take_fd(&r->in));
		return;
	}
	n = chan_fill(&l->keys, r->in);
	if (n == 0 && !r->raw)
		type_eof(l);
	else if (n <= 0 && !is_later(n))
		hang_up(r); /* the terminal has gone */
}

static void
read_shown(struct loop *l)
{
	ssize_t n = chan_fill(&l->shown, l->r->master);

	if (n > 0 && l->ended)
		l->tail += (size_t)n;
	/* What stays behind in the background may write without end. */
	if (l->ended && (n <= 0 || l->tail > TAIL_MAX))
		l->dry = true;
	l->resting = n <= 0 && !is_later(n);
	if (l->r->out < 0)
		l->shown.len = 0; /* nobody looks, but it must flow */
}

static void
write_shown(struct loop *l)
{
	if (chan_drain(&l->shown, l->r->out))
		return;
	close_fd(take_fd(&l->r->out));
	l->shown.len = 0;
}

/* ---- Signals ----------------------------------------------------------- */

static void
pass_on(struct loop *l, int sig)
{
	/* Nobody is left but us, writing to a terminal that may be stuck. */
	if (l->ended) {
		l->dry = true;
		l->shown.len = 0;
		return;
	}
	/* A program that has ended meanwhile cannot be signalled: fine. */
	(void)jailx_kill(l->child, sig);
}

/* The caller's terminal has gone: so does the program's, if it has one. */
static void
on_hangup(struct loop *l, int sig)
{
	if (l->r->master >= 0)
		hang_up(l->r);
	else
		pass_on(l, sig);
}

/* Stop, with the terminal as the caller knows it; SIGCONT does the rest. */
static void
on_stop(struct loop *l, int sig)
{
	(void)sig;
	term_leave(l->r);
	(void)raise(SIGSTOP);
}

static void
on_continue(struct loop *l, int sig)
{
	term_enter(l->r);
	term_copy_size(l->r);
	if (l->r->master < 0)
		pass_on(l, sig);
}

static void
on_resize(struct loop *l, int sig)
{
	(void)sig;
	term_copy_size(l->r);
}

static const struct {
	int sig;
	bool pty_only; /* else its default action is right */
	void (*act)(struct loop *l, int sig);
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

static void
signals_read(struct loop *l)
{
	struct signalfd_siginfo si;
	size_t i;

	if (read(l->fds[W_SIGNAL].fd, &si, sizeof(si)) != sizeof(si))
		return;
	for (i = 0; i < nitems(signals); i++)
		if (signals[i].sig == (int)si.ssi_signo)
			signals[i].act(l, signals[i].sig);
}

/* ---- The loop ---------------------------------------------------------- */

/* What can be read is what there is room for; what is full is written. */
static void
loop_prepare(struct loop *l)
{
	const struct relay *r = l->r;
	struct pollfd *f = l->fds;
	short master = 0;

	if (l->shown.len == 0)
		master |= POLLIN;
	if (l->keys.len > 0)
		master |= POLLOUT;
	f[W_CHILD] =
	    (struct pollfd){ l->ended ? -1 : l->child->pidfd, POLLIN, 0 };
	f[W_IN] = (struct pollfd){ r->in, POLLIN, 0 };
	if (l->ended || r->master < 0 || l->keys.len > 0 ||
	    (r->in >= 0 && !term_is_ours(r->in)))
		f[W_IN].fd = -1;
	f[W_MASTER] = (struct pollfd){ r->master, master, 0 };
	if (master == 0 || l->resting)
		f[W_MASTER].fd = -1;
	f[W_OUT] =
	    (struct pollfd){ l->shown.len > 0 ? r->out : -1, POLLOUT, 0 };
}

/* Is all done? */
static bool
loop_is_over(const struct loop *l)
{
	return l->ended && (l->dry || l->r->master < 0) && l->shown.len == 0;
}

/* How long to wait: once the program has ended the master is only emptied. */
static int
loop_timeout(const struct loop *l)
{
	if (l->ended && l->shown.len == 0)
		return 0;
	return l->resting ? REST_MS : -1;
}

static int
loop_step(struct loop *l)
{
	struct pollfd *f = l->fds;

	loop_prepare(l);
	if (poll(f, W_COUNT, loop_timeout(l)) < 0)
		return errno == EINTR ? 0 : -1;
	l->resting = false;
	if (f[W_CHILD].revents != 0)
		l->ended = true;
	if (f[W_OUT].revents != 0)
		write_shown(l);
	if (f[W_IN].revents != 0)
		read_keys(l);
	if ((f[W_MASTER].revents & POLLOUT) != 0 && l->r->master >= 0 &&
	    !chan_drain(&l->keys, l->r->master))
		l->keys.len = 0;
	if ((l->ended || (f[W_MASTER].revents & ~POLLOUT) != 0) &&
	    l->r->master >= 0 && l->shown.len == 0)
		read_shown(l);
	if (f[W_SIGNAL].revents != 0)
		signals_read(l);
	return 0;
}

static int
loop_run(struct loop *l)
{
	while (!loop_is_over(l))
		if (loop_step(l) < 0)
			return -1;
	return 0;
}

int
relay_run(struct relay *r, struct jailx_child *child, int *ret_status)
{
	struct loop l = { .r = r, .child = child };
	int err;

	l.fds[W_SIGNAL] = (struct pollfd){ r->signals, POLLIN, 0 };
	term_enter(r);
	err = loop_run(&l);
	term_leave(r);
	if (err < 0) {
		(void)snprintf(
		    jail_errmsg, JAIL_ERRMSGLEN, "poll: %s", strerror(errno));
		return -1;
	}
	return jailx_wait(child, ret_status);
}

/* ---- Opening and closing ---------------------------------------------- */

/* Is it ignored, as by nohup(1)?  Then it stays so. */
static bool
is_ignored(int sig)
{
	struct sigaction sa;

	return sigaction(sig, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN;
}

/* Hold back the signals of the table, to be read from r->signals. */
static int
signals_open(struct relay *r)
{
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < nitems(signals); i++)
		if ((r->master >= 0 || !signals[i].pty_only) &&
		    !is_ignored(signals[i].sig))
			(void)sigaddset(&set, signals[i].sig);
	r->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (r->signals < 0) {
		(void)snprintf(jail_errmsg, JAIL_ERRMSGLEN, "signalfd: %s",
		    strerror(errno));
		return -1;
	}
	return sigprocmask(SIG_BLOCK, &set, &r->mask);
}

static void
signals_close(struct relay *r)
{
	if (r->signals < 0)
		return;
	close_fd(take_fd(&r->signals));
	(void)sigprocmask(SIG_SETMASK, &r->mask, NULL);
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

int
relay_open(struct relay *r, int jid, const struct jailx_user *user,
    struct jailx_spawn *how)
{
	bool is_tty[3];
	int fd, out;

	for (fd = 0; fd < 3; fd++) {
		how->stdio[fd] = fd;
		is_tty[fd] = isatty(fd);
	}
	how->ctty = false;
	if ((out = output_fd(is_tty)) < 0)
		return signals_open(r);
	if (jailx_pty_open(jid, user, &r->master, &r->slave) < 0)
		return -1;
	/* A failure shows as a read that waits, which poll prevents. */
	(void)fcntl(r->master, F_SETFL, O_RDWR | O_NONBLOCK);
	r->out = term_reopen(out, O_RDWR);
	r->in = is_tty[STDIN_FILENO] ? term_reopen(STDIN_FILENO, O_RDWR) : -1;
	r->size = out;
	r->alone = r->in >= 0 && !is_pipe(STDOUT_FILENO);
	term_copy_modes(r, out);
	term_copy_size(r);
	for (fd = 0; fd < 3; fd++)
		if (is_tty[fd])
			how->stdio[fd] = r->slave;
	how->ctty = true;
	return signals_open(r);
}

void
relay_close(struct relay *r)
{
	term_leave(r);
	hang_up(r);
	signals_close(r);
	close_fd(take_fd(&r->in));
	close_fd(take_fd(&r->out));
}

int
relay_exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}
