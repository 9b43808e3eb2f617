#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs, upgrades, removes and purges the package in a throw-away copy of this machine, and asks as a
# member of the group and as somebody else. There is no systemd running in it, as in any image that is
# being built. usage: root.sh DEB, in a mount namespace
deb=$(realpath "$1")
SUITE=package
. "$(dirname "$0")/throwaway.sh"

person() { inside setpriv --reuid=65534 --regid=65534 --inh-caps=-all --bounding-set=-all "$@"; }
member() { person --groups="$(inside getent group luwatch | cut -d: -f3)" luwatch "$@"; }
stranger() { person --clear-groups luwatch "$@"; }

# gives CODE WORDS COMMAND...: exit code and some words of what is said.
gives() {
	local code=$1 words=$2 said status
	shift 2
	said=$("$@" 2>&1)
	status=$?
	[ $status = "$code" ] && [[ $said == *"$words"* ]] ||
		{ echo "exit $status, not $code with \"$words\": $(tail -n 1 <<<"$said")"; return 1; }
}

throwaway root
cp "$deb" "$root/luwatch.deb"
# The same with a later version.
dpkg-deb -R "$deb" "$root/newer"
sed -i 's/^Version: .*/&+newer/' "$root/newer/DEBIAN/control"
dpkg-deb --root-owner-group -b "$root/newer" "$root/newer.deb" >/dev/null

check installs package -i /luwatch.deb
check is-whole inside dpkg -V luwatch
check_folders_and_units ""
check man-finds-page inside man -w 8 luwatch-report

# A hand-over with the real commands. That this boot was a kexec is made up: nothing can be recorded
# on a machine without VT-d, so the report is an incomplete one. Root's umask must not matter.
echo 208 >"$top/bootloader"
mount --bind "$top/bootloader" "$root/proc/sys/kernel/bootloader_type"
umask 077
check collects gives 3 INCOMPLETE inside luwatch collect
check notes gives 0 : inside luwatch audit note "change 4711"
check member-reads-the-list gives 0 incomplete member report --list
check member-reads-the-report gives 3 INCOMPLETE member report
check member-reads-the-audit-log gives 0 "change 4711" member audit show
check member-verifies-the-audit-log gives 0 HOLDS member audit verify
check member-cannot-write gives 4 "" member audit note x
check member-cannot-arm gives 4 root member arm
for command in report "report --list" "audit show" "audit verify"; do
	# shellcheck disable=SC2086
	check "stranger-is-refused-$command" gives 4 "member of the group luwatch" stranger $command
done

# What the daemon would leave; it does not run without VT-d (the test machine has its part).
check faults-without-daemon gives 4 luwatchd.service member faults
(umask 027 && cat >"$root/run/luwatch/faults.json") <<'JSON'
{"schema":"luwatch.faults/1","time":"2024-05-31T12:00:00Z","unseen":0,"overflows":0,"lost":0,"faults":[
{"rid":"0000:03:00.0","reason":5,"reason_text":"x","type":"write","address":"0xfee00000","pasid":null,
"count":3,"first_ns":1,"last_ns":2000000000,"source":"register"}]}
JSON
check member-reads-faults gives 0 0xfee00000 member faults
check member-cannot-follow gives 4 root member faults --follow
check stranger-is-refused-faults gives 4 "member of the group luwatch" stranger faults
echo '{"schema":"luwatch.faults/1","faults":[{}]}' >"$root/run/luwatch/faults.json"
check damaged-faults gives 1 damaged member faults

# Upgrade, remove, purge.
echo "# mine" >>"$root/etc/luwatch/luwatch.conf"
check upgrades package -i /newer.deb
check upgrade-keeps-state inside test -d /var/lib/luwatch/handovers
check upgrade-keeps-the-configuration grep -q "# mine" "$root/etc/luwatch/luwatch.conf"
check_upgrades "" package -i /newer.deb
check removes-while-an-image-is-loaded removes_armed package -r luwatch
check installs-once-more package -i /newer.deb
check removes removes_and_disarms package -r luwatch
check remove-keeps-the-audit-log inside test -s /var/log/luwatch/audit.jsonl
check remove-keeps-reports inside test -d /var/lib/luwatch/handovers
check remove-keeps-the-configuration inside test -e /etc/luwatch/luwatch.conf
check purges package -P luwatch
gone() { find "$root"/{etc,lib,usr,var/lib,var/log} -name '*luwatch*' | grep -v "^$top/root/usr/src"; }
nothing() { local left; left=$(gone) && { echo "${left//$'\n'/ }"; return 1; }; return 0; }
check purge-leaves-nothing nothing
exit $failed
