/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive, loaded when the first compressed file or archive is met. The agent is a daemon of root
 * and part of initial file systems: it shall not carry an XML parser and its tables for a command
 * that is run once in a while.
 */
#ifndef LUWATCH_LOG_ARCHIVE_H
#define LUWATCH_LOG_ARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

/* Every function that is used of it. */
#define LW_ARCHIVE_FUNCTIONS(X)                  \
	X(archive_entry_filetype)                \
	X(archive_entry_pathname)                \
	X(archive_entry_free)                    \
	X(archive_entry_new)                     \
	X(archive_entry_set_filetype)            \
	X(archive_entry_set_mtime)               \
	X(archive_entry_set_pathname)            \
	X(archive_entry_set_perm)                \
	X(archive_entry_set_size)                \
	X(archive_entry_size)                    \
	X(archive_errno)                         \
	X(archive_error_string)                  \
	X(archive_format)                        \
	X(archive_read_data_block)               \
	X(archive_read_free)                     \
	X(archive_read_new)                      \
	X(archive_read_next_header)              \
	X(archive_read_open)                     \
	X(archive_read_set_seek_callback)        \
	X(archive_read_support_filter_bzip2)     \
	X(archive_read_support_filter_compress)  \
	X(archive_read_support_filter_gzip)      \
	X(archive_read_support_filter_lz4)       \
	X(archive_read_support_filter_lzip)      \
	X(archive_read_support_filter_lzma)      \
	X(archive_read_support_filter_xz)        \
	X(archive_read_support_filter_zstd)      \
	X(archive_read_support_format_7zip)      \
	X(archive_read_support_format_ar)        \
	X(archive_read_support_format_cpio)      \
	X(archive_read_support_format_raw)       \
	X(archive_read_support_format_tar)       \
	X(archive_read_support_format_zip_streamable) \
	X(archive_set_error)                     \
	X(archive_write_add_filter_gzip)         \
	X(archive_write_close)                   \
	X(archive_write_data)                    \
	X(archive_write_free)                    \
	X(archive_write_header)                  \
	X(archive_write_new)                     \
	X(archive_write_open_fd)                 \
	X(archive_write_set_format_pax_restricted)

struct lw_archive {
#define LW_ARCHIVE_MEMBER(function) __typeof__(&function) function;
	LW_ARCHIVE_FUNCTIONS(LW_ARCHIVE_MEMBER)
#undef LW_ARCHIVE_MEMBER
};

/* NULL when it is not installed. */
const struct lw_archive *lw_archive_load(void);

#endif
