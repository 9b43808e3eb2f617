/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/entry.h"
#include "base/io.h"
#include "load/kernel_file.h"
#include "log/archive.h"

/* Documentation/arch/x86/boot.rst: the setup header. */
#define SETUP_SECTS	0x1f1
#define HEADER_MAGIC	0x202
#define PAYLOAD_OFFSET	0x248
#define PAYLOAD_LENGTH	0x24c
#define HEADER_BYTES	0x260
#define SECTOR		512
#define UNPACKED_LIMIT	(512u << 20)
#define CANDIDATES	64

static uint32_t u32_at(const uint8_t *bytes, size_t offset)
{
	uint32_t value;

	memcpy(&value, bytes + offset, sizeof(value));
	return value;
}

uint64_t lw_kernel_file_loaded(const uint8_t *header, size_t length, uint64_t size)
{
	uint64_t setup;

	if (length < HEADER_BYTES || memcmp(header + HEADER_MAGIC, "HdrS", 4))
		return 0;
	setup = ((header[SETUP_SECTS] ? header[SETUP_SECTS] : 4) + 1) * SECTOR;
	return setup < size ? size - setup : 0;
}

/* The certificate table of the PE header (directory 4) has something in it. */
static bool is_signed(const uint8_t *bytes, size_t length)
{
	size_t pe = length > 0x40 ? u32_at(bytes, 0x3c) : length, table = pe + 24 + 112 + 4 * 8;

	return pe < length && table + 8 <= length && !memcmp(bytes + pe, "PE\0\0", 4) &&
	       bytes[pe + 24] == 0x0b && bytes[pe + 25] == 0x02 && u32_at(bytes, table) &&
	       u32_at(bytes, table + 4);
}

/* The build id among the notes of an ELF image that may be cut. */
static void elf_build_id(const uint8_t *bytes, size_t length, char text[LW_BUILD_ID_TEXT])
{
	Elf64_Ehdr header;
	Elf64_Phdr part;
	size_t i, at;

	if (length < sizeof(header))
		return;
	memcpy(&header, bytes, sizeof(header));
	if (memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_phentsize != sizeof(part))
		return;
	for (i = 0; i < header.e_phnum; i++) {
		at = header.e_phoff + i * sizeof(part);
		if (header.e_phoff > length || at + sizeof(part) > length)
			return;
		memcpy(&part, bytes + at, sizeof(part));
		if (part.p_type == PT_NOTE && part.p_offset < length &&
		    part.p_filesz <= length - part.p_offset &&
		    lw_notes_build_id(bytes + part.p_offset, part.p_filesz, text))
			return;
	}
}

struct source {
	const uint8_t *bytes;
	size_t length;
};

static la_ssize_t give(struct archive *archive, void *data, const void **block)
{
	struct source *s = data;
	size_t length = s->length;

	(void)archive;
	*block = s->bytes;
	s->length = 0;
	return (la_ssize_t)length;
}

/* All that can be unpacked: behind a kernel's packed image stands its size, which no format knows. */
static uint8_t *unpack(struct source source, size_t *length)
{
	const struct lw_archive *a = lw_archive_load();
	struct archive *archive = a ? a->archive_read_new() : NULL;
	struct archive_entry *entry;
	uint8_t *whole = NULL, *grown;
	const void *block;
	size_t size, room = 0;
	la_int64_t offset;

	*length = 0;
	if (!archive)
		return NULL;
	a->archive_read_support_filter_gzip(archive);
	a->archive_read_support_filter_bzip2(archive);
	a->archive_read_support_filter_lz4(archive);
	a->archive_read_support_filter_lzma(archive);
	a->archive_read_support_filter_xz(archive);
	a->archive_read_support_filter_zstd(archive);
	a->archive_read_support_format_raw(archive);
	if (!a->archive_read_open(archive, &source, NULL, give, NULL) &&
	    !a->archive_read_next_header(archive, &entry)) {
		while (!a->archive_read_data_block(archive, &block, &size, &offset) &&
		       *length + size <= UNPACKED_LIMIT) {
			if (*length + size > room) {
				room = (*length + size) * 2;
				grown = realloc(whole, room);
				if (!grown)
					break;
				whole = grown;
			}
			memcpy(whole + *length, block, size);
			*length += size;
		}
	}
	a->archive_read_free(archive);
	return whole;
}

static void read_build_id(const uint8_t *bytes, size_t length, size_t setup, char text[LW_BUILD_ID_TEXT])
{
	size_t offset = u32_at(bytes, PAYLOAD_OFFSET) + setup, size = u32_at(bytes, PAYLOAD_LENGTH), whole;
	LW_FREE uint8_t *elf = NULL;

	if (offset >= length || size > length - offset)
		return;
	elf = unpack((struct source){ bytes + offset, size }, &whole);
	if (elf)
		elf_build_id(elf, whole, text);
}

int lw_kernel_file_parse(const uint8_t *bytes, size_t length, struct lw_kernel_file *file)
{
	memset(file, 0, sizeof(*file));
	file->loaded_bytes = lw_kernel_file_loaded(bytes, length, length);
	if (!file->loaded_bytes)
		return -ENOEXEC;
	lw_audit_hash(bytes, length, file->file);
	lw_audit_hash(bytes + length - file->loaded_bytes, file->loaded_bytes, file->loaded);
	file->is_signed = is_signed(bytes, length);
	read_build_id(bytes, length, length - file->loaded_bytes, file->build_id);
	return 0;
}

static json_t *hash_json(const uint8_t hash[LW_AUDIT_HASH])
{
	char hex[LW_AUDIT_HASH_TEXT];

	return json_string(lw_audit_hash_text(hash, hex));
}

json_t *lw_kernel_file_json(const char *path)
{
	struct lw_kernel_file file;
	LW_FREE uint8_t *bytes = NULL;
	size_t length;

	if (lw_read_file(path, LW_KERNEL_FILE_LIMIT, &bytes, &length) ||
	    lw_kernel_file_parse(bytes, length, &file))
		return json_null();
	return json_pack("{ss, so, so, so, sb}", "path", path, "sha256", hash_json(file.file),
			 "loaded_sha256", hash_json(file.loaded), "build_id",
			 *file.build_id ? json_string(file.build_id) : json_null(), "signed",
			 file.is_signed);
}

json_t *lw_plain_file_json(const char *path)
{
	uint8_t hash[LW_AUDIT_HASH];
	LW_FREE uint8_t *bytes = NULL;
	size_t length;

	if (!path || lw_read_file(path, 2 * (size_t)UNPACKED_LIMIT, &bytes, &length))
		return json_null();
	lw_audit_hash(bytes, length, hash);
	return json_pack("{ss, so}", "path", path, "sha256", hash_json(hash));
}

/* By its header and size alone most are ruled out. */
static bool may_be(const char *path, uint64_t loaded_bytes)
{
	uint8_t header[HEADER_BYTES];
	LW_CLOSE int fd = lw_open_ordinary(path, 0);
	struct stat st;

	return fd >= 0 && !fstat(fd, &st) && read(fd, header, sizeof(header)) == sizeof(header) &&
	       lw_kernel_file_loaded(header, sizeof(header), (uint64_t)st.st_size) == loaded_bytes;
}

bool lw_kernel_file_is(const char *path, const uint8_t loaded[LW_AUDIT_HASH], uint64_t loaded_bytes)
{
	uint8_t hash[LW_AUDIT_HASH];
	LW_FREE uint8_t *bytes = NULL;
	size_t length;

	if (!may_be(path, loaded_bytes) || lw_read_file(path, LW_KERNEL_FILE_LIMIT, &bytes, &length) ||
	    length < loaded_bytes)
		return false;
	lw_audit_hash(bytes + length - loaded_bytes, loaded_bytes, hash);
	return !memcmp(hash, loaded, LW_AUDIT_HASH);
}

json_t *lw_kernel_file_of(const uint8_t loaded[LW_AUDIT_HASH], uint64_t loaded_bytes)
{
	json_t *found = NULL;
	glob_t names = {};
	size_t i;

	glob("/boot/vmlinu[xz]*", 0, NULL, &names);
	glob("/boot/*/vmlinu[xz]*", GLOB_APPEND, NULL, &names);
	glob("/lib/modules/*/vmlinuz", GLOB_APPEND, NULL, &names);
	for (i = 0; i < names.gl_pathc && i < CANDIDATES && !found; i++)
		if (lw_kernel_file_is(names.gl_pathv[i], loaded, loaded_bytes))
			found = lw_kernel_file_json(names.gl_pathv[i]);
	globfree(&names);
	return found ? found : json_null();
}
