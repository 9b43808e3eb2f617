# SPDX-License-Identifier: GPL-2.0-or-later
# What a scenario may call. Sourced by init before the scenario file, and by the shell
# of an interactive machine. A scenario defines hop_0, hop_1, …: hop N runs in the N-th boot of
# the chain. A hop ends with do_kexec, reboot_now, hard_reset or poweroff_now, or by returning when it
# is the last one.

. /etc/vm.conf
[ "$VM_AGENT" = no ] || . /lib/luwatch-agent.sh
. /lib/luwatch-lu.sh
FIXTURE=/sys/kernel/debug/luwatch_fixture
HOP=$(cat /persist/hop 2>/dev/null || echo 0)

# --- results -----------------------------------------------------------------------------------
pass() { echo "LUWATCH-TEST pass $1"; }
fail() { name=$1; shift; echo "LUWATCH-TEST fail $name: $*"; }
skip() { name=$1; shift; echo "LUWATCH-TEST skip $name: $*"; }
note() { echo "# $*"; }

# check NAME COMMAND…: pass when the command succeeds, else fail with its last line of output.
check() {
	check_name=$1
	shift
	if check_out=$("$@" 2>&1); then
		pass "$check_name"
	else
		fail "$check_name" "status $? of: $* ($(echo "$check_out" | tail -n 1))"
	fi
}

# expect NAME STATUS COMMAND…: pass when the command exits with that status; output in /tmp/out.
expect() {
	expect_name=$1
	expect_status=$2
	shift 2
	"$@" >/tmp/out 2>&1
	expect_got=$?
	if [ $expect_got -eq "$expect_status" ]; then
		pass "$expect_name"
	else
		fail "$expect_name" "status $expect_got, not $expect_status, of: $*"
		sed 's/^/| /' /tmp/out
	fi
}

# wait_for SECONDS COMMAND…: tries a command until it succeeds.
wait_for() {
	wait_end=$(($(cut -d. -f1 /proc/uptime) + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(cut -d. -f1 /proc/uptime)" -lt $wait_end ] || return 1
		sleep 0.05
	done
}

# --- kernel log, modules, fixture --------------------------------------------------------------
# kernel_log PATTERN: lines the kernel itself wrote (facility 0) that match.
kernel_log() { dmesg -r | grep -E '^<[0-7]>' | grep -E -- "$1"; }

# load_module NAME: a module given with --module, with its dependencies.
load_module() {
	while read -r one; do
		[ -d "/sys/module/$one" ] || insmod "/lib/modules/$(uname -r)/$one.ko" || return 1
	done <"/lib/modules/$(uname -r)/$1.order"
}

have_fixture() { [ -e "/lib/modules/$(uname -r)/luwatch_fixture.ko" ]; }
# insert FILE [PARAMETER=VALUE…]: insmod, and again where the kernel says "try again", as 6.12 does now and then.
insert() {
	for try in 1 2 3; do
		insmod "$@" 2>/tmp/insmod && return
		cat /tmp/insmod
		grep -q 'temporarily unavailable' /tmp/insmod || return 1
		sleep 1
	done
	return 1
}
# load_fixture [PARAMETER=VALUE…]: the stand-in for the live-update series; version=2 is another build.
load_fixture() {
	case " $* " in
	*" version=2 "*) insert "/lib/modules/$(uname -r)/luwatch_fixture_old.ko" "$@" ;;
	*) insert "/lib/modules/$(uname -r)/luwatch_fixture.ko" "$@" ;;
	esac && klp_settled
}
klp_settled() {
	wait_for 20 grep -q 0 /sys/kernel/livepatch/luwatch_fixture/transition
}
preserve() { for rid in "$@"; do echo "$rid" >$FIXTURE/preserve || return 1; done; }
unpreserve() { for rid in "$@"; do echo "$rid" >$FIXTURE/unpreserve || return 1; done; }
mutant() { echo "$*" >$FIXTURE/mutant; }
busy() { for rid in "$@"; do echo "$rid" >$FIXTURE/busy || return 1; done; }

# --- the end of a hop --------------------------------------------------------------------------
# kexec_cmdline: the command line for the next kernel; the agent's when it is there.
kexec_cmdline() {
	if [ -x /usr/bin/luwatch ] && [ "$VM_AGENT" = yes ]; then
		luwatch kexec-args --cmdline "$VM_CMDLINE"
	else
		echo "$VM_CMDLINE"
	fi
}

# load_kexec [--kernel FAMILY] [--cmdline TEXT | --running] [--append TEXT] [--kexec-load]
# Loads the next kernel (default: the machine's --next kernel; kexec_file_load). --running: the agent
# makes the command line from the running kernel's, as loaders that reuse /proc/cmdline do.
load_kexec() {
	load_kernel=$VM_NEXT
	load_cmdline=
	load_append=
	load_how="kexec-now -l"
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel) load_kernel=$2; shift ;;
		--cmdline) load_cmdline=$2; shift ;;
		--running) load_cmdline=$(luwatch kexec-args) ;;
		--append) load_append=" $2"; shift ;;
		--kexec-load) load_how=kexec_load ;;
		*) fail load_kexec "unknown word $1"; return 2 ;;
		esac
		shift
	done
	[ -n "$load_cmdline" ] || load_cmdline=$(kexec_cmdline) || return 1
	$load_how "/boot/$load_kernel/vmlinuz" "/boot/$load_kernel/initrd" "$load_cmdline$load_append"
}
kexec_load() { kexec --kexec-syscall -l "$1" --initrd="$2" --command-line="$3"; }

# exec_kexec: starts the loaded kernel. Returns only when the kernel refuses (status: errno).
exec_kexec() {
	leave_hop
	kexec-now -e
	exec_status=$?
	stay_in_hop
	return $exec_status
}

do_kexec() { load_kexec "$@" && exec_kexec; }

reboot_now() { leave_hop; reboot -f; }
poweroff_now() { leave_hop; poweroff -f; sleep 60; }
# power_cycle: off, and the host switches the machine on again.
power_cycle() { leave_hop; echo "LUWATCH-HOST power-cycle"; sleep 2; poweroff -f; sleep 60; }
# hard_reset: the host pulls the reset line; nothing of this kernel runs any more.
hard_reset() { leave_hop; echo "LUWATCH-HOST hard-reset"; sleep 60; }
# reset_after SECONDS: the host does so then, as a watchdog would, whatever this kernel does meanwhile.
reset_after() { echo "LUWATCH-HOST reset-after $1"; }

leave_hop() {
	echo $((HOP + 1)) >/persist/hop
	sync
	mount -o remount,ro /persist 2>/dev/null || { sync; note "/persist is busy"; }
}
stay_in_hop() {
	mount -o remount,rw /persist
	echo "$HOP" >/persist/hop
}

# run_hop: called by init. The last hop may simply return.
run_hop() {
	if ! type "hop_$HOP" >/dev/null 2>&1; then
		fail "hop-$HOP" "the scenario has no hop_$HOP: one boot too many"
	else
		"hop_$HOP"
		type "hop_$((HOP + 1))" >/dev/null 2>&1 &&
			fail "hop-$HOP" "returned, but hop_$((HOP + 1)) was to follow"
	fi
	echo "LUWATCH-TEST done"
	poweroff_now
}
