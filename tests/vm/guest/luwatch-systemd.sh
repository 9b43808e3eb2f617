# SPDX-License-Identifier: GPL-2.0-or-later
# What scenarios may call where systemd runs, beside luwatch-test.sh.

COLLECT=/etc/systemd/system/luwatch-collect.service.d

# go COMMAND…: ends the hop by a command that ends this boot.
go() {
	echo $((HOP + 1)) >/persist/hop
	sync
	"$@"
	sleep 100
	fail "hop-$HOP" "the machine did not go down: $*"
}

# is NAME WORD COMMAND…: the command prints exactly this.
is() {
	is_name=$1
	is_word=$2
	shift 2
	is_got=$("$@" 2>&1)
	[ "$is_got" = "$is_word" ] && pass "$is_name" || fail "$is_name" "\"$is_got\", not \"$is_word\": $*"
}

show() { systemctl show --value -p "$1" "$2"; }
booted() { systemctl is-system-running --wait >/tmp/state; }

# package NAME FILE: installs it.
package() {
	dpkg -i "$2" >/tmp/dpkg 2>&1 && pass "$1" || fail "$1" "$(tail -n 3 /tmp/dpkg)"
}

# load: the documented order, before the machine is asked to go down.
load() {
	luwatch kexec-load --kernel /boot/6.12/vmlinuz --initrd /boot/6.12/initrd >/tmp/ready 2>&1 &&
		luwatch status --ready >>/tmp/ready || fail "load-$HOP" "$(cat /tmp/ready)"
}

# load_in_steps: the same by a loader of one's own.
load_in_steps() {
	for load_try in 1 2 3; do
		load_args=$(luwatch kexec-args) && kexec -l /boot/6.12/vmlinuz --initrd=/boot/6.12/initrd \
			--command-line="$load_args" || break
		luwatch status --ready >/tmp/ready && return
		luwatch arm
	done
	fail "load-$HOP" "$(cat /tmp/ready)"
}

# below UNIT: systemd's own measure of what the unit could do.
below() {
	below_got=$(systemd-analyze security --no-pager "$1" | sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p')
	echo "# $1: exposure $below_got"
	case $below_got in
	[0-2].[0-9]) pass "exposure-$1" ;;
	*) fail "exposure-$1" "$below_got, not below 3.0" ;;
	esac
}

# purge: without the files of its own that the scenario put beside the package's.
purge() {
	rm -f /etc/luwatch/conf.d/*
	dpkg --purge luwatch >/tmp/dpkg 2>&1 && pass purge || fail purge "$(tail -n 3 /tmp/dpkg)"
	left=$(ls -d /var/lib/luwatch /var/log/luwatch /etc/luwatch /run/luwatch /sys/fs/bpf/luwatch \
		/etc/default/kexec.d/luwatch 2>/dev/null)
	[ -z "$left" ] && pass purge-leaves-nothing || fail purge-leaves-nothing "$left"
	is purge-units inactive systemctl is-active luwatchd
}

# skipped NAME: neither unit runs, and neither has failed.
skipped() {
	is "$1-is-no-failure" running cat /tmp/state
	is "$1-skips-the-daemon" "no inactive" \
		echo "$(show ConditionResult luwatchd) $(systemctl is-active luwatchd)"
	is "$1-skips-collect" no show ConditionResult luwatch-collect
}

# hang_collect: from the next boot on collect hangs, and does not listen either.
hang_collect() {
	mkdir -p $COLLECT
	printf '%s\n' '[Service]' ExecStart= \
		'ExecStart=/bin/sh -c "trap : TERM; while :; do sleep 1; done"' >$COLLECT/hang.conf
}
hang_passed() {
	is hang-does-not-stop-the-boot degraded cat /tmp/state
	is hang-is-the-only-failure luwatch-collect.service \
		echo "$(systemctl list-units --failed --no-legend --plain | cut -d' ' -f1)"
	is hang-ended-by-the-limit timeout show Result luwatch-collect
}
