#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Says what is wrong in a release's SBOM. usage: sbom.py SBOM ARCHIVE PROGRAM"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys

document = json.loads(pathlib.Path(sys.argv[1]).read_text())
packages = {p["SPDXID"]: p for p in document["packages"]}
# What SPDX 2.3 demands of a document and of each package.
for key in ("spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo"):
    if key not in document:
        print(f"the document has no {key}")
for p in packages.values():
    for key in ("name", "downloadLocation"):
        if not p.get(key):
            print(f"{p['SPDXID']} has no {key}")
    if not re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", p["SPDXID"]):
        print(f"{p['SPDXID']} is no identifier")
for r in document["relationships"]:
    for end in ("spdxElementId", "relatedSpdxElement"):
        if r[end] not in packages and r[end] != "SPDXRef-DOCUMENT":
            print(f"{r[end]} is related and not described")
digest = hashlib.sha256(pathlib.Path(sys.argv[2]).read_bytes()).hexdigest()
if packages["SPDXRef-luwatch"]["checksums"][0]["checksumValue"] != digest:
    print("the archive's checksum is another one")
linked = {packages[r["relatedSpdxElement"]]["name"] for r in document["relationships"]
          if r["relationshipType"] == "DYNAMIC_LINK"}
needed = re.findall(r"NEEDED\s+lib([a-z]+)", subprocess.check_output(
    ["objdump", "-p", sys.argv[3]], text=True))
for name in needed:
    if not any(package.startswith("lib" + name) for package in linked | {"libz"}) and name != "z":
        print(f"lib{name} is linked and not in the SBOM")
if len(linked) < len(set(needed)) - 1:
    print(f"{len(needed)} libraries are linked, {len(linked)} packages are named")
