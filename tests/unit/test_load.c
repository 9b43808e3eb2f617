// SPDX-License-Identifier: GPL-2.0-or-later
/* What is to be loaded for a kexec: boot entries, kernel headers, command lines that lose a host. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "load/image.h"

static void entry(void **state)
{
	struct lw_boot_entry e;

	(void)state;
	assert_int_equal(lw_boot_entry_parse("# made by hand\ntitle Debian\nlinux  /d/6.12/linux\r\n"
					     "initrd\t/d/6.12/initrd\noptions root=/dev/sda1 ro\n"
					     "options quiet", &e), 0);
	assert_string_equal(e.linux_, "/d/6.12/linux");
	assert_string_equal(e.initrd, "/d/6.12/initrd");
	assert_string_equal(e.options, "root=/dev/sda1 ro quiet");
	assert_false(e.many_initrds || e.unified);
	lw_boot_entry_free(&e);
	assert_int_equal(lw_boot_entry_parse("initrd /microcode\ninitrd /initrd\nefi /a.efi", &e), 0);
	assert_true(e.many_initrds && e.unified);
	assert_null(e.linux_);
	lw_boot_entry_free(&e);
	assert_int_equal(lw_boot_entry_parse("linux\n\n \t\noptions", &e), 0);
	assert_null(e.linux_);
	assert_null(e.options);
	lw_boot_entry_free(&e);
}

/* The fields of a setup header that are looked at. */
static void bzimage(uint8_t *bytes, uint16_t protocol, uint8_t flags)
{
	memset(bytes, 0, LW_HEADER_SIZE);
	memcpy(bytes + 0x1fe, "\x55\xaa", 2);
	memcpy(bytes + 0x202, "HdrS", 4);
	memcpy(bytes + 0x206, &protocol, 2);
	memcpy(bytes + 0x20e, "\x00\x08", 2);
	bytes[0x236] = flags;
	memcpy(bytes + 0x238, "\xff\x07\x00\x00", 4);
	strcpy((char *)bytes + 0xa00, "6.12.117+deb12-amd64 (debian@example) #1 SMP");
}

static void header(void **state)
{
	static uint8_t bytes[LW_HEADER_SIZE];
	struct lw_image image = {};

	(void)state;
	bzimage(bytes, 0x20f, 1);
	assert_int_equal(lw_image_header(bytes, sizeof(bytes), &image), 0);
	assert_string_equal(image.version, "6.12.117+deb12-amd64");
	assert_int_equal(image.cmdline_most, 2047);
	assert_int_equal(lw_image_header(bytes, 0x300, &image), 0);
	assert_string_equal(image.version, "?");
	assert_int_equal(lw_image_header(bytes, 0x239, &image), -ENOEXEC);
	bzimage(bytes, 0x20f, 0);
	assert_int_equal(lw_image_header(bytes, sizeof(bytes), &image), -ENOEXEC);
	bzimage(bytes, 0x20b, 1);
	assert_int_equal(lw_image_header(bytes, sizeof(bytes), &image), -ENOEXEC);
	bzimage(bytes, 0x20f, 1);
	bytes[0x202] = 'h';
	assert_int_equal(lw_image_header(bytes, sizeof(bytes), &image), -ENOEXEC);
}

static void release_is(const char *kernel, const char *release)
{
	struct lw_image image = { .kernel = (char *)kernel, .version = "6.12.117+deb12-amd64" };
	char *found = lw_image_release(&image);

	assert_string_equal(found, release);
	free(found);
}

/* Whose initrd is looked for: also where a distribution has its kernels below /lib/modules. */
static void release(void **state)
{
	(void)state;
	release_is("/boot/vmlinuz-6.1.0-42-amd64", "6.1.0-42-amd64");
	release_is("/lib/modules/6.12.117+deb12-amd64/vmlinuz", "6.12.117+deb12-amd64");
	release_is("/srv/vmlinuz-old/bzImage", "6.12.117+deb12-amd64");
}

static void problem_is(const char *line, uint32_t most, const char *running, const char *part)
{
	LW_FREE char *problem = lw_line_problem(line, most, running);

	if (!part)
		assert_null(problem);
	else if (!problem || !strstr(problem, part))
		fail_msg("\"%s\" and not \"%s\"", problem ? problem : "", part);
}

static void lines(void **state)
{
	LW_FREE char *clean = lw_without_loader_words("BOOT_IMAGE=/vmlinuz root=/dev/sda1 initrd=\\d\\i "
						      "a=\"b initrd=c\" initrdx=1 quiet\n");

	(void)state;
	assert_string_equal(clean, "root=/dev/sda1 a=\"b initrd=c\" initrdx=1 quiet");
	problem_is("root=/dev/sda1 quiet", 100, "root=/dev/sda1", NULL);
	problem_is("root=LABEL=new", 100, "root=/dev/sda1", NULL);
	problem_is("quiet", 100, "console=ttyS0", NULL);
	problem_is("quiet", 100, "root=/dev/sda1", "add root=/dev/sda1");
	problem_is("", 100, "root=/dev/sda1", "add root=/dev/sda1");
	problem_is("nfsroot=x", 100, "root=/dev/sda1", "a host is lost");
	problem_is("root=/dev/sda1 quiet", 17, "", "shorten yours by 3");
	problem_is("root=/dev/sda1 quiet", 20, "", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entry),
		cmocka_unit_test(header), cmocka_unit_test(release),
		cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
