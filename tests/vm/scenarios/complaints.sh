# SPDX-License-Identifier: GPL-2.0-or-later
# What a kernel of 6.17 and later writes about a program that it stops: the unit test that has a program do that
# runs here, where root and such a kernel are; on the machine that builds it may only be left out.

hop_0() {
	cd /
	CMOCKA_MESSAGE_OUTPUT=TAP test_arm_complaints >/tmp/out 2>&1
	status=$?
	[ $status = 0 ] && pass exits || fail exits "$status: $(cat /tmp/out)"
	for one in counts reads; do
		grep -q "^ok [0-9]* - $one\$" /tmp/out && pass $one || fail $one "$(cat /tmp/out)"
	done
}
