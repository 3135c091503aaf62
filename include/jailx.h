/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libjail offers beyond FreeBSD's interface: the parameter table, sets
 * of parameters, whole operations on jails, and processes inside them.
 *
 * Unless said otherwise a function returns 0 or more on success, and -1 with
 * errno set and a sentence in jail_errmsg on failure.  Outputs are untouched
 * on failure.
 */
#ifndef JAILX_H
#define JAILX_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* ---- The parameter table ------------------------------------------- */

enum jailx_type {
	JAILX_BOOL, /* "true" or "false" */
	JAILX_INT,
	JAILX_ULONG,
	JAILX_STRING,
	JAILX_JAILSYS, /* "disable", "new" or "inherit" */
	JAILX_IP4, /* list of IPv4 addresses */
	JAILX_IP6, /* list of IPv6 addresses */
	JAILX_KEYVALUE, /* lines of key=value: meta, env */
	JAILX_LIST, /* list of free texts: exec.start, mount, ... */
};

enum {
	JAILX_CREATE = 0x01, /* at creation only */
	JAILX_RDONLY = 0x02, /* cannot be set */
	JAILX_PSEUDO = 0x04, /* jail(8)'s; jls and jailparam_*() refuse it */
	JAILX_HIDDEN = 0x08, /* readable by root alone */
	JAILX_LATER = 0x10, /* only its default value is supported yet */
	JAILX_NODEF = 0x20, /* no fixed default: computed (jid, name...) */
};

struct jailx_param {
	const char *name;
	enum jailx_type type;
	unsigned int flags;
	long min, max; /* INT: bounds; STRING: max bytes + NUL */
	const char *def; /* default as text; NULL: empty */
	const char *desc; /* one line, for help and completion */
};

/*
 * Find a parameter by name, NULL if there is none.  For a boolean the "no"
 * form is found too and *ret_no, where given, says so.  "meta.KEY" and
 * "env.KEY" find meta and env.
 */
const struct jailx_param *jailx_param_find(const char *name, bool *ret_no);

/* The table in its order: the one after p, the first for NULL, or NULL. */
const struct jailx_param *jailx_param_next(const struct jailx_param *p);

/* The known name nearest to a mistyped one, or NULL if none is near. */
const char *jailx_param_suggest(const char *name);

/* ---- Text ------------------------------------------------------------ */

enum jailx_quote {
	JAILX_QUOTE_JLS, /* jls -q: no escapes inside */
	JAILX_QUOTE_CONF, /* jail -J: quote and backslash escaped */
	JAILX_QUOTE_FILE, /* jail -e: and jail.conf(5) gives the value back */
};

/*
 * The one quoting routine: value as jls -q, jail -J or -e print it, to be
 * freed; NULL when memory is out.  An empty value gives "".
 */
char *jailx_quote(const char *value, enum jailx_quote how);

/* ---- Sets of parameters ---------------------------------------------- */

struct jailx_set; /* parameter values, each unset or a list of texts */

struct jailx_set *jailx_set_new(void);
void jailx_set_free(struct jailx_set *set);

/*
 * Give a parameter a value: "name", "noname", "meta.KEY".  value NULL is the
 * bare form.  Lists grow by one element (addresses: by the comma separated
 * ones) at each call, others are replaced.  The text is checked and put into
 * canonical form.  Fails with EINVAL or, for an unknown name, ENOENT.
 */
int jailx_set_add(struct jailx_set *set, const char *name, const char *value);

/*
 * The same, with what jail(8) takes beyond that for ip4.addr and ip6.addr:
 * [IFACE|]ADDR[/MASK][ ARG ...].  The value is the bare addresses; the rest is
 * for jailx_set_alias().
 */
int jailx_set_address(
    struct jailx_set *set, const char *name, const char *value);

/* An address that an interface of the host is to have for the jail's life. */
struct jailx_alias {
	const char *interface, *address; /* of the set */
	int family; /* AF_INET, AF_INET6 */
	unsigned int prefix;
	const char *broadcast; /* NULL: none was given */
};

/* The i-th one, in the order of configuring; false past the last. */
bool jailx_set_alias(
    const struct jailx_set *set, size_t i, struct jailx_alias *ret);

/* Forget a parameter's value. */
void jailx_set_clear(struct jailx_set *set, const char *name);

/* Has it a value of its own?  Unknown names have none. */
bool jailx_set_has(const struct jailx_set *set, const char *name);

/*
 * The text of element i, or the default where unset; NULL past the end of a
 * list or for an unset parameter without default.  "meta.KEY" gives the
 * key's value.  Owned by the set (keys: until the next call on it).
 */
const char *jailx_set_get(
    const struct jailx_set *set, const char *name, size_t i);

/* How many elements it has (a scalar that is set or has a default: 1). */
size_t jailx_set_count(const struct jailx_set *set, const char *name);

/* As jailx_set_get() of element 0, as a number or boolean. */
long jailx_set_int(const struct jailx_set *set, const char *name);
bool jailx_set_bool(const struct jailx_set *set, const char *name);

/* ---- Jails ------------------------------------------------------------ */

/*
 * Create a jail from a set and return its jid.  The jail must persist or
 * ret_hold be given: then the jail lives at least until jailx_release(), and
 * if the caller dies before that, until the next privileged look at it.
 */
int jailx_create(const struct jailx_set *set, int *ret_hold);

/*
 * What the last jailx_create() has to say beside its success: sentences for
 * the user, one a line, or the empty string.
 */
const char *jailx_notes(void);

/*
 * What a jail of this set could write to and unprivileged users of the host
 * can reach: a setuid program that the jail's root makes there is root's for
 * them.  "PARAMETER NAME", one a line, to be freed; NULL for nothing.
 */
char *jailx_exposed(const struct jailx_set *set);

/*
 * End the hold of jailx_create(): a jail that is neither persistent nor has
 * a process left, or that has ended meanwhile, is removed, and *ret_lock is
 * set, as by jailx_end().  hold is closed in any case.  Another jail that has
 * got the jid meanwhile is not touched.
 */
int jailx_release(int jid, int hold, int *ret_lock);

/*
 * The same for a start that failed: the jail is removed, whatever it runs,
 * and nothing follows.
 */
int jailx_abandon(int jid, int hold);

/*
 * Who a jid is: a number that no other jail ever has, 0 if there is none.
 * Jids are given out again; what takes time keeps this.
 */
uint64_t jailx_id(int jid);

/*
 * Kill and remove the jail, as jail_remove(), if it still is this one, but
 * nothing follows.  One that has gone is success.
 */
int jailx_remove(int jid, uint64_t id);

/* Change a running jail; nothing is changed when it fails. */
int jailx_update(int jid, const struct jailx_set *set);

/*
 * Replace set's content by all parameters of the jail (jail_getid() gives
 * the jid of a name).  Those of JAILX_HIDDEN only when the caller is root.
 * Adds "dying".  ENOENT when it is gone or dying, unless dying is true;
 * EPROTO when a newer version made it, whose record cannot be read.
 */
int jailx_load(struct jailx_set *set, int jid, bool dying);

/*
 * All jails in ascending order of jid.  Open gives NULL only when memory is
 * out or a host without cgroup2; next replaces set's content and returns the
 * jid, or 0 at the end.  Jails that go meanwhile are passed over.  Root
 * also clears away what dead builders left.
 */
enum {
	JAILX_ITER_DYING = 0x1, /* dying jails as well */
	JAILX_ITER_HIDDEN = 0x2, /* parameters of JAILX_HIDDEN as well */
};
struct jailx_iter;
struct jailx_iter *jailx_iter_open(unsigned int flags);
int jailx_iter_next(struct jailx_iter *it, struct jailx_set *set);
void jailx_iter_close(struct jailx_iter *it);

/*
 * Check what jailx_create() will find: the parameters, path, the sources and
 * targets of mounts, what a thin jail needs, as far as it can be told before
 * the jail is there.  Nothing is made, and no privilege is needed but to read.
 */
int jailx_check(const struct jailx_set *set);

/*
 * SIGTERM to every process of this very jail.  Returns a descriptor, to be
 * closed, that polls with POLLPRI when their number has become zero (look
 * every 100 ms, too: the kernel holds such notices back).  pids, where given,
 * receives the pids signalled, to be freed, ended by 0.
 */
int jailx_stop(int jid, uint64_t id, pid_t **ret_pids);

/* Has the jail of a descriptor of jailx_stop() no process left? */
bool jailx_is_stopped(int fd);

/* The pid, on the host, of the jail's first process; its root is the jail's. */
pid_t jailx_warden(int jid, uint64_t id);

/*
 * Open a file of the host to append output to, made if it is missing; ENXIO
 * if it is a FIFO or a device.  Below root, the jail's path, no part of the
 * name may be a symbolic link, as the jail may have made it, and elsewhere not
 * the last: ELOOP.
 */
int jailx_log_open(const char *root, const char *file);

/*
 * Move the interfaces of vnet.interface from the caller's network namespace
 * into the jail; from then on they go home when it ends, however it ends, if
 * it has a keeper (jailx_keep()).
 */
int jailx_take_interfaces(int jid, uint64_t id);

/* ---- What is taken from the host --------------------------------------- */

/*
 * Before a jail is created, configure the aliases of its set.  What was done
 * is recorded beforehand, and *ret_taken stands for the record; NULL where
 * nothing was to be done, or all of it was there before and stays.  If the
 * caller dies the next privileged look at jails gives back.
 */
struct jailx_taken;
int jailx_take(const struct jailx_set *set, struct jailx_taken **ret_taken);

/*
 * The jail is there: what was taken is recorded with it, goes back when it is
 * removed, and taken is done with.  On failure it is the caller's still.
 */
int jailx_taken_to(struct jailx_taken *taken, int jid, uint64_t id);

/* The start has failed: give back, as far as possible.  taken may be NULL. */
int jailx_untake(struct jailx_taken *taken);

/*
 * A jail has gone, and lock is of jailx_end() or jailx_keep(): give back what
 * was taken for it, at this place in what follows.  jailx_forget() does what
 * was not.
 */
int jailx_give_back(int jid, uint64_t id, int lock);

/* ---- What follows a jail's end ---------------------------------------- */

/*
 * Commands that are to run on the host once a jail has gone (exec.poststop,
 * exec.release) must run once, whoever removes the jail or whatever ends it.
 * So its record outlives it until jailx_forget(), and whoever does the work
 * holds a lock on that.  A keeper, a process of the host, does it for a jail
 * that ends by itself or by jail_remove().
 *
 * jailx_keep() says that there is such work, and forks the keeper: in it, when
 * the jail has ended and been removed and nobody else does the work, fn is
 * called.  In the caller, which has one thread, it returns at once.  EEXIST:
 * the jail has a keeper.  Nothing follows a start that fails: a jail that is
 * held when its starter dies is removed silently.
 *
 * fn begins each step with jailx_mark() and ends with jailx_forget().  If it
 * only closes lock, or dies, the next one goes on where it was.  In the keeper
 * it has the caller's memory, but none of its descriptors; standard input,
 * output and error are /dev/null, the directory is /, no signal is blocked or
 * ignored, and the stack is 1 MiB.
 */
typedef void jailx_keeper(int jid, uint64_t id, int lock, void *arg);
int jailx_keep(int jid, uint64_t id, jailx_keeper *fn, void *arg);

/*
 * Kill and remove the jail, but keep its record where work follows: *ret_lock
 * is -1 if there is none or another process does it, which is not waited for.
 * The record can be read by jailx_load() with dying.
 */
int jailx_end(int jid, uint64_t id, int *ret_lock);

/*
 * Begin step n (1, 2, ...) of that work: 1, or 0 if it has been begun before.
 * Written before the step is done, so that none is ever done twice.
 */
int jailx_mark(int jid, uint64_t id, int lock, int n);

/* All is done: nothing is left of the jail.  Closes lock. */
int jailx_forget(int jid, uint64_t id, int lock);

/*
 * Call fn, here, for each jail that has ended with its work not done and
 * nobody at it: its keeper was killed.  Cheap where none was.
 */
int jailx_unfinished(jailx_keeper *fn, void *arg);

/* ---- Users ------------------------------------------------------------ */

struct jailx_user {
	uid_t uid; /* in the jail's numbering */
	gid_t gid;
	gid_t *groups; /* supplementary, ngroups of them */
	size_t ngroups;
	char *name;
	char *home;
	char *shell; /* never empty: /bin/sh */
};

/*
 * Look a user (name, or uid in text) up: on the host (jid 0, with NSS) or in
 * the jail's own etc/passwd and etc/group, which are only parsed.
 * ENOENT: "USER: no such user".
 */
int jailx_user_find(struct jailx_user *user, int jid, const char *name);
void jailx_user_done(struct jailx_user *user);

/* ---- Processes in a jail ---------------------------------------------- */

struct jailx_spawn {
	uint64_t id; /* of the jail that is meant, 0: whoever has the jid */
	const char *const *argv;
	const char *const *envp; /* the whole environment */
	const struct jailx_user *user; /* NULL: root */
	const char *cwd; /* in the jail; NULL: "/" */
	int stdio[3]; /* become 0, 1 and 2 */
	bool ctty; /* stdio is a pty: new session on it */
	bool survive; /* goes on when the caller dies */
};

struct jailx_child {
	pid_t pid; /* of the process that stands for it on the host */
	int pidfd; /* readable when it has ended */
	int status; /* pipe with the end of the program */
	int leash; /* its closing ends the program, unless it survives */
};

/*
 * Start a program in a jail.  Returns when it has been exec'd.  Names in the
 * program's path are resolved in the jail: argv[0] with a slash as it is,
 * else along PATH of envp.  A failed exec gives its errno (ENOENT, EACCES,
 * ENOEXEC...) and a sentence that tells a missing ELF interpreter from a
 * missing file; ESRCH: the jail is dying; EISDIR: stdio is a directory.
 * Terminals in stdio are refused with ENOTTY unless ctty: see
 * jailx_pty_open().
 */
int jailx_spawn(
    int jid, const struct jailx_spawn *how, struct jailx_child *ret_child);

/*
 * After a failed jailx_spawn(), or jailx_create() or jailx_check() of a thin
 * jail: what a shell would exit with, 127 or 126, if it was the exec itself
 * that failed, else 0.
 */
int jailx_exec_status(void);

/*
 * The wait status of the program, as of waitpid(2), once it has ended; the
 * child is done afterwards.  Blocks.
 */
int jailx_wait(struct jailx_child *child, int *ret_status);

/* Send the program a signal; nothing once it has ended. */
int jailx_kill(const struct jailx_child *child, int sig);

/*
 * A pty made of the jail's own devpts (of the host's, where the jail has
 * none), owned by user.  Both descriptors are close-on-exec.
 */
int jailx_pty_open(
    int jid, const struct jailx_user *user, int *ret_master, int *ret_slave);

/* ---- Sockets ----------------------------------------------------------- */

struct jailx_address {
	unsigned char ip[16]; /* the first 4 of IPv4 */
	uint16_t port; /* of a raw socket: its protocol */
};

struct jailx_socket {
	int family; /* AF_INET, AF_INET6, AF_UNIX */
	int type; /* of AF_UNIX: SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET */
	int proto; /* IPPROTO_TCP...; of AF_UNIX: 0 */
	int state; /* TCP_LISTEN..., whatever the protocol */
	bool both; /* of AF_INET6: idle, and takes IPv4 as well */
	uid_t uid; /* as the host numbers them */
	ino_t inode; /* of its descriptors; 0: no process has it */
	uint64_t cgroup; /* that it was made in, 0: not told */
	unsigned int ifindex; /* it is bound to, 0: none */
	struct jailx_address local, foreign;
	/*
	 * The port that the kernel has, where it is another than the one that
	 * a program in a jail asked for, which is the local one; 0: the same.
	 */
	uint16_t real_port;
	/* AF_UNIX: no NUL at the end of the name; an abstract one begins so. */
	const char *name;
	size_t name_len; /* 0: it has none */
	ino_t peer; /* 0: it has none */
};

/* More than 0: enough, jailx_sockets() returns that. */
typedef int jailx_socket_fn(const struct jailx_socket *s, void *arg);

/*
 * Call fn for each socket of a family, protocol (of AF_UNIX: 0) and state (a
 * bit of states: 1 << TCP_LISTEN...) in the network namespace of a jail, 0: of
 * the caller.  The socket lives as long as the call.  ENOENT: this kernel does
 * not list such.  ENOTSUP: it lists none at all.
 */
int jailx_sockets(int jid, int family, int proto, uint32_t states,
    jailx_socket_fn *fn, void *arg);

/*
 * Which network namespace it is: a number of its own, the same for those who
 * share it.  0: unknown (only root is told).
 */
uint64_t jailx_net(int jid);

/* ---- Whose a process or socket is -------------------------------------- */

/* What is known of cgroups; NULL: as jailx_iter_open(). */
struct jailx_where;
struct jailx_where *jailx_where_open(void);
void jailx_where_close(struct jailx_where *w);

/*
 * The jid of the nearest jail that a cgroup belongs to, 0: the host's.
 * ENOENT: it is not known any more, the cgroup has gone.
 */
int jailx_where_cgroup(struct jailx_where *w, uint64_t cgroup);

/* The same of a process, by a descriptor of its directory in /proc. */
int jailx_where_process(struct jailx_where *w, int proc);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif
