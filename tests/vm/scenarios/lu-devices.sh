# SPDX-License-Identifier: GPL-2.0-or-later
# Devices that a live update does not take, or not whole: a virtual function, which every version of the series
# refuses and whose physical function it takes; a device with a PASID in use, which is taken, and whose PASID entry is still
# there in the next kernel. preflight says both of a declared device before anybody tries, and of no other.
# machine: --kernel lu --next lu --scalable --controllers 1 --timeout 900
# machine: --qemu=-global --qemu=intel-iommu.x-pasid-mode=on

PASIDS=0000:00:03.0

functions() { for f in /sys/bus/pci/devices/*; do [ "$(cat "$f/class")" != 0x010802 ] || echo "${f##*/}"; done; }
foreseen() {
	luwatch preflight --json >/tmp/warnings 2>/dev/null
	jq -e --arg t "$1" --arg r "$2" '[.warnings[] | select(.topic == $t and .subject == $r)] | length == 1' /tmp/warnings >/dev/null
}
says() { luwatch preflight >/tmp/preflight 2>&1; grep -q "$2" /tmp/preflight && pass "$1" || fail "$1" "$(cat /tmp/preflight)"; }

hop_0() {
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	physical=$(functions)
	echo 1b36 0010 >/sys/bus/pci/drivers/pci-pf-stub/new_id
	echo 0 >"/sys/bus/pci/devices/$physical/sriov_drivers_autoprobe"
	echo 2 >"/sys/bus/pci/devices/$physical/sriov_numvfs"
	virtual=$(functions | grep -v "$physical" | head -n 1)
	[ -e "/sys/bus/pci/devices/$virtual/physfn" ] && pass virtual || { fail virtual "$(functions)"; return; }
	check virtual-not-yet-declared not foreseen virtual-function "$virtual"
	luwatch declare add "$virtual"
	check virtual-foreseen foreseen virtual-function "$virtual"
	says virtual-in-words 'It is a virtual function: the kernel refuses to preserve it'
	for one in 3 4 5; do
		version $one
		check "virtual-refused-by-version-$one" not session refused "1:$virtual"
	done
	luwatch declare clear
	luwatch declare add "$physical"
	check physical-not-foreseen not foreseen virtual-function "$physical"
	check physical-taken session physical "1:$physical"
	close_session physical

	luwatch declare clear
	luwatch declare add $PASIDS
	check no-pasid-yet not foreseen pasid $PASIDS
	check pasid-attached eval "echo $PASIDS >/sys/module/lu/parameters/pasid"
	check pasid-foreseen foreseen pasid $PASIDS
	says pasid-in-words '1 PASID is in use on it'
	check pasid-detached eval "echo -$PASIDS >/sys/module/lu/parameters/pasid"
	check pasid-not-foreseen-any-more not foreseen pasid $PASIDS
	check pasid-attached-again eval "echo $PASIDS >/sys/module/lu/parameters/pasid"
	kept $PASIDS
	hand_over
}

hop_1() {
	collect with-pasid 0
	json with-pasid-kept '.verdict == "clean" and with("kept") == ["'$PASIDS'"] and (reason("I13") | test("adopted"))'
	check pasid-came-over foreseen pasid $PASIDS
}
