# SPDX-License-Identifier: GPL-2.0-or-later
# For a reader (`make vm-systemd`): installs the package, does one hand-over, and logs root in.
# machine: --systemd

. /lib/luwatch-systemd.sh

hop_0() {
	systemctl is-system-running --wait
	dpkg -i /root/luwatch.deb
	preserve 0000:00:03.0 0000:01:00.0
	load
	go systemctl kexec
}

hop_1() {
	systemctl is-system-running --wait
	luwatch report
	cat <<-'END'

	After one hand-over, with its audit log. Change one byte of a record and ask:
	    dd if=/dev/zero of=/var/log/luwatch/audit.jsonl bs=1 seek=700 count=1 conv=notrunc
	    luwatch audit verify
	More: systemctl status luwatchd, journalctl -x -u luwatchd, luwatch audit show. `poweroff` ends it.
	END
	systemctl start --no-block console-getty
	exit
}
