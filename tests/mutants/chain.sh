# SPDX-License-Identifier: GPL-2.0-or-later
# Hop after hop, one wrong kernel each: /etc/mutants.tsv has a line for each, made by tests/mutants/run
# from the table, which also judges the reports and the evidence that are left in /persist/reports.
# machine: --timeout 3000

ROWS=/etc/mutants.tsv
HOPS=$(wc -l <$ROWS)

row() {
	sed -n "$1p" $ROWS >/tmp/row
	read -r name fixture preserved declared mutants actions </tmp/row
	fixture=$(words "$fixture") preserved=$(words "$preserved") declared=$(words "$declared")
	mutants=$(words "$mutants") actions=$(words "$actions")
}
words() { [ "$1" = - ] || echo "$1" | tr , ' '; }

# What one may do to a preserved device, to the machine, or to the attempt itself.
act() {
	case $1 in
	busy=*) busy "${1#*=}" ;;
	aborted=*)
		ready
		expect "$name-aborted" "${1#*=}" exec_kexec
		mutant none
		;;
	*) act_on_machine "$1" ;;
	esac || fail "$name-action" "$1"
}

look() {
	row "$1"
	out=/persist/reports/$name
	mkdir -p "$out"
	luwatch collect --json >"$out/report.json" 2>/tmp/collect.err
	echo "$?" >"$out/status"
	id=$(jq -r .id "$out/report.json")
	tar -czf "$out/case.tgz" -C "/var/lib/luwatch/handovers/$id" . && pass "$name-collected" ||
		fail "$name-collected" "$(cat /tmp/collect.err)"
	rm -rf "/var/lib/luwatch/handovers/$id"
}

break_it() {
	row "$1"
	load_fixture luo=1 $fixture || fail "$name-fixture" "cannot be loaded"
	luwatch declare clear >/dev/null 2>&1
	[ -z "$declared" ] || luwatch declare add $declared >/dev/null || fail "$name-declare" "$declared"
	luwatch arm >/tmp/arm 2>&1 || fail "$name-arm" "$(cat /tmp/arm)"
	preserve $preserved || fail "$name-preserve" "$preserved"
	mutant $mutants || fail "$name-mutant" "$mutants"
	for action in $actions; do
		act "$action"
	done
	hand_over
	fail "$name-kexec" "it was refused"
	reboot_now
}

leg() {
	[ "$HOP" -eq 0 ] || look "$HOP"
	[ "$HOP" -eq "$HOPS" ] || break_it $((HOP + 1))
}

leg_number=0
while [ $leg_number -le "$HOPS" ]; do
	eval "hop_$leg_number() { leg; }"
	leg_number=$((leg_number + 1))
done
