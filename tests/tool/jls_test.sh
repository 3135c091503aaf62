#! /usr/bin/env atf-sh
# SPDX-License-Identifier: BSD-2-Clause
# jls(8): what it prints, to the byte.

# shellcheck disable=SC1091
. "$(atf_get_srcdir)/common.sh"

# The lines of the table, as FreeBSD's printf forms give them.
table_header="   JID  IP Address      Hostname                      Path"
names_header=" JID             IP Address      Hostname                      Path"

row() {
	printf '%6d  %-15.15s %-29.29s %.74s\n' "$@"
}

# The table with -N is this one: the host name.
check_names_table() {
	{
		echo "$names_header"
		printf ' %-15s %-15s %-29.29s %.74s\n' "$name" '' "$1" \
		    "$JAIL_TEST_ROOT"
	} >expected
	atf_check -o file:expected jls -N -j "$name"
}

new_case table 'the default table'
table_body() {
	make_jail a host.hostname=a.example.org
	{
		echo "$table_header"
		row "$jid" '' a.example.org "$JAIL_TEST_ROOT"
	} >expected
	atf_check -o file:expected jls -j "$name"
	atf_check -o file:expected jls -j "$jid"
	atf_check -o match:"^$table_header\$" jls
}

new_case table_cut 'long host names are cut, names with -N are not'
table_cut_body() {
	long=0123456789abcdefghijklmnopqrstuvwxyz.example.org
	make_jail a-name-that-is-longer-than-its-column host.hostname=$long
	{
		echo "$table_header"
		row "$jid" '' "$long" "$JAIL_TEST_ROOT"
	} >expected
	atf_check -o file:expected jls -j "$name"
	check_names_table "$long"
}

new_case names '-N'
names_body() {
	make_jail a host.hostname=h
	check_names_table h
}

new_case verbose '-v'
verbose_body() {
	make_jail a host.hostname=h
	cat >expected <<-'END'
	   JID  Hostname                      Path
	        Name                          State
	        CPUSetID
	        IP Address(es)
	END
	printf '%6d  %-29s %.74s\n' "$jid" h "$JAIL_TEST_ROOT" >>expected
	printf '        %-29s ACTIVE\n        %d\n' "$name" "$jid" >>expected
	atf_check -o file:expected jls -v -j "$name"
}

new_case parameters 'values by name, once, in the order asked for'
parameters_body() {
	make_jail a host.hostname=h
	atf_check -o inline:"$name $jid h\n" \
	    jls -j "$name" name jid host.hostname name
	atf_check -o inline:"true false new - disable\n" \
	    jls -j "$name" persist dying host ip4.addr ip4
	atf_check -o inline:"false true\n" \
	    jls -j "$name" nopersist allow.nomount
	atf_check -o inline:'""\n' jls -j "$name" host.domainname
	# Options may follow.
	atf_check -o inline:"$name\n" jls name -j "$name"
}

new_case name_value '-n'
name_value_body() {
	make_jail a host.hostname='a b'
	atf_check -o inline:"name=$name persist allow.nomount ip4.addr= host.hostname=a b host.domainname=\"\"\n" \
	    jls -n -j "$name" name persist allow.mount ip4.addr \
	    host.hostname host.domainname
	# Without parameters: all, those without a dot first.
	atf_check -o match:"^devfs_ruleset=[0-9]* .* vnet=inherit allow\.[a-z]" \
	    jls -n -j "$name"
}

new_case quoting '-q'
quoting_body() {
	make_jail a meta="x y" env="it's"
	atf_check -o inline:"x y it's\n" jls -j "$name" meta env
	atf_check -o inline:"\"x y\" \"it's\"\n" jls -q -j "$name" meta env
	atf_check -o ignore jail -m name="$name" meta='say "so"'
	atf_check -o inline:"'say \"so\"' \"\" \"\"\n" \
	    jls -q -j "$name" meta ip4.addr host.domainname
}

new_case header '-h'
header_body() {
	make_jail a
	atf_check -o inline:"name jid\n$name $jid\n" \
	    jls -h -j "$name" name jid
	jls -h -j "$name" >all || atf_fail "jls -h"
	[ "$(wc -l <all)" -eq 2 ] || atf_fail "not two lines"
	head -n 1 all | tr ' ' '\n' >names
	grep -v '[.]' names >undotted
	atf_check -o file:undotted head -n "$(wc -l <undotted)" names
	LC_ALL=C atf_check sort -c undotted
	grep '[.]' names >dotted
	LC_ALL=C atf_check sort -c dotted
	atf_check -o not-match:'exec[.]' cat names
}

new_case recreate '-s is what makes the same jail again'
recreate_body() {
	make_jail a host.hostname=h meta="a b" allow.socket_af securelevel=1
	jls -s -j "$name" >before || atf_fail "jls -s"
	atf_check -o match:"(^| )jid=$jid " -o match:"(^| )persist " \
	    -o match:"(^| )host.hostname=h " -o match:'(^| )meta="a b" ' \
	    -o not-match:"(^| )(no)?dying" -o not-match:"(^| )parent" \
	    -o not-match:"children.cur" -o not-match:"cpuset.id" \
	    -o not-match:"ip4.addr" cat before
	atf_check -o ignore jail -R "$name"
	eval "atf_check -o ignore jail -c $(cat before)"
	atf_check -o file:before jls -s -j "$name"
}

new_case cancel 'options cancel each other'
cancel_body() {
	make_jail a host.hostname=h
	jls -v -j "$name" >verbose
	jls -n -j "$name" >all_nv
	jls -s -j "$name" >all_s
	# The later one of -n and -v, -s and -v counts.
	atf_check -o file:verbose jls -nv -j "$name"
	atf_check -o file:all_nv jls -vn -j "$name"
	atf_check -o file:verbose jls -hv -j "$name"
	atf_check -o file:all_s jls -vs -j "$name"
	atf_check -o file:all_s jls -hs -j "$name"
	# -h takes the skipping from -s, but neither names nor quotes.
	atf_check -o inline:"name dying ip4.addr\nname=$name nodying ip4.addr=\"\"\n" \
	    jls -sh -j "$name" name dying ip4.addr
	# -v is nothing where parameters are given.
	atf_check -o inline:"$name\n" jls -v -j "$name" name
}

new_case meta 'meta and env by key'
meta_body() {
	make_jail a
	atf_check -o inline:'"" ""\n' jls -j "$name" meta env
	atf_check -o ignore jail -m name="$name" meta="$(printf 'a=2\nb=3')"
	atf_check -o inline:'a=2\nb=3\n' jls -j "$name" meta
	atf_check -o inline:'3 a=2\nb=3 2\n' jls -j "$name" meta.b meta meta.a
	atf_check -o inline:'\n' jls -j "$name" meta.c
	atf_check -o inline:'meta.c\n' jls -s -j "$name" meta.c
	atf_check -o inline:'meta.b=3\n' jls -s -j "$name" meta.b
	atf_check -o ignore jail -m name="$name" meta.a=
	atf_check -o inline:'""\n' jls -j "$name" meta.a
}

json() {
	echo "{\"__version\": \"2\", \"jail-information\": {\"jail\": [$1]}}"
}

new_case json '--libxo json'
json_body() {
	make_jail a host.hostname=h
	root=$JAIL_TEST_ROOT
	json "{\"jid\":$jid,\"ipv4\":\"\",\"hostname\":\"h\",\"path\":\"$root\"}" \
	    >expected
	atf_check -o file:expected jls --libxo json -j "$name"
	atf_check -o file:expected jls --libxo=json -j "$name"
	atf_check -o file:expected jls -j "$name" --libxo:J
	json "{\"name\":\"$name\",\"ipv4\":\"\",\"hostname\":\"h\",\"path\":\"$root\"}" \
	    >expected
	atf_check -o file:expected jls -N -j "$name" --libxo json
	json "{\"jid\":$jid,\"hostname\":\"h\",\"path\":\"$root\",\"name\":\"$name\",\"state\":\"ACTIVE\",\"cpusetid\":$jid, \"ipv4_addrs\": [], \"ipv6_addrs\": []}" \
	    >expected
	atf_check -o file:expected jls -v -j "$name" --libxo json
}

new_case addresses 'addresses of a jail'
addresses_body() {
	# the first one is the primary, the others are in their order
	four=127.0.77.3,127.0.77.1,127.0.77.9
	make_jail a host.hostname=h ip6.addr=::1 \
	    ip4.addr=127.0.77.3,127.0.77.9,127.0.77.1
	row "$jid" 127.0.77.3 h "$JAIL_TEST_ROOT" >expected
	atf_check -o file:expected sh -c "jls -j $name | tail -n 1"
	printf ' %-15s %-15s %-29s %s\n' "$name" 127.0.77.3 h "$JAIL_TEST_ROOT" \
	    >expected
	atf_check -o file:expected sh -c "jls -Nj $name | tail -n 1"
	printf '        %s\n' 127.0.77.3 127.0.77.1 127.0.77.9 ::1 >expected
	atf_check -o file:expected sh -c "jls -vj $name | tail -n 4"
	atf_check -o inline:"$four ::1\n" jls -j "$name" ip4.addr ip6.addr
	atf_check -o inline:"ip4.addr=$four ip6.addr=::1\n" \
	    jls -nqj "$name" ip4.addr ip6.addr
	atf_check -o match:" ip4=new ip6=new " -o match:" ip4.addr=$four " \
	    -o match:" ip6.addr=::1 " jls -sj "$name"
	json "{\"jid\":$jid,\"ipv4\":\"127.0.77.3\",\"hostname\":\"h\",\"path\":\"$JAIL_TEST_ROOT\"}" \
	    >expected
	atf_check -o file:expected jls --libxo json -j "$name"
	list='["127.0.77.3","127.0.77.1","127.0.77.9"]'
	json "{\"ip4.addr\": $list, \"ip6.addr\": [\"::1\"]}" >expected
	atf_check -o file:expected \
	    jls --libxo json -j "$name" ip4.addr ip6.addr
	atf_check -o match:"\"cpusetid\":$jid, \"ipv4_addrs\": \\$list, \"ipv6_addrs\": \[\"::1\"\]}" \
	    jls -v --libxo json -j "$name"
	atf_check -s exit:1 \
	    -e inline:"jail: ip4.addr: 127.0.77.9 is in the list twice\n" \
	    jail -m "name=$name" ip4.addr=127.0.77.9,127.0.77.1,127.0.77.9
	atf_check jail -m "name=$name" ip4.addr=127.0.77.3,127.0.77.10,127.0.77.9
	atf_check -o inline:"127.0.77.3,127.0.77.9,127.0.77.10\n" \
	    jls -j "$name" ip4.addr
	atf_check jail -m "name=$name" "ip4.addr=$four"
	# What -s says makes the same jail again, lists that are empty or not.
	atf_check -o inline:'-\n' jls -j "$name" ip4.hostports
	again
	atf_check -o ignore jail -m name="$name" ip4.hostports=53,123
	atf_check -o inline:'53,123\n' jls -j "$name" ip4.hostports
	again
}

again() {
	jls -sj "$name" >before
	atf_check -o ignore jail -R "$name"
	eval "atf_check -o ignore jail -c $(cat before)"
	atf_check -o file:before jls -sj "$name"
}

new_case json_parameters '--libxo json with parameters'
json_parameters_body() {
	make_jail a meta='a "b" \ c/d' env="$(printf 'x=1\ny=\t2')"
	json "{\"jid\":\"$jid\",\"persist\":\"true\", \"ip4.addr\": []}" \
	    >expected
	atf_check -o file:expected \
	    jls -j "$name" jid persist ip4.addr --libxo json
	json "{\"persist\":true,\"allow.mount\":false,\"host.domainname\":\"\"}" \
	    >expected
	atf_check -o file:expected \
	    jls -n -j "$name" persist allow.mount host.domainname --libxo json
	json "{\"meta\":\"a \\\"b\\\" \\\\\\\\ c/d\",\"env.x\":\"1\"}" |
	    sed 's/\\\\\\\\/\\\\/' >expected
	atf_check -o file:expected \
	    jls -j "$name" meta env.x env.z --libxo json
	json '{}' >expected
	atf_check -o file:expected jls -j "$name" meta.no --libxo json
	# What a program makes of it.
	atf_check -o inline:'x=1\ny=\t2\n' sh -c "jls -j $name --libxo json all |
	    python3 -c 'import json, sys; print(json.load(sys.stdin)[\"jail-information\"][\"jail\"][0][\"env\"])'"
	atf_check -o inline:'x=1\ny=\t2\n' sh -c "jls -j $name --libxo json,pretty all |
	    python3 -c 'import json, sys; print(json.load(sys.stdin)[\"jail-information\"][\"jail\"][0][\"env\"])'"
}

new_case several 'several jails, in the order of their jids'
several_body() {
	make_jail a
	first=$name first_jid=$jid
	make_jail b
	jls jid >jids || atf_fail "jls jid"
	atf_check sort -nc jids
	atf_check -o match:"^$first_jid $first\$" -o match:"^$jid $name\$" \
	    jls jid name
	jls --libxo json name >out || atf_fail "jls --libxo json"
	atf_check -o match:'"}, [{]"name":"' cat out
}

new_case unknown 'an unknown jail or parameter'
unknown_body() {
	make_jail a
	name=$(name_of none)
	atf_check -s exit:1 -e inline:"jls: jail \"$name\" not found\n" \
	    jls -j "$name"
	atf_check -s exit:1 -e inline:"jls: jail \"$name\" not found\n" \
	    jls --libxo json -vj "$name"
	atf_check -s exit:1 -e inline:"jls: jail 2000000 not found\n" \
	    jls -j 2000000 name
	atf_check -s exit:1 \
	    -e inline:"jls: unknown parameter: hostname.of.it\n" \
	    jls hostname.of.it
	atf_check -s exit:1 \
	    -e inline:"jls: unknown parameter: jidd (did you mean jid?)\n" \
	    jls jidd
	# jail(8)'s own parameters are none of a running jail.
	atf_check -s exit:1 -e inline:"jls: unknown parameter: exec.start\n" \
	    jls exec.start
	atf_check -s exit:1 -e match:'^usage: jls \[-dhNnqv\] ' jls -x
	atf_check -o inline:"usage: jls [-dhNnqv] [-j jail] [param ...]\n" \
	    jls --help
	atf_check -s exit:1 -e match:'xml is not supported' jls --libxo xml
	atf_check -s exit:1 -e match:'html is not supported' jls --libxo:H
}

new_case check '-c'
check_body() {
	make_jail a
	atf_check jls -c -j "$name"
	atf_check jls -cj "$jid"
	atf_check -s exit:1 jls -c -j "$(name_of none)"
	atf_check -s exit:1 -e inline:\
"jls: -j jail to check must be provided for -c\n" jls -c
}

new_case none 'no jails: the header alone'
none_body() {
	[ -z "$(jls jid)" ] || atf_skip "other jails are running"
	atf_check -o inline:"$table_header\n" jls
	atf_check jls name
	json '' >expected
	atf_check -o file:expected jls --libxo json
}

new_case unprivileged 'everybody may list, but not read meta'
unprivileged_body() {
	make_jail a meta=secret env=secret
	cp "$(command -v jls)" ./jls && chmod 755 . ./jls
	atf_check -o inline:"$name \"\" \"\"\n" \
	    setpriv --reuid 65534 --regid 65534 --clear-groups \
	    ./jls -j "$name" name meta env
	atf_check -s exit:1 -e match:'not found' \
	    setpriv --reuid 65534 --regid 65534 --clear-groups \
	    ./jls -j "$(name_of none)"
}

new_case full_disk 'output that cannot be written is an error'
full_disk_body() {
	atf_check -s exit:1 -e inline:"jls: stdout: No space left on device\n" \
	    sh -c 'jls -h >/dev/full'
	atf_check sh -c 'jls -h >&-'
}

new_case coming_and_going 'jails that come and go do no harm'
coming_and_going_body() {
	make_jail stays
	name=$(name_of goes)
	echo "$name" >>jails
	(
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			jail -q -c name="$name" path="$JAIL_TEST_ROOT" \
			    persist && jail -R "$name"
		done >/dev/null 2>&1
	) &
	other=$!
	while kill -0 "$other" 2>/dev/null; do
		atf_check -o match:"$(name_of stays)" jls name host.hostname
	done
	wait "$other"
}

atf_init_test_cases() {
	for case in table table_cut names verbose parameters name_value \
	    quoting header recreate cancel meta json addresses json_parameters several \
	    unknown check none unprivileged full_disk coming_and_going; do
		atf_add_test_case "$case"
	done
}
