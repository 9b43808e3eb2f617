# SPDX-License-Identifier: GPL-2.0-or-later
# luwatch kexec-load: one command from a kernel that is not armed to an image that is ready, through two
# real kexecs; and that nothing is loaded when anything is wrong.
# machine: --timeout 900

K=/boot/$VM_NEXT
load() { luwatch kexec-load --kernel $K/vmlinuz --initrd $K/initrd --cmdline "$VM_CMDLINE" "$@"; }
loaded() { cat /sys/kernel/kexec_loaded; }
says() { grep -qF -- "$2" /tmp/out && pass "$1" || fail "$1" "not \"$2\": $(cat /tmp/out)"; }

# refused NAME STATUS WORDS COMMAND…: exits so, says that, and nothing is loaded.
# audited NAME FILTER: a kexec-loaded record for which the filter is true.
audited() {
	luwatch audit show --json --kind kexec-loaded >/tmp/audit 2>&1
	jq -e -s "flatten | any(.[]; $2)" /tmp/audit >/dev/null 2>&1
}
sum() { sha256sum "$1" | cut -d' ' -f1; }

refused() {
	refused_name=$1 refused_status=$2 refused_words=$3
	shift 3
	expect "$refused_name" "$refused_status" "$@"
	says "$refused_name-says-why" "$refused_words"
	[ "$(loaded)" = 0 ] && pass "$refused_name-loads-nothing" || { fail "$refused_name-loads-nothing" "loaded"; kexec-now -u; }
}

# What somebody else loaded is loaded again, from the same bytes; or it stays as it is.
loaded_by_others() {
	expect without-words 3 luwatch status --ready
	expect again 0 luwatch kexec-load --again
	says again-is-ready ready
	expect again-is-ready-indeed 0 luwatch status --ready
	audited by-its-bytes ".detail.kernel.path == \"$K/vmlinuz\" and .detail.initrd.path == \"$K/initrd\"" &&
		pass again-finds-the-files || fail again-finds-the-files "$(tail -n 1 /tmp/audit)"
	expect again-and-a-kernel 2 luwatch kexec-load --again --kernel $K/vmlinuz
	{ cat $K/initrd && echo; } >/tmp/other
	kexec -s -l $K/vmlinuz --initrd=/tmp/other --command-line="$VM_CMDLINE"
	expect another-initrd 1 luwatch kexec-load --again
	says another-initrd-says-why 'is the initrd that is loaded'
	[ "$(loaded)" = 1 ] && pass another-initrd-stays || fail another-initrd-stays "nothing is loaded"
	rm /tmp/other
	load_kexec --cmdline "$VM_CMDLINE luwatch=off"
	expect again-off 0 luwatch kexec-load --again
	says again-off-says-so 'luwatch=off is on the command line'
	expect again-off-stays 3 luwatch status --ready
	kexec-now -u
	expect again-none 1 luwatch kexec-load --again
	says again-none-says-so 'no kexec image is loaded'
	load_kexec --cmdline "$VM_CMDLINE"
}

# with FILE [WORDS…]: loads that kernel.
with() {
	with_file=$1
	shift
	luwatch kexec-load --kernel $with_file --initrd $K/initrd --cmdline "$VM_CMDLINE" "$@"
}

# stays NAME STATUS WORDS COMMAND…: exits so, says that, and the image that is loaded stays, with its words.
stays() {
	stays_name=$1 stays_status=$2 stays_words=$3
	shift 3
	expect "$stays_name" "$stays_status" "$@"
	says "$stays_name-says-why" "$stays_words"
	says "$stays_name-says-what-is-loaded" 'the image that was loaded before is still there'
	expect "$stays_name-leaves-the-earlier" 0 luwatch status --ready
}

# What the kernel itself refuses, while an image that is ready is loaded.
by_the_kernel() {
	expect earlier 0 load
	# May not be loaded above 4 GiB: kexec_file_load() takes no such kernel, kexec-tools starts it by its old entry.
	cp $K/vmlinuz /tmp/below
	flags=$(dd if=/tmp/below bs=1 skip=566 count=1 2>/dev/null | od -An -tu1)
	printf "\\$(printf %o $((flags & ~2)))" | dd of=/tmp/below bs=1 seek=566 conv=notrunc 2>/dev/null
	stays no-second-way 1 'this kernel cannot load such a file' with /tmp/below --way file
	expect second-way 0 with /tmp/below
	says second-way-is-told 'Exec format error; trying kexec_load'
	expect second-way-is-ready 0 luwatch status --ready
	mount -t securityfs securityfs /sys/kernel/security 2>/dev/null
	echo integrity >/sys/kernel/security/lockdown
	# Other bytes than those that were signed.
	cp $K/vmlinuz /tmp/altered
	printf altered | dd of=/tmp/altered bs=1 seek=4000000 conv=notrunc 2>/dev/null
	stays locked-down 4 'see `luwatch check` for lockdown' with /tmp/altered
	stays locked-down-memory 1 'kexec --kexec-syscall failed' load --way memory
	echo 1 >/proc/sys/kernel/kexec_load_disabled
	stays disabled 4 'kexec_load_disabled' load
}

hop_0() {
	refused no-kernel 1 'No such file' luwatch kexec-load --kernel /boot/none --initrd $K/initrd --cmdline a
	refused no-bzimage 1 'no x86-64 bzImage' luwatch kexec-load --kernel $K/initrd --initrd $K/initrd --cmdline a
	refused no-initrd 1 'say --initrd=none' luwatch kexec-load --kernel $K/vmlinuz --cmdline a
	refused initrd-gone 1 '/boot/none' luwatch kexec-load --kernel $K/vmlinuz --initrd /boot/none --cmdline a
	refused empty-line 2 'empty' luwatch kexec-load --kernel $K/vmlinuz --initrd $K/initrd --cmdline ''
	refused long-line 1 'shorten yours by' load --cmdline "$(yes word | head -n 500 | tr '\n' ' ')"
	refused no-entry 1 'bootctl list' luwatch kexec-load --entry none
	refused without-root 4 root start-stop-daemon -S -q -c nobody:nogroup -x /usr/bin/luwatch -- kexec-load
	luwatch disarm >/dev/null

	# What a script loads that does not see the failure of kexec-args: a line that boots.
	[ "$(luwatch kexec-args 2>/dev/null)" = "$(cat /proc/cmdline)" ] && pass args-are-never-empty ||
		fail args-are-never-empty "$(luwatch kexec-args 2>&1)"
	expect words-when-not-armed 1 luwatch kexec-args --words
	says words-say-what-to-do 'luwatch kexec-load'

	load_fixture luo=1
	expect load 0 load
	says load-arms armed
	says load-is-ready ready
	preserve 0000:00:03.0 0000:01:00.0
	expect load-again 0 load
	expect loaded-is-ready 0 luwatch status --ready
	audited by-the-loader ".detail.told_by == \"kexec-load\" and .detail.kernel.sha256 == \"$(sum $K/vmlinuz)\" and
		.detail.initrd.sha256 == \"$(sum $K/initrd)\" and .actor.uid == 0 and .handover != null" &&
		pass loader-is-audited || fail loader-is-audited "$(cat /tmp/audit)"
	luwatch kexec-args --words >/tmp/words
	[ "$(tr ' ' '\n' </tmp/words | grep -c '^luwatch=')" = 1 ] && ! grep -q console /tmp/words && pass words-alone || fail words-alone "$(cat /tmp/words)"
	expect arm-with-an-image 0 luwatch arm
	kexec-now -u
	expect load-by-memory 0 load --way memory
	expect loaded-by-memory-is-ready 0 luwatch status --ready
	exec_kexec
}

hop_1() {
	load_fixture luo=1
	# An entry of the boot loader, whose paths are below its own partition.
	mkdir -p /tmp/esp/loader/entries /tmp/esp/boot
	ln -s /boot/* /tmp/esp/boot/
	printf 'title x\nlinux /boot/%s/vmlinuz\ninitrd /boot/%s/initrd\noptions %s\n' "$VM_NEXT" "$VM_NEXT" \
		"$VM_CMDLINE" >/tmp/esp/loader/entries/this.conf
	expect load-by-entry 0 luwatch kexec-load --entry /tmp/esp/loader/entries/this.conf
	says load-collects 'saved the evidence'
	preserve 0000:00:03.0 0000:01:00.0
	collect first-hand-over 0
	exec_kexec
}

hop_2() {
	collect second-hand-over 0
	json second-is-clean '.verdict == "clean" and answer("I12") == "pass"'
	is_two=$(luwatch report --list | grep -ci clean)
	[ "$is_two" = 2 ] && pass both-are-kept || fail both-are-kept "$(luwatch report --list)"
	load_kexec --cmdline "$VM_CMDLINE"
	expect arm-says-image 0 luwatch arm
	says arm-names-the-image "without luwatch's words"
	loaded_by_others
	kexec-now -u
	by_the_kernel
}
