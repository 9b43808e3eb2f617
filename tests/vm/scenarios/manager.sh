# SPDX-License-Identifier: GPL-2.0-or-later
# A service manager that keeps live-update sessions over the kexec (systemd 261 and newer, here sid's):
# luwatchd makes itself a session, PID 1 holds it until the end and hands it back in the next kernel. The
# devices are preserved in a session that systemd gives another unit, as a hypervisor's would be, and one by
# systemd-shutdown, in a session of its own that it makes of the units' descriptors when every daemon is dead. What
# PID 1 says of its kexecs is held against the report, and all hand-overs but the first come by this way alone.
# Parameters: HOPS (2), and OTHER, a kernel that every second one goes to (lu-old, with --also).
# machine: --systemd --suite sid --next lu --timeout 1200
# machine: --add systemd/luwatchd.service:etc/systemd/system/luwatchd.service
# machine: --add systemd/luwatch-collect.service:etc/systemd/system/luwatch-collect.service
# machine: --add systemd/luwatch.sysusers:usr/lib/sysusers.d/luwatch.conf
# machine: --add contrib/systemd/luo.conf:etc/systemd/system/luwatchd.service.d/luo.conf
# machine: --add contrib/systemd/luo-collect.conf:etc/systemd/system/luwatch-collect.service.d/luo.conf
# machine: --add /usr/lib/x86_64-linux-gnu/libsodium.so.23:usr/lib/x86_64-linux-gnu/libsodium.so.23

. /lib/luwatch-systemd.sh

HOPS=${HOPS:-2}
OTHER=${OTHER:-lu}
MARKED='["0000:00:03.0", "0000:00:08.0", "0000:00:09.0"]'

# The next hand-over goes by a session that PID 1 keeps.
armed_with_a_session() {
	wait_for 60 systemctl is-active luwatchd
	show StatusText luwatchd | grep -q 'carriers .*luo' && pass "$1-armed" ||
		fail "$1-armed" "$(show StatusText luwatchd): $(journalctl -b -u luwatchd -o cat | tail -n 5)"
	is "$1-one-session-stored" "1" show NFileDescriptorStore luwatchd
}

stored() { [ "$(show NFileDescriptorStore "$1")" = 1 ]; }

# unit NAME LINE…: a service that keeps what is in its descriptor store.
unit() {
	unit_file=/etc/systemd/system/$1.service
	shift
	printf '%s\n' '[Service]' FileDescriptorStoreMax=8 FileDescriptorStorePreserve=yes "$@" >"$unit_file"
}

look() {
	wait_for 60 systemctl is-active luwatchd
	luwatch report --json >$REPORT
	mkdir -p /persist/reports
	cp $REPORT "/persist/reports/$1.json"
	json "$1-clean" '.verdict == "clean" and with("kept") == '"$MARKED"' and answer("I12") == "pass" and
		answer("I9") == "pass" and (reason("I13") | test("adopted"))'
	json "$1-luo" 'carrier("luo") | .records > 40 and .damaged == 0'
	json "$1-of-the-shutdown" '[.sets.marks[] | select(.rid == "0000:00:08.0") | .session, .token, .task] ==
		["systemd", "0x1", "systemd-shutdow"]'
	json "$1-undeclared-is-told" '[.findings[] | select(.invariant == "I9") | .severity, .subject,
		(.message | test("the service manager preserved it at shutdown"))] == ["notice", "0000:00:08.0", true]'
	[ "$HOP" = 1 ] || json "$1-alone" 'carrier("pages").records == 0'
	is "$1-systemd-counts" "u $HOP" busctl get-property org.freedesktop.systemd1 /org/freedesktop/systemd1 \
		org.freedesktop.systemd1.Manager KExecCount
	[ "$HOP" != 1 ] || is first-as-counted '{"kho":1,"luo":1,"systemd":1}' \
		jq -c '.kexecs_counted | {kho, luo, systemd}' /var/lib/luwatch/handovers/*/evidence.json
}

begin() {
	note "$(systemctl --version | head -n 1), $(cat /tmp/state)"
	ln -sf /usr/bin/luwatch /usr/sbin/luwatch
	unit hypervisor LUOSession=vm 'ExecStart=/usr/bin/lu-session put 3 1:0000:00:03.0 2:0000:00:09.0'
	# No session of its own: systemd-shutdown has one for all that is left in the stores.
	unit owner NotifyAccess=all "ExecStart=/bin/sh -c 'exec 4<>/dev/lu-device; printf 0000:00:08.0 >&4; \
		systemd-notify --fd=4 --fdname=device FDSTORE=1; exec sleep infinity'"
	systemd-sysusers
	systemctl daemon-reload
	systemctl enable luwatchd luwatch-collect 2>/dev/null
	systemctl start luwatch-collect luwatchd
	# What systemd-shutdown preserves no orchestrator could have declared.
	luwatch declare add 0000:00:03.0 0000:00:09.0
	armed_with_a_session first
	check restart systemctl restart luwatchd
	check owner systemctl start owner
	wait_for 20 stored owner
	is owner-stored 1 show NFileDescriptorStore owner
}

leg() {
	booted
	if [ "$HOP" = 0 ]; then
		begin
	else
		look "hand-over-$HOP"
		# What it was handed back it does not want; it begins anew.
		systemctl stop hypervisor
		systemctl clean --what=fdstore hypervisor
	fi
	armed_with_a_session "boot-$HOP"
	[ "$HOP" -lt "$HOPS" ] || return
	check "hypervisor-$HOP" systemctl start hypervisor
	next=lu
	[ $((HOP % 2)) = 0 ] || next=$OTHER
	if [ "$HOP" = 0 ]; then
		luwatch kexec-load --kernel /boot/$next/vmlinuz --initrd /boot/$next/initrd >/tmp/load 2>&1 &&
			pass load || fail load "$(cat /tmp/load)"
	else
		# The words of nobody.
		kexec -s -l /boot/$next/vmlinuz --initrd=/boot/$next/initrd \
			--command-line="$(sed 's/memmap=[^ ]* luwatch=[^ ]* *//g' /proc/cmdline)"
		expect "ready-$HOP" 0 luwatch status --ready
	fi
	go systemctl kexec
}

leg_number=0
while [ $leg_number -le "$HOPS" ]; do
	eval "hop_$leg_number() { leg; }"
	leg_number=$((leg_number + 1))
done
