# SPDX-License-Identifier: GPL-2.0-or-later
# The kernel with live update itself: preserves, hands over to its like, which goes on with the tables.
# machine: --next lu

hop_0() {
	check enabled test -c /dev/liveupdate
	check device test -c /dev/lu-device
	check session session vm 7:0000:00:03.0 8:0000:00:09.0
	check second-session session other 7:0000:00:08.0
	check refused-twice not session third 1:0000:00:03.0
	check refused-group not session group 1:0000:04:01.0
	check closed close_session other
	do_kexec
	fail kexec "it returned"
}

hop_1() {
	truth
	check adopted test -n "$(kernel_log 'goes on with the tables')"
	check not-off test -z "$(kernel_log 'Translation was enabled')"
	check retrieved lu-session retrieve vm 7 8
	check again session vm 7:0000:00:03.0
}
