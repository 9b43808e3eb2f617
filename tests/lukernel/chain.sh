# SPDX-License-Identifier: GPL-2.0-or-later
# Boot after boot of kernels with live update, a row of /etc/rows each, made by tests/lukernel/run from
# its table. A row's hand-over is collected in the next boot. A row begins in a kernel of the family
# that it names, after a reset when the row before left tables that are not whole.
# machine: --kernel lu

ROWS=/etc/rows
HOPS=$(($(wc -l <$ROWS) * 4 + 2))
SESSIONS="early vm later"

row() {
	sed -n "$1p" $ROWS >/tmp/row
	read -r name how from version early marks declared wrong next append actions </tmp/row
	early=$(words "$early") marks=$(words "$marks") declared=$(words "$declared")
	actions=$(words "$actions")
	[ "$wrong" != - ] || wrong=
	[ "$append" != - ] || append=
}
words() { [ "$1" = - ] || echo "$1" | tr , ' '; }

# put SESSION RID…: a session with these devices.
put() {
	put_name=$1 put_words=
	shift
	for rid in "$@"; do
		put_token=$((put_token + 1))
		put_words="$put_words $put_token:$rid"
	done
	# shellcheck disable=SC2086
	session "$put_name" $put_words || fail "$name-session" "$(cat /tmp/session)"
}

arm() { luwatch arm >/tmp/arm 2>&1 || fail "$name-arm" "$(cat /tmp/arm)"; }

# What one may do between arming and the kexec.
act() {
	argument=${1#*=}
	case $1 in
	busy=*) echo "$argument" >/sys/module/lu/parameters/busy ;;
	again=*) put later "$argument" ;;
	close=*) close_session "$argument" ;;
	later=*) # a device preserved while nothing is armed
		luwatch disarm >/dev/null 2>&1
		put later "$argument"
		arm
		;;
	disarmed) luwatch disarm >/dev/null 2>&1 && arm ;;
	inlined) # the function that clears is a part of its caller: what is attached instead
		mkdir -p "/persist/reports/$name"
		grep -q ' clear_unpreserved_context_entries$' /proc/kallsyms && fail "$name-inlined" "it has a symbol"
		luwatch check --json | jq -r '"no symbol clear_unpreserved_context_entries; probes: " +
			([.probes[] | select(.name | test("^clear_|^iommu_disable|^intel_iommu_shutdown|^machine_kexec$")) |
			.name + " " + .state] | join(", "))' >"/persist/reports/$name/note"
		;;
	refused=*) # the freeze fails; then the second attempt
		mistake freeze
		ready
		expect "$name-refused" "$argument" exec_kexec
		mistake "$wrong"
		;;
	refuses=*) check "$name-refuses" not session refused "9:$argument" ;;
	preflight=*) luwatch preflight >/tmp/preflight 2>&1
		grep -q "$argument" /tmp/preflight && pass "$name-foreseen" ||
			fail "$name-foreseen" "$(cat /tmp/preflight)" ;;
	*) act_on_machine "$1" ;;
	esac || fail "$name-action" "$1"
}

# Takes home what the next kernel says of the row's hand-over.
look() {
	row "$1"
	out=/persist/reports/$name
	mkdir -p "$out"
	luwatch collect --json >"$out/report.json" 2>/tmp/collect.err
	echo "$?" >"$out/status"
	echo "$HOP" >"$out/hop"
	luwatch report >"$out/report.txt" 2>&1
	id=$(jq -r .id "$out/report.json")
	tar -czf "$out/case.tgz" -C "/var/lib/luwatch/handovers/$id" . && pass "$name-collected" ||
		fail "$name-collected" "$(cat /tmp/collect.err)"
	[ ! -e /sys/module/lu/parameters/dump ] || truth
}

begin() {
	row "$1"
	if [ "$how" = fresh ] && [ ! -e /persist/fresh ]; then
		touch /persist/fresh
		hard_reset
	fi
	can=on
	[ -c /dev/liveupdate ] || can=off
	[ "${actions%off}" = "$actions" ] && wants=on || wants=off
	if [ "$(cat "/boot/$from/release")" != "$(uname -r)" ] || [ $can != $wants ]; then
		[ "$from" != "$VM_KERNEL" ] || hard_reset
		do_kexec --kernel "$from" --cmdline "$VM_CMDLINE"
		fail "$name-begin" "no kernel $from was started"
	fi
	for one in $SESSIONS; do
		[ "${actions#*leave}" != "$actions" ] || lu-session finish $one 2>/dev/null
	done
	actions=$(echo "$actions" | sed 's/leave//; s/follow//; s/off$//')
	version "$version"
	mistake "$wrong"
	put_token=0
	luwatch declare clear >/dev/null 2>&1
	[ -z "$declared" ] || luwatch declare add $declared >/dev/null || fail "$name-declare" "$declared"
	# shellcheck disable=SC2086
	[ -z "$early" ] || put early $early
	arm
	# shellcheck disable=SC2086
	[ -z "$marks" ] || put vm $marks
	for action in $actions; do
		act "$action"
	done
	echo "$1" >/persist/pending
	rm -f /persist/fresh
	case $append in
	reboot) reboot_now ;;
	"") hand_over --kernel "$next" ;;
	*) hand_over --kernel "$next" --append "$(echo "$append" | tr ';' ' ')" ;;
	esac
	fail "$name-kexec" "it was refused"
	rm /persist/pending
	reboot_now
}

leg() {
	echo "<4>luwatch-vm: hop $HOP" >/dev/kmsg
	done=$(cat /persist/done 2>/dev/null || echo 0)
	if [ -e /persist/pending ]; then
		done=$(cat /persist/pending)
		look "$done"
		rm /persist/pending
		echo "$done" >/persist/done
	fi
	[ "$done" -lt "$(wc -l <$ROWS)" ] || { echo "LUWATCH-TEST done"; poweroff_now; }
	begin $((done + 1))
}

leg_number=0
while [ $leg_number -le $HOPS ]; do
	eval "hop_$leg_number() { leg; }"
	leg_number=$((leg_number + 1))
done
