# SPDX-License-Identifier: GPL-2.0-or-later
# systemd's own loading (systemctl kexec --kernel-cmdline=, systemd 258 and newer, here sid's): it puts what it
# is given behind the options of the boot loader's entry, so luwatch's words are enough for a hand-over that is
# recorded. With an image loaded by somebody else it refuses the option: the two are never mixed.
# machine: --systemd --suite sid --timeout 1500
# machine: --add systemd/luwatchd.service:etc/systemd/system/luwatchd.service
# machine: --add systemd/luwatch-collect.service:etc/systemd/system/luwatch-collect.service
# machine: --add systemd/luwatch.sysusers:usr/lib/sysusers.d/luwatch.conf
# machine: --add /usr/lib/x86_64-linux-gnu/libsodium.so.23:usr/lib/x86_64-linux-gnu/libsodium.so.23

. /lib/luwatch-systemd.sh
. /lib/luwatch-entry.sh

hop_0() {
	booted
	note "$(systemctl --version | head -n 1), $(cat /tmp/state)"
	ln -sf /usr/bin/luwatch /usr/sbin/luwatch
	systemd-sysusers
	systemctl daemon-reload
	systemctl enable luwatchd luwatch-collect 2>/dev/null
	systemctl start luwatch-collect luwatchd
	wait_for 60 systemctl is-active luwatchd
	systemctl --help | grep -q -- --kernel-cmdline && pass systemd-has-the-option ||
		fail systemd-has-the-option "$(systemctl --version | head -n 1)"
	entry
	words=$(luwatch kexec-args --words) && pass words || fail words "$words"
	go systemctl kexec --kernel-cmdline="$words mark=systemd"
}

hop_1() {
	booted
	grep -q 'mark=entry .*luwatch=1.* mark=systemd' /proc/cmdline && pass words-behind-the-entrys-options ||
		fail words-behind-the-entrys-options "$(cat /proc/cmdline)"
	wait_for 90 systemctl is-active luwatchd
	wait_for 60 luwatch report >/dev/null
	luwatch report --json >$REPORT
	json the-hand-over-is-recorded 'carrier("pages").records > 10 and .invariants.I12.result == "pass"'
	expect word-and-baseline-agree 0 luwatch report
	note "$(luwatch report | head -n 3)"
	# Mixed: an image is there already.
	luwatch kexec-load --kernel /boot/$VM_NEXT/vmlinuz --initrd /boot/$VM_NEXT/initrd \
		--cmdline "$(bare) mark=loaded" >/tmp/load 2>&1 && pass load || fail load "$(cat /tmp/load)"
	entry
	expect mixed-is-refused 1 systemctl kexec --kernel-cmdline="mark=both"
	grep -q 'already loaded' /tmp/out && pass refusal-says-why || fail refusal-says-why "$(cat /tmp/out)"
	expect still-ready 0 luwatch status --ready
	go systemctl kexec
}

hop_2() {
	booted
	grep -q 'mark=loaded' /proc/cmdline && pass the-loaded-one || fail the-loaded-one "$(cat /proc/cmdline)"
	grep -q 'mark=both' /proc/cmdline && fail nothing-mixed "$(cat /proc/cmdline)" || pass nothing-mixed
	wait_for 90 systemctl is-active luwatchd
	wait_for 60 luwatch report >/dev/null
	luwatch report --json >$REPORT
	json the-second-is-recorded 'carrier("pages").records > 10 and .invariants.I12.result == "pass"'
}
