/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The grammar of jail.conf(5).
 *
 * After an error it goes on behind the next ';', or with the block that
 * begins, or ends, before that.
 */
%require "3.6"
%define api.pure full
%define api.prefix {conf_yy}
%param {void *scanner}
%parse-param {struct parse *p}

%code requires {
#include "tree.h"
#include "read.h"
}

%code provides {
int conf_yylex(CONF_YYSTYPE *value, void *scanner);
}

%code {
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "cleanup.h"
#include "conf_lex.h"

static void conf_yyerror(void *scanner, struct parse *p, const char *what);
static bool plain(struct parse *p, const struct word *w);
static void open_block(struct parse *p, struct word *name);
static bool begin(struct parse *p, struct stmt *ret, struct word *name);
static struct stmt take(struct stmt s, struct stmt values, bool append);
static void add(struct parse *p, struct stmt *s, struct value *v);
static struct word join(struct parse *p, struct word to, struct word from);
}

%union {
	struct word word;
	struct stmt stmt;
	size_t section;
}

%token END 0
%token PLEQ OTHER
%token <word> STR STR1 VAR VAR1 INCLUDE
%type <word> string first
%type <stmt> stmt name values
%destructor { value_done(&$$.v); } <word>
%destructor { stmt_done(&$$); } <stmt>

%%

file	: items
	| file stray items
	;

stray	: '}'			{ parse_syntax(p, "}"); }
	;

items	: %empty
	| items item
	;

item	: ';'
	| stmt ';'		{ parse_stmt(p, &$stmt); }
	| INCLUDE values ';'
	{
		parse_include(p, &$values, $INCLUDE.line);
		value_done(&$INCLUDE.v);
		stmt_done(&$values);
	}
	| STR '{'
	{
		$<section>$ = p->section;
		open_block(p, &$STR);
	}
	  items close		{ p->section = $<section>3; }
	| error '{'		{ yyerrok; }
	  items close
	| error ';'		{ yyerrok; }
	;

close	: '}'
	| error '}'		{ yyerrok; }
	;

stmt	: name
	| name '=' values	{ $$ = take($1, $3, false); }
	| name PLEQ values	{ $$ = take($1, $3, true); }
	| name values		{ $$ = take($1, $2, false); }
	;

name	: STR
	{
		if (!begin(p, &$$, &$STR))
			YYERROR;
	}
	| VAR
	{
		if (!begin(p, &$$, &$VAR))
			YYERROR;
	}
	;

values	: string
	{
		$$ = (struct stmt){ 0 };
		add(p, &$$, &$string.v);
	}
	| values ',' string
	{
		$$ = $1;
		add(p, &$$, &$string.v);
	}
	;

string	: first
	| string STR1		{ $$ = join(p, $1, $2); }
	| string VAR1		{ $$ = join(p, $1, $2); }
	;

first	: STR
	| VAR
	| INCLUDE
	;

%%

static void
conf_yyerror(void *scanner, struct parse *p, const char *what)
{
	(void)what;
	parse_syntax(p, conf_yyget_text(scanner));
}

/* A name has no variable in it, and is not empty. */
static bool
plain(struct parse *p, const struct word *w)
{
	auto_buf struct buf token = BUF_INIT;

	if (w->v.n == 1 && !w->v.v[0].var)
		return true;
	if (w->v.n == 0)
		buf_str(&token, "\"\"");
	else
		buf_fmt(&token, "$%s", w->v.v[!w->v.v[0].var].text);
	if (buf_err(&token) < 0)
		parse_nomem(p);
	else
		parse_syntax(p, token.p);
	return false;
}

static void
open_block(struct parse *p, struct word *name)
{
	if (plain(p, name))
		parse_open(p, name->v.v[0].text, name->line);
	value_done(&name->v);
}

static bool
begin(struct parse *p, struct stmt *ret, struct word *name)
{
	struct stmt s = { .line = name->line };

	s.var = name->v.n == 1 && name->v.v[0].var;
	if (!s.var && !plain(p, name)) {
		value_done(&name->v);
		return false;
	}
	s.name = take_ptr(name->v.v[0].text);
	value_done(&name->v);
	*ret = s;
	return true;
}

static struct stmt
take(struct stmt s, struct stmt values, bool append)
{
	s.v = values.v;
	s.n = values.n;
	s.append = append;
	return s;
}

static void
add(struct parse *p, struct stmt *s, struct value *v)
{
	if (stmt_add(s, v) < 0)
		parse_nomem(p);
}

static struct word
join(struct parse *p, struct word to, struct word from)
{
	struct piece *piece;
	size_t i;

	for (i = 0; i < from.v.n; i++) {
		piece = &from.v.v[i];
		if (value_add(&to.v, take_ptr(piece->text), piece->var) < 0)
			parse_nomem(p);
	}
	value_done(&from.v);
	return to;
}

/* Returns what the parser does, 2 when memory is out. */
static int
guarded(struct parse *p, char *text, size_t len)
{
	void *scanner;

	if (setjmp(p->fatal) != 0 || conf_yylex_init_extra(p, &scanner) != 0 ||
	    conf_yy_scan_buffer(text, len + 2, scanner) == NULL)
		return 2;
	return conf_yyparse(scanner, p);
}

void
parse_text(struct parse *p, char *text, size_t len)
{
	p->pool_used = 0;
	if (guarded(p, text, len) == 2)
		parse_nomem(p);
}
