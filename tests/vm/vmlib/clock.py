# SPDX-License-Identifier: GPL-2.0-or-later
"""
The frequency of the host's time stamp counter, which is what the emulated one counts with.

A guest that calibrates it itself, against an emulated timer, gets it wrong when the host is busy
(seen: wrong by a factor of 100, and with it every clock of the guest), so the guest is told.
"""
import functools
import subprocess
import tempfile

SOURCE = r"""
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>
static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}
int main(void)
{
	double start = now(), end;
	unsigned long long first = __rdtsc(), last;
	do {
		end = now();
		last = __rdtsc();
	} while (end - start < 0.05);
	printf("%.0f\n", (last - first) / (end - start) / 1000);
	return 0;
}
"""


@functools.lru_cache(maxsize=None)
def tsc_khz():
    """In kHz, measured; 0 when this host cannot build the measuring program."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(["gcc", "-O1", "-x", "c", "-o", folder + "/tsc", "-"], check=True,
                           input=SOURCE.encode(), stderr=subprocess.DEVNULL)
            return int(subprocess.run([folder + "/tsc"], check=True, stdout=subprocess.PIPE).stdout)
        except (OSError, subprocess.CalledProcessError, ValueError):
            return 0
