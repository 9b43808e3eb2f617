# SPDX-License-Identifier: GPL-2.0-or-later
# A hand-over that loses the entry of a preserved device while it does DMA; the daemon runs before and
# after it, with its metrics on the machine's network. tests/prometheus/live_machine.py reads them
# with Prometheus and ends the last hop by a connection to port 9852.
# machine: --timeout 600 --module virtio_net

daemon() {
	load_module virtio_net && ip addr add 10.0.2.15/24 dev eth0 && ip link set eth0 up ||
		fail "network-$HOP" "no network: $(ip addr)"
	printf '[metrics]\nlisten = 0.0.0.0:9851\n' >/etc/luwatch/luwatch.conf
	luwatch run >/tmp/daemon 2>&1 &
	daemon=$!
	wait_for 60 grep -q ':267B 00000000:0000 0A' /proc/net/tcp && pass "daemon-$HOP" ||
		fail "daemon-$HOP" "$(tail -n 3 /tmp/daemon)"
}

hop_0() {
	load_fixture luo=1 || fail fixture "it cannot be loaded"
	daemon
	preserve 0000:00:03.0 0000:01:00.0
	mutant clear-preserved=0000:01:00.0
	busy 0000:01:00.0
	ready
	kill $daemon
	wait $daemon
	exec_kexec
}

hop_1() {
	daemon
	luwatch report --json >/tmp/report
	[ $? = 10 ] && pass violation || fail violation "$(head -c 300 /tmp/report)"
	mkdir -p /persist/reports
	cp /tmp/report /persist/reports/alert.json
	timeout 240 nc -l -p 9852 >/dev/null && pass notified || fail notified "nobody was told"
	kill $daemon
	wait $daemon
	sed 's/^/# daemon: /' /tmp/daemon
}
