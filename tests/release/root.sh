#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs and removes the RPM package in a throw-away copy of this machine, whose libraries have other
# packages' names: dependencies are looked at elsewhere. usage: root.sh RPM, in a mount namespace
SUITE=release
. "$(dirname "$0")/../package/throwaway.sh"
nothing() { local left; left=$(find "$root"/{etc,usr} -name '*luwatch*' -not -path '*/src/*'); [ -z "$left" ] || { echo "${left//$'\n'/ }"; return 1; }; }

throwaway rpm-in-a-root
cp "$1" "$root/luwatch.rpm"

# Debian 12's rpm wants to be told that it is meant; Debian 13's does not know the word.
meant=$(rpm --help | grep -ow -- --force-debian)
check rpm-installs inside rpm -i --nodeps $meant /luwatch.rpm
check rpm-is-whole inside rpm -V --nodeps luwatch
check_folders_and_units rpm-
check rpm-program-runs inside luwatch --version
check rpm-explains inside luwatch explain I1
echo "# mine" >>"$root/etc/luwatch/luwatch.conf"
check rpm-upgrades inside rpm -U --nodeps --force $meant /luwatch.rpm
check rpm-upgrade-keeps-the-configuration grep -q "# mine" "$root/etc/luwatch/luwatch.conf"
check_upgrades rpm- inside rpm -U --nodeps --force $meant /luwatch.rpm
check rpm-removes-while-an-image-is-loaded removes_armed inside rpm -e luwatch
check rpm-installs-once-more inside rpm -i --nodeps $meant /luwatch.rpm
check rpm-removes removes_and_disarms inside rpm -e luwatch
check rpm-keeps-the-state test -d "$root/var/lib/luwatch"
rm -rf "$root/etc/luwatch"
check rpm-leaves-nothing-else nothing
exit $failed
