#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jail(8) with many jails of a jail.conf(5): order, failures, selection.

# shellcheck disable=SC1091,SC2016,SC2086
. "$(atf_get_srcdir)/prog.sh"

root=$JAIL_TEST_ROOT

# The names of this test's jails: $p and something.
p=t$$

# 50 jails: layers of ten, each of which depends on two of the layer above.
make_graph() {
	local i

	make_root
	for i in $(seq 0 49); do
		echo "\"$p-$i\" {"
		[ "$i" -ge 10 ] && echo "	depend = \"$p-$((i - 10))\", \
		    \"$p-$((i / 10 * 10 - 10 + (i + 1) % 10))\";"
		echo '}'
	done >jails.conf
	cat >conf <<-END
	path = "$root";
	persist;
	exec.start = 'sleep 0.1';
	exec.prestart = 'echo \$(date +%s%N) begin \$JNAME >>$PWD/times';
	exec.poststart = 'echo \$(date +%s%N) up \$JNAME >>$PWD/times';
	exec.prestop = 'echo \$(date +%s%N) down \$JNAME >>$PWD/times';
	exec.poststop = 'echo \$(date +%s%N) gone \$JNAME >>$PWD/times';
	.include "$PWD/jails.conf";
	END
}

# Remove the jails of conf that run.  Not with -r '*': that means all of the
# machine's.
remove_all() {
	jail -f conf -e , | sed 's/^name=\([^,]*\).*/\1/' >all
	jls name | grep -Fx -f all >running
	[ ! -s running ] || xargs jail -f conf -r <running
}

# Each line of the graph: the first event of one comes after the second of the
# other.
check_times() {	# EVENT of the later, EVENT of the earlier, reversed
	python3 - "$PWD/times" "$p" "$@" <<-'END'
	import sys
	times, p, late, early = sys.argv[1:5]
	reverse = len(sys.argv) > 5
	at = {}
	for line in open(times):
	    t, what, name = line.split()
	    assert (what, name) not in at, "twice: " + line
	    at[what, name] = int(t)
	for i in range(10, 50):
	    for d in (i - 10, i // 10 * 10 - 10 + (i + 1) % 10):
	        a, b = "%s-%d" % (p, i), "%s-%d" % (p, d)
	        if reverse:
	            a, b = b, a
	        assert at[late, a] >= at[early, b], (a, b)
	span = max(at.values()) - min(at.values())
	print("%.1f s" % (span / 1e9))
	assert len([k for k in at if k[0] == late]) == 50
	END
}

new_case graph '50 jails start side by side in the right order, stop in reverse'
graph_body() {
	make_graph
	jail -f conf -c >out 2>err || atf_fail "$(cat err)"
	atf_check -o inline:"50\n" grep -c ': created$' out
	check_times begin up >span || atf_fail "order of the starts"
	# one after the other the starts alone would take five seconds
	atf_check -o ignore awk '$1 >= 5 { exit 1 }' span
	: >"times"
	remove_all >out 2>err || atf_fail "$(cat err)"
	atf_check -o inline:"50\n" grep -c ': removed$' out
	check_times down gone reversed >span || atf_fail "order of the stops"
	nothing_left
}

new_case failing 'one that fails leaves nothing; its dependents are skipped'
failing_body() {
	make_graph
	cat >>conf <<-END
	"$p-3" { exec.start = "false"; }
	END
	sed -i "/^\"$p-3\" {/,/^}/d" jails.conf
	atf_check -s exit:1 -o save:out -e save:err jail -f conf -c
	atf_check -o ignore grep -x "jail: $p-3: false: failed" err
	atf_check -o ignore grep -x "jail: $p-13: skipped" err
	atf_check -o ignore grep -x "jail: $p-12: skipped" err
	# and at the end all that failed, with the reason
	n=$(grep -c ': skipped$' err)
	n=$((n / 2 + 1))
	atf_check -o ignore grep -x "jail: $n of 50 jails failed:" err
	atf_check -o ignore grep -x "jail:   $p-3: false: failed" err
	atf_check -o ignore grep -x "jail:   $p-13: skipped" err
	atf_check -o inline:"$((50 - n))\n" sh -c "jls name | grep -c '^$p-'"
	atf_check -s exit:1 -o empty -e ignore jls -j "$p-3"
	remove_all >out || atf_fail "$(cat out)"
	nothing_left
}

new_case loop 'a loop of dependencies fails, and nothing else'
loop_body() {
	make_root
	cat >conf <<-END
	path = "$root"; persist;
	"$p-a" { depend = "$p-b"; }
	"$p-b" { depend = "$p-a"; }
	"$p-c" { depend = "$p-none"; }
	"$p-d" { }
	END
	atf_check -s exit:1 -o inline:"$p-d: created\n" -e save:err \
	    jail -f conf -c
	atf_check -o ignore grep "dependency loop" err
	atf_check -o ignore grep "depends on undefined jail \"$p-none\"" err
	atf_check -o ignore -e ignore jail -f conf -r "$p-d"
	nothing_left
}

new_case selection 'names, wildcards, jids; what runs is left alone'
selection_body() {
	make_root
	cat >conf <<-END
	path = "$root"; persist;
	"$p-a" { }
	"$p-b" { depend = "$p-a"; }
	"$p-c" { }
	END
	atf_check -o save:out jail -f conf -c "$p-b"
	atf_check -o inline:"$p-a: created\n$p-b: created\n" cat out
	atf_check -s exit:1 -e inline:"jail: $p-b: \"$p-b\" already exists\n" \
	    jail -f conf -c "$p-b"
	atf_check -o inline:"$p-c: created\n" jail -f conf -c
	atf_check jail -f conf -c
	atf_check -s exit:1 -e inline:"jail: \"$p-x\" not found\n" \
	    jail -f conf -c "$p-x"
	# a removal takes first what depends on it
	atf_check -o inline:"$p-b: removed\n$p-a: removed\n" \
	    jail -f conf -r "$p-a"
	atf_check -s exit:1 -e inline:"jail: $p-a: \"$p-a\" not found\n" \
	    jail -f conf -r "$p-a"
	atf_check -s exit:1 jail -q -f conf -r "$p-a"
	atf_check -o inline:"$p-c: removed\n" \
	    jail -f conf -r "$(jls -j "$p-c" jid)"
	# one that the file does not have
	atf_check jail -c "name=$p-y" path="$root" persist
	atf_check -o inline:"$p-y: removed\n" jail -f conf -r "$p-y"
	# -m, -cm, -mr, -cmr
	atf_check -s exit:1 -e inline:"jail: $p-a: \"$p-a\" not found\n" \
	    jail -f conf -m "$p-a"
	atf_check -o inline:"$p-a: created\n" jail -f conf -cm "$p-a"
	atf_check -o inline:"$p-a: updated\n" jail -f conf -cm "$p-a"
	atf_check -o inline:"$p-a: updated\n" jail -f conf -cmr "$p-a"
	sed "s/\"$p-a\" { }/\"$p-a\" { osrelease = 9; }/" conf >conf2
	atf_check -s exit:1 -e match:"osrelease cannot be changed after crea" \
	    jail -f conf2 -m "$p-a"
	atf_check -o inline:"$p-a: removed\n$p-a: created\n" \
	    jail -f conf2 -cmr "$p-a"
	atf_check -s exit:1 -e match:"not found" jail -f conf -rc "$p-b"
	atf_check -o match:"$p-c: created" jail -f conf -rc
	atf_check -o save:out jail -N -f conf -r '*'
	for n in a b c; do
		atf_check -o ignore grep "^$p-$n: remove: jail" out
	done
	remove_all >out || atf_fail "$(cat out)"
	nothing_left
}

new_case bad 'a mistake: said with its place, and nothing is done'
bad_body() {
	make_root
	cat >conf <<-END
	path = "$root"; persist;
	"$p-a" { ip4.adr = 1.2.3.4; }
	"$p-b" { persist = perhaps; }
	"$p-c" { exec.timeout = soon; }
	"$p-d" { }
	END
	atf_check -s exit:1 -o inline:"$p-d: created\n" -e save:err \
	    jail -f conf -c
	atf_check -o ignore grep -F \
	    "jail: $p-a: unknown parameter: ip4.adr (did you mean ip4.addr?)" err
	atf_check -o ignore grep -F \
	    "jail: $p-b: persist: unknown boolean value \"perhaps\"" err
	atf_check -o ignore grep -F \
	    "jail: $p-c: exec.timeout: non-integer value \"soon\"" err
	atf_check -o ignore jail -f conf -r "$p-d"
	echo '}' >>conf
	echo 'x = "' >>conf
	atf_check -s exit:1 -e match:"conf line 6: .*syntax error" \
	    jail -f conf -c
	atf_check -s exit:1 -e match:"none: No such file" jail -f none -c
	# a missing file is no mistake of -r
	nothing_left
}

new_case stdin '-f -, called STDIN'
stdin_body() {
	make_root
	echo "\"$p-a\" { path = \"$root\"; persist; }" >conf
	atf_check -o inline:"$p-a: created\n" jail -f - -c "$p-a" <conf
	atf_check -o inline:"$p-a: removed\n" jail -f - -r "$p-a" <conf
	echo '{' >>conf
	atf_check -s exit:1 -e match:"STDIN line 2: .*syntax error" \
	    jail -f - -c <conf
	nothing_left
}

new_case limit '-p N: so many commands at once'
limit_body() {
	make_graph
	: >jails.conf
	for i in 1 2 3 4 5 6; do
		echo "\"$p-$i\" { }"
	done >jails.conf
	cat >>conf <<-END
	exec.prestart = 'echo + >>$PWD/count; sleep 0.5; echo - >>$PWD/count';
	exec.poststart = ''; exec.prestop = ''; exec.poststop = '';
	END
	for n in 1 2 0; do
		: >count
		atf_check -o ignore jail -p "$n" -f conf -c
		remove_all >out || atf_fail "$(cat out)"
		most=$(awk '/\+/ { n++ } /-/ { n-- } n > m { m = n }
		    END { print m }' count)
		case $n in
		0) [ "$most" -gt 2 ] || atf_fail "only $most at once" ;;
		*) atf_check_equal "$n" "$most" ;;
		esac
	done
	nothing_left
}

new_case dry '-N: what would be done, in order, without root'
dry_body() {
	make_root
	cat >conf <<-END
	path = "$root"; persist;
	"$p-a" {
		exec.prepare = "echo prepare"; exec.start = "/bin/sh -c true";
		mount.devfs; exec.poststart = "echo up";
	}
	"$p-b" { depend = "$p-a"; }
	END
	cat >expect <<-END
	$p-a: on the host: echo prepare
	$p-a: create: $root
	$p-a: mount: devfs
	$p-a: in the jail: /bin/sh -c true
	$p-a: on the host: echo up
	$p-b: create: $root
	END
	chmod 755 . "$root"
	chmod 644 conf
	atf_check -o file:expect $NOBODY "$(command -v jail)" -N -f - -c \
	    <conf
	nothing_left
	atf_check -o ignore jail -f conf -c "$p-a"
	atf_check -o match:"$p-a: remove: jail" jail -N -f conf -r "$p-a"
	atf_check -o inline:"$p-a\n" jls -j "$p-a" name
	atf_check -o ignore jail -f conf -r "$p-a"
	nothing_left
}

new_case jid_file '-J: a line for each jail, its jid first'
jid_file_body() {
	make_root
	cat >conf <<-END
	path = "$root"; persist;
	"$p-a" { host.hostname = "a b"; }
	"$p-b" { }
	END
	atf_check -o ignore jail -J file -f conf -c
	atf_check -o inline:"2\n" sh -c 'wc -l <file'
	atf_check -o match:"^jid=[0-9]*	name=$p-a	.*host.hostname=\"a b\"" \
	    cat file
	remove_all >out || atf_fail "$(cat out)"
	nothing_left
}

new_case progress 'a progress line, on a terminal alone' python3
progress_body() {
	make_root
	cat >conf <<-END
	path = "$root"; persist; exec.poststart = "sleep 2.5";
	"$p-a" { }
	"$p-b" { }
	END
	atf_check -o save:shown "$on_pty" -- jail -f conf -c
	atf_check -o ignore grep -F "0/2 started, waiting for $p-a, $p-b" shown
	remove_all >out || atf_fail "$(cat out)"
	atf_check -o ignore -e empty jail -f conf -c
	remove_all >out || atf_fail "$(cat out)"
	nothing_left
}

# The jails of this file are not all below its directory by path: by name.
remove_jails() {
	jls name | grep "^$p-" | while read -r n; do
		jail -R "$n" >/dev/null 2>&1
	done
	return 0
}

atf_init_test_cases() {
	local c

	for c in graph failing loop selection bad stdin limit dry jid_file \
	    progress; do
		atf_add_test_case $c
	done
}
