// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Files in which no search finds a word although a log may be in them. Nothing may be said about what
 * they hold but how to look.
 */
#include "log/foreign.h"

#include <stdbool.h>
#include <string.h>

#define PIPE " | luwatch decode -"

static const struct {
	unsigned int offset, length;
	const char *bytes, *text;
} formats[] = {
	{ 0, 5, "%PDF-", "a PDF: pdftotext FILE -" PIPE },
	{ 0, 4, "\x89PNG", "a picture: tesseract FILE -" PIPE ", and compare" },
	{ 0, 3, "\xff\xd8\xff", "a picture: tesseract FILE -" PIPE ", and compare" },
	{ 8, 4, "WEBP", "a picture: tesseract FILE -" PIPE ", and compare" },
	{ 4, 8, "ftypheic", "a picture: convert it to PNG, then tesseract FILE -" PIPE },
	{ 0, 27, "-----BEGIN PGP MESSAGE-----", "encrypted: gpg --decrypt FILE" PIPE },
	{ 0, 21, "age-encryption.org/v1", "encrypted: age --decrypt FILE" PIPE },
	{ 0, 26, "-----BEGIN AGE ENCRYPTED F", "encrypted: age --decrypt FILE" PIPE },
	{ 0, 8, "Salted__", "encrypted: openssl enc -d -in FILE (with its cipher)" PIPE },
	{ 0, 8, "KDUMP   ", "a crash dump: makedumpfile --dump-dmesg FILE LOG" },
	{ 0, 12, "makedumpfile", "a flattened crash dump: makedumpfile -R DUMP <FILE, then makedumpfile "
				 "--dump-dmesg DUMP LOG" },
	{ 0, 4, "\x7f" "ELF", NULL }, /* is_core() */
	{ 0, 8, "ElfFile\0", "a Windows event log: evtx_dump FILE" PIPE },
	{ 0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Outlook message or Office document: save it as text" },
	{ 0, 9, "\x89LZO\0\r\n\x1a\n", "compressed: lzop -dc FILE" PIPE },
	{ 0, 4, "LRZI", "compressed: lrzip -dqo - FILE" PIPE },
	{ 0, 10, "\xff\x06\0\0sNaPpY", "compressed: snzip -dc FILE" PIPE },
	{ 0, 7, "Rar!\x1a\x07", "an archive: unrar p -inul FILE" PIPE },
	{ 0, 16, "SQLite format 3", "a database: sqlite3 FILE .dump" PIPE },
};

/* e_type of either byte order is ET_CORE: a vmcore. */
static bool is_core(const char *head, size_t length)
{
	return length > 18 && head[16 + (head[5] == 2)] == 4 && !head[17 - (head[5] == 2)];
}

/* Letters, digits, blanks and the line end of EBCDIC are most of the text in it, and of nothing else. */
static bool is_ebcdic(const unsigned char *head, size_t length)
{
	size_t letters = 0, blanks = 0, i;

	length = length < 4096 ? length : 4096;
	for (i = 0; i < length; i++) {
		unsigned char low = head[i] & 0xf, high = head[i] & 0xf0;

		blanks += head[i] == 0x40;
		letters += low <= 9 && ((high >= 0x80 && high <= 0xa0) || high >= 0xc0);
	}
	return length > 64 && blanks * 20 > length && letters * 2 > length;
}

const char *lw_foreign(const char *head, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (length < formats[i].offset + formats[i].length ||
		    memcmp(head + formats[i].offset, formats[i].bytes, formats[i].length))
			continue;
		if (formats[i].text)
			return formats[i].text;
		return is_core(head, length) ? "a crash dump: makedumpfile --dump-dmesg FILE LOG, or the log of "
					       "crash(8)" : NULL;
	}
	return is_ebcdic((const unsigned char *)head, length) ?
		       "EBCDIC: iconv -f IBM1047 -t UTF-8 FILE" PIPE : NULL;
}
