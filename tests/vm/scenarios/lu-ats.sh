# SPDX-License-Identifier: GPL-2.0-or-later
# A device with address translation services on: version 5 of the series refuses to preserve it, and
# preflight says so of the declared device before anybody tries. The control: version 4 takes
# it. A kernel with pci=noats takes it too, and preflight still warns: the bit is on in the device.
# machine: --kernel lu --next lu --timeout 600
# machine: --qemu=-global --qemu=intel-iommu.device-iotlb=on
# machine: --qemu=-device --qemu=pcie-root-port,id=port4,chassis=4,bus=pcie.0,addr=0xc
# machine: --qemu=-device --qemu=virtio-rng-pci,bus=port4,addr=0x0,disable-legacy=on,iommu_platform=on,ats=on

RNG=0000:05:00.0

foreseen() { luwatch preflight --json | jq -e --arg r $RNG '[.warnings[] | select(.topic == "ats" and .subject == $r)] | length == 1' >/dev/null; }
says() { luwatch preflight >/tmp/preflight 2>&1; grep -q "$2" /tmp/preflight && pass "$1" || fail "$1" "$(cat /tmp/preflight)"; }

hop_0() {
	[ -e /sys/bus/pci/devices/$RNG/iommu_group ] || { fail device "$(ls /sys/bus/pci/devices)"; return; }
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	foreseen && fail not-yet-planned "it is foreseen of a device that nobody declared" || pass not-yet-planned
	luwatch declare add $RNG
	foreseen && pass foreseen || fail foreseen "$(luwatch preflight 2>&1)"
	says foreseen-in-words 'may refuse to preserve it'
	version 5
	check refused not session refused 1:$RNG
	version 4
	check taken-by-version-4 session taken 1:$RNG
	check still-foreseen foreseen
	close_session taken
	do_kexec --cmdline "$VM_CMDLINE pci=noats"
}

# The bit is the device's, and a kexec resets no device: a kernel that was told to have no ATS takes it.
hop_1() {
	luwatch collect >/dev/null 2>&1
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	check on-from-the-kernel-before foreseen
	version 5
	check taken-with-noats session vm 1:$RNG
}
