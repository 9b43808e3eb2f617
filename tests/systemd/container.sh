# SPDX-License-Identifier: GPL-2.0-or-later
# In a container: what systemd does with luwatch's units on a host without VT-d. The conditions are
# real (this host has no unit); the collect that hangs is made to run in spite of them.
. /lib/luwatch-systemd.sh

hop_0() {
	booted
	is boot running cat /tmp/state
	package install /root/luwatch.deb
	booted
	skipped install
	is enabled "enabled enabled" echo "$(systemctl is-enabled luwatchd luwatch-collect | xargs)"
	below luwatchd.service
	below luwatch-collect.service
	package upgrade /root/newer.deb
	is upgraded "luwatch 0.0.0-newer" luwatch --version
	go systemctl poweroff
}

hop_1() {
	booted
	skipped boot
	hang_collect
	sed -i '1i [Unit]\nConditionPathExistsGlob=' $COLLECT/hang.conf
	mkdir -p /etc/systemd/system/systemd-pstore.service.d
	printf '[Unit]\nConditionDirectoryNotEmpty=\n' \
		>/etc/systemd/system/systemd-pstore.service.d/always.conf
	go systemctl poweroff
}

hop_2() {
	booted
	hang_passed
	began=$(show ExecMainStartTimestampMonotonic luwatch-collect)
	ended=$(show InactiveEnterTimestampMonotonic luwatch-collect)
	echo "# a collect that hangs held the boot up for $(((ended - began) / 1000)) ms"
	for unit in systemd-pstore orchestrator; do
		[ "$(show ExecMainStartTimestampMonotonic $unit)" -ge "$ended" ] && pass "before-$unit" ||
			fail "before-$unit" "it started before collect had ended"
	done
	purge
}
