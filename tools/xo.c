/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libxo's options and its JSON, byte for byte: scripts compare whole lines.
 * json-c does the strings.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "buf.h"
#include "cleanup.h"
#include "tool.h"
#include "xo.h"

/* What stands for bytes that are no UTF-8: U+FFFD. */
#define REPLACEMENT "\xef\xbf\xbd"

/* ---- Options ----------------------------------------------------------- */

/* The words of --libxo=WORD,WORD and the letters of --libxo:LETTERS. */
static const struct {
	const char *word;
	char letter;
	bool refused;
	bool json, pretty; /* that it says so */
} options[] = {
	{ "html", 'H', true, false, false },
	{ "json", 'J', false, true, false },
	{ "pretty", 'P', false, false, true },
	{ "text", 'T', false, false, false },
	{ "xml", 'X', true, false, false },
};

/* One option: a word, or with len 1 perhaps a letter. */
static void
option(struct xo *x, const char *text, size_t len, bool is_letter)
{
	size_t i;

	for (i = 0; i < nitems(options); i++)
		if (is_letter ? *text == options[i].letter
			      : strlen(options[i].word) == len &&
				    strncmp(text, options[i].word, len) == 0)
			break;
	if (i == nitems(options))
		errx(1, "unknown libxo option: '%.*s'", (int)len, text);
	if (options[i].refused)
		errx(1, "output as %s is not supported, only text and json",
		    options[i].word);
	if (options[i].pretty)
		x->pretty = true;
	else
		x->json = options[i].json;
}

static void
words(struct xo *x, const char *list)
{
	size_t len;

	for (;; list += len + 1) {
		len = strcspn(list, ",");
		option(x, list, len, false);
		if (list[len] == '\0')
			break;
	}
}

int
xo_take(struct xo *x, char **argv, const char *usage)
{
	static const char opt[] = "--libxo";
	const size_t len = sizeof(opt) - 1;
	char **from, **to = argv;
	const char *p;

	for (from = argv; *from != NULL; from++) {
		if (strncmp(*from, opt, len) != 0) {
			*to++ = *from;
			continue;
		}
		p = *from + len;
		if (*p == ':')
			for (p++; *p != '\0'; p++)
				option(x, p, 1, true);
		else if (*p == '=')
			words(x, p + 1);
		else if (*p == '\0' && from[1] != NULL)
			words(x, *++from);
		else
			tool_usage(usage);
	}
	*to = NULL;
	return (int)(to - argv);
}

/* ---- Writing ----------------------------------------------------------- */

/* The length of the UTF-8 sequence at s, 0 if it is none (RFC 3629). */
static size_t
utf8_length(const unsigned char *s)
{
	size_t i, len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4)
		return 0;
	for (i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* Too long a form, a surrogate, beyond U+10FFFF. */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return len;
}

/* A string; paths may hold any byte, JSON may not. */
static void
put_string(struct xo *x, const char *text)
{
	auto_buf struct buf b = BUF_INIT;
	const unsigned char *s = (const unsigned char *)text;
	size_t len;

	for (; *s != '\0'; s += len > 0 ? len : 1)
		if ((len = utf8_length(s)) > 0)
			buf_add(&b, s, len);
		else
			buf_str(&b, REPLACEMENT);
	if (buf_err(&b) < 0 || !json_object_set_string_len(x->string,
				   b.p == NULL ? "" : b.p, (int)b.len))
		errx(1, "malloc");
	(void)fputs(
	    json_object_to_json_string_ext(x->string,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE),
	    stdout);
}

/* With pretty: a line of its own, as deep as we are. */
static void
put_break(const struct xo *x)
{
	if (x->pretty)
		(void)printf("\n%*s", 2 * x->depth, "");
}

/* What is before the next thing of a level; separator is between two. */
static void
put_next(struct xo *x, const char *separator)
{
	if (x->level[x->depth].has_some)
		(void)fputs(x->pretty ? "," : separator, stdout);
	x->level[x->depth].has_some = true;
	put_break(x);
}

static void
put_name(struct xo *x, const char *name)
{
	put_next(x, ",");
	put_string(x, name);
	(void)fputs(x->pretty ? ": " : ":", stdout);
}

static void
enter(struct xo *x, char bracket)
{
	if (++x->depth == XO_DEPTH)
		abort();
	x->level[x->depth].end = bracket == '{' ? '}' : ']';
	x->level[x->depth].has_some = false;
	(void)putchar(bracket);
}

void
xo_open(struct xo *x, const char *name, char bracket)
{
	put_next(x, ", ");
	if (name != NULL) {
		put_string(x, name);
		(void)fputs(": ", stdout);
	}
	enter(x, bracket);
}

void
xo_close(struct xo *x)
{
	char end = x->level[x->depth].end;

	x->depth--;
	put_break(x);
	(void)putchar(end);
}

void
xo_begin(struct xo *x, const char *version)
{
	x->depth = 0;
	if ((x->string = json_object_new_string("")) == NULL)
		errx(1, "malloc");
	enter(x, '{');
	put_next(x, "");
	(void)printf("\"__version\": \"%s\"", version);
}

void
xo_end(struct xo *x)
{
	while (x->depth > 0)
		xo_close(x);
	(void)putchar('\n');
	(void)json_object_put(x->string);
	x->string = NULL;
}

void
xo_string(struct xo *x, const char *name, const char *value)
{
	put_name(x, name);
	put_string(x, value);
}

void
xo_raw(struct xo *x, const char *name, const char *value)
{
	put_name(x, name);
	(void)fputs(value, stdout);
}

void
xo_number(struct xo *x, const char *name, long value)
{
	put_name(x, name);
	(void)printf("%ld", value);
}

void
xo_element(struct xo *x, const char *value)
{
	put_next(x, ",");
	put_string(x, value);
}
