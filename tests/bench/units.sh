# SPDX-License-Identifier: GPL-2.0-or-later
# Both walks of machines with many units (tests/bench/units), over tables in the guest's memory. Guest time is
# instructions there, 1 ns each.

hop_0() {
	/walk /walk.bpf.o $HOW $MACHINES >/tmp/walk 2>&1 || fail walk "$(tail -n 3 /tmp/walk)"
	sed 's/^walk /BENCH units /' /tmp/walk
	pass units
}
