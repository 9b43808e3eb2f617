-- SPDX-License-Identifier: GPL-2.0-or-later
--
-- The audit records of many hosts in PostgreSQL (13 or newer), and what they say together.
--
--	createdb --encoding=UTF8 luwatch && psql -d luwatch -f schema.sql
--
-- May be loaded again at any time, over what an older version of this file has made: tables stay and get the
-- columns that they lack, functions and views become those of this file.
--
-- Records come in by luwatch.take(sender, line), once or more often, in any order. Each line is kept
-- as it was written, so that `luwatch audit verify` checks it a year later:
--
--	psql -d luwatch -Atc "SELECT line FROM luwatch.record WHERE machine = '...' ORDER BY seq"
--
-- Times are UTC. What a record says of itself (time) is the host's word, received is ours.

\set ON_ERROR_STOP on
BEGIN;
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS luwatch;

-- Every record once.
CREATE TABLE IF NOT EXISTS luwatch.record (
	machine text COLLATE "C" NOT NULL,	-- /etc/machine-id of the host
	seq bigint NOT NULL,
	kind text COLLATE "C" NOT NULL,
	handover text COLLATE "C",		-- 32 digits
	time timestamptz,
	received timestamptz NOT NULL DEFAULT now(),
	sender text NOT NULL,			-- who brought it
	line text NOT NULL,
	PRIMARY KEY (machine, seq)
);
CREATE INDEX IF NOT EXISTS record_handover ON luwatch.record (handover) WHERE handover IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_received ON luwatch.record USING brin (received);

-- Another record with the number of one that is there: the host has two histories. The digest is that
-- of the line.
CREATE TABLE IF NOT EXISTS luwatch.second (
	machine text COLLATE "C" NOT NULL,
	seq bigint NOT NULL,
	digest bytea NOT NULL,
	received timestamptz NOT NULL DEFAULT now(),
	sender text NOT NULL,
	line text NOT NULL,
	PRIMARY KEY (machine, seq, digest)
);

-- Lines that are no record, with the reason; machine and seq as far as the line tells.
CREATE TABLE IF NOT EXISTS luwatch.refused (
	digest bytea PRIMARY KEY,
	machine text COLLATE "C",
	seq bigint,
	reason text NOT NULL,			-- form, hash, schema, machine; or an error of the database
	times bigint NOT NULL DEFAULT 1,
	received timestamptz NOT NULL DEFAULT now(),
	sender text NOT NULL,
	line text NOT NULL
);

-- A record that does not carry the hash of the one before it.
CREATE TABLE IF NOT EXISTS luwatch.torn (
	machine text COLLATE "C" NOT NULL,
	seq bigint NOT NULL,
	PRIMARY KEY (machine, seq)
);

-- One row for each host. starts: the first number that must be here; another than 1 where shipping
-- began later or old records were removed on purpose.
CREATE TABLE IF NOT EXISTS luwatch.host (
	machine text COLLATE "C" PRIMARY KEY,
	sender text NOT NULL,
	starts bigint NOT NULL DEFAULT 1,
	first bigint NOT NULL,
	last bigint NOT NULL,
	records bigint NOT NULL,
	cold bigint,				-- newest record of a kernel that ended without a kexec
	told bigint NOT NULL DEFAULT 0,		-- newest record that said ring and kernel, as this host has them now
	ring text,
	kernel text,
	received timestamptz NOT NULL
);

-- Hosts that ought to be there, from the operator's own list. The ring here wins over the host's word.
CREATE TABLE IF NOT EXISTS luwatch.inventory (
	machine text COLLATE "C" PRIMARY KEY,
	name text,
	ring text
);

-- The newest revision of each report. seq: the record that brought it.
CREATE TABLE IF NOT EXISTS luwatch.handover (
	machine text COLLATE "C" NOT NULL,
	handover text COLLATE "C" NOT NULL,
	seq bigint NOT NULL,
	revision integer NOT NULL,
	final boolean NOT NULL,
	verdict text,				-- NULL is no verdict, never clean
	kernel_old text,
	kernel_new text,
	build_id_new text,
	ring text,
	received timestamptz NOT NULL DEFAULT now(),
	summary json NOT NULL,			-- luwatch.summary/1
	PRIMARY KEY (machine, handover)
);
CREATE INDEX IF NOT EXISTS handover_kernel ON luwatch.handover (kernel_new);

-- Verdicts that a person has looked at: they hold no rollout any more. A later, worse one of the same hand-over
-- does. Like the agent, a report without a verdict is acknowledged as incomplete.
CREATE TABLE IF NOT EXISTS luwatch.acknowledged (
	machine text COLLATE "C" NOT NULL,
	handover text COLLATE "C" NOT NULL,
	seq bigint NOT NULL,
	reason text,
	received timestamptz NOT NULL DEFAULT now(),
	verdict text NOT NULL,
	PRIMARY KEY (machine, handover, verdict)
);

-- Anchors that came another way than the records, as by the journal.
CREATE TABLE IF NOT EXISTS luwatch.anchor (
	machine text COLLATE "C" NOT NULL,
	seq bigint NOT NULL,
	hash text COLLATE "C" NOT NULL,		-- 16 to 64 digits
	received timestamptz NOT NULL DEFAULT now(),
	sender text NOT NULL,
	PRIMARY KEY (machine, seq, hash)
);

-- Checkpoints, as they were signed; `verify` of this folder holds the records against them.
CREATE TABLE IF NOT EXISTS luwatch.checkpoint (
	machine text COLLATE "C" NOT NULL,
	size bigint NOT NULL,
	root text COLLATE "C" NOT NULL,		-- base64
	note text NOT NULL,
	received timestamptz NOT NULL DEFAULT now(),
	sender text NOT NULL,
	PRIMARY KEY (machine, size, root)
);

-- What tables of older versions lack.
DO $$ BEGIN
	IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'luwatch.acknowledged'::regclass
			AND attname = 'verdict') THEN
		ALTER TABLE luwatch.acknowledged ADD COLUMN verdict text;
		UPDATE luwatch.acknowledged AS a SET verdict = coalesce(r.line::json -> 'detail' ->> 'verdict', 'incomplete')
			FROM luwatch.record AS r WHERE r.machine = a.machine AND r.seq = a.seq;
		DELETE FROM luwatch.acknowledged WHERE verdict IS NULL;
		DROP VIEW IF EXISTS luwatch.state;
		ALTER TABLE luwatch.acknowledged ALTER COLUMN verdict SET NOT NULL,
			DROP CONSTRAINT acknowledged_pkey, ADD PRIMARY KEY (machine, handover, verdict);
		-- Only the first one of a hand-over was kept.
		INSERT INTO luwatch.acknowledged (machine, handover, seq, reason, received, verdict)
			SELECT machine, handover, seq, line::json -> 'detail' ->> 'reason', received,
				coalesce(line::json -> 'detail' ->> 'verdict', 'incomplete')
			FROM luwatch.record WHERE kind = 'acknowledged' AND handover IS NOT NULL
			ON CONFLICT DO NOTHING;
	END IF;
END $$;

CREATE OR REPLACE FUNCTION luwatch.hash_of(line text) RETURNS text LANGUAGE sql IMMUTABLE AS
	$$ SELECT left(right(line, 66), 64) $$;

CREATE OR REPLACE FUNCTION luwatch.refuse(sender text, line text, reason text) RETURNS void
LANGUAGE sql AS $$
	INSERT INTO luwatch.refused AS old (digest, machine, seq, reason, sender, line)
	VALUES (sha256(convert_to(refuse.line, 'UTF8')),
		substring(refuse.line FROM '"machine":"([0-9a-f]{32})"'),
		substring(refuse.line FROM '"seq":([0-9]{1,18})[,}]')::bigint,
		refuse.reason, refuse.sender, refuse.line)
	ON CONFLICT (digest) DO UPDATE SET times = old.times + 1
$$;

-- What the summary in a record of a report says.
CREATE OR REPLACE FUNCTION luwatch.take_summary(machine text, handover text, seq bigint, s json)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO luwatch.handover AS old (machine, handover, seq, revision, final, verdict, kernel_old,
		kernel_new, build_id_new, ring, summary)
	VALUES (take_summary.machine, take_summary.handover, take_summary.seq,
		coalesce((s ->> 'revision')::integer, 0), coalesce((s ->> 'final')::boolean, false),
		s ->> 'verdict', s -> 'kernel' ->> 'old', s -> 'kernel' ->> 'new', s -> 'build_id' ->> 'new',
		s ->> 'ring', s)
	ON CONFLICT ON CONSTRAINT handover_pkey DO UPDATE SET seq = excluded.seq,
		revision = excluded.revision, final = excluded.final, verdict = excluded.verdict,
		kernel_old = excluded.kernel_old, kernel_new = excluded.kernel_new,
		build_id_new = excluded.build_id_new, ring = excluded.ring, received = excluded.received,
		summary = excluded.summary
	WHERE old.seq < excluded.seq;
END $$;

-- Anchors and checkpoints, as `anchors` of this folder writes them on the host; true when LINE was one.
CREATE OR REPLACE FUNCTION luwatch.take_anchor(sender text, line text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
	f json;
	m text;
	note text[];
BEGIN
	IF take_anchor.line !~ '^{"schema":"luwatch[.](anchor|checkpoint)/1",' THEN
		RETURN false;
	END IF;
	f := take_anchor.line::json;
	m := f ->> 'machine';
	IF m !~ '^[0-9a-f]{32}$' IS NOT FALSE THEN
		PERFORM luwatch.refuse(take_anchor.sender, take_anchor.line, 'machine');
	ELSIF f ->> 'schema' = 'luwatch.anchor/1' THEN
		IF f ->> 'hash' !~ '^[0-9a-f]{16,64}$' IS NOT FALSE OR f ->> 'seq' !~ '^[1-9][0-9]{0,17}$' IS NOT FALSE THEN
			PERFORM luwatch.refuse(take_anchor.sender, take_anchor.line, 'form');
		ELSE
			INSERT INTO luwatch.anchor (machine, seq, hash, sender)
			VALUES (m, (f ->> 'seq')::bigint, f ->> 'hash', take_anchor.sender) ON CONFLICT DO NOTHING;
		END IF;
	ELSE
		note := regexp_match(f ->> 'note', '^luwatch/([0-9a-f]{32})\n([1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n\n');
		IF note[1] IS DISTINCT FROM m THEN
			PERFORM luwatch.refuse(take_anchor.sender, take_anchor.line, 'form');
		ELSE
			INSERT INTO luwatch.checkpoint (machine, size, root, note, sender)
			VALUES (m, note[2]::bigint, note[3], f ->> 'note', take_anchor.sender) ON CONFLICT DO NOTHING;
		END IF;
	END IF;
	RETURN true;
END $$;

CREATE OR REPLACE FUNCTION luwatch.take_record(sender text, line text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	f json;
	m text;
	n bigint;
	k text;
	h text;
BEGIN
	-- The hash is over the bytes before it. The text is ASCII, so LATIN1 gives the bytes back.
	IF right(take_record.line, 75) !~ '^,"hash":"[0-9a-f]{64}"}$' THEN
		PERFORM luwatch.refuse(take_record.sender, take_record.line, 'form');
		RETURN;
	END IF;
	IF encode(sha256(convert_to(left(take_record.line, -75), 'LATIN1')), 'hex')
			<> luwatch.hash_of(take_record.line) THEN
		PERFORM luwatch.refuse(take_record.sender, take_record.line, 'hash');
		RETURN;
	END IF;
	f := take_record.line::json;
	IF f ->> 'schema' IS DISTINCT FROM 'luwatch.audit/1' THEN
		PERFORM luwatch.refuse(take_record.sender, take_record.line, 'schema');
		RETURN;
	END IF;
	m := f ->> 'machine';
	n := (f ->> 'seq')::bigint;
	k := f ->> 'kind';
	h := f ->> 'handover';
	IF m !~ '^[0-9a-f]{32}$' IS NOT FALSE THEN
		PERFORM luwatch.refuse(take_record.sender, take_record.line, 'machine');
		RETURN;
	END IF;

	INSERT INTO luwatch.record (machine, seq, kind, handover, time, sender, line)
	VALUES (m, n, k, h, (f ->> 'time')::timestamptz, take_record.sender, take_record.line)
	ON CONFLICT ON CONSTRAINT record_pkey DO NOTHING;
	IF NOT FOUND THEN
		INSERT INTO luwatch.second (machine, seq, digest, sender, line)
		SELECT m, n, sha256(convert_to(take_record.line, 'UTF8')), take_record.sender, take_record.line
		FROM luwatch.record AS r WHERE r.machine = m AND r.seq = n AND r.line <> take_record.line
		ON CONFLICT ON CONSTRAINT second_pkey DO NOTHING;
		RETURN;
	END IF;

	-- The link to the record before, and that of the one after, whichever of the three came last.
	INSERT INTO luwatch.torn
	SELECT m, n FROM (SELECT luwatch.hash_of(r.line) AS hash FROM luwatch.record AS r
		WHERE r.machine = m AND r.seq = n - 1 UNION ALL SELECT repeat('0', 64) WHERE n = 1) AS before
	WHERE f ->> 'prev' IS DISTINCT FROM before.hash
	UNION ALL
	SELECT m, n + 1 FROM luwatch.record AS r WHERE r.machine = m AND r.seq = n + 1
		AND r.line::json ->> 'prev' IS DISTINCT FROM luwatch.hash_of(take_record.line)
	ON CONFLICT DO NOTHING;

	INSERT INTO luwatch.host AS old (machine, sender, first, last, records, cold, received)
	VALUES (m, take_record.sender, n, n, 1, CASE WHEN k = 'not-handed-over' THEN n END, now())
	ON CONFLICT ON CONSTRAINT host_pkey DO UPDATE SET first = least(old.first, n),
		last = greatest(old.last, n), records = old.records + 1,
		cold = greatest(old.cold, excluded.cold), received = excluded.received,
		sender = excluded.sender;

	IF k IN ('collected', 'revised', 'final') AND json_typeof(f -> 'detail' -> 'summary') = 'object' THEN
		f := f -> 'detail' -> 'summary';
		PERFORM luwatch.take_summary(m, h, n, f);
		UPDATE luwatch.host SET told = n, ring = f ->> 'ring', kernel = f -> 'kernel' ->> 'new'
		WHERE machine = m AND told < n;
	ELSIF k IN ('agent-started', 'heartbeat') THEN
		UPDATE luwatch.host SET told = n, ring = f -> 'detail' ->> 'ring', kernel = f -> 'detail' ->> 'kernel'
		WHERE machine = m AND told < n;
	ELSIF k = 'acknowledged' AND h IS NOT NULL THEN
		INSERT INTO luwatch.acknowledged (machine, handover, seq, reason, verdict)
		VALUES (m, h, n, f -> 'detail' ->> 'reason', coalesce(f -> 'detail' ->> 'verdict', 'incomplete'))
		ON CONFLICT DO NOTHING;
	END IF;
END $$;

-- Takes one line, without its newline. One that is no record is kept in luwatch.refused: an error would
-- stop all hosts behind it. Errors are only those that go away when the same line is given again later:
-- no space, no connection, shutting down, a lock.
CREATE OR REPLACE FUNCTION luwatch.take(sender text, line text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
	IF NOT luwatch.take_anchor(take.sender, take.line) THEN
		PERFORM luwatch.take_record(take.sender, take.line);
	END IF;
EXCEPTION WHEN OTHERS THEN
	IF left(SQLSTATE, 2) IN ('08', '25', '40', '53', '55', '57', '58', 'XX') THEN
		RAISE;
	END IF;
	PERFORM luwatch.refuse(take.sender, take.line, SQLSTATE || ' ' || SQLERRM);
END $$;

-- The refused lines once more, as after an upgrade of this file; returns how many were taken.
CREATE OR REPLACE FUNCTION luwatch.take_refused() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
	r luwatch.refused;
	before bigint;
BEGIN
	SELECT count(*) INTO before FROM luwatch.refused;
	FOR r IN DELETE FROM luwatch.refused RETURNING * LOOP
		PERFORM luwatch.take(r.sender, r.line);
	END LOOP;
	RETURN before - (SELECT count(*) FROM luwatch.refused);
END $$;

DROP VIEW IF EXISTS luwatch.gap, luwatch.broken, luwatch.twice, luwatch.silent, luwatch.state;

-- Numbers that are missing. Only hosts that lack some are looked through.
CREATE VIEW luwatch.gap AS
	SELECT h.machine, r.seq + 1 AS first, r.next - 1 AS last
	FROM luwatch.host AS h, LATERAL (SELECT seq, lead(seq) OVER (ORDER BY seq) AS next
		FROM luwatch.record WHERE machine = h.machine) AS r
	WHERE h.records <> h.last - h.first + 1 AND r.next > r.seq + 1
	UNION ALL
	SELECT machine, starts, first - 1 FROM luwatch.host WHERE first > starts;

-- Chains that do not hold, with the first record at which it shows.
CREATE VIEW luwatch.broken AS
	SELECT DISTINCT ON (machine) machine, seq, why FROM (
		SELECT machine, seq, 'does not follow the record before it' FROM luwatch.torn
		UNION ALL
		SELECT machine, seq, 'its bytes are not those that were hashed' FROM luwatch.refused
		WHERE reason = 'hash' AND machine IS NOT NULL
		UNION ALL
		SELECT a.machine, a.seq, 'an anchor of it says otherwise'
		FROM luwatch.anchor AS a JOIN luwatch.record AS r USING (machine, seq)
		WHERE NOT starts_with(luwatch.hash_of(r.line), a.hash)
		UNION ALL
		SELECT machine, size, 'two checkpoints of it differ'
		FROM luwatch.checkpoint GROUP BY machine, size HAVING count(*) > 1
	) AS found (machine, seq, why) ORDER BY machine, seq;

-- Hosts with two histories, with the first record that is there twice.
CREATE VIEW luwatch.twice AS
	SELECT machine, min(seq) AS seq, count(*) AS records FROM luwatch.second GROUP BY machine;

-- Hosts that sent nothing for longer than their daily heartbeat allows, or never.
--	SET luwatch.silent_after = '26 hours'
CREATE VIEW luwatch.silent AS
	SELECT machine, h.received AS last_received FROM luwatch.host AS h FULL JOIN luwatch.inventory USING (machine)
	WHERE h.received IS NULL OR h.received < now()
		- coalesce(nullif(current_setting('luwatch.silent_after', true), ''), '26 hours')::interval;

-- The newest hand-over of each host: clean, violation, incomplete (also without a verdict, and a kernel
-- that was started cold since), or none.
CREATE VIEW luwatch.state AS
	SELECT coalesce(h.machine, i.machine) AS machine, i.name, coalesce(i.ring, h.ring) AS ring, o.handover, h.kernel AS kernel_now, o.kernel_old,
		o.kernel_new, CASE WHEN o.seq IS NULL THEN 'none' WHEN h.cold > o.seq THEN 'incomplete'
		ELSE coalesce(o.verdict, 'incomplete') END AS verdict,
		coalesce(h.cold > o.seq, h.cold IS NOT NULL) AS cold,
		a.seq IS NOT NULL AS acknowledged, o.final, o.received
	FROM luwatch.host AS h FULL JOIN luwatch.inventory AS i USING (machine)
	LEFT JOIN LATERAL (SELECT handover, seq, kernel_old, kernel_new, verdict, final, received
		FROM luwatch.handover WHERE machine = h.machine ORDER BY seq DESC LIMIT 1) AS o ON true
	LEFT JOIN luwatch.acknowledged AS a ON a.machine = h.machine AND a.handover = o.handover
		AND a.verdict = coalesce(o.verdict, 'incomplete');

-- Who brings lines may do nothing else; who reads may not write.
DO $$ BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'luwatch_take') THEN
		CREATE ROLE luwatch_take LOGIN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'luwatch_read') THEN
		CREATE ROLE luwatch_read LOGIN;
	END IF;
END $$;
-- Whatever bytes a host sends are characters then, not an error.
ALTER ROLE luwatch_take SET client_encoding = LATIN1;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA luwatch FROM PUBLIC;
GRANT USAGE ON SCHEMA luwatch TO luwatch_take, luwatch_read;
GRANT EXECUTE ON FUNCTION luwatch.take(text, text) TO luwatch_take;
GRANT EXECUTE ON FUNCTION luwatch.hash_of(text) TO luwatch_read;
GRANT SELECT ON ALL TABLES IN SCHEMA luwatch TO luwatch_read;
COMMIT;
