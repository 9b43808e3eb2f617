# SPDX-License-Identifier: GPL-2.0-or-later
# The same programs by other compilers: what each kernel's verifier takes from one it takes from all, and
# every hook is attached in the same way. Agents are /usr/bin/luwatch-COMPILER (tests/objects/run adds
# them); a line "OBJECTS COMPILER PROGRAMS HOOKS INSTRUCTIONS MOST" of each is for docs/verification.md.
# With --param VERIFIER=yes also what the verifier says of each program, beside its account of instructions and
# states: of all compilers' the same (tests/objects/verifier.c).
# machine: --timeout 1800

# hooks: what is attached, and how, as this agent's programs are pinned.
hooks() { ls /sys/fs/bpf/luwatch/links-* | grep -v '^$\|:$' | sort; }

# none: those of the agent before are gone; the kernel frees them when it has time.
none() { [ -z "$(programs)" ]; }

# watched COMMAND…: with the verifier's words in /tmp/verifier, where they are asked for.
watched() {
	rm -f /tmp/verifier
	[ -z "$VERIFIER" ] && { "$@"; return; }
	LD_PRELOAD=/usr/lib/verifier.so VERIFIER_LOG=/tmp/verifier "$@"
}

# same_words: of this compiler's programs and of the first one's.
same_words() {
	sort -u /tmp/verifier >/tmp/verifier-$compiler
	[ "$(grep -c ': taken$' /tmp/verifier-$compiler)" -gt 10 ] && cmp -s /tmp/verifier-$like /tmp/verifier-$compiler &&
		pass "$compiler-verifier-says-as-of-$like" || fail "$compiler-verifier-says-as-of-$like" \
		"$(diff /tmp/verifier-$like /tmp/verifier-$compiler)"
	echo "# $compiler: $(grep -vc ': taken$' /tmp/verifier-$compiler) different lines of the verifier"
}

hop_0() {
	like=
	for agent in /usr/bin/luwatch-*; do
		compiler=${agent#/usr/bin/luwatch-}
		wait_for 30 none || fail "$compiler-begins" "programs of others: $(programs)"
		watched $agent arm >/tmp/arm 2>&1 && pass "$compiler-arms" || fail "$compiler-arms" "$(cat /tmp/arm)"
		programs >/tmp/loaded
		hooks >/tmp/hooks-$compiler
		attached=$(sed -n 's/.*, \([0-9]*\) of [0-9]* probes.*/\1/p' /tmp/arm)
		awk -v name="$compiler" -v hooks="${attached:-0}" '{ count++; sum += $3; if ($3 > most) most = $3 }
			END { print "OBJECTS", name, count + 0, hooks, sum + 0, most + 0 }' /tmp/loaded >/tmp/line
		cat /tmp/line
		[ "$(wc -l </tmp/loaded)" -gt 10 ] && pass "$compiler-is-loaded" ||
			fail "$compiler-is-loaded" "$(cat /tmp/line /tmp/loaded)"
		like=${like:-$compiler}
		cmp -s "/tmp/hooks-$like" "/tmp/hooks-$compiler" && pass "$compiler-attaches-as-$like" ||
			fail "$compiler-attaches-as-$like" "$(diff "/tmp/hooks-$like" "/tmp/hooks-$compiler")"
		grep -iq 'warning\|verif\|not resolved' /tmp/arm && fail "$compiler-warns-of-nothing" "$(cat /tmp/arm)" ||
			pass "$compiler-warns-of-nothing"
		[ -z "$VERIFIER" ] || same_words
		note "$compiler: $(grep '^armed' /tmp/arm)"
		$agent disarm >/tmp/out 2>&1 || fail "$compiler-disarms" "$(cat /tmp/out)"
	done
}
