// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What kexec-load does when the kernel refuses an image, or takes one that is no good: the second way, loading
 * again, what is unloaded and what stays. The kernel is a model here (linked with --wrap): one command line that is
 * loaded or none, and answers that no kernel can be made to give at will. Those that one can be made to
 * give are in the scenario load.
 */
#include <errno.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <linux/kexec.h>

#include "arm/arm.h"
#include "arm/ready.h"
#include "audit/audit.h"
#include "base/io.h"
#include "carry/carrier.h"
#include "collect/gather.h"
#include "config/level.h"
#include "load/again.h"
#include "load/load.h"
#include "seam.h"

#define MOST  4
#define COVER "the image lies on the records"

/* What the machine answers, the first time, the second and so on; the last answer stays. */
static struct answers {
	int file[MOST];		 /* kexec_file_load: an errno or 0 */
	bool no_tools;		 /* kexec-tools is not installed */
	int tools;		 /* its exit status */
	int arm[MOST];		 /* lw_arm() */
	bool no_pins;		 /* armed, and its maps cannot be used */
	const char *look[MOST];	 /* why the image is not ready, or NULL */
	bool covers;		 /* because it lies on the records */
	bool no_file_unload;	 /* kexec_file_load is not there to unload either */
} answers;

static char *loaded; /* the command line of what the kernel would start; NULL: nothing */
static int files, tools, armings, looks, unloads, audited;
static char said[4096];
static char folder[] = "/tmp/luwatch-load-XXXXXX";
static char kernel[64], initrd[64];

static int answer(const int list[MOST], int n)
{
	return list[n < MOST ? n : MOST - 1];
}

static void load(const char *line)
{
	free(loaded);
	loaded = line ? strdup(line) : NULL;
}

SEAM(long, syscall, long number, ...)
{
	long a[5];
	va_list list;
	int i;

	va_start(list, number);
	for (i = 0; i < 5; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	errno = 0;
	if (number == SYS_kexec_file_load && a[4] & KEXEC_FILE_UNLOAD) {
		errno = answers.no_file_unload ? ENOSYS : 0;
	} else if (number == SYS_kexec_file_load) {
		errno = answer(answers.file, files++);
		if (!errno)
			load((const char *)a[3]);
		return errno ? -1 : 0;
	} else {
		assert_int_equal(number, SYS_kexec_load);
		assert_int_equal(a[1], 0);
	}
	if (errno)
		return -1;
	unloads++;
	load(NULL);
	return 0;
}

SEAM(int, access, const char *path, int mode)
{
	return strstr(path, "/kexec") ? -answers.no_tools : __real_access(path, mode);
}

SEAM(int, posix_spawn, pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
     const posix_spawnattr_t *attributes, char *const argv[], char *const environment[])
{
	static const char line[] = "--command-line=";
	int i;

	assert_string_equal(argv[1], "--kexec-syscall");
	assert_string_equal(argv[2], "-l");
	assert_string_equal(argv[3], kernel);
	tools++;
	*child = 1;
	for (i = 4; argv[i] && !answers.tools; i++)
		if (!strncmp(argv[i], line, sizeof(line) - 1))
			load(argv[i] + sizeof(line) - 1);
	return 0;
}

SEAM(pid_t, waitpid, pid_t child, int *status, int options)
{
	*status = answers.tools << 8;
	return child;
}

SEAM(void, lw_error, const char *format, ...)
{
	size_t used = strlen(said);
	va_list list;

	va_start(list, format);
	vsnprintf(said + used, sizeof(said) - used, format, list);
	va_end(list);
	strncat(said, "\n", sizeof(said) - strlen(said) - 1);
}

SEAM(void, lw_warn, const char *format, ...)
{
}

SEAM(uid_t, geteuid, void)
{
	return 0;
}

SEAM(bool, lw_kexec_disabled, void)
{
	return false;
}

SEAM(int, lw_host_config, struct lw_config *config)
{
	memset(config, 0, sizeof(*config));
	return 0;
}

SEAM(void, lw_config_arming, const struct lw_config *config, struct lw_label_texts *texts,
     struct lw_arm_options *options)
{
}

SEAM(const char *, lw_recording_off, const struct lw_config *config)
{
	return NULL;
}

SEAM(int, lw_gather, const char *state, struct lw_gathered *gathered)
{
	memset(gathered, 0, sizeof(*gathered));
	return 0;
}

SEAM(int, lw_arm, const struct lw_arm_options *options, struct lw_arm_result *result)
{
	memset(result, 0, sizeof(*result));
	return answer(answers.arm, armings++);
}

SEAM(void, lw_pins_open, struct lw_pins *pins)
{
	static struct lw_control control = { .handover = { 0x8ae7, 0x2019 } };

	memset(pins, 0, sizeof(*pins));
	pins->control = answers.no_pins ? NULL : &control;
}

SEAM(void, lw_pins_close, struct lw_pins *pins)
{
}

SEAM(int, lw_inspect_open, struct lw_inspect **inspect)
{
	return -EPERM;
}

SEAM(void, lw_loaded_look, struct lw_inspect *inspect, struct lw_loaded *found)
{
	memset(found, 0, sizeof(*found));
}

SEAM(const char *, lw_not_ready, const struct lw_pins *pins, const struct lw_loaded *found, bool off)
{
	int n = looks++;

	return answers.look[n < MOST ? n : MOST - 1];
}

SEAM(int, lw_carriers_covered, const struct lw_control *control, const struct lw_image_view *image)
{
	return answers.covers;
}

SEAM(char *, lw_carriers_words, const struct lw_control *control, const char *running, struct lw_words *ours)
{
	return NULL;
}

SEAM(int, lw_audit_append, const struct lw_audit_config *config, const struct lw_audit_event *event,
     struct lw_audit_result *result)
{
	audited++;
	return 0;
}

SEAM(int, lw_image_again, struct lw_again *again)
{
	memset(again, 0, sizeof(*again));
	again->wish = (struct lw_image_wish){ .kernel = kernel, .initrd = initrd, .cmdline = "earlier" };
	return 0;
}

static int start(void **state)
{
	static uint8_t bytes[LW_HEADER_SIZE];

	if (!mkdtemp(folder))
		return -1;
	snprintf(kernel, sizeof(kernel), "%s/vmlinuz", folder);
	snprintf(initrd, sizeof(initrd), "%s/initrd", folder);
	memcpy(bytes + 0x1fe, "\x55\xaa", 2);
	memcpy(bytes + 0x202, "HdrS\x0f\x02", 6);
	bytes[0x236] = 1;
	memcpy(bytes + 0x238, "\xff\x07\x00\x00", 4);
	return lw_write_file(kernel, bytes, sizeof(bytes), 0600) || lw_write_file(initrd, "x", 1, 0600);
}

static int stop(void **state)
{
	load(NULL);
	unlink(kernel);
	unlink(initrd);
	return rmdir(folder);
}

/* An image is loaded, and each counter at its beginning. */
static int before(void **state)
{
	answers = (struct answers){};
	files = tools = armings = looks = unloads = audited = 0;
	said[0] = '\0';
	load("earlier");
	return 0;
}

static int run(enum lw_kexec_way way, bool again)
{
	struct lw_load_options options = { .state = folder, .way = way, .again = again };
	struct lw_load_result result;
	int r;

	/* With a root=, as the kernel that runs the tests may have one. */
	if (!again)
		options.wish = (struct lw_image_wish){ .kernel = kernel, .initrd = initrd, .cmdline = "root=/dev/new" };
	r = lw_load(&options, &result);
	lw_load_free(&result);
	return r;
}

static void says(const char *words)
{
	if (!strstr(said, words))
		fail_msg("not \"%s\" but \"%s\"", words, said);
}

/* The image that was there before is there, as it was; nothing was told of another. */
static void earlier_stays(void)
{
	assert_non_null(loaded);
	assert_string_equal(loaded, "earlier");
	assert_int_equal(unloads, 0);
	assert_int_equal(audited, 0);
}

static void new_is_loaded(void)
{
	assert_non_null(loaded);
	assert_non_null(strstr(loaded, "root=/dev/new"));
	assert_non_null(strstr(loaded, "luwatch="));
}

/* No second way, no second time, and the reason is said. */
static void refused(void **state)
{
	static const struct {
		int error;
		const char *words;
	} each[] = {
		{ EPERM, "lockdown" },	       { ENODATA, "signature" },     { EBADMSG, "signature" },
		{ ENOPKG, "signature" },       { ENOKEY, "signature" },	     { EKEYREJECTED, "signature" },
		{ EBUSY, "another kexec" },    { ENOMEM, "Cannot allocate" }, { EIO, "Input/output" },
		{ EAGAIN, "temporarily" },     { EINVAL, "Invalid" },
	};
	size_t i;

	for (i = 0; i < sizeof(each) / sizeof(each[0]); i++) {
		before(state);
		answers.file[0] = answers.file[1] = answers.file[2] = answers.file[3] = each[i].error;
		assert_int_equal(run(LW_KEXEC_AUTO, false), -each[i].error);
		assert_int_equal(files, 1);
		assert_int_equal(armings, 1);
		assert_int_equal(tools, 0);
		says("kexec_file_load: ");
		says(each[i].words);
		earlier_stays();
	}
}

static void second_way(void **state)
{
	static const int errors[] = { ENOSYS, ENOEXEC, EADDRNOTAVAIL };
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		before(state);
		answers.file[0] = errors[i];
		assert_int_equal(run(LW_KEXEC_AUTO, false), 0);
		assert_int_equal(files, 1);
		assert_int_equal(tools, 1);
		assert_int_equal(audited, 1);
		new_is_loaded();
		before(state);
		answers.file[0] = errors[i];
		assert_int_equal(run(LW_KEXEC_FILE, false), -errors[i]);
		assert_int_equal(tools, 0);
		earlier_stays();
		before(state);
		assert_int_equal(run(LW_KEXEC_MEMORY, false), 0);
		assert_int_equal(files, 0);
		new_is_loaded();
	}
}

/* Neither way works. */
static void both_refused(void **state)
{
	answers.file[0] = ENOSYS;
	answers.tools = 255;
	assert_int_equal(run(LW_KEXEC_AUTO, false), -EIO);
	assert_int_equal(tools, 1);
	says("kexec --kexec-syscall failed");
	earlier_stays();
	before(state);
	answers.tools = 1;
	assert_int_equal(run(LW_KEXEC_MEMORY, false), -EIO);
	earlier_stays();
	before(state);
	answers.file[0] = ENOSYS;
	answers.no_tools = true;
	assert_int_equal(run(LW_KEXEC_AUTO, false), -ENOENT);
	says("not installed");
	earlier_stays();
}

static void never_came_to_load(void **state)
{
	answers.no_pins = true;
	assert_int_equal(run(LW_KEXEC_AUTO, false), -EIO);
	assert_int_equal(files, 0);
	says("the pins cannot be used");
	earlier_stays();
	before(state);
	answers.arm[0] = -ENOTSUP;
	assert_int_equal(run(LW_KEXEC_AUTO, false), -ENOTSUP);
	assert_int_equal(files, 0);
	earlier_stays();
}

/* The records are moved by the next arming, and the image is loaded again. */
static void on_the_records(void **state)
{
	answers.covers = true;
	answers.look[0] = answers.look[1] = COVER;
	assert_int_equal(run(LW_KEXEC_AUTO, false), 0);
	assert_int_equal(files, 3);
	assert_int_equal(armings, 3);
	new_is_loaded();
	before(state);
	answers.covers = true;
	answers.look[0] = answers.look[1] = answers.look[2] = answers.look[3] = COVER;
	assert_int_equal(run(LW_KEXEC_AUTO, false), -EIO);
	assert_int_equal(files, 3);
	assert_int_equal(unloads, 1);
	assert_null(loaded);
	says(COVER);
}

/* What was loaded and is no good is taken away, also where its next loading or arming is what failed. */
static void not_ready(void **state)
{
	answers.look[0] = "no record would come through";
	assert_int_equal(run(LW_KEXEC_AUTO, false), -EIO);
	assert_int_equal(files, 1);
	assert_null(loaded);
	says("no record would come through");
	before(state);
	answers.look[0] = "no record would come through";
	answers.no_file_unload = true;
	assert_int_equal(run(LW_KEXEC_MEMORY, false), -EIO);
	assert_null(loaded);
	before(state);
	answers.covers = true;
	answers.look[0] = COVER;
	answers.file[1] = EBUSY;
	assert_int_equal(run(LW_KEXEC_AUTO, false), -EBUSY);
	assert_int_equal(files, 2);
	assert_null(loaded);
	before(state);
	answers.covers = true;
	answers.look[0] = COVER;
	answers.arm[1] = -EBUSY;
	assert_int_equal(run(LW_KEXEC_AUTO, false), -EBUSY);
	assert_int_equal(files, 1);
	assert_null(loaded);
}

/* Somebody wanted what is loaded: it comes back as it was, and only where it cannot nothing is loaded. */
static void again(void **state)
{
	answers.look[0] = "no record would come through";
	assert_int_equal(run(LW_KEXEC_AUTO, true), -EIO);
	assert_int_equal(files, 2);
	assert_int_equal(unloads, 0);
	assert_string_equal(loaded, "earlier");
	before(state);
	answers.look[0] = "no record would come through";
	answers.file[1] = EBUSY;
	assert_int_equal(run(LW_KEXEC_AUTO, true), -EIO);
	assert_null(loaded);
	before(state);
	answers.file[0] = EBUSY;
	assert_int_equal(run(LW_KEXEC_AUTO, true), -EBUSY);
	assert_int_equal(files, 1);
	earlier_stays();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(refused, before),
		cmocka_unit_test_setup(second_way, before),
		cmocka_unit_test_setup(both_refused, before),
		cmocka_unit_test_setup(never_came_to_load, before),
		cmocka_unit_test_setup(on_the_records, before),
		cmocka_unit_test_setup(not_ready, before),
		cmocka_unit_test_setup(again, before),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
