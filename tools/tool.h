/* SPDX-License-Identifier: BSD-2-Clause */
/* What every tool does first and last, and how it says how it is used. */
#ifndef TOOLS_TOOL_H
#define TOOLS_TOOL_H

/*
 * First of all in main().  Descriptors 0 to 2 that are closed are opened on
 * /dev/null, so that nothing opened later is taken for one of them.  Standard
 * output is flushed and checked at exit.  Answers --help and --version, where
 * one is the first argument, and exits; neither needs privilege.
 *
 * usage is the whole message with its newlines: "usage: ...".
 */
void tool_init(char *const *argv, const char *usage);

/* The usage message to standard error, exit 1. */
_Noreturn void tool_usage(const char *usage);

#endif
