#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs and removes the RPM package in a throw-away copy of this machine, whose libraries have other
# packages' names: dependencies are looked at elsewhere. usage: root.sh RPM, in a mount namespace
set -u
top=$(mktemp -d)
root=$top/root
failed=0
check() {
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then
		echo "pass release/$name"
	else
		echo "fail release/$name: $(tail -n 1 <<<"$said")"
		failed=1
	fi
}
inside() { chroot "$root" "$@"; }
is() { local got; got=$(inside stat -c '%a %U:%G' "$1"); [ "$got" = "$2" ] || { echo "$1 is $got, not $2"; return 1; }; }
nothing() { local left; left=$(find "$root"/{etc,usr} -name '*luwatch*' -not -path '*/src/*'); [ -z "$left" ] || { echo "${left//$'\n'/ }"; return 1; }; }

mount -t tmpfs tmpfs "$top" && mkdir "$top"/{upper,work,root} || exit 1
if ! mount -t overlay overlay -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$root" 2>/dev/null; then
	echo "skip release/rpm-in-a-root: an overlay of / cannot be mounted here"
	exit 0
fi
mount --rbind /proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
DEBIAN_FRONTEND=noninteractive inside dpkg -P luwatch >/dev/null 2>&1
rm -rf "$root"/var/{lib,log}/luwatch "$root/etc/luwatch"
cp "$1" "$root/luwatch.rpm"

check rpm-installs inside rpm -i --nodeps --force-debian /luwatch.rpm
check rpm-is-whole inside rpm -V --nodeps luwatch
check rpm-makes-the-group inside getent group luwatch
check rpm-state-is-the-groups is /var/lib/luwatch "2750 root:luwatch"
check rpm-log-is-the-groups is /var/log/luwatch "2750 root:luwatch"
for unit in luwatchd luwatch-collect; do
	check "rpm-enables-$unit" test -h "$root/etc/systemd/system/multi-user.target.wants/$unit.service"
done
check rpm-program-runs inside luwatch --version
check rpm-explains inside luwatch explain I1
echo "# mine" >>"$root/etc/luwatch/luwatch.conf"
check rpm-upgrades inside rpm -U --nodeps --force --force-debian /luwatch.rpm
check rpm-upgrade-keeps-the-configuration grep -q "# mine" "$root/etc/luwatch/luwatch.conf"
check rpm-removes inside rpm -e luwatch
check rpm-keeps-the-state test -d "$root/var/lib/luwatch"
rm -rf "$root/etc/luwatch"
check rpm-leaves-nothing-else nothing
exit $failed
