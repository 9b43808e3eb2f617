# SPDX-License-Identifier: GPL-2.0-or-later
# The words of the image that is loaded, read from its own pages: by kexec_load() and
# kexec_file_load(), right ones and each way to get them wrong; and what kernel_kexec() finds of it.
# machine: --timeout 700

# says NAME TEXT LINE [HOW]: with LINE in the image `status --ready` is not ready and says TEXT; without
# TEXT it is ready. Loaded by kexec_file_load(), or as HOW says.
says() {
	hows=${4:-file}
	for how in $hows; do
		[ "$how" = file ] && how=
		kexec-now -u 2>/dev/null
		load_kexec $how --cmdline "$3" || { fail "$1$how" "the image cannot be loaded"; continue; }
		luwatch status --ready >/tmp/ready 2>&1
		code=$?
		if [ -n "$2" ] && [ $code = 3 ] && grep -q "$2" /tmp/ready; then
			pass "$1$how"
		elif [ -z "$2" ] && [ $code = 0 ]; then
			pass "$1$how"
		else
			fail "$1$how" "exit $code: $(cat /tmp/ready)"
		fi
	done
}

hop_0() {
	load_fixture luo=1
	expect arm 0 luwatch arm
	line=$(luwatch kexec-args)
	old=$(echo "$line" | sed 's/\(luwatch=1,[^,]*,[^,]*,\)[0-9a-f]*/\1000102030405060708090a0b0c0d0e0f/')
	says right "" "$line" "--kexec-load file"
	says none "without luwatch" "$(cat /proc/cmdline)"
	says earlier "earlier hand-over" "$old" "--kexec-load file"
	says behind-dashes "does not see them" "$(cat /proc/cmdline) -- $line"
	says in-a-quote "does not see them" "$(cat /proc/cmdline) \"x $line"
	says exactmap "exactmap" "$line memmap=exactmap"
	says five-regions "more than four" "$line memmap=4K\$0x30000000 memmap=4K\$0x30010000 memmap=4K\$0x30020000 memmap=4K\$0x30030000"
	kexec-now -u
	luwatch status --ready | grep -q "no kexec image" && pass none-loaded || fail none-loaded "$(luwatch status --ready)"
	load_kexec --cmdline "$old"
	luwatch preflight >/tmp/out
	grep -q "earlier hand-over" /tmp/out && pass preflight-says-so || fail preflight-says-so "$(cat /tmp/out)"
	# With the memory of the records, and another id: started all the same, and seen so.
	luwatch status >/dev/null
	exec_kexec
}

# told NAME TEXT: a finding of the hand-over that began this boot.
told() {
	luwatch collect --json >$REPORT 2>/tmp/collect.err
	json "$1" "[.findings[].message] | any(test(\"$2\"))"
}

hop_1() {
	told known-to-be-wrong "knew it"
	load_fixture luo=1
	expect arm-again 0 luwatch arm
	line=$(luwatch kexec-args)
	kexec-now -u
	load_kexec --cmdline "$line"
	expect right-image-is-ready 0 luwatch status --ready
	# Another one in its place, which nobody looks at.
	load_kexec --cmdline "$(echo "$line" | sed 's/\(luwatch=1,[^,]*,[^,]*,\)[0-9a-f]*/\1000102030405060708090a0b0c0d0e0f/')"
	exec_kexec
}

hop_2() {
	told not-looked-at "nobody had checked"
	load_fixture luo=1
	expect arm-once-more 0 luwatch arm
	line=$(luwatch kexec-args)
	load_kexec --cmdline "$line"
	expect ready 0 luwatch status --ready
	exec_kexec
}

hop_3() {
	luwatch collect --json >$REPORT 2>/tmp/collect.err
	json right-words-say-nothing '[.findings[].message] | any(test("words")) | not'
}
