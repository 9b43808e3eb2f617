# SPDX-License-Identifier: GPL-2.0-or-later
# What scenarios on a kernel with live update may call (vmlib/lukernel.py), beside luwatch-test.sh and
# luwatch-agent.sh.

# session NAME TOKEN:RID…: a live-update session with these devices, held by a process of its own.
session() {
	session_pid=$(lu-session create "$@" 2>/tmp/session) || { note "$(cat /tmp/session)"; return 1; }
	echo "$session_pid" >"/run/session-$1"
}
# close_session NAME: its holder goes, and what it preserved with it.
close_session() {
	kill "$(cat "/run/session-$1")" && wait_for 10 gone "$(cat "/run/session-$1")"
}
gone() { [ ! -d "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"; }

# kept RID…: an ordinary session "vm" with these devices, under the tokens 1, 2, …
kept() {
	kept_words=
	kept_token=0
	for rid in "$@"; do
		kept_token=$((kept_token + 1))
		kept_words="$kept_words $kept_token:$rid"
	done
	# shellcheck disable=SC2086
	session vm $kept_words || fail "session-$HOP" "$(cat /tmp/session)"
}

# mistake NAME[=RID],…: of this kernel; for the next one, --append lu.mistake=… of load_kexec.
mistake() { echo "$*" >/sys/module/lu/parameters/mistake; }
version() { echo "$1" >/sys/module/lu/parameters/version; }
# truth: the kernel prints its tables now.
truth() { echo 1 >/sys/module/lu/parameters/dump; }
not() { ! "$@"; }
