# SPDX-License-Identifier: GPL-2.0-or-later
"""Links of the documents of a package that lead to nothing. usage: links.py FOLDER"""

import pathlib
import re
import sys

documents = sorted(pathlib.Path(sys.argv[1]).glob("*.md"))
for document in documents:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
        if "://" not in target and not (document.parent / target).exists():
            print(f"{document.name}: {target}")
if len(documents) < 10:
    print(f"only {len(documents)} documents")
