# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest boots from: a tiny initramfs, a read-only root disk and a disk that persists.

The initramfs holds only busybox and the modules needed to mount the root disk, because kexec
hashes the initramfs twice (at load and in purgatory) and emulation makes every megabyte felt.
Programs, kernels for the next boot and the scenario are on the root disk.
"""

import lzma
import os
import pathlib
import shutil
import stat
import subprocess

HERE = pathlib.Path(__file__).resolve().parent.parent
BUSYBOX = "/bin/busybox"
BOOT_MODULES = ("virtio_pci", "virtio_blk", "crc32c_generic", "ext4")
PROGRAMS = ("bpftool", "jq", "kexec", "strace")   # taken from the host when it has them


class ModuleTree:
    """Modules of one kernel: finds names, their dependencies in loading order, their contents."""

    def __init__(self, kernel):
        self.root = kernel.modules
        self.paths, self.needs = {}, {}
        for line in (self.root / "modules.dep").read_text().splitlines():
            path, _, needs = line.partition(":")
            name = self.name_of(path)
            self.paths[name] = path
            self.needs[name] = [self.name_of(n) for n in reversed(needs.split())]

    @staticmethod
    def name_of(path):
        return path.rpartition("/")[2].partition(".ko")[0].replace("-", "_")

    def order(self, names):
        """Loading order with dependencies; a name that is built in (no file) is left out."""
        result = []
        for name in names:
            name = name.replace("-", "_")
            if name in self.paths:
                result += [n for n in [*self.needs[name], name] if n not in result]
        return result

    def content(self, name):
        path = self.root / self.paths[name]
        data = path.read_bytes()
        if path.suffix == ".xz":
            return lzma.decompress(data)
        if path.suffix == ".zst":
            return subprocess.run(["zstd", "-dcq", str(path)], check=True,
                                  capture_output=True).stdout
        return data


def newc(entries):
    """A cpio archive of (name, mode, data)."""
    out = bytearray()

    def put(name, mode, data, inode):
        raw = name.encode() + b"\0"
        fields = (inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(raw), 0)
        out.extend(b"070701" + b"".join(b"%08x" % f for f in fields) + raw)
        out.extend(b"\0" * (-len(out) % 4))
        out.extend(data)
        out.extend(b"\0" * (-len(out) % 4))

    for inode, (name, mode, data) in enumerate(entries, 1):
        put(name, mode, data, inode)
    put("TRAILER!!!", 0, b"", 0)
    return bytes(out)


def initramfs(kernel, overlay=False):
    """The initramfs of a kernel, uncompressed: unpacking costs more than copying. OVERLAY: for a root
    disk that lies under what the persistent one has for it."""
    tree = ModuleTree(kernel)
    order = tree.order([*BOOT_MODULES, *(["overlay"] if overlay else [])])
    entries = [(d, stat.S_IFDIR | 0o755, b"") for d in
               ("bin", "dev", "proc", "sys", "modules", "persist", "newroot",
                *(["lower"] if overlay else []))]
    entries.append(("bin/busybox", stat.S_IFREG | 0o755, pathlib.Path(BUSYBOX).read_bytes()))
    entries.append(("init", stat.S_IFREG | 0o755, (HERE / "guest/init-initramfs").read_bytes()))
    entries.append(("modules/order", stat.S_IFREG | 0o644, "\n".join(order).encode() + b"\n"))
    entries += [(f"modules/{n}.ko", stat.S_IFREG | 0o644, tree.content(n)) for n in order]
    return newc(entries)


def libraries(program):
    """Absolute paths of the shared objects of a program, loader included."""
    out = subprocess.run(["ldd", str(program)], capture_output=True, text=True).stdout
    words = [w for line in out.splitlines() for w in line.split() if w.startswith("/")]
    return sorted(set(w for w in words if os.path.exists(w)))


class RootDisk:
    """Collects files in a staging folder and makes the read-only root file system of it."""

    DIRS = ("bin", "boot", "dev", "etc", "etc/luwatch", "lib", "lib64", "persist", "proc", "root",
            "run", "sbin", "sys", "tmp", "usr/bin", "usr/sbin", "usr/lib", "usr/share/misc", "var",
            "lib/modules")

    def __init__(self, staging):
        self.root = pathlib.Path(staging)
        shutil.rmtree(self.root, ignore_errors=True)
        for name in self.DIRS:
            (self.root / name).mkdir(parents=True, exist_ok=True)
        self.applets()

    def applets(self):
        self.add(BUSYBOX, "bin/busybox")
        applets = subprocess.run([BUSYBOX, "--list-full"], capture_output=True, text=True).stdout
        for applet in applets.split():
            link = self.root / "bin" / applet.rpartition("/")[2]
            if not link.exists():
                link.symlink_to("busybox")

    def add(self, source, target):
        target = self.root / target
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.is_symlink() or target.exists():
            target.unlink()
        try:
            os.link(os.path.realpath(source), target)
        except OSError:
            shutil.copy2(os.path.realpath(source), target)

    def write(self, target, data):
        path = self.root / target
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink() or path.exists():
            path.unlink()
        path.write_bytes(data.encode() if isinstance(data, str) else data)

    def program(self, path, target=None):
        """A program with its shared objects, which keep their host paths."""
        self.add(path, target or "usr/bin/" + os.path.basename(path))
        for library in libraries(path):
            if not (self.root / library.lstrip("/")).exists():
                self.add(library, library.lstrip("/"))

    def kernel(self, kernel, initrd):
        """A kernel that a kexec can load: /boot/FAMILY/{vmlinuz,initrd,release}."""
        self.add(kernel.image, f"boot/{kernel.family}/vmlinuz")
        self.write(f"boot/{kernel.family}/initrd", initrd)
        self.write(f"boot/{kernel.family}/release", kernel.release + "\n")

    def modules(self, kernel, names):
        """Modules for `load_module NAME`: the files and one loading order per name."""
        tree = ModuleTree(kernel)
        for name in names:
            order = tree.order([name])
            self.write(f"lib/modules/{kernel.release}/{name}.order", "\n".join(order) + "\n")
            for one in order:
                target = f"lib/modules/{kernel.release}/{one}.ko"
                if not (self.root / target).exists():
                    self.write(target, tree.content(one))

    def finish(self, out):
        """Makes root.img and persist.img of what was collected."""
        if os.path.exists("/usr/share/misc/pci.ids"):
            self.add("/usr/share/misc/pci.ids", "usr/share/misc/pci.ids")
        self.write("sbin/init", (HERE / "guest/init").read_bytes())
        (self.root / "sbin/init").chmod(0o755)
        self.write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                   "nobody:x:65534:65534:nobody:/:/bin/false\n")
        self.write("etc/group", "root:x:0:\nnogroup:x:65534:\n")
        size = sum(f.lstat().st_size + 4096 for f in self.root.rglob("*"))
        disk(out / "root.img", size + size // 8 + (8 << 20), self.root, journal=False)
        disk(out / "persist.img", 64 << 20)
        shutil.rmtree(self.root)


def disk(path, size, content=None, journal=True):
    """A raw ext4 image of `size` bytes, with the files of `content`."""
    path = pathlib.Path(path)
    path.unlink(missing_ok=True)
    with open(path, "wb") as image:
        image.truncate(size)
    words = [tool("mkfs.ext4"), "-q", "-F", "-m", "0", "-E", "root_owner=0:0,lazy_itable_init=1",
             "-O", "^metadata_csum,^64bit" + ("" if journal else ",^has_journal")]
    if content:
        words += ["-d", str(content)]
    subprocess.run([*words, str(path)], check=True, stderr=subprocess.PIPE, text=True)


def tool(name):
    """A program that may live where only root's PATH looks."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") or name


def files_of(path, folder, into):
    """Copies a folder out of an ext4 image without mounting it; nothing when it is not there."""
    subprocess.run([tool("debugfs"), "-R", f"rdump {folder} {into}", str(path)],
                   capture_output=True, text=True, check=False)
