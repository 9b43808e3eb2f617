# SPDX-License-Identifier: GPL-2.0-or-later
# The commands of a kernel that is not handed over: what they refuse and what they leave alone.
# machine: --timeout 900

set_is() { [ "$(luwatch declare list | tr '\n' ' ')" = "$2" ] && pass "$1" || fail "$1" "$(luwatch declare list)"; }
says() { grep -qF -- "$2" /tmp/out && pass "$1" || fail "$1" "not \"$2\": $(cat /tmp/out)"; }
as_nobody() { start-stop-daemon -S -q -c nobody:nogroup -x /usr/bin/luwatch -- "$@"; }

# refusing WHICH: an arm whose attachments (those of them) the kernel refuses.
refusing() { strace -f -qq -o /tmp/calls -e trace=perf_event_open -e "inject=perf_event_open:error=EACCES$1" \
	luwatch arm --attach kprobe; }

# Each function that cannot be probed has a line of its own, and what that costs.
functions_that_are_refused() {
	expect all-refused 4 refusing ''
	for function in kernel_kexec intel_iommu_shutdown machine_kexec; do
		says "all-refused-names-$function" "$function cannot be probed: kprobe refused: "
	done
	says all-refused-names-optional-ones 'dmar_fault is not probed: kprobe refused: '
	expect all-refused-leaves-nothing 1 test -e /sys/fs/bpf/luwatch
	expect one-refused 0 refusing :when=6
	[ "$(grep -c ' is not probed: kprobe refused: .*; it serves ' /tmp/out)" = 1 ] &&
		! grep -q 'cannot be probed' /tmp/out && pass one-refused-is-named || fail one-refused-is-named "$(cat /tmp/out)"
	probed=$(sed -n 's/.*, \([0-9]*\) of [0-9]* probes.*/\1/p' /tmp/out)
	expect one-refused-then-disarmed 0 luwatch disarm
	expect none-refused 0 luwatch arm --attach kprobe
	grep -q ", $((probed + 1)) of [0-9]* probes" /tmp/out && pass one-refused-is-counted ||
		fail one-refused-is-counted "$probed: $(cat /tmp/out)"
	grep -q 'probed: ' /tmp/out && fail none-refused-names-none "$(cat /tmp/out)" || pass none-refused-names-none
	luwatch disarm >/dev/null
}

hop_0() {
	expect version 0 luwatch --version
	expect no-command 2 luwatch
	expect unknown-command 2 luwatch fly
	expect unknown-option 2 luwatch arm --fast
	expect check 0 luwatch check
	expect check-json 0 luwatch check --json
	jq -e '.possible and (.probes | length > 10)' /tmp/out >/dev/null && pass check-is-json ||
		fail check-is-json "$(head -n 3 /tmp/out)"

	expect args-when-not-armed 1 luwatch kexec-args
	says args-say-arm 'luwatch arm'
	expect ready-when-not-armed 3 luwatch status --ready
	expect arm-without-root 4 as_nobody arm
	expect status-without-root 4 as_nobody status
	expect collect-without-root 4 as_nobody collect

	expect declare-add 0 luwatch declare add 0000:00:03.0 01:00.0
	set_is declared '0000:00:03.0 0000:01:00.0 '
	expect declare-twice 0 luwatch declare add 0000:00:03.0
	expect declare-malformed 2 luwatch declare add 0000:00:04.0 00:zz.0
	says malformed-is-named '00:zz.0'
	expect remove-unknown 0 luwatch declare remove 0000:00:09.0
	expect declare-remove 0 luwatch declare remove 01:00.0
	set_is nothing-else-changed '0000:00:03.0 '
	printf '# two\n0000:00:04.0\n\n02:00.1 # second\n' >/tmp/good
	expect declare-load 0 luwatch declare load /tmp/good
	set_is loaded '0000:00:04.0 0000:02:00.1 '
	printf '0000:00:03.0\nnonsense\n0000:01:00.0\n00:03.0\n' >/tmp/bad
	expect load-malformed 1 luwatch declare load /tmp/bad
	says load-names-malformed-line /tmp/bad:2
	says load-names-duplicate-line /tmp/bad:4
	set_is refused-as-a-whole '0000:00:04.0 0000:02:00.1 '
	luwatch declare clear
	expect load-stdin 0 luwatch declare load - </tmp/good
	set_is loaded-stdin '0000:00:04.0 0000:02:00.1 '
	expect clear 0 luwatch declare clear
	set_is cleared '# nothing is declared '

	functions_that_are_refused
	expect arm 0 luwatch arm
	luwatch kexec-args >/tmp/first
	expect arm-again 0 luwatch arm
	says arm-again-says-so 'armed already'
	# Attached in another way only when somebody says so.
	expect arm-another-way 0 luwatch arm --attach kprobe
	says another-way-is-done 'programs replaced'
	by_fentry=$(ls /sys/fs/bpf/luwatch/links-* | grep -c '^f[ex]_')
	[ "$by_fentry" = 0 ] && pass another-way-is-kprobes || fail another-way-is-kprobes "$by_fentry by fentry"
	luwatch declare add 0000:00:04.0
	expect nobody-says-how 0 luwatch arm
	says nobody-says-how-moves-nothing 'armed already'
	expect arm-the-first-way 0 luwatch arm --attach auto
	says the-first-way-again 'programs replaced'
	luwatch declare remove 0000:00:04.0
	luwatch declare add 0000:00:03.0
	luwatch kexec-args | cmp -s - /tmp/first && pass arm-moves-nothing || fail arm-moves-nothing ''
	luwatch kexec-args --cmdline "quiet $(cat /tmp/first)" >/tmp/second
	[ "$(tr ' ' '\n' </tmp/second | grep -c '^luwatch=')" = 1 ] && pass words-do-not-pile-up ||
		fail words-do-not-pile-up "$(cat /tmp/second)"
	expect not-ready-without-image 3 luwatch status --ready
	says not-ready-says-why 'no kexec image'
	ready
	expect ready-with-image 0 luwatch status --ready
	# The host holds them against their schemas.
	mkdir -p /persist/reports
	for said in status preflight snapshot; do
		luwatch $said --json >/persist/reports/$said.json
		jq -e .schema /persist/reports/$said.json >/dev/null || fail $said-json "it prints no JSON"
	done
	expect disarm-is-refused 1 luwatch disarm
	expect another-way-is-refused 1 luwatch arm --attach kprobe
	says refused-says-why 'counts on it'
	kexec-now -u
	expect not-ready-after-unload 3 luwatch status --ready
	# An image that was there before arming cannot have the words.
	expect disarm 0 luwatch disarm
	expect disarm-again 0 luwatch disarm
	load_kexec --cmdline "$VM_CMDLINE"
	expect arm-after-load 0 luwatch arm
	expect not-ready-old-image 3 luwatch status --ready
	expect snapshot 0 luwatch snapshot --json
	jq -e '.iommus[0].translation and (.entries | map(.rid) | index("0000:04:00.0"))' /tmp/out \
		>/dev/null && pass snapshot-has-alias || fail snapshot-has-alias "$(jq -c .iommus /tmp/out)"
}
