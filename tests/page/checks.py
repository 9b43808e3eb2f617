# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs every check_*() of the modules below, each with an open browser and a folder for its pages,
and prints one line for each.
"""
import inspect
import os
import sys
import tempfile
import traceback

import check_command
import check_hostile
import check_looks
import check_numbers
import check_use
import samples
from browser import Browser, PageError


class Bench:
    """What a check gets: the browser, and pages by the name of their report."""

    def __init__(self, luwatch, folder):
        self.luwatch = os.path.abspath(luwatch)
        self.folder = folder
        self.browser = Browser()
        self.pages = {}

    def page(self, name, report):
        if name not in self.pages:
            self.pages[name] = samples.page(self.luwatch, report, self.folder, name)
        return self.pages[name][0]

    def open(self, name, report):
        self.browser.size(1280, 900)
        self.browser.media("light")
        return self.browser.open(self.page(name, report))


def main():
    failed = 0
    with tempfile.TemporaryDirectory(prefix="luwatch-page-") as folder:
        try:
            bench = Bench(sys.argv[1], folder)
        except (OSError, PageError) as error:
            print(f"fail page.browser: {error}")
            return 1
        try:
            for module in (check_numbers, check_use, check_hostile, check_looks, check_command):
                for name, function in inspect.getmembers(module, inspect.isfunction):
                    if not name.startswith("check_"):
                        continue
                    label = "page." + name[len("check_"):].replace("_", "-")
                    try:
                        function(bench)
                        print(f"pass {label}", flush=True)
                    except AssertionError as error:
                        failed += 1
                        print(f"fail {label}: {error}", flush=True)
                    except Exception as error:  # a test that cannot run has failed
                        failed += 1
                        where = traceback.extract_tb(error.__traceback__)[-1]
                        print(f"fail {label}: {type(error).__name__}: {error} "
                              f"({os.path.basename(where.filename)}:{where.lineno})", flush=True)
        finally:
            bench.browser.close()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.modules["checks"] = sys.modules["__main__"]
    sys.exit(main())
