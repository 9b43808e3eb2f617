/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The luo carrier: a memfd in a session of the live-update orchestrator, of which the programs write
 * the pages through uptrs (bpf/luo.bpf.h). It mirrors the area, so everything of a pages carrier
 * holds for its contents; but nothing of it stands on a command line, no loader can put an image over
 * it, and no /dev/mem is needed, so it works under lockdown as well.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/io.h"
#include "carry/carrier.h"
#include "carry/session.h"
#include "probe/kernel.h"
#include "probe/programs.h"

#define PINNED LW_PIN_ROOT "/maps/luo_0"

static int luo_supported(char *detail, size_t size)
{
	bool session = lw_session_outgoing() >= 0 || lw_exists(PINNED);

	/* In a unit's own /dev it is not to be seen, and not needed where a session is at hand. */
	if (!session && !lw_exists(LW_LUO_DEVICE)) {
		snprintf(detail, size, "needs a kernel with the live-update orchestrator (7.0), booted "
				       "with kho=on liveupdate=on");
		return -ENOENT;
	}
	if (!lw_programs_have_uptr()) {
		snprintf(detail, size, "this luwatch was built without it: build it with clang 16 or newer");
		return -ENOTSUP;
	}
	if (!session) {
		snprintf(detail, size, "no live-update session was handed over: give one with "
				       "--luo-session-fd");
		return -ENOENT;
	}
	snprintf(detail, size, "needs no words; lost on a machine reset");
	return 0;
}

/* The pages of FD, COUNT in number, as uptrs of the maps. */
static int fill_maps(const int *maps, int fd, uint32_t count)
{
	size_t size = (size_t)count * LW_PAGE_SIZE;
	uint8_t *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	void *value[LW_LUO_EACH];
	LW_CLOSE int init = syscall(SYS_pidfd_open, 1, 0);
	uint32_t i, j, page;
	int r = init < 0 ? -errno : 0;

	if (pages == MAP_FAILED)
		return -errno;
	memset(pages, 0, size);
	for (i = 0; !r && i < LW_LUO_MAP_COUNT; i++) {
		memset(value, 0, sizeof(value));
		for (j = 0; j < LW_LUO_EACH; j++) {
			page = i * LW_LUO_EACH + j;
			value[j] = page < count ? pages + (size_t)page * LW_PAGE_SIZE : NULL;
		}
		r = bpf_map_update_elem(maps[i], &init, value, BPF_ANY) ? -errno : 0;
	}
	munmap(pages, size);
	return r;
}

static int preserve(const struct lw_area *area)
{
	LW_CLOSE int fd = memfd_create("luwatch", MFD_CLOEXEC);
	int r;

	if (fd < 0 || ftruncate(fd, (off_t)area->count * LW_PAGE_SIZE))
		return -errno;
	/* In this order: what is preserved stays where it is. */
	r = lw_session_preserve(lw_session_outgoing(), fd, LW_LUO_TOKEN);
	return r ? r : fill_maps(area->luo, fd, area->count);
}

static int luo_prepare(struct lw_control *control, const struct lw_area *area, char *detail,
		       size_t size)
{
	int r;

	if (!area->luo) {
		snprintf(detail, size, "this kernel refused the programs that write it (uptr: 6.13)");
		return -ENOTSUP;
	}
	if (!area->count || area->count > LW_LUO_PAGES ||
	    (control->luo_pages && control->luo_pages < area->count)) {
		snprintf(detail, size, "it has room for %u pages, and the records of this machine need %u",
			 control->luo_pages ? control->luo_pages : LW_LUO_PAGES, area->count);
		return -ENOSPC;
	}
	lw_area_write_heads(control, area);
	if (control->luo_pages)
		return 0;
	r = preserve(area);
	if (r) {
		snprintf(detail, size, "the session does not take a memfd: %s", strerror(-r));
		return r;
	}
	control->luo_pages = area->count;
	return 0;
}

static int read_file(int fd, struct lw_recovered *out)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_size <= 0 || st.st_size > LW_LUO_PAGES * LW_PAGE_SIZE)
		return -EFBIG;
	if (out->into && (size_t)st.st_size > out->room)
		return -ENOSPC;
	out->bytes = out->into ? out->into : malloc(st.st_size);
	if (!out->bytes)
		return -ENOMEM;
	n = pread(fd, out->bytes, st.st_size, 0);
	if (n < 0)
		return -errno;
	out->length = n;
	return 0;
}

/* A session that nobody handed over is taken from the orchestrator, and ends with this process. */
static int luo_recover(const char *cmdline, struct lw_recovered *out)
{
	static int session = -1;
	LW_CLOSE int fd = -1;
	int r;

	(void)cmdline;
	out->bytes = NULL;
	out->length = 0;
	out->problem[0] = '\0';
	if (session < 0)
		session = lw_session_incoming();
	if (session < 0)
		session = lw_session_retrieve();
	if (session < 0) {
		r = session;
		if (r == -EBUSY)
			snprintf(out->problem, sizeof(out->problem),
				 LW_LUO_DEVICE " is open in another process: have that hand the "
				 "session over with --luo-session-fd");
		else if (r != -ENOENT)
			snprintf(out->problem, sizeof(out->problem), LW_LUO_DEVICE ": %s", strerror(-r));
		return r == -EBUSY;
	}
	fd = lw_session_file(session, LW_LUO_TOKEN);
	if (fd == -ENOENT || fd == -EINVAL || fd == -EOPNOTSUPP)
		return 0;
	r = fd < 0 ? fd : read_file(fd, out);
	if (r)
		snprintf(out->problem, sizeof(out->problem), "the file of the live-update session: %s",
			 strerror(-r));
	return 1;
}

static size_t luo_consumes(void)
{
	return lw_session_incoming() < 0 && lw_exists(LW_LUO_DEVICE) ? LW_LUO_PAGES * LW_PAGE_SIZE : 0;
}

static char *luo_state(const struct lw_control *control)
{
	return lw_format("%u KiB in a live-update session", control->luo_pages * 4);
}

const struct lw_carrier lw_luo_carrier = {
	.name = "luo",
	.wordless = true,
	.supported = luo_supported,
	.prepare = luo_prepare,
	.write_baseline = lw_area_write_baseline, /* the programs mirror the area */
	.recover = luo_recover,
	.consumes = luo_consumes,
	.state = luo_state,
};
