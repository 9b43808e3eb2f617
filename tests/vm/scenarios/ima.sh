# SPDX-License-Identifier: GPL-2.0-or-later
# IMA's measurement list over real kexecs: a kernel with CONFIG_IMA_KEXEC hands its list to the next one,
# in which every kernel begins with an entry of its own. What the agent counts in it, and that it tells
# against a hand-over after which another kernel ran.
# machine: --next lu --timeout 900

LIST=/sys/kernel/security/ima/ascii_runtime_measurements

# the_list KERNELS: how many kernels are in it, as it stands there.
the_list() {
	mount -t securityfs securityfs /sys/kernel/security 2>/dev/null
	is "list-has-$1" "$(grep -c ' boot_aggregate *$' $LIST)" "$1"
	note "$(cut -c1-90 $LIST | head -n 8)"
}
is() { [ "$2" = "$3" ] && pass "$1" || fail "$1" "$2, not $3"; }
counted() {
	jq -r .kexecs_counted.ima "/var/lib/luwatch/handovers/$(jq -r .id $REPORT)/evidence.json"
}
# baseline_says NUMBER: what the baseline on disk of this kernel has.
baseline_says() {
	is "baseline-says-$1" "$(strings -a /var/lib/luwatch/armed/"$(cat /proc/sys/kernel/random/boot_id)".baseline |
		grep -o 'ima=[0-9]*' | head -n 1)" "ima=$1"
}

hop_0() {
	the_list 1
	expect arm 0 luwatch arm
	baseline_says 0
	ready
	exec_kexec
}

hop_1() {
	the_list 2
	collect first 0
	is first-counted "$(counted)" 1
	expect arm-again 0 luwatch arm
	baseline_says 1
	ready
	exec_kexec
}

# This kernel collects nothing and arms nothing; it starts the next one with its own words, and that one
# takes nothing of KHO: IMA is the only one who has counted.
hop_2() {
	the_list 3
	load_kexec --cmdline "$(cat /proc/cmdline) kho=off"
	exec_kexec
}

hop_3() {
	the_list 4
	collect another-kernel-ran-since 3
	json ima-is-who-says-it '.headline + ([.findings[].message] | join(" ")) | test("measurement list")'
	note "$(jq -r .headline $REPORT)"
}
