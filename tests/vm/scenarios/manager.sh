# SPDX-License-Identifier: GPL-2.0-or-later
# A service manager that keeps live-update sessions over the kexec (systemd 261 and newer, here sid's):
# luwatchd makes itself a session, PID 1 holds it until the end and hands it back in the next kernel. The
# devices are preserved in a session that systemd gives another unit, as a hypervisor's would be. What PID 1
# says of its kexecs is held against the report, and the second hand-over comes by this way alone.
# machine: --systemd --suite sid --next lu --timeout 1200
# machine: --add systemd/luwatchd.service:etc/systemd/system/luwatchd.service
# machine: --add systemd/luwatch-collect.service:etc/systemd/system/luwatch-collect.service
# machine: --add systemd/luwatch.sysusers:usr/lib/sysusers.d/luwatch.conf
# machine: --add contrib/systemd/luo.conf:etc/systemd/system/luwatchd.service.d/luo.conf
# machine: --add contrib/systemd/luo-collect.conf:etc/systemd/system/luwatch-collect.service.d/luo.conf
# machine: --add /usr/lib/x86_64-linux-gnu/libsodium.so.23:usr/lib/x86_64-linux-gnu/libsodium.so.23

. /lib/luwatch-systemd.sh

# The next hand-over goes by a session that PID 1 keeps.
armed_with_a_session() {
	wait_for 60 systemctl is-active luwatchd
	show StatusText luwatchd | grep -q 'carriers .*luo' && pass "$1-armed" ||
		fail "$1-armed" "$(show StatusText luwatchd): $(journalctl -b -u luwatchd -o cat | tail -n 5)"
	is "$1-one-session-stored" "1" show NFileDescriptorStore luwatchd
}

clean() {
	wait_for 60 systemctl is-active luwatchd
	luwatch report --json >$REPORT
	json "$1-clean" '.verdict == "clean" and with("kept") == ["0000:00:03.0", "0000:00:09.0"]'
	json "$1-luo" 'carrier("luo") | .records > 40 and .damaged == 0'
	kexecs=$(busctl get-property org.freedesktop.systemd1 /org/freedesktop/systemd1 \
		org.freedesktop.systemd1.Manager KExecCount | cut -d' ' -f2)
	is "$1-systemd-counts" "$2" echo "$kexecs"
}

hop_0() {
	booted
	note "$(systemctl --version | head -n 1), $(cat /tmp/state)"
	ln -sf /usr/bin/luwatch /usr/sbin/luwatch
	cat >/etc/systemd/system/hypervisor.service <<-'END'
	[Service]
	LUOSession=vm
	FileDescriptorStoreMax=8
	FileDescriptorStorePreserve=yes
	ExecStart=/usr/bin/lu-session put 3 1:0000:00:03.0 2:0000:00:09.0
	END
	systemd-sysusers
	systemctl daemon-reload
	systemctl enable luwatchd luwatch-collect 2>/dev/null
	systemctl start luwatch-collect luwatchd
	armed_with_a_session first
	check restart systemctl restart luwatchd
	armed_with_a_session restarted
	check hypervisor systemctl start hypervisor
	luwatch kexec-load --kernel /boot/lu/vmlinuz --initrd /boot/lu/initrd >/tmp/load 2>&1 &&
		pass load || fail load "$(cat /tmp/load)"
	go systemctl kexec
}

hop_1() {
	booted
	clean first 1
	is first-as-counted '{"kho":1,"luo":1,"systemd":1}' \
		jq -c '.kexecs_counted | {kho, luo, systemd}' /var/lib/luwatch/handovers/*/evidence.json
	armed_with_a_session second
	# What it was handed back it does not want; it begins anew.
	systemctl stop hypervisor
	systemctl clean --what=fdstore hypervisor
	check hypervisor-again systemctl start hypervisor
	# The words of nobody.
	kexec -s -l /boot/lu/vmlinuz --initrd=/boot/lu/initrd \
		--command-line="$(sed 's/memmap=[^ ]* luwatch=[^ ]* *//g' /proc/cmdline)"
	expect second-ready 0 luwatch status --ready
	go systemctl kexec
}

hop_2() {
	booted
	clean second 2
	json second-alone 'carrier("pages").records == 0'
	armed_with_a_session third
}
