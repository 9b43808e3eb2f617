// SPDX-License-Identifier: GPL-2.0-or-later
/* What an auditor reads first. */
#include "audit/bundle.h"

const char lw_audit_bundle_readme[] =
	"What luwatch recorded on one host, as files that prove themselves.\n"
	"\n"
	"    luwatch audit verify --key HOST.pub THIS-FOLDER\n"
	"    contrib/audit/check --key HOST.pub THIS-FOLDER      (Python, shares no code with luwatch)\n"
	"\n"
	"HOST.pub is the host's first public key, which you were given when it was set up. The first.pub in\n"
	"here is only a copy: who made this folder could have put any key there. Add --since and --until with\n"
	"the times that you asked for, and --anchors or an earlier checkpoint (export --extends) that you\n"
	"kept: without either a log that was cut or written anew on the host cannot be told from a whole one.\n"
	"\n"
	"    records.jsonl      one record a line; the SHA-256 in \"hash\" is over the line up to ,\"hash\":\"\n"
	"    checkpoint         size and root (RFC 6962) of the whole log, signed (C2SP tlog-checkpoint)\n"
	"    proofs/            records outside the stretch that are needed (C2SP tlog-proof)\n"
	"    reports/           sha256sum gives the \"sha256\" of the record that speaks of the report\n"
	"    bundle.json        which stretch of time and of records this is\n"
	"    schema/            JSON schemas of records and reports\n";
