# SPDX-License-Identifier: GPL-2.0-or-later
# The same programs by other compilers: what each kernel's verifier takes from one it takes from all, and
# every hook is attached in the same way. Agents are /usr/bin/luwatch-COMPILER (tests/objects/run adds
# them); a line "OBJECTS COMPILER PROGRAMS HOOKS INSTRUCTIONS MOST" of each is for docs/verification.md.
# machine: --timeout 1800

# hooks: what is attached, and how, as this agent's programs are pinned.
hooks() { ls /sys/fs/bpf/luwatch/links-* | grep -v '^$\|:$' | sort; }

# none: those of the agent before are gone; the kernel frees them when it has time.
none() { [ -z "$(programs)" ]; }

hop_0() {
	like=
	for agent in /usr/bin/luwatch-*; do
		compiler=${agent#/usr/bin/luwatch-}
		wait_for 30 none || fail "$compiler-begins" "programs of others: $(programs)"
		$agent arm >/tmp/arm 2>&1 && pass "$compiler-arms" || fail "$compiler-arms" "$(cat /tmp/arm)"
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
		note "$compiler: $(grep '^armed' /tmp/arm)"
		$agent disarm >/tmp/out 2>&1 || fail "$compiler-disarms" "$(cat /tmp/out)"
	done
}
