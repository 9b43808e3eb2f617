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
	upgrades_of_a_daemon
	go systemctl poweroff
}

# The daemon cannot run on this host: something that goes on for ever stands for it, until the next boot.
daemon_stands() {
	mkdir -p /run/systemd/system/luwatchd.service.d
	printf '%s\n' '[Unit]' ConditionPathExistsGlob= ConditionPathExists= '[Service]' Type=exec WatchdogSec=0 \
		ExecStart= 'ExecStart=/bin/sleep infinity' >/run/systemd/system/luwatchd.service.d/stands-for-it.conf
	systemctl daemon-reload
	systemctl start luwatchd
	is "$1" active systemctl is-active luwatchd
}

upgrades_of_a_daemon() {
	daemon_stands daemon-runs
	before=$(show MainPID luwatchd)
	printf '[watch]\nperoid = 1h\n' >/etc/luwatch/conf.d/wrong.conf
	package upgrade-with-a-wrong-configuration /root/newer.deb
	is wrong-configuration-leaves-the-daemon "active $before" \
		echo "$(systemctl is-active luwatchd) $(show MainPID luwatchd)"
	grep -q 'wrong.conf:2: unknown key' /tmp/dpkg && grep -q 'Mend it, then' /tmp/dpkg &&
		pass wrong-configuration-is-told || fail wrong-configuration-is-told "$(cat /tmp/dpkg)"
	rm /etc/luwatch/conf.d/wrong.conf
	package upgrade-with-a-right-one /root/newer.deb
	is right-one-restarts-the-daemon active systemctl is-active luwatchd
	[ "$(show MainPID luwatchd)" != "$before" ] && pass right-one-is-another-process ||
		fail right-one-is-another-process "still $before"
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
	daemon_stands daemon-runs-until-the-purge
	purge
}
