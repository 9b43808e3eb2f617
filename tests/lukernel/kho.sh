# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel's own selftest of KHO (lib/test_kho.c), which a kernel with CONFIG_TEST_KEXEC_HANDOVER runs in each
# boot: the first one preserves memory with random contents, the one after a kexec looks whether it is all there.
# It is judged as tools/testing/selftests/kho/vmtest.sh does, by that kernel's line, with luwatch armed and
# without; each time from a machine that was reset.
# machine: --kernel lu-old --timeout 600

said() { dmesg | grep -ao 'test_kho: .*'; }

# saved NAME: the first kernel has nothing to restore, and says nothing.
saved() {
	[ -z "$(said)" ] && pass "$1" || fail "$1" "$(said)"
}

# restored NAME: what vmtest.sh asks of the next kernel.
restored() {
	said | sed 's/^/| /'
	said >"/persist/$1"
	said | grep -q 'KHO restore succeeded' && pass "$1" || fail "$1" "it says \"$(said)\""
}

hop_0() {
	saved unarmed-saved
	do_kexec --cmdline "$VM_CMDLINE"
}

hop_1() {
	restored kho-unarmed
	hard_reset
}

hop_2() {
	saved armed-saved
	luwatch arm >/tmp/arm 2>&1 || fail arm "$(cat /tmp/arm)"
	hand_over
}

hop_3() {
	restored kho-armed
	collect collected 0
	if [ -s /persist/kho-armed ] && cmp -s /persist/kho-unarmed /persist/kho-armed; then
		echo "| $(wc -l </persist/kho-armed) line, the same with luwatch armed and without"
		pass same-results-kho
	else
		fail same-results-kho "nothing, or they differ: $(diff /persist/kho-unarmed /persist/kho-armed | tr '\n' ' ')"
	fi
}
