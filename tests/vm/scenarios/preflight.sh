# SPDX-License-Identifier: GPL-2.0-or-later
# What `luwatch preflight` warns of, each provoked in a machine that has it: aliases behind a bridge,
# a shared group, ATS, a reserved memory region (a DMAR table with one more entry, handed to the
# second kernel), bus mastering without a driver, a unit that goes off, sets that differ, a context
# table that is newer than the preservation, no image loaded. PASIDs in use and virtual functions: scenario
# lu-devices. Then the hand-over itself, with a device in a session of a hostile name.
# machine: --timeout 900 --qemu=-global --qemu=intel-iommu.device-iotlb=on
# machine: --qemu=-device --qemu=pcie-root-port,id=port9,chassis=9,bus=pcie.0,addr=0xc
# machine: --qemu=-device --qemu=virtio-rng-pci,bus=port9,ats=on,iommu_platform=on,disable-legacy=on

ATS_DEVICE=0000:05:00.0
RMRR_DEVICE=0000:00:09.0
WARNINGS=/tmp/warnings.json
SESSION="<script>$(printf '\033')[31m two words"

# warns NAME STATUS [WARNING…]: exits with STATUS and gives exactly these "TOPIC SUBJECT SEVERITY" and
# the one in $ALSO.
warns() {
	warns_name=$1
	warns_status=$2
	shift 2
	luwatch preflight --json >$WARNINGS 2>/tmp/warnings.err
	warns_got=$?
	jq -r '.warnings[] | .topic + " " + .subject + " " + .severity' $WARNINGS | sort >/tmp/got
	for one in "$@" ${ALSO:+"$ALSO"}; do echo "$one"; done | sort >/tmp/wanted
	if [ $warns_got -eq "$warns_status" ] && cmp -s /tmp/got /tmp/wanted; then
		pass "$warns_name"
	else
		fail "$warns_name" "status $warns_got, not $warns_status;" \
			"missing: $(grep -vxFf /tmp/got /tmp/wanted | tr '\n' ';')" \
			"too many: $(grep -vxFf /tmp/wanted /tmp/got | tr '\n' ';') $(cat /tmp/warnings.err)"
	fi
}

# says NAME FILTER: a jq filter over the warnings is true.
says() { jq -e "$2" $WARNINGS >/dev/null && pass "$1" || fail "$1" "$(jq -c .warnings $WARNINGS)"; }

# master RID BITS: the command register.
master() { printf "\\$2" | dd of=/sys/bus/pci/devices/$1/config bs=1 seek=4 conv=notrunc 2>/dev/null; }

# add_rmrr DEVICE FUNCTION INITRD: the DMAR table with a reserved region at 0xf0000 for 00:DEVICE.FUNCTION,
# newer than the firmware's, in front of the image, where the kernel looks for such tables.
add_rmrr() {
	mkdir -p /tmp/acpi/kernel/firmware/acpi
	table=/tmp/acpi/kernel/firmware/acpi/DMAR.aml
	cp /sys/firmware/acpi/tables/DMAR $table
	printf '\001\000\040\000\000\000\000\000\000\000\017\000\000\000\000\000' >>$table
	printf '\377\017\017\000\000\000\000\000\001\010\000\000\000\000' >>$table
	printf "$(printf '\\%03o\\%03o' "$1" "$2")" >>$table
	size=$(wc -c <$table)
	patch() { printf "\\$(printf %03o "$2")" | dd of=$table bs=1 seek="$1" conv=notrunc 2>/dev/null; }
	patch 4 $((size & 255))
	patch 5 $((size >> 8))
	patch 27 127
	patch 9 0
	patch 9 "$(od -An -v -tu1 $table | awk '{ for (i = 1; i <= NF; i++) s += $i }
		END { print (256 - s % 256) % 256 }')"
	(cd /tmp/acpi && find kernel -depth | sort | cpio -o -H newc 2>/dev/null) >/tmp/initrd
	cat "$3" >>/tmp/initrd
}

# move_bus: bus 02 becomes bus 09, with a context table that nobody had before. The bridge is given other
# numbers, and found anew.
move_bus() {
	for device in 0000:02:00.0 0000:02:00.1; do echo 1 >/sys/bus/pci/devices/$device/remove; done
	printf '\011\011' | dd of=/sys/bus/pci/devices/0000:00:06.0/config bs=1 seek=25 conv=notrunc 2>/dev/null
	echo 1 >/sys/bus/pci/devices/0000:00:06.0/remove
	echo 1 >/sys/bus/pci/rescan
}

hop_0() {
	expect usage 2 luwatch preflight now
	expect without-root 4 start-stop-daemon -S -q -c nobody:nogroup -x /usr/bin/luwatch -- preflight
	# The firmware has left the disk controller as a bus master, and nothing drives it.
	ALSO="bus-master 0000:00:1f.2 warning"
	warns stock-kernel 3 "goes-off dmar0 notice" "not-ready hand-over incomplete"
	luwatch declare add 0000:00:03.0
	warns stock-kernel-declared 10 "goes-off dmar0 violation" "not-ready hand-over incomplete"
	master 0000:00:1f.2 003
	ALSO="ats $ATS_DEVICE notice"

	load_fixture version=4 luo=1 bitmap=all
	luwatch arm >/dev/null
	ready
	warns not-yet-preserved 3 "goes-off dmar0 warning" "not-marked 0000:00:03.0 warning"
	preserve 0000:00:03.0
	warns nothing-to-warn-of 0
	expect nothing-in-words 0 luwatch preflight
	grep -q '^NOTHING TO WARN OF' /tmp/out && pass nothing-says-so || fail nothing-says-so "$(cat /tmp/out)"

	luwatch declare add 0000:04:01.0
	preserve 0000:04:01.0
	warns contested 10 "contested 0000:04:01.0 violation"
	says contested-names-the-other '.warnings[0].related == ["0000:04:02.0"] and
		.warnings[0].iommu == "dmar0" and (.warnings[0].message | test("0000:04:00.0"))'
	luwatch declare add 0000:04:02.0
	preserve 0000:04:02.0
	warns shared-group 3 "shared-group 0000:04:01.0 warning" "shared-group 0000:04:02.0 warning"
	luwatch declare remove 0000:04:01.0 0000:04:02.0
	warns not-declared 10 "not-declared 0000:04:01.0 violation" "not-declared 0000:04:02.0 violation" \
		"shared-group 0000:04:01.0 warning" "shared-group 0000:04:02.0 warning"
	unpreserve 0000:04:01.0 0000:04:02.0
	warns nothing-again 0

	master 0000:00:04.0 006
	warns bus-master 3 "bus-master 0000:00:04.0 warning"
	master 0000:00:04.0 002
	luwatch declare add 0000:0a:00.0
	warns absent 10 "absent 0000:0a:00.0 violation"
	luwatch declare remove 0000:0a:00.0
	move_bus
	warns newer-table 3 "newer-table dmar0 bus 09 warning"
	unpreserve 0000:00:03.0
	preserve 0000:00:03.0
	warns preserved-once-more 0
	luwatch declare add $ATS_DEVICE
	preserve $ATS_DEVICE
	ALSO=
	warns ats 3 "ats $ATS_DEVICE warning"
	luwatch declare remove $ATS_DEVICE
	unpreserve $ATS_DEVICE

	ALSO="ats $ATS_DEVICE notice"
	kexec-now -u
	warns no-image 3 "not-ready hand-over incomplete" "reboot hand-over notice"
	# Whoever opens a session chooses its name; nobody declared what is in it.
	printf '0000:01:00.0 0x2a %s' "$SESSION" >$FIXTURE/preserve
	warns in-a-session 10 "not-declared 0000:01:00.0 violation" "not-ready hand-over incomplete" "reboot hand-over notice"
	add_rmrr $((0x09)) 0 "/boot/$VM_NEXT/initrd"
	for try in 1 2 3 4; do
		kexec-now -l "/boot/$VM_NEXT/vmlinuz" /tmp/initrd "$(kexec_cmdline)"
		luwatch status --ready && break
		luwatch arm
	done
	master 0000:00:1f.2 007
	exec_kexec
}

hop_1() {
	collect session 10
	json session-is-named '[.invariants | to_entries[] | select(.value.result == "fail").key] == ["I9"] and
		[.sets.marks[] | select(.rid == "0000:01:00.0") | .session, .token] ==
		["<script>\u001b[31m two words", "0x2a"] and answer("I3") == "pass"'
	luwatch report | tr -s '\n ' ' ' >/tmp/text
	grep -qF 'session "<script>\x1b[31m two words" (token 0x2a)' /tmp/text && ! grep -q "$(printf '\033')" /tmp/text &&
		pass session-is-escaped || fail session-is-escaped "$(cat -v /tmp/text)"
	grep -q ' direct$' /sys/bus/pci/devices/$RMRR_DEVICE/iommu_group/reserved_regions &&
		pass machine-has-rmrr || fail machine-has-rmrr "$(kernel_log 'RMRR|ACPI: DMAR' | tail -n 3)"
	luwatch declare clear
	prepare 0000:00:03.0
	ready
	ALSO="ats $ATS_DEVICE notice"
	# No firmware has run: the old kernel left it a bus master.
	warns rmrr-of-another 3 "rmrr $RMRR_DEVICE warning" "bus-master 0000:00:1f.2 warning"
	preserve $RMRR_DEVICE
	warns rmrr 3 "rmrr $RMRR_DEVICE warning" "bus-master 0000:00:1f.2 warning"
	says rmrr-says-so '.warnings[] | select(.topic == "rmrr").message | test("given to a guest")'
}
