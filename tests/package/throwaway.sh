# SPDX-License-Identifier: GPL-2.0-or-later
# A throw-away copy of this machine (an overlay; nothing of it reaches the disk), to install a package in.
# Sourced, in a mount namespace; SUITE names the checks. Leaves $top, $root and, at the end, $failed.
set -u
top=$(mktemp -d)
root=$top/root
failed=0

# check NAME COMMAND...: the command's last line is the reason when it fails.
check() {
	local name=$1 said
	shift
	if said=$("$@" 2>&1); then
		echo "pass $SUITE/$name"
	else
		echo "fail $SUITE/$name: $(tail -n 1 <<<"$said")"
		failed=1
	fi
}

inside() { chroot "$root" "$@"; }
package() { DEBIAN_FRONTEND=noninteractive inside dpkg "$@"; }

is() { # PATH "MODE OWNER:GROUP"
	local there
	there=$(inside stat -c '%a %U:%G' "$1") && [ "$there" = "$2" ] ||
		{ echo "$1 is $there, not $2"; return 1; }
}

# throwaway NAME: mounts the copy, without any luwatch in it; where that cannot be, check NAME is skipped.
throwaway() {
	mount -t tmpfs tmpfs "$top" && mkdir "$top"/{upper,work,root} || exit 1
	if ! mount -t overlay overlay -o "lowerdir=/,upperdir=$top/upper,workdir=$top/work" "$root" 2>/dev/null; then
		echo "skip $SUITE/$1: an overlay of / cannot be mounted here"
		exit 0
	fi
	mount --rbind /proc "$root/proc"
	mount -t tmpfs tmpfs "$root/run"
	package -P luwatch >/dev/null 2>&1
	rm -rf "$root"/var/{lib,log}/luwatch "$root/etc/luwatch"
}

# seems_armed LOADED: what the program looks at before it disarms; nothing can be attached in here.
seems_armed() {
	mkdir -p "$root/sys/fs/bpf/luwatch" "$root/sys/kernel"
	echo "$1" >"$root/sys/kernel/kexec_loaded"
}

# removes_armed COMMAND...: while an image counts on the records they stay, and what to do then needs no program
# that is gone a moment later.
removes_armed() {
	local said
	seems_armed 1
	said=$("$@" 2>&1) || { echo "$said"; return 1; }
	[[ $said == *"goes on recording until it ends, or until rm -r /sys/fs/bpf/luwatch"* ]] ||
		{ echo "it does not say what stays: $said"; return 1; }
	[[ ! $said =~ --force|luwatch' '(disarm|status|kexec|arm|explain) ]] || { echo "it advises what is gone: $said"; return 1; }
	[ -d "$root/sys/fs/bpf/luwatch" ] || { echo "it was disarmed"; return 1; }
	[ ! -e "$root/usr/sbin/luwatch" ] || { echo "the program is still there"; return 1; }
}

# removes_and_disarms COMMAND...: with no image loaded nothing stays.
removes_and_disarms() {
	seems_armed 0
	"$@" || return 1
	[ ! -e "$root/sys/fs/bpf/luwatch" ] || { echo "it is armed still"; return 1; }
}

# upgrades_running ACTIVE CONFIGURATION COMMAND...: an upgrade where a systemd runs, which only notes what it is
# told. ACTIVE: so is the daemon. Leaves $said and $told.
upgrades_running() {
	local active=$1 configuration=$2 status
	shift 2
	install -d "$root/run/systemd/system" "$root/etc/luwatch/conf.d"
	# An image that is being built may have one that forbids to start anything.
	rm -f "$root/systemctl" "$root/usr/sbin/policy-rc.d"
	cat >"$top/systemctl" <<-END
		#!/bin/sh
		echo "\$@" >>/systemctl
		case " \$* " in *" is-active "*) $active ;; *" is-enabled "*) echo enabled ;; esac
	END
	chmod 0755 "$top/systemctl"
	mount --bind "$top/systemctl" "$root/usr/bin/systemctl"
	printf '[watch]\n%s\n' "$configuration" >"$root/etc/luwatch/conf.d/tests.conf"
	said=$("$@" 2>&1)
	status=$?
	told=$(cat "$root/systemctl")
	umount "$root/usr/bin/systemctl"
	rm -r "$root/run/systemd" "$root/etc/luwatch/conf.d/tests.conf"
	[ $status = 0 ] || { echo "exit $status: $said"; return 1; }
	[[ $told == *daemon-reload* ]] || { echo "no daemon-reload: $told"; return 1; }
}

# A daemon that would refuse its configuration is not put in the place of one that runs.
upgrades_refused() {
	upgrades_running true "peroid = 1h" "$@" || return 1
	[[ ! $told =~ (restart|stop)[^$'\n']*luwatchd ]] || { echo "the daemon was taken away: $told"; return 1; }
	[[ $said == *"tests.conf:2: unknown key"* && $said == *"goes on as it was"*"systemctl restart luwatchd"* ]] ||
		{ echo "it does not say what is wrong and what to do: $said"; return 1; }
}

upgrades_restarts() { # ACTIVE CONFIGURATION COMMAND...
	upgrades_running "$@" || return 1
	[[ $told =~ restart[^$'\n']*luwatchd ]] || { echo "the daemon was not restarted: $told"; return 1; }
	[[ $said != *"goes on as it was"* ]] || { echo "it says that it was not: $said"; return 1; }
}

# What the upgrade of both kinds does to the daemon.
check_upgrades() { # PREFIX COMMAND...
	local prefix=$1
	shift
	check "${prefix}upgrade-restarts-the-daemon" upgrades_restarts true "period = 1h" "$@"
	check "${prefix}upgrade-leaves-a-daemon-that-would-refuse" upgrades_refused "$@"
	check "${prefix}upgrade-starts-what-does-not-run" upgrades_restarts false "peroid = 1h" "$@"
}

# What both kinds of package promise once installed.
check_folders_and_units() { # PREFIX
	check "$1makes-the-group" inside getent group luwatch
	check "$1state-is-the-groups" is /var/lib/luwatch "2750 root:luwatch"
	check "$1log-is-the-groups" is /var/log/luwatch "2750 root:luwatch"
	check "$1run-folder-is-the-groups" is /run/luwatch "2750 root:luwatch"
	for unit in luwatchd luwatch-collect; do
		check "$1enables-$unit" test -h "$root/etc/systemd/system/multi-user.target.wants/$unit.service"
	done
}
