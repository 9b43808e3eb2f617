# SPDX-License-Identifier: GPL-2.0-or-later
# What scenarios of the agent may call, beside luwatch-test.sh. A hop of a hand-over is
#     collect NAME STATUS; json NAME FILTER…; prepare RID…; mutant …; ready; exec_kexec
# collect leaves the report in $REPORT; the host takes all of them out and checks their schema.

REPORT=/tmp/report.json

# count NAME N: N of the trace lines that the scenario's `# count-trace NAME:` line describes.
count() { echo "LUWATCH-COUNT $1 $2"; }

# collect NAME STATUS [OPTION…]: runs `luwatch collect`, which must exit with STATUS.
collect() {
	collect_name=$1
	collect_status=$2
	shift 2
	luwatch collect --json "$@" >$REPORT 2>/tmp/collect.err
	collect_got=$?
	mkdir -p /persist/reports
	[ $collect_got = 5 ] || cp $REPORT "/persist/reports/$HOP-$collect_name.json"
	if [ $collect_got -eq "$collect_status" ]; then
		pass "$collect_name"
		return
	fi
	fail "$collect_name" "collect exited $collect_got, not $collect_status: $(tail -n 1 /tmp/collect.err)" \
		"$(jq -c '[.headline, [.invariants | to_entries[] | select(.value.result == "fail" or
		.value.result == "unknown") | .key + ": " + .value.reason]]' $REPORT 2>/dev/null)"
}

# act_on_machine ACTION: what one may do to a device, or to the machine. $name is in the remarks.
act_on_machine() {
	device=/sys/bus/pci/devices/${1#*=}
	case $1 in
	remove=*) echo 1 >"$device/remove" ;;
	identity=*) echo identity >"$(realpath "$device/iommu_group")/type" ;;
	move=*) # the bus behind this bridge becomes bus 09, with a new context table
		for one in "$device"/0000:*; do [ ! -e "$one/remove" ] || echo 1 >"$one/remove"; done
		printf '\011\011' | dd of="$device/config" bs=1 seek=25 conv=notrunc 2>/dev/null
		echo 1 >"$device/remove"
		echo 1 >/sys/bus/pci/rescan
		[ -e /sys/bus/pci/devices/0000:09:00.0 ]
		;;
	suspend)
		echo core >/sys/power/pm_test
		echo mem >/sys/power/state 2>/tmp/suspend
		note "$name: suspend: $? $(cat /tmp/suspend)"
		;;
	*) false ;;
	esac
}

# Words for filters over a report.
JQ='def with(s): [.entries[] | select(.state == s).rid] | sort;
def state(r): [.entries[] | select(.rid == r).state] | first;
def answer(i): .invariants[i].result;
def reason(i): .invariants[i].reason // "";
def faults_of(r): [.faults[] | select(.rid == r)];
def carrier(c): [.carriers[] | select(.name == c)] | first;'

# json NAME FILTER: pass when the filter over the report is true.
json() {
	if jq -e "$JQ $2" $REPORT >/tmp/json 2>&1; then
		pass "$1"
	else
		fail "$1" "not so: $(echo "$2" | tr -s '\n\t' ' '): $(jq -c "$JQ"'[.headline, with("leaked"), with("lost"),
			[.invariants | to_entries[] | select(.value.result == "fail" or
			.value.result == "unknown") | [.key, .value.reason]], .faults, .carriers,
			(.losses | with_entries(select(.value != 0)))]' $REPORT 2>/dev/null)"
	fi
}

# faults_counted [RID]: how many faults `luwatch faults` knows.
faults_counted() {
	luwatch faults --json | jq -s "map(select(\"$1\" == \"\" or .rid == \"$1\").count) | add // 0"
}

# audited KIND FILTER: the audit log has a record of this kind for which the filter is true; /tmp/audit has all.
audited() {
	luwatch audit show --json --kind "$1" >/tmp/audit 2>&1
	jq -e -s "flatten | any(.[]; $2)" /tmp/audit >/dev/null 2>&1
}

# prepare RID…: the live-update kernel with an armed agent and these devices preserved.
prepare() {
	if [ -c /dev/lu-device ]; then
		prepare_by=kept
		lu-session finish vm 2>/dev/null # what the kernel before this one has handed over
	else
		prepare_by=preserve
		load_fixture luo=1 || fail "prepare-$HOP" "the fixture cannot be loaded"
	fi
	luwatch arm >/tmp/arm 2>&1 || fail "arm-$HOP" "$(cat /tmp/arm)"
	$prepare_by "$@" || fail "preserve-$HOP" "$*"
}

# ready [load_kexec's words]: loads the image until the agent says that it would be recorded.
ready() {
	for ready_try in 1 2 3 4; do
		load_kexec "$@" || { fail "load-$HOP" "the image cannot be loaded"; return 1; }
		luwatch status --ready >/tmp/ready 2>&1 && return
		note "try $ready_try: $(cat /tmp/ready)"
		luwatch arm >/tmp/arm 2>&1
	done
	fail "ready-$HOP" "$(cat /tmp/ready)"
}

# hand_over [load_kexec's words]: loads, checks and starts the next kernel.
hand_over() { ready "$@" && exec_kexec; }
