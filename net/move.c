/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * take, give: interfaces of the host into a jail, and home again.
 *
 * In the jail its root may rename them and give them more names; they are
 * known by their index there, which the caller chose.  Wherever it goes, an
 * interface loses its addresses and is down.
 */
#include <errno.h>
#include <linux/if_link.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "jerr.h"
#include "nl.h"
#include "verbs.h"

#ifndef IFLA_NEW_IFINDEX
#define IFLA_NEW_IFINDEX 49
#endif

#define HOME_FD (VERB_FD + 1)
#define ANY_NAMES 1000 /* dev0... as the kernel calls those it sends home */

struct move {
	int home, inside; /* its index there */
	char name[16]; /* at home */
};

static int
parse(const char *word, struct move *ret, struct jerr *e)
{
	if (sscanf(word, "%d,%d,%15s", &ret->home, &ret->inside, ret->name) !=
	    3)
		return jerr(e, EINVAL, "%s: not HOME,INSIDE,NAME", word);
	return 0;
}

/* Move it; new index and name may be 0 and NULL. */
static int
move(struct nl *nl, int index, int netns, int new_index, const char *name)
{
	struct nl_request req;
	struct ifinfomsg *ifi = nl_begin(&req, RTM_SETLINK, 0, sizeof(*ifi));

	ifi->ifi_index = index;
	mnl_attr_put_u32(&req.head, IFLA_NET_NS_FD, (uint32_t)netns);
	if (new_index > 0)
		mnl_attr_put_u32(
		    &req.head, IFLA_NEW_IFINDEX, (uint32_t)new_index);
	if (name != NULL)
		mnl_attr_put_strz(&req.head, IFLA_IFNAME, name);
	return nl_talk(nl, &req);
}

/* ---- take ---- */

static int
take_one(struct nl *nl, const struct move *m, struct jerr *e)
{
	struct nl_link link = { 0 };
	int r = nl_link_get(nl, NULL, m->home, &link);

	if (r == -ENODEV || (r == 0 && strcmp(link.name, m->name) != 0))
		return jerr(
		    e, ENXIO, "vnet.interface: %s: it has gone", m->name);
	if (r == 0)
		r = move(nl, m->home, VERB_FD, m->inside, NULL);
	if (r == -EEXIST)
		return jerr(e, EEXIST,
		    "vnet.interface: %s: the jail has an interface of that "
		    "name",
		    m->name);
	if (r == -EINVAL)
		return jerr(e, EINVAL,
		    "vnet.interface: %s cannot leave its network stack, as "
		    "loopback interfaces and bridges cannot",
		    m->name);
	return r < 0 ? jerr_sys(e, -r, "vnet.interface: %s", m->name) : 0;
}

int
verb_take(char *const *words, struct jerr *e)
{
	auto_nl struct nl nl = NL_INIT;
	struct move m;
	int r;

	if ((r = nl_open(&nl, -1)) < 0)
		return jerr_sys(e, -r, "netlink");
	for (; r == 0 && *words != NULL; words++) {
		if ((r = parse(*words, &m, e)) == 0)
			r = take_one(&nl, &m, e);
	}
	return r;
}

/* ---- give ---- */

static int
drop_name(struct nl *nl, int index, const char *name)
{
	struct nl_request req;
	struct nlattr *list;
	struct ifinfomsg *ifi =
	    nl_begin(&req, RTM_DELLINKPROP, 0, sizeof(*ifi));

	ifi->ifi_index = index;
	list = mnl_attr_nest_start(&req.head, IFLA_PROP_LIST);
	mnl_attr_put_strz(&req.head, IFLA_ALT_IFNAME, name);
	mnl_attr_nest_end(&req.head, list);
	return nl_talk(nl, &req);
}

/* The first of its other names, into a text of IFALTNAME (128) bytes. */
static int
first_other_name(const struct nlmsghdr *m, void *arg)
{
	const struct nlattr *a =
	    nl_attr_in(nl_attr(m, sizeof(struct ifinfomsg), IFLA_PROP_LIST),
		IFLA_ALT_IFNAME);

	if (a != NULL)
		(void)snprintf(arg, 128, "%s", mnl_attr_get_str(a));
	return 0;
}

/* One of them may be taken at home. */
static void
drop_names(struct nl *nl, int index)
{
	struct nl_request req;
	struct ifinfomsg *ifi;
	char name[128];

	do {
		*name = '\0';
		ifi = nl_begin(&req, RTM_GETLINK, 0, sizeof(*ifi));
		ifi->ifi_index = index;
	} while (nl_ask(nl, &req, first_other_name, name) == 0 &&
		 *name != '\0' && drop_name(nl, index, name) == 0);
}

static bool
is_at_home(struct nl *nl, const struct move *m)
{
	struct nl_link link = { 0 };

	return nl_link_get(nl, NULL, m->home, &link) == 0 &&
	       strcmp(link.name, m->name) == 0;
}

/* Under a name that nobody has. */
static int
move_as_any(struct nl *nl, int index)
{
	int i, r = -EEXIST;
	char name[16];

	for (i = 0; r == -EEXIST && i < ANY_NAMES; i++) {
		(void)snprintf(name, sizeof(name), "dev%d", i);
		r = move(nl, index, HOME_FD, 0, name);
	}
	return r;
}

/* Its own index back, if that is still free; then its name, or any. */
static int
give_one(struct nl *nl, const struct move *m)
{
	int r = move(nl, m->inside, HOME_FD, m->home, m->name);

	if (r == -EBUSY)
		r = move(nl, m->inside, HOME_FD, 0, m->name);
	if (r == -EEXIST) {
		drop_names(nl, m->inside);
		r = move(nl, m->inside, HOME_FD, 0, m->name);
	}
	if (r == -EEXIST)
		r = move_as_any(nl, m->inside);
	return r;
}

int
verb_give(char *const *words, struct jerr *e)
{
	auto_nl struct nl inside = NL_INIT, home = NL_INIT;
	struct move m;
	int r, first = 0;

	if ((r = nl_open(&inside, VERB_FD)) < 0 ||
	    (r = nl_open(&home, HOME_FD)) < 0)
		return jerr_sys(e, -r, "network namespace");
	for (; *words != NULL; words++) {
		if ((r = parse(*words, &m, e)) < 0)
			return r;
		/* it was recorded before it was to be taken */
		if (is_at_home(&home, &m))
			continue;
		r = give_one(&inside, &m);
		/* one that was taken away there has no home any more */
		if (r < 0 && r != -ENODEV && first == 0)
			first = jerr_sys(e, -r, "vnet.interface: %s", m.name);
	}
	return first;
}
