/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lockall DIR...: as nobody, hold every lock that can be got on whatever can
 * be opened below DIR, what is new too, until killed.  READY is made by
 * whoever watches the output: a line "N locks" after the first round.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MAX 60000

static ino_t seen[MAX];
static int nseen;

static int
lock_it(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	int fd, i;

	(void)type;
	(void)ftw;
	for (i = 0; i < nseen; i++) {
		if (seen[i] == st->st_ino)
			return 0;
	}
	for (i = 0; i < 3; i++) {
		fd = open(path, modes[i] | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
		    nseen < MAX) {
			seen[nseen++] = st->st_ino;
			return 0;
		}
		if (fd >= 0)
			(void)close(fd);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct rlimit many = { MAX + 100, MAX + 100 };
	struct timespec pause = { 0, 2000000 };
	int i, first = 1;

	(void)setrlimit(RLIMIT_NOFILE, &many);
	if (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 ||
	    setresuid(65534, 65534, 65534) < 0)
		err(2, "nobody");
	for (;;) {
		for (i = 1; i < argc; i++)
			(void)nftw(argv[i], lock_it, 32, FTW_PHYS);
		if (first)
			(void)printf("%d locks\n", nseen);
		(void)fflush(stdout);
		first = 0;
		(void)nanosleep(&pause, NULL);
	}
}
