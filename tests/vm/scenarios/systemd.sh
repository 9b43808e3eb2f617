# SPDX-License-Identifier: GPL-2.0-or-later
# Debian with its systemd, and luwatch from its package: install, upgrade, hand-over, what is there
# afterwards, purge. With HOPS=5 also a collect and a daemon that hang, the other ways to a kexec,
# luwatch=off, and no VT-d.
# /root/luwatch.deb and /root/newer.deb are the package in two versions.
# machine: --systemd --timeout 900 --param HOPS=2

AUDIT=/var/log/luwatch/audit.jsonl
PROM=/var/lib/prometheus/node-exporter/luwatch.prom

. /lib/luwatch-systemd.sh

armed_id() { luwatch status --json | jq -r 'select(.armed).id'; }
restarted() { [ "$(show NRestarts luwatchd)" != 0 ] && systemctl -q is-active luwatchd; }
scrape() {
	exec 3<>/dev/tcp/127.0.0.1/9851 && printf 'GET /metrics HTTP/1.0\r\n\r\n' >&3 &&
		timeout 20 cat <&3 >/tmp/metrics
	exec 3>&-
}

# A configuration that is refused fails the reload, and is seen wherever somebody looks.
refused_reload() {
	printf '[record]\nlevle = off\n' >/etc/luwatch/conf.d/zz-wrong.conf
	expect refused-reload 1 systemctl reload luwatchd
	is refused-runs-on active systemctl is-active luwatchd
	refused_at='zz-wrong.conf:2: unknown key'
	show StatusText luwatchd >/tmp/out
	luwatch status >>/tmp/out
	[ "$(grep -c "refused.*$refused_at" /tmp/out)" = 2 ] && pass refused-is-told || fail refused-is-told "$(cat /tmp/out)"
	luwatch run --show-config | grep -q '^level = full .*default' && pass refused-is-not-in-force ||
		fail refused-is-not-in-force "$(luwatch run --show-config)"
	scrape
	is refused-is-measured "luwatch_configuration_refused 1" grep ^luwatch_configuration_refused /tmp/metrics
	rm /etc/luwatch/conf.d/zz-wrong.conf
	check accepted-reload systemctl reload luwatchd
	luwatch run --show-config | grep -q 'textfile = .*textfile.conf:2' && pass in-force-with-its-origin ||
		fail in-force-with-its-origin "$(luwatch run --show-config)"
	scrape
	is accepted-is-measured "luwatch_configuration_refused 0" grep ^luwatch_configuration_refused /tmp/metrics
}

# handed_over NAME: what has to be there after a hand-over of 00:03.0 and 01:00.0.
handed_over() {
	wait_for 60 systemctl is-active luwatchd || fail "$1-daemon" "$(systemctl status luwatchd | head -n 20)"
	collect "$1" 0
	json "$1-report" '.verdict == "clean" and answer("I12") == "pass" and
		with("kept") == ["0000:00:03.0", "0000:01:00.0"]'
	expect "$1-audit" 0 luwatch audit verify
	id=$(jq -r .id $REPORT)
	journalctl -b -x --no-pager MESSAGE_ID=ee3dd33f2cdd4dc0b758dd55ed60d5d1 LUWATCH_HANDOVER="$id" >/tmp/entry
	grep -q 'Subject: A hand-over is clean' /tmp/entry && pass "$1-journal" ||
		fail "$1-journal" "$(tail -n 3 /tmp/entry)"
}

# A program that is told of verdicts: one that nobody but root can change, and its way out.
tell_verdicts() {
	printf '#!/bin/sh\nid -un\nenv | grep ^LUWATCH_\ngrep CapEff /proc/self/status\n[ "$LUWATCH_FINAL" = no ] || exit 7\nsleep 300\n' \
		>/usr/local/sbin/told
	chmod 0775 /usr/local/sbin/told
	printf '[hooks]\non-verdict = /usr/local/sbin/told\ntimeout = 5s\n' >/etc/luwatch/conf.d/hooks.conf
	expect hook-others-can-change 1 systemctl reload luwatchd
	show StatusText luwatchd | grep -q 'hooks.conf:2: .*chmod go-w /usr/local/sbin/told' &&
		pass hook-refused-says-why || fail hook-refused-says-why "$(show StatusText luwatchd)"
	chmod 0755 /usr/local/sbin/told
	check hook-taken systemctl reload luwatchd
}

# told NAME VERDICT ID: what the program printed in the journal, and how it ended.
told() {
	unit=luwatch-verdict-$3-1.service
	wait_for 30 sh -c "journalctl -b -u $unit -o cat | grep -q 'timeout'"
	journalctl -b -u "$unit" -o cat --no-pager >/tmp/told
	grep -q "^LUWATCH_VERDICT=$2" /tmp/told && grep -q "^LUWATCH_HANDOVER=$3" /tmp/told &&
		grep -q '^LUWATCH_SUMMARY={.*luwatch.summary/1' /tmp/told && pass "$1-told" || fail "$1-told" "$(cat /tmp/told)"
	grep -q '^luwatch-verdict' /tmp/told && grep -q 'CapEff:.*0000000000000000' /tmp/told &&
		pass "$1-told-unprivileged" || fail "$1-told-unprivileged" "$(head -n 2 /tmp/told)"
	grep -q "Failed with result 'timeout'" /tmp/told && pass "$1-told-in-time" || fail "$1-told-in-time" "$(cat /tmp/told)"
	before=$(journalctl -b -u 'luwatch-verdict-*' -o cat | grep -c ^LUWATCH_HANDOVER)
	systemctl restart luwatchd
	is "$1-told-once" "$before" sh -c "journalctl -b -u 'luwatch-verdict-*' -o cat | grep -c ^LUWATCH_HANDOVER"
}

# for_others NAME ID: the archive is judged as the host judges it.
for_others() {
	rm -f /tmp/b.tar.gz
	expect "$1-bugreport" 0 luwatch bugreport -o /tmp/b.tar.gz
	is "$1-bugreport-is-private" 600 stat -c %a /tmp/b.tar.gz
	luwatch decode --json /tmp/b.tar.gz >/tmp/elsewhere.json
	is "$1-bugreport-gives-the-report" "$2 clean" jq -r '"\(.id) \(.verdict)"' /tmp/elsewhere.json
}

# old_ones_go NAME: an older hand-over is removed as [state] says, a violation when it is acknowledged.
old_ones_go() {
	for old in clean violation; do
		old_id=$(printf %032d ${#old})
		mkdir -p /var/lib/luwatch/handovers/$old_id
		jq --arg id $old_id --arg verdict $old '.id = $id | .verdict = $verdict | .boot.new = "earlier" |
			.time.collected = "2026-01-02T03:04:05Z"' $REPORT >/var/lib/luwatch/handovers/$old_id/report-1.json
	done
	printf '[state]\nkeep = 1\n' >/etc/luwatch/conf.d/keep.conf
	check "$1-keep" systemctl reload luwatchd
	is "$1-old-one-goes" 2 sh -c 'luwatch report --list --json | jq ".handovers | length"'
	expect "$1-violation-stays" 10 luwatch report $old_id
	check "$1-acknowledged" luwatch ack $old_id --reason "seen by the test"
	check "$1-keep-again" systemctl reload luwatchd
	is "$1-then-it-goes-too" 1 sh -c 'luwatch report --list --json | jq ".handovers | length"'
	is "$1-is-in-the-audit-log" "5 9" \
		echo $(grep '"kind":"retention"' $AUDIT | grep -o '"handover":"0*[0-9]*' | sed 's/.*"0*//')
}

hop_0() {
	booted
	is boot running cat /tmp/state
	echo "# $(systemd-analyze | head -n 1)"
	# As where node-exporter is installed already: the daemon may write there.
	mkdir -p "${PROM%/*}"
	package install /root/luwatch.deb
	is started active systemctl is-active luwatchd
	is enabled enabled systemctl is-enabled luwatchd
	is notify notify show Type luwatchd
	[ "$(show WatchdogTimestampMonotonic luwatchd)" -gt 0 ] && pass watchdog ||
		fail watchdog "the daemon never reported"
	is collect-exit-5-is-no-failure "5 active" \
		echo "$(show ExecMainStatus luwatch-collect) $(systemctl is-active luwatch-collect)"
	below luwatchd.service
	below luwatch-collect.service

	mkdir -p /etc/luwatch/conf.d
	printf '[metrics]\ntextfile = %s\n' $PROM >/etc/luwatch/conf.d/textfile.conf
	check reload systemctl reload luwatchd
	wait_for 20 test -s $PROM
	is textfile-for-all 644 stat -c %a $PROM
	is group-has-the-folders "luwatch luwatch luwatch" \
		echo $(stat -c %G /var/lib/luwatch /var/log/luwatch /run/luwatch)
	refused_reload
	tell_verdicts
	preserve 0000:00:03.0 0000:01:00.0
	expect kexec-wants-an-image 1 systemctl kexec
	load
	pass loaded
	before=$(armed_id)
	# The upgrade comes between kexec -l and kexec -e.
	package upgrade /root/newer.deb
	is upgraded-runs active systemctl is-active luwatchd
	is upgraded "luwatch 0.0.0-newer" luwatch --version
	is upgrade-moves-nothing "$before" armed_id
	expect upgrade-leaves-it-ready 0 luwatch status --ready
	go systemctl kexec
}

hop_1() {
	booted
	echo "# $(systemd-analyze | head -n 1)"
	is came-back running cat /tmp/state
	handed_over systemctl-kexec
	told systemctl-kexec clean "$id"
	for_others systemctl-kexec "$id"
	old_ones_go systemctl-kexec
	json upgraded-between-load-and-kexec '.agent.new == "0.0.0-newer"'
	grep -q evidence.json /run/orchestrator.found && pass collect-before-orchestrator ||
		fail collect-before-orchestrator "no evidence when it started"
	is collect-before-pstore luwatch-collect.service \
		echo "$(show After systemd-pstore | tr ' ' '\n' | grep luwatch)"
	scrape
	grep -q '^luwatch_kernel_armed 1' /tmp/metrics && grep -q 'verdict="clean"' /tmp/metrics &&
		pass metrics || fail metrics "$(grep -c . /tmp/metrics) lines"
	grep -q 'verdict="clean"' $PROM && pass textfile || fail textfile "$(grep -c . $PROM) lines"
	journalctl MESSAGE_ID=8cdaac6e7302493ca9dec6a0d2b34a4e -o json |
		jq -r '"\(.LUWATCH_AUDIT_SEQ):\(.LUWATCH_AUDIT_HASH)"' >/tmp/anchors
	expect audit-has-the-journals-anchors 0 luwatch audit verify --anchors /tmp/anchors
	# One byte of record 3, and back.
	at=$(($(head -n 2 $AUDIT | wc -c) + 20))
	cp $AUDIT /tmp/audit
	printf X | dd of=$AUDIT bs=1 seek=$at conv=notrunc 2>/dev/null
	expect audit-changed 10 luwatch audit verify
	grep -q 'record 3' /tmp/out && pass audit-names-the-record || fail audit-names-the-record "$(cat /tmp/out)"
	dd if=/tmp/audit of=$AUDIT bs=1 skip=$at seek=$at count=1 conv=notrunc 2>/dev/null
	expect audit-as-before 0 luwatch audit verify
	[ "$HOPS" -gt 2 ] || { purge; return; }

	# The limit is the unit's own again.
	mv $COLLECT/emulated.conf /root
	hang_collect
	preserve 0000:00:03.0 0000:01:00.0
	load_in_steps
	package downgrade /root/luwatch.deb
	# The plain command: systemd makes a kexec of it when an image is loaded.
	go reboot
}

hop_2() {
	booted
	hang_passed
	handed_over reboot-command
	json newer-records-read-by-older '.agent.old == "0.0.0-newer" and .agent.new == "0.1.0"'
	rm $COLLECT/hang.conf
	mv /root/emulated.conf $COLLECT

	# The daemon hangs: systemd starts it again, and the kernel stays armed as it was.
	before=$(armed_id)
	mkdir -p /run/systemd/system/luwatchd.service.d
	printf '[Service]\nWatchdogSec=20s\n' >/run/systemd/system/luwatchd.service.d/soon.conf
	systemctl daemon-reload
	systemctl restart luwatchd
	systemctl kill -s STOP luwatchd
	wait_for 120 restarted
	is watchdog-starts-it-again 1 show NRestarts luwatchd
	is watchdog-moves-nothing "$before" armed_id

	# Off and on again by configuration.
	printf '[record]\nlevel = off\n' >/etc/luwatch/conf.d/zz-canary.conf
	systemctl reload luwatchd
	is level-off "" armed_id
	rm /etc/luwatch/conf.d/zz-canary.conf
	systemctl reload luwatchd
	[ -n "$(armed_id)" ] && pass level-full-again || fail level-full-again "not armed"

	# kexec-tools loads the image itself on the way down, and its own kexec.service, which Debian 12
	# masks, starts it there. The next kernel is told not to record.
	ln -sf boot/6.12/vmlinuz /vmlinuz
	ln -sf boot/6.12/initrd /initrd.img
	sed -i "s|^APPEND=.*|APPEND='$(cat /proc/cmdline) luwatch=off'|" /etc/default/kexec
	sed -e 's/kexec-load/kexec/; /^After=kexec.service/d' /run/systemd/generator.late/kexec-load.service \
		>/etc/systemd/system/kexec.service
	systemctl daemon-reload
	systemctl start kexec kexec-load
	preserve 0000:00:03.0 0000:01:00.0
	go systemctl reboot
}

hop_3() {
	booted
	is kexec-load-was-a-kexec 208 cat /proc/sys/kernel/bootloader_type
	handed_over kexec-load
	is luwatch-off-does-not-arm "" armed_id
	is luwatch-off-has-no-words quiet sh -c 'luwatch kexec-args --cmdline quiet 2>/dev/null'
	rm /etc/systemd/system/kexec.service
	kexec -l /boot/6.12/vmlinuz --initrd=/boot/6.12/initrd \
		--command-line="$VM_CMDLINE intel_iommu=off"
	go systemctl kexec
}

hop_4() {
	booted
	[ ! -e /sys/class/iommu/dmar0 ] || fail no-vt-d "this boot has VT-d"
	skipped no-vt-d
	purge
}

# The short chain ends where the long one goes on.
[ "$HOPS" -gt 2 ] || unset -f hop_2
