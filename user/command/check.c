/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * luwatch check: what this kernel allows. Every probe is really loaded and attached (and detached
 * again), every carrier asked whether it could be armed; absence is an answer, not a failure.
 */
#include <argp.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/message.h"
#include "carry/carrier.h"
#include "command/command.h"
#include "command/options.h"
#include "probe/inspect.h"
#include "probe/kernel.h"
#include "probe/programs.h"
#include "probe/reason.h"

static const struct argp_option options[] = {
	{ "json", 'j', NULL, 0, "Print JSON (luwatch.check/1)", 0 },
	LW_OPTION_ATTACH("Try only this way: auto (default) or kprobe"),
	{},
};

/* One fact: printed as a line, or added to the JSON object. */
static void fact(json_t *json, const char *group, const char *name, const char *state,
		 const char *detail)
{
	json_t *list, *item;

	if (!json) {
		printf("  %-46s %-11s %s\n", name, state, detail);
		return;
	}
	list = json_object_get(json, group);
	if (!list) {
		list = json_array();
		json_object_set_new(json, group, list);
	}
	item = json_object();
	json_object_set_new(item, "name", json_string(name));
	json_object_set_new(item, "state", json_string(state));
	json_object_set_new(item, "detail", json_string(detail));
	json_array_append_new(list, item);
}

static void heading(json_t *json, const char *text)
{
	if (!json)
		printf("%s\n", text);
}

static void show_probes(json_t *json, const struct lw_programs *programs)
{
	int i;

	heading(json, "probes");
	for (i = 0; i < lw_hook_count; i++) {
		const struct lw_hook_state *s = &programs->hooks[i];

		fact(json, "probes", s->hook->name,
		     s->attached ? lw_attach_mode_name(s->mode) :
		     s->exists   ? "no" :
				   "absent",
		     s->reason[0] ? s->reason : s->hook->serves);
	}
}

/* Returns false when no hand-over can happen here at all. */
static bool show_machine(json_t *json)
{
	char detail[200];
	int units = lw_vtd_units();

	heading(json, "machine");
	snprintf(detail, sizeof(detail), "%s%s", lw_kernel_release(),
		 lw_kernel_at_least(6, 1) ? "" : ": luwatch needs Linux 6.1 or newer");
	fact(json, "machine", "kernel", lw_kernel_at_least(6, 1) ? "ok" : "too old", detail);
	snprintf(detail, sizeof(detail), "%d remapping unit%s", units, units == 1 ? "" : "s");
	fact(json, "machine", "VT-d", units ? "on" : "off",
	     units ? detail : "no /sys/class/iommu/dmar*: boot an Intel machine with intel_iommu=on (CONFIG_INTEL_IOMMU=y)");
	fact(json, "machine", "BTF", lw_exists("/sys/kernel/btf/vmlinux") ? "yes" : "no",
	     lw_exists("/sys/kernel/btf/vmlinux") ? "/sys/kernel/btf/vmlinux" :
						     "the programs need CONFIG_DEBUG_INFO_BTF=y");
	fact(json, "machine", "lockdown", lw_lockdown()[0] ? lw_lockdown() : "none",
	     !strcmp(lw_lockdown(), "confidentiality") ? "BPF cannot read kernel memory: boot with lockdown=integrity or none" :
	     !strcmp(lw_lockdown(), "integrity") ? "/dev/mem is closed: no pages carrier" : "");
	fact(json, "machine", "kexec image", lw_kexec_loaded() ? "loaded" : "none", "");
	return units > 0;
}

static void show_carriers(json_t *json)
{
	char detail[256];
	bool possible;
	int i;

	heading(json, "carriers");
	for (i = 0; i < LW_CARRIER_COUNT; i++) {
		detail[0] = '\0';
		possible = !lw_carriers[i]->supported(detail, sizeof(detail));
		fact(json, "carriers", lw_carriers[i]->name, possible ? "yes" : "no", detail);
	}
}

static int check(const struct lw_common *o, json_t *json)
{
	struct lw_programs_options how = { .force_kprobe = o->force_kprobe, .generation = ~0U };
	struct lw_programs programs;
	bool machine = show_machine(json), marks;
	int r;

	if (geteuid()) {
		lw_error("check attaches probes to find out: run it as root");
		if (json)
			json_object_set_new(json, "problem", json_string("probes were not attached, for want of root"));
		return LW_EXIT_NOT_POSSIBLE;
	}
	r = lw_programs_attach(&programs, &how);
	if (r && r != -ENOTSUP) {
		heading(json, "probes");
		fact(json, "probes", "all", "no", lw_kernel_reason(r));
	} else {
		show_probes(json, &programs);
		lw_programs_close(&programs);
	}
	show_carriers(json);
	heading(json, "preserved set");
	fact(json, "preserved_set", "declared", "yes", "luwatch declare");
	marks = !r && programs.exists >> LW_PROBE_PRESERVE_DEVICE & 1;
	fact(json, "preserved_set", "marked",
	     marks ? "yes" : "no",
	     marks ? "iommu_preserve_device() in this kernel" :
		     "no iommu_preserve_device(): it comes with the IOMMU live-update series, v2 and later");
	if (!machine || r) {
		if (json)
			json_object_set_new(json, "possible", json_false());
		else
			printf("\nA hand-over cannot be recorded here: %s.\n",
			       !machine ? "this machine has no VT-d unit in use" :
					  "a required probe cannot be attached");
		return LW_EXIT_NOT_POSSIBLE;
	}
	if (json)
		json_object_set_new(json, "possible", json_true());
	else
		printf("\nA hand-over can be recorded here.\n");
	return LW_EXIT_CLEAN;
}

const struct argp lw_argp_check = {
	.options = options,
	.parser = lw_parse_common,
	.doc = "Show what this kernel and machine allow: every probe (really attached), "
	       "every carrier.",
};

int lw_command_check(int argc, char **argv)
{
	struct lw_common o = {};
	json_t *json;
	int code;

	argp_parse(&lw_argp_check, argc, argv, 0, NULL, &o);
	json = o.json ? json_object() : NULL;
	if (json)
		json_object_set_new(json, "schema", json_string("luwatch.check/1"));
	code = check(&o, json);
	if (json) {
		json_dumpf(json, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(json);
	}
	return code;
}
