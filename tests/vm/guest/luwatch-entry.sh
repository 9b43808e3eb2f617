# SPDX-License-Identifier: GPL-2.0-or-later
# A boot loader's entry, from which systemd takes kernel, initrd and options; the partition would be an EFI one.

export SYSTEMD_RELAX_ESP_CHECKS=1 SYSTEMD_ESP_PATH=/efi
bare() { sed 's/memmap=[^ ]* luwatch=[^ ]* *//g; s/ *mark=[a-z]*//g' /proc/cmdline; }

# entry [WORDS]: the default one, of the next kernel, with these behind its options.
entry() {
	mkdir -p /efi/loader/entries /efi/next
	cp /boot/$VM_NEXT/vmlinuz /boot/$VM_NEXT/initrd /efi/next
	printf '%s\n' 'title next' 'version 1' 'linux /next/vmlinuz' 'initrd /next/initrd' \
		"options $(bare) mark=entry${1:+ $1}" >/efi/loader/entries/next.conf
	printf 'default next.conf\n' >/efi/loader/loader.conf
}
