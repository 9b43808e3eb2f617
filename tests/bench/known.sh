# SPDX-License-Identifier: GPL-2.0-or-later
# What luwatchd does after one fault more, and a scrape (tests/bench/known). Guest time is instructions there.

hop_0() {
	look $KINDS >/tmp/look 2>&1 || fail look "$(tail -n 3 /tmp/look)"
	sed 's/^/BENCH known /' /tmp/look
	pass known
}
