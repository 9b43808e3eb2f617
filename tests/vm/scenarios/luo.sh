# SPDX-License-Identifier: GPL-2.0-or-later
# The luo carrier on a kernel with live update: a session that another process holds until the kexec
# brings the records, with the words of the pages carrier and without any, handed over in the next
# kernel or not, and where lockdown has closed /dev/mem: in the next kernel, and in both.
# machine: --next lu --timeout 900

# Armed with a session, two devices preserved.
begin() {
	luwatch disarm >/dev/null 2>&1
	lu-session finish vm 2>/dev/null # what the kernel before this one has handed over
	if ! luwatch check 2>/dev/null | grep -q 'luo .*no live-update session was handed over'; then
		fail "check-$HOP" "$(luwatch check 2>&1 | grep luo)"
	fi
	lu-session hold luwatch luwatch arm --luo-session-fd 3 >/tmp/arm 2>&1 ||
		fail "arm-$HOP" "$(cat /tmp/arm)"
	grep -q 'carriers: .*luo' /tmp/arm && pass "armed-$HOP" || fail "armed-$HOP" "$(cat /tmp/arm)"
	kept 0000:00:03.0 0000:00:09.0
}

clean() {
	json "$1-clean" '.verdict == "clean" and with("kept") == ["0000:00:03.0", "0000:00:09.0"]'
	json "$1-all" 'carrier("luo") | .records > 40 and .damaged == 0'
}

# says NAME CARRIER STATE: what check says to one that has a session.
says() {
	lu-session hold trial sh -c 'LISTEN_FDS=1 sh -c "LISTEN_PID=\$\$ exec luwatch check --json" >/tmp/check
		exit 1' 2>/dev/null # it ends, and the session with it
	says_got=$(jq -r --arg n "$2" '.carriers[] | select(.name == $n).state' /tmp/check)
	[ "$says_got" = "$3" ] && pass "$1" || fail "$1" "$2: $says_got, not $3"
}

is_locked() {
	mount -t securityfs securityfs /sys/kernel/security
	grep -q '\[integrity\]' /sys/kernel/security/lockdown && pass "$1" ||
		fail "$1" "$(cat /sys/kernel/security/lockdown)"
}

hop_0() {
	says pages-unlocked pages yes
	expect no-session 2 luwatch arm --luo-session-fd 1
	begin
	luwatch status >/tmp/status
	grep -qE '^preserved   declared 0, marked 2, room for the records of [1-9][0-9]*$' /tmp/status &&
		pass status-says-room || fail status-says-room "$(cat /tmp/status)"
	hand_over
}

# Both carriers, the session taken back by another process, which gives it on as a service manager does.
hop_1() {
	lu-session hand luwatch sh -c \
		'LISTEN_FDS=1 exec sh -c "LISTEN_PID=\$\$ exec luwatch collect --json >/tmp/report.json"' \
		2>/tmp/collect.err && pass handed || fail handed "$(cat /tmp/collect.err)"
	clean handed
	json both-alike 'carrier("pages").records == carrier("luo").records'
	begin
	# The words of nobody: what a loader of its own would say.
	load_kexec --cmdline "$(sed 's/memmap=[^ ]* luwatch=[^ ]* *//' /proc/cmdline)"
	expect wordless-ready 0 luwatch status --ready
	exec_kexec
}

# No words, and nobody hands the session over: it is taken from the kernel itself.
hop_2() {
	collect wordless 0
	clean wordless
	json luo-alone 'carrier("pages").records == 0'
	begin
	hand_over --append lockdown=integrity
}

hop_3() {
	is_locked locked-before
	lu-session hand luwatch sh -c 'exec luwatch collect --json --luo-session-fd 3 >/tmp/report.json' \
		2>/tmp/collect.err && pass locked-handed || fail locked-handed "$(cat /tmp/collect.err)"
	clean locked
	json closed 'carrier("pages") | .records == 0 and (.problem | test("/dev/mem"))'
	says locked-pages pages no
	says locked-luo luo yes
	says locked-trace trace yes
	begin
	grep 'carriers: ' /tmp/arm | grep -q pages && fail locked-armed "$(cat /tmp/arm)" || pass locked-armed
	hand_over --append lockdown=integrity
}

# Armed and handed over in a kernel that was locked, into another one.
hop_4() {
	is_locked locked-after
	collect both-locked 0
	clean both-locked
	json both-locked-whole 'answer("I12") == "pass" and carrier("pages").records == 0'
}
