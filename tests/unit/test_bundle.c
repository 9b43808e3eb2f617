// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The archive for somebody else: fault addresses become numbers and equal ones stay equal, a
 * hand-over comes out as it went in, and what is no such archive is not taken for one.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "audit/entry.h"
#include "base/io.h"
#include "bundle/bundle.h"
#include "collect/case.h"
#include "fault/registers.h"
#include "record/decode.h"
#include "carry/text.h"

#define SECRET 0xdeadbeef000ULL
#define OTHER  0xfeed0000ULL
#define LOG    45 /* bytes of the kernel's log in the carrier */

static char folder[] = "/tmp/luwatch-bundle-XXXXXX";

static void numbers(void **state)
{
	struct lw_redaction r = {};

	(void)state;
	assert_int_equal(lw_redact_address(&r, SECRET), 0x1000);
	assert_int_equal(lw_redact_address(&r, OTHER), 0x2000);
	assert_int_equal(lw_redact_address(&r, SECRET + 0x123), 0x1000);
	assert_int_equal(lw_redact_address(&r, 0), 0);
	lw_redaction_free(&r);
}

static void words(void **state)
{
	static const char *const rows[][2] = {
		{ "DMAR: [DMA Read NO_PASID] Request device [65:00.0] fault addr 0xdeadbeef000 [fault "
		  "reason 0x06] PTE Read access is not set",
		  "DMAR: [DMA Read NO_PASID] Request device [65:00.0] fault addr 0x1000 [fault reason "
		  "0x06] PTE Read access is not set" },
		{ "fault addr deadbeef000 ", "fault addr 1000 " },
		{ "Dump dmar0 table entries for IOVA 0xfeed0000", "Dump dmar0 table entries for IOVA 0x2000" },
		{ "{\"address\": \"0xdeadbeef000\", \"pasid\": null}", "{\"address\": \"0x1000\", \"pasid\": null}" },
		{ "LUWATCH_ADDRESS=0xdeadbeef000\n", "LUWATCH_ADDRESS=0x1000\n" },
		{ "read of 0000:65:00.0 at 0xdeadbeef000 blocked", "read of 0000:65:00.0 at 0x1000 blocked" },
		{ "\"address\": null, at home, fault addr", "\"address\": null, at home, fault addr" },
		{ "\"rtaddr\": \"0x1234567000\"", "\"rtaddr\": \"0x1234567000\"" },
	};
	struct lw_redaction r = {};
	size_t i, length;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		LW_FREE char *text = lw_redact_text(&r, rows[i][0], strlen(rows[i][0]), &length);

		assert_string_equal(text, rows[i][1]);
		assert_int_equal(length, strlen(rows[i][1]));
	}
	lw_redaction_free(&r);
}

static struct lw_record fault(uint64_t address)
{
	struct lw_record record = { .magic = LW_RECORD_MAGIC, .version = LW_RECORD_VERSION,
				    .type = LW_REC_FAULT };

	record.fault.lo = address;
	record.fault.hi = 1ULL << 63 | 1ULL << 62 | 6ULL << 32 | 0x6500;
	record.fault.rid = 0x6500;
	record.checksum = lw_checksum(&record);
	return record;
}

static struct lw_record total(uint64_t address, uint32_t flags)
{
	struct lw_record record = { .magic = LW_RECORD_MAGIC, .version = LW_RECORD_VERSION,
				    .type = LW_REC_FAULT_TOTAL };

	record.fault_total = (struct lw_rec_fault_total){ .source_id = 0x6500, .flags = flags, .count = 9,
							  .last_address = address };
	record.checksum = lw_checksum(&record);
	return record;
}

/* Three binary records, one that is damaged, and the first once more as text, in both forms. */
static size_t carrier(uint8_t bytes[4096])
{
	struct lw_record records[4] = { fault(SECRET), total(SECRET, LW_FAULT_READ),
					total(0x42, LW_FAULT_INTERRUPT), fault(SECRET) };
	size_t length = sizeof(records), i;

	records[3].checksum ^= 1;
	memcpy(bytes, records, length);
	length += sprintf((char *)bytes + length, "%s", LW_TEXT_PREFIX);
	for (i = 0; i < sizeof(records[0]); i++)
		length += sprintf((char *)bytes + length, "%02x", ((uint8_t *)&records[0])[i]);
	length += lw_record_to_text(&records[0], (char *)bytes + length);
	/* pstore has the kernel's log beside them. */
	length += sprintf((char *)bytes + length, "\n[9.5] DMAR: fault addr 0xdeadbeef000 [fault\n");
	return length;
}

static size_t dense_length(void)
{
	struct lw_record record = fault(SECRET);
	char text[LW_DENSE_LEN + 1];

	return lw_record_to_text(&record, text);
}

static void records(void **state)
{
	struct lw_redaction r = {};
	struct lw_decoded decoded;
	struct lw_fault f;
	uint8_t bytes[4096];
	size_t length = carrier(bytes), i;

	(void)state;
	assert_int_equal(lw_redact_address(&r, OTHER), 0x1000);
	lw_redact_records(&r, bytes, length);
	assert_int_equal(lw_decode(bytes, length, &decoded), 0);
	assert_int_equal(decoded.count, 5);
	assert_int_equal(decoded.counts.text, 2);
	for (i = 0; i < decoded.count; i++) {
		if (decoded.records[i].type == LW_REC_FAULT)
			lw_fault_of_record(&decoded.records[i], &f);
		else
			lw_fault_of_total(&decoded.records[i], &f);
		assert_int_equal(f.address, f.flags & LW_FAULT_INTERRUPT ? 0x42 : 0x2000);
		assert_int_equal(f.rid, 0x6500);
	}
	lw_decoded_free(&decoded);
	lw_redaction_free(&r);
}

static void put(const char *name, const void *bytes, size_t length)
{
	LW_FREE char *path = lw_format("%s/%s", folder, name);

	assert_int_equal(lw_write_file(path, bytes, length, 0600), 0);
}

static json_t *noted(const void *bytes, size_t length)
{
	char text[LW_AUDIT_HASH_TEXT];
	uint8_t hash[LW_AUDIT_HASH];

	lw_audit_hash(bytes, length, hash);
	return json_pack("{sI, ss}", "bytes", (json_int_t)length, "sha256", lw_audit_hash_text(hash, text));
}

static void make_handover(void)
{
	static const char log[] = "4,1,1000,-;Linux version 6.12\n"
				  "3,2,2000,-;DMAR: [DMA Read NO_PASID] Request device [65:00.0] fault addr "
				  "0xdeadbeef000 [fault reason 0x06] PTE Read access is not set\n";
	uint8_t bytes[4096];
	size_t length = carrier(bytes);
	json_t *evidence = json_pack("{ss, ss, s[{ss, ss, sb}], s{so, so}}", "schema",
				     "luwatch.evidence/1", "id",
				     "c0ffee4f2a97e1b3846a0bb1c93d77e2", "carriers", "name", "pages", "file",
				     "pages.bin", "expected", true, "files", "pages.bin",
				     noted(bytes, length), "kmsg.bin", noted(log, strlen(log)));
	LW_FREE char *text = json_dumps(evidence, 0);

	put("pages.bin", bytes, length);
	put("kmsg.bin", log, strlen(log));
	put("report-1.json", "{\"address\": \"0xdeadbeef000\"}", 28);
	put("evidence.json", text, strlen(text));
	json_decref(evidence);
}

/* The archive's path, for the caller to remove and free. */
static char *bundle_with(bool addresses, bool handover, const char *first, const char *log)
{
	char *path = lw_format("%s.tar.gz", folder);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct lw_bundle *b;

	assert_true(fd >= 0);
	assert_int_equal(lw_bundle_begin(&b, fd, "luwatch-bugreport-x", addresses), 0);
	assert_int_equal(lw_bundle_add(b, first, "{}", 2), 0);
	if (log)
		assert_int_equal(lw_bundle_add(b, LW_BUNDLE_LOG, log, strlen(log)), 0);
	if (handover)
		assert_int_equal(lw_bundle_add_handover(b, folder), 0);
	else
		assert_int_equal(lw_bundle_add_handover(b, "/nowhere"), -ENOENT);
	assert_int_equal(lw_bundle_end(b), 0);
	close(fd);
	return path;
}

static char *bundle(bool addresses, bool handover, const char *first)
{
	return bundle_with(addresses, handover, first, NULL);
}

static void contains(const char *where, const char *name, const char *word, bool is_there)
{
	LW_FREE char *path = lw_format("%s/%s", where, name);
	LW_FREE uint8_t *bytes = NULL;
	size_t length;

	assert_int_equal(lw_read_file(path, 1 << 20, &bytes, &length), 0);
	assert_int_equal(memmem(bytes, length, word, strlen(word)) != NULL, is_there);
}

/* There and back: the same hand-over, believed by its hashes, with or without addresses. */
static void round_trip(void **state)
{
	int addresses;

	(void)state;
	for (addresses = 0; addresses < 2; addresses++) {
		LW_FREE char *path = bundle(addresses, true, LW_BUNDLE_ABOUT);
		struct lw_case c;
		char *opened;

		assert_int_equal(lw_bundle_open(path, &opened), 1);
		assert_int_equal(lw_bundle_is_redacted(opened), !addresses);
		assert_int_equal(lw_case_load(opened, &c), 0);
		assert_null(c.evidence.carried[0].problem);
		assert_int_equal(c.evidence.carried[0].length, 4 * 128 + LW_TEXT_LEN + dense_length() + LOG);
		assert_int_equal(c.evidence.log_fault_count, 1);
		assert_int_equal(c.evidence.log_faults[0].address, addresses ? SECRET : 0x1000);
		lw_case_close(&c);
		contains(opened, "report-1.json", "deadbeef", addresses);
		contains(opened, "kmsg.bin", "deadbeef", addresses);
		contains(opened, "pages.bin", "addr 0xdeadbeef000", addresses);
		lw_bundle_forget(opened);
		unlink(path);
	}
}

static void others(void **state)
{
	LW_FREE char *path = bundle(false, false, LW_BUNDLE_ABOUT), *foreign = NULL;
	char *opened;

	(void)state;
	assert_int_equal(lw_bundle_open(path, &opened), -ENOMSG); /* no hand-over in it, no log */
	assert_null(opened);
	unlink(path);
	free(path);
	path = bundle_with(false, false, LW_BUNDLE_ABOUT, "6,1,1,-;DMAR: IOMMU enabled\n");
	assert_int_equal(lw_bundle_open(path, &opened), -ENODATA);
	unlink(path);
	free(path);
	path = bundle_with(false, false, LW_BUNDLE_ABOUT, ""); /* there, and empty */
	assert_int_equal(lw_bundle_open(path, &opened), -ENOMSG);
	assert_null(opened);
	foreign = bundle(false, true, "something.log");
	assert_int_equal(lw_bundle_open(foreign, &opened), 0);
	unlink(path);
	assert_int_equal(lw_bundle_open("/dev/null", &opened), 0);
	assert_int_equal(lw_bundle_open("/nowhere", &opened), 0);
}

/* One of ours that cannot be taken is not something else; nothing of it stays behind. */
static void cannot_be_taken(void **state)
{
	LW_FREE char *path = bundle(false, true, LW_BUNDLE_ABOUT), *other = NULL;
	struct stat status;
	char *opened;

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nowhere", 1), 0);
	assert_int_equal(lw_bundle_open(path, &opened), -ENOENT);
	assert_null(opened);
	other = bundle(false, true, "something.log");
	assert_int_equal(lw_bundle_open(other, &opened), 0);
	unsetenv("TMPDIR");
	unlink(other);
	free(other);
	other = bundle(false, false, LW_BUNDLE_ABOUT);
	assert_int_equal(lw_bundle_open(other, &opened), -ENOMSG);
	free(path);
	path = bundle(false, true, LW_BUNDLE_ABOUT);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(truncate(path, status.st_size - 100), 0);
	assert_int_equal(lw_bundle_open(path, &opened), -EBADMSG);
	assert_null(opened);
	unlink(path);
}

/* A header of tar that says of a file that it has SIZE bytes. */
static void put_header(gzFile out, const char *name, size_t size)
{
	char header[512] = "";
	unsigned int sum = 0, i;

	strcpy(header, name);
	sprintf(header + 100, "0000600");
	sprintf(header + 124, "%011zo", size);
	sprintf(header + 136, "%011o", 0);
	memset(header + 148, ' ', 8);
	header[156] = '0';
	memcpy(header + 257, "ustar\00000", 8);
	for (i = 0; i < sizeof(header); i++)
		sum += (unsigned char)header[i];
	sprintf(header + 148, "%06o", sum);
	assert_int_equal(gzwrite(out, header, sizeof(header)), sizeof(header));
}

/* A file that is there twice, and one that says it is more than any hand-over has. */
static void odd_members(void **state)
{
	LW_FREE char *path = lw_format("%s.tar.gz", folder);
	char *opened;
	gzFile out;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		out = gzopen(path, "wb");
		put_header(out, "x/" LW_BUNDLE_ABOUT, 0);
		put_header(out, "x/handover/evidence.json", 0);
		put_header(out, i ? "x/status.txt" : "x/handover/evidence.json", i ? 2UL << 30 : 0);
		assert_int_equal(gzclose(out), Z_OK);
		assert_int_equal(lw_bundle_open(path, &opened), i ? -EFBIG : -EBADMSG);
	}
	unlink(path);
}

/* Somebody changed the evidence before: that is still seen afterwards. */
static void changed_stays_changed(void **state)
{
	LW_FREE char *path = NULL;
	struct lw_case c;
	char *opened;

	(void)state;
	put("kmsg.bin", "3,1,1,-;other\n", 14);
	path = bundle(false, true, LW_BUNDLE_ABOUT);
	assert_int_equal(lw_bundle_open(path, &opened), 1);
	assert_int_equal(lw_case_load(opened, &c), 0);
	assert_false(c.evidence.log_complete);
	lw_case_close(&c);
	lw_bundle_forget(opened);
	unlink(path);
}

static int make(void **state)
{
	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	make_handover();
	return 0;
}

static int unmake(void **state)
{
	LW_FREE char *command = lw_format("rm -rf %s", folder);

	(void)state;
	return system(command);
}

#define WITH(function) cmocka_unit_test_setup_teardown(function, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers), cmocka_unit_test(words),    cmocka_unit_test(records),
		WITH(round_trip),	   WITH(others),	       WITH(changed_stays_changed),
		WITH(cannot_be_taken),	   WITH(odd_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
