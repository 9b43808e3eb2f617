# SPDX-License-Identifier: GPL-2.0-or-later
# The daemon on both sides of a hand-over into a kernel that goes on with the tables: it collects by itself,
# and says clean in the report, in its metrics, in the audit log and on the page. Before that devices are given up
# and preserved again: whose they are is told by the last session alone, and a kernel that returns early from
# giving one up has it still.
# machine: --kernel lu --next lu --timeout 900

AGAIN=0000:00:03.0
EARLY=0000:00:09.0

metric() { printf 'GET /metrics HTTP/1.0\r\n\r\n' | nc -w 10 127.0.0.1 9851 | grep -F -- "$1"; }
says_metric() { [ -n "$(metric "$2")" ] && pass "$1" || fail "$1" "not $2: $(metric luwatch_last_handover)"; }
await() { wait_for 30 audited "$2" "$3" && pass "$1" || fail "$1" "$(cat /tmp/audit)"; }
of() { echo ".devices == [\"$1\"] and .detail.askers[0].session == \"$2\" and .detail.askers[0].token == \"$3\""; }
page_has_session() { # page_has_session NAME DEVICES, of the page's words without its marks
	grep -q "Session [^ ]*$1[^ ]* $2" /tmp/page && pass "page-says-$1" ||
		fail "page-says-$1" "$(grep -o 'Session .\{80\}' /tmp/page)"
}
start() {
	mkdir -p /var/log
	luwatch run 2>/tmp/run.err &
	daemon=$!
	wait_for 90 metric luwatch_build_info || fail "start-$HOP" "$(cat /tmp/run.err)"
}

hop_0() {
	start
	luwatch declare add $AGAIN $EARLY
	session first 5:$AGAIN
	await first preserved "$(of $AGAIN first 0x5)"
	close_session first
	await given-up unpreserved ".devices == [\"$AGAIN\"]"
	session second 9:$AGAIN
	await second preserved "$(of $AGAIN second 0x9)"
	session third 3:$EARLY
	await third preserved "$(of $EARLY third 0x3)"
	mistake unpreserve-early
	close_session third
	sleep 3
	audited unpreserved ".devices == [\"$EARLY\"]" && fail kept-by-the-kernel "$(cat /tmp/audit)" || pass kept-by-the-kernel
	luwatch snapshot --json | jq -e ".preserved == [\"$AGAIN\", \"$EARLY\"]" >/dev/null && pass snapshot ||
		fail snapshot "$(luwatch snapshot)"
	mistake ""
	says_metric marked 'luwatch_preserved_devices{set="marked"} 2'
	ready
	kill $daemon
	wait $daemon
	# The log outlives this system, as on a host with a disk.
	cp -a /var/log/luwatch /persist/log
	exec_kexec
}

hop_1() {
	mkdir -p /var/log
	cp -a /persist/log /var/log/luwatch
	printf '[watch]\nperiod = 10s\n' >/etc/luwatch/luwatch.conf
	start
	expect report 0 luwatch report --wait=final,120s --json
	cp /tmp/out $REPORT
	mkdir -p /persist/reports
	cp $REPORT /persist/reports/daemon.json
	json clean '.verdict == "clean" and .final and answer("I9") == "pass" and (reason("I13") | test("adopted")) and
		with("kept") == ["'$AGAIN'", "'$EARLY'"] and (.losses | all(.[]; . == 0))'
	json no-stale-token '[.sets.marks[] | [.rid, .session, .token]] | sort ==
		[["'$AGAIN'", "second", "0x9"], ["'$EARLY'", "third", "0x3"]]'
	says_metric verdict 'luwatch_last_handover_verdict{verdict="clean"} 1'
	says_metric adopted 'luwatch_last_handover_invariant{id="I13",result="pass"} 1'
	says_metric kept 'luwatch_last_handover_entries{state="kept"} 2'
	says_metric nothing-leaked 'luwatch_last_handover_entries{state="leaked"} 0'
	await collected collected '.detail.verdict == "clean"'
	expect text 0 luwatch report
	grep -q '^CLEAN$' /tmp/out && grep -q '"second": 0000:00:03.0 (token 0x9)' /tmp/out && pass text-says-so ||
		fail text-says-so "$(cat /tmp/out)"
	expect page 0 luwatch report --html /persist/reports/page.html
	grep -q '<h1 id="headline" data-verdict="clean">CLEAN<' /persist/reports/page.html && pass page-says-so ||
		fail page-says-so "$(grep '<h1' /persist/reports/page.html)"
	sed 's/<[^>]*>/ /g' /persist/reports/page.html | tr -s '\n\t ' ' ' >/tmp/page
	page_has_session second "$AGAIN (token 0x9)"
	page_has_session third "$EARLY (token 0x3)"
	grep -q 'goes on with the tables' /persist/reports/page.html && pass page-says-adopted ||
		fail page-says-adopted "nothing of it"
	kill $daemon
	wait $daemon
}
