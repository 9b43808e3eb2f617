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
