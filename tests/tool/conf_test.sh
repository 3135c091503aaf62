#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jail -e: what a jail.conf(5) has, to the byte.  It makes no jail.

fixtures=$JAIL_TOP/tests/conf

# A test case: its name, what it shows.
new_case() {
	atf_test_case "$1"
	eval "$1_head() {
		atf_set descr '$2'
		atf_set require.progs jail
	}"
}

new_case show 'a line for each jail, in the order of the file'
show_body() {
	cat >f.conf <<-'END'
	$domain = example.org;
	path = "/jails/$name";
	www {
		host.hostname = www.$domain;
		exec.start = "/bin/sh /etc/rc", 'echo "it is up"';
		persist;
		db { allow.nomount; }
	}
	5309 { exec.stop = ""; }
	"www.*" { depend = www; }
	path += /srv;
	END
	cat >expected <<-'END'
	name=www path=/jails/www,/srv host.hostname=www.example.org exec.start="/bin/sh /etc/rc",'echo "it is up"' persist
	name=www.db path=/jails/www.db,/srv allow.nomount depend=www
	jid=5309 path=/jails/5309,/srv exec.stop=""
	END
	atf_check -o file:expected jail -f f.conf -e ' '
	atf_check -o file:expected jail -e ' ' -f f.conf
	atf_check -o file:expected jail -ff.conf "-e "
}

new_case separators 'the separator is taken as it is'
separators_body() {
	echo 'j { p = 1, 2; q; }' >f.conf
	atf_check -o inline:'name=j;p=1,2;q\n' jail -f f.conf -e ';'
	atf_check -o inline:'name=j\tp=1,2\tq\n' jail -f f.conf -e '	'
	atf_check -o inline:'name=j%s, p=1,2%s, q\n' jail -f f.conf -e '%s, '
	atf_check -o inline:'name=jp=1,2q\n' jail -f f.conf -e ''
}

new_case nothing 'a file without jails'
nothing_body() {
	: >f.conf
	atf_check jail -f f.conf -e ' '
	atf_check jail -f /dev/null -e ' '
	echo 'persist; * { path = /; }' >f.conf
	atf_check jail -f f.conf -e ' '
}

new_case dialects 'files as managers write them'
dialects_body() {
	for f in "$fixtures"/*.conf; do
		atf_check -o "file:${f%.conf}.out" jail -f "$f" -e ';'
	done
}

# Each line of -e '; ' as the block that it came from.
as_file() {
	sed -E 's/^(name|jid)=("[^"]*"|[^;]*).*$/\2 { &; }/'
}

new_case fixpoint 'what is shown, put back as a file, shows the same'
fixpoint_body() {
	for f in "$fixtures"/*.conf; do
		atf_check -o save:first jail -f "$f" -e '; '
		as_file <first >again.conf
		atf_check -o file:first jail -f again.conf -e '; '
	done
}

new_case standard_input 'the file is standard input'
standard_input_body() {
	echo 'j { .include "more/x"; }' >in
	mkdir more
	# shellcheck disable=SC2016 # it is the file's variable
	echo 'p = $name; .include y;' >more/x
	echo 'q;' >more/y
	atf_check -o inline:'name=j;p=j;q\n' jail -f - -e ';' <in
	atf_check -o inline:'name=j;p=j;q\n' jail -f- -e ';' <in
	atf_check -o file:"$fixtures/pot.out" \
	    sh -c "cat $fixtures/pot.conf | jail -f - -e ';'"
	echo 'a b c;' >in
	atf_check -s exit:1 -e inline:'jail: STDIN line 1: c: syntax error\n' \
	    jail -f - -e ';' <in
	atf_check -s exit:1 -e inline:'jail: STDIN: unexpected EOF\n' \
	    sh -c 'echo "j {" | jail -f - -e ,'
}

new_case errors 'everything wrong is said in one run, and nothing is shown'
errors_body() {
	cat >f.conf <<-'END'
	good { persist; }
	bad {
		a b c;
		p = ;
		.include "none.conf";
		.include "$name";
	}
	.include more.conf;
	x = ${y;
	;
	END
	printf 'j { p }\n\n/* q\n' >more.conf
	cat >expected <<-'END'
	jail: f.conf line 3: c: syntax error
	jail: f.conf line 4: ;: syntax error
	jail: none.conf: No such file or directory
	jail: f.conf line 6: variables not permitted in '.include' filename
	jail: more.conf line 1: }: syntax error
	jail: more.conf line 3: unterminated comment
	jail: f.conf line 9: unterminated variable
	END
	atf_check -s exit:1 -e file:expected jail -f f.conf -e ';'
}

new_case jail_errors 'what is wrong in jails is said of each'
jail_errors_body() {
	cat >f.conf <<-'END'
	good { persist; }
	a { p = $none; q = $p; $r = "$r"; }
	b { $m = 1, 2; p = x$m; path = /; $path = /; }
	5 { jid = 6; }
	END
	cat >expected <<-'END'
	jail: a: p: variable "none" not found
	jail: a: r: variable loop
	jail: b: variable "$path" cannot have the same name as a parameter.
	jail: b: p: array cannot be substituted inline
	jail: 5: cannot redefine parameter "jid".
	END
	atf_check -s exit:1 -e file:expected jail -f f.conf -e ';'
}

new_case missing 'a file that cannot be read'
missing_body() {
	atf_check -s exit:1 \
	    -e inline:'jail: /none/jail.conf: No such file or directory\n' \
	    jail -f /none/jail.conf -e ';'
	atf_check -s exit:1 -e inline:'jail: .: Is a directory\n' \
	    jail -f . -e ';'
	[ -e /etc/jail.conf ] || atf_check -s exit:1 \
	    -e inline:'jail: /etc/jail.conf: No such file or directory\n' \
	    jail -e ';'
}

new_case includes 'names are those of the including file; patterns; levels'
includes_body() {
	mkdir -p etc/jail.conf.d
	echo '.include "jail.conf.d/*.conf"; .include "none.d/*";' \
	    >etc/jail.conf
	echo 'b { }' >etc/jail.conf.d/b.conf
	echo 'a { .include "a.inc"; }' >etc/jail.conf.d/a.conf
	echo 'p; c { }' >etc/jail.conf.d/a.inc
	atf_check -o inline:'name=a;p\nname=a.c\nname=b\n' \
	    jail -f etc/jail.conf -e ';'
	atf_check -o inline:'name=a;p\nname=a.c\nname=b\n' \
	    jail -f "$PWD/etc/jail.conf" -e ';'
	mkdir 'd[x]*'
	mv etc/jail.conf etc/jail.conf.d 'd[x]*'
	atf_check -o inline:'name=a;p\nname=a.c\nname=b\n' \
	    jail -f 'd[x]*/jail.conf' -e ';'
	for n in $(seq 0 31); do
		echo ".include l$((n + 1));" >"l$n"
	done
	echo 'j { }' >l32
	atf_check -o inline:'name=j\n' jail -f l0 -e ';'
	echo '.include l33;' >l32
	echo 'j { }' >l33
	atf_check -s exit:1 \
	    -e inline:'jail: maximum include depth exceeded\n' \
	    jail -f l0 -e ';'
}

new_case usage 'an operation or a name beside -e'
usage_body() {
	echo 'j { }' >f.conf
	for words in -c -m -r -R -rc j 'j k' p=1; do
		# shellcheck disable=SC2086 # they are words
		atf_check -s exit:1 -e match:'^usage: jail ' \
		    jail -f f.conf -e ';' $words
	done
	atf_check -s exit:1 -e match:'usage: jail ' jail -f f.conf -e
}

atf_init_test_cases() {
	atf_add_test_case show
	atf_add_test_case separators
	atf_add_test_case nothing
	atf_add_test_case dialects
	atf_add_test_case fixpoint
	atf_add_test_case standard_input
	atf_add_test_case errors
	atf_add_test_case jail_errors
	atf_add_test_case missing
	atf_add_test_case includes
	atf_add_test_case usage
}
