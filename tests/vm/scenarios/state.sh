# SPDX-License-Identifier: GPL-2.0-or-later
# --state: a whole hand-over with declared set, baseline, evidence and reports in another folder. Nothing but the
# audit log's key comes into the usual one, and no command looks there. A key of the configuration that would
# move it for the daemon too does not exist, and is refused.
# machine: --timeout 900
# machine: --add /usr/lib/x86_64-linux-gnu/libarchive.so.13:usr/lib/x86_64-linux-gnu/libarchive.so.13

S=/persist/elsewhere
USUAL=/var/lib/luwatch
says() { grep -qF -- "$2" /tmp/out && pass "$1" || fail "$1" "not \"$2\": $(cat /tmp/out)"; }

# untouched NAME: what the usual folder has.
untouched() {
	usual=$(cd $USUAL 2>/dev/null && find . -type f ! -name audit.key)
	[ -z "$usual" ] && pass "$1-usual-folder-is-empty" || fail "$1-usual-folder-is-empty" "$(echo $usual)"
}

hop_0() {
	mkdir -p /etc/luwatch/conf.d
	for key in directory path state; do
		printf '[state]\n%s = /persist/elsewhere\n' $key >/etc/luwatch/conf.d/moved.conf
		expect $key-is-no-key 2 luwatch run --check-config
		says $key-is-named 'moved.conf:2: '
	done
	rm /etc/luwatch/conf.d/moved.conf
	load_fixture luo=1
	expect declare 0 luwatch declare --state $S add 0000:00:03.0
	expect declare-list 0 luwatch declare --state $S list
	says declared 0000:00:03.0
	expect arm 0 luwatch arm --state $S
	preserve 0000:00:03.0
	expect load 0 luwatch kexec-load --state $S --kernel /boot/$VM_NEXT/vmlinuz --initrd /boot/$VM_NEXT/initrd \
		--cmdline "$VM_CMDLINE"
	expect preflight 3 luwatch preflight --state $S
	says preflight-sees-the-set 'declared 1,'
	expect ready 0 luwatch status --state $S --ready
	untouched armed
	exec_kexec
}

hop_1() {
	expect status-before 0 luwatch status --state $S
	says status-before-says-so 'not collected'
	expect collect 0 luwatch collect --state $S
	expect status-after 0 luwatch status --state $S
	grep -q 'not collected' /tmp/out && fail status-after-says-nothing "$(cat /tmp/out)" || pass status-after-says-nothing
	luwatch report --state $S --json >$REPORT
	json clean '.verdict == "clean" and answer("I12") == "pass" and answer("I9") == "pass" and
		with("kept") == ["0000:00:03.0"]'
	id=$(jq -r .id $REPORT)
	expect report 0 luwatch report --state $S $id
	expect list 0 luwatch report --state $S --list
	says listed clean
	expect faults 0 luwatch faults --state $S --since 2000-01-01
	expect acknowledge 1 luwatch ack --state $S --reason "seen by the test" $id
	says acknowledge-finds-it 'nothing to acknowledge: its verdict'
	expect export 0 luwatch audit export --state $S /tmp/bundle
	# There is no journal in this machine.
	expect bugreport 3 luwatch bugreport --state $S -o /tmp/b.tar.gz
	says bugreport-lacks-the-journal-alone 'without journal.txt'
	expect bugreport-has-it 0 luwatch decode /tmp/b.tar.gz
	expect usual-knows-nothing 1 luwatch report $id
	expect arm-again 0 luwatch arm --state $S
	expect disarm 0 luwatch disarm --state $S
	untouched collected
}
