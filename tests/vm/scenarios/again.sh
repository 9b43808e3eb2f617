# SPDX-License-Identifier: GPL-2.0-or-later
# `systemctl kexec` with no image loaded: systemd takes the boot loader's default entry, and the unit of
# contrib/systemd gives what it loaded luwatch's words on the way down; or leaves it alone where its command line
# says so. Another way down it does not touch.
# machine: --systemd --timeout 1500
# machine: --add systemd/luwatchd.service:etc/systemd/system/luwatchd.service
# machine: --add systemd/luwatch-collect.service:etc/systemd/system/luwatch-collect.service
# machine: --add systemd/luwatch.sysusers:usr/lib/sysusers.d/luwatch.conf
# machine: --add contrib/systemd/luwatch-again.service:etc/systemd/system/luwatch-again.service
# machine: --add /usr/lib/x86_64-linux-gnu/libsodium.so.23:usr/lib/x86_64-linux-gnu/libsodium.so.23

. /lib/luwatch-systemd.sh
. /lib/luwatch-entry.sh

# said_last TEXT: the unit said it when the boot before ended.
said_last() { journalctl -b -1 -u luwatch-again -o cat --no-pager | grep -qF -- "$1"; }

hop_0() {
	booted
	note "$(systemctl --version | head -n 1), $(cat /tmp/state)"
	ln -sf /usr/bin/luwatch /usr/sbin/luwatch
	systemd-sysusers
	systemd-analyze verify --man=no /etc/systemd/system/luwatch-again.service >/tmp/verify 2>&1
	grep -v fixture /tmp/verify | grep luwatch-again && fail verify "$(cat /tmp/verify)" || pass verify
	systemctl daemon-reload
	systemctl enable luwatchd luwatch-collect luwatch-again 2>/dev/null
	systemctl start luwatch-collect luwatchd luwatch-again
	wait_for 60 systemctl is-active luwatchd
	entry
	is nothing-is-loaded 0 cat /sys/kernel/kexec_loaded
	go systemctl kexec
}

hop_1() {
	booted
	grep -q 'luwatch=1.* mark=entry' /proc/cmdline && pass entry-with-the-words ||
		fail entry-with-the-words "$(cat /proc/cmdline): $(journalctl -b -1 -u luwatch-again -o cat)"
	said_last 'ready: Linux' && pass unit-says-so || fail unit-says-so "$(journalctl -b -1 -u luwatch-again -o cat)"
	wait_for 90 systemctl is-active luwatchd
	wait_for 60 luwatch report >/dev/null
	luwatch report --json >$REPORT
	json the-hand-over-is-recorded 'carrier("pages").records > 10 and .invariants.I12.result == "pass"'
	note "$(luwatch report | head -n 3)"
	# Its stop alone, with an image loaded, is no way to a kexec.
	kexec -s -l /efi/next/vmlinuz --initrd=/efi/next/initrd --command-line="$(bare) mark=entry"
	systemctl restart luwatch-again
	expect stop-alone-loads-nothing 3 luwatch status --ready
	kexec -u
	entry luwatch=off
	go systemctl kexec
}

hop_2() {
	booted
	grep -q 'mark=entry luwatch=off' /proc/cmdline && ! grep -q 'luwatch=1' /proc/cmdline && pass off-is-left-alone ||
		fail off-is-left-alone "$(cat /proc/cmdline)"
	said_last 'luwatch=off is on the command line' && pass off-is-told ||
		fail off-is-told "$(journalctl -b -1 -u luwatch-again -o cat)"
}
