# SPDX-License-Identifier: GPL-2.0-or-later
"""contrib/fleet/luwatch-gate over PostgreSQL: which hosts keep the next ring closed, and which do not."""

import json
import subprocess

from . import hosts, schema, services


def ask(*words, source=()):
    """(exit code, parsed answer or text)."""
    done = subprocess.run([services.SHIPPED / "luwatch-gate", *source, "--rollout", "7.2.0", "--json", *words],
                          capture_output=True, text=True)
    try:
        return done.returncode, json.loads(done.stdout)
    except ValueError:
        return done.returncode, done.stdout + done.stderr


def fleet(count, ring="1"):
    made = [hosts.Host(n, ring=ring) for n in range(count)]
    for host in made:
        host.hand_over()
    return made


def classes(db):
    """Each kind of host alone in a ring of 100 good ones."""
    good = fleet(100)
    bad, unsure, no_verdict, cold, older, never, seen, changed, twice, other_ring, worse, gone, bad_and_gone, seen_and_cold = (
        hosts.Host(200 + n, ring="1") for n in range(14))
    bad.hand_over(verdict="violation")
    unsure.hand_over(verdict="incomplete")
    no_verdict.hand_over(verdict=None)
    cold.hand_over()
    cold.cold_boot()
    older.hand_over("7.1.0")
    seen.hand_over(verdict="violation")
    seen.add("acknowledged", {"reason": "r", "verdict": "violation", "revision": 2}, seen.told["handover"])
    # What was looked at was another boot: the one after it nobody knows.
    seen_and_cold.hand_over(verdict="violation")
    seen_and_cold.add("acknowledged", {"reason": "r", "verdict": "violation", "revision": 2},
                      seen_and_cold.told["handover"])
    seen_and_cold.cold_boot()
    worse.hand_over(verdict="incomplete")
    worse.add("acknowledged", {"reason": "r", "verdict": "incomplete", "revision": 2}, worse.told["handover"])
    worse.revise("violation")
    gone.hand_over()
    bad_and_gone.hand_over(verdict="violation")
    changed.hand_over()
    twice.hand_over()
    other_ring.ring = "2"
    other_ring.hand_over(verdict="violation")
    asked = []
    for host, code, found in (
            (bad, 10, "violation"), (unsure, 3, "incomplete"), (no_verdict, 3, "incomplete"), (cold, 3, "incomplete"),
            (older, 3, "silent"), (never, 3, "silent"), (seen, 0, "acknowledged"), (changed, 10, "disbelieved"),
            (twice, 10, "disbelieved"), (other_ring, 0, None), (worse, 10, "violation"), (gone, 3, "silent"),
            (bad_and_gone, 10, "violation"), (seen_and_cold, 3, "incomplete")):
        db.empty()
        schema.load(db, [*good, host])
        db.psql("-c", f"INSERT INTO luwatch.inventory VALUES ('{host.machine}', '{host.name}', '{host.ring}')")
        if host in (gone, bad_and_gone):
            db.psql("-c", f"UPDATE luwatch.host SET received = now() - interval '27 hours' WHERE machine = '{host.machine}'")
        if host is changed:
            db.take([("x", hosts.tampered(host.lines[-1]))])
        if host is twice:
            db.take([("x", line) for line in host.rewritten(3)])
        words = ("--ring", "1", "--max-incomplete", "0", "--max-silent", "0")
        got, answer = ask(*words, source=("--database", db.uri("luwatch_read")))
        assert got == code, (found, got, answer)
        assert found is None or answer["hosts"][found] == [host.name], (found, answer["hosts"])
        assert len(answer["hosts"]["clean"]) == 100, answer["why"]
        asked.append(got)
    return f"{len(asked)} kinds of hosts among 100 good ones: {asked}"


def limits(db):
    """Numbers and shares, on either side of each."""
    made = fleet(198) + [hosts.Host(n, ring="1") for n in range(300, 302)]
    made[0].hand_over(verdict="violation")
    made[1].hand_over(verdict="incomplete")
    made[2].hand_over(verdict="incomplete")
    schema.load(db, made)
    source = ("--database", db.uri("luwatch_read"))
    for words, code in (("--max-violations 0", 10), ("--max-violations 1", 0), ("--max-violations 0.5%", 0), ("--max-violations 1 --max-incomplete 2", 0),
                        ("--max-violations 0.4%", 10), ("--max-violations 1 --max-incomplete 1", 3),
                        ("--max-violations 1 --max-silent 1", 3), ("--max-violations 1 --max-silent 2", 0),
                        ("--max-violations 1 --max-silent 0.9%", 3), ("--max-violations 1.5", 2),
                        ("--max-silent 101%", 2), ("--max-silent x", 2)):
        got, answer = ask("--ring", "1", *words.split(), source=source)
        assert got == code, (words, got, answer)
    return "12 limits of 200 hosts"


def no_data(db):
    """Nothing that can be asked opens a ring by having nothing to say."""
    source = ("--database", db.uri("luwatch_read"))
    everything = ("--max-violations", "100%", "--max-incomplete", "100%", "--max-silent", "100%")
    assert ask("--ring", "1", *everything, source=source)[0] == 3
    db.psql("-c", "INSERT INTO luwatch.inventory VALUES ('" + "f" * 32 + "', 'never', '1')")
    assert ask("--ring", "1", *everything, source=source)[0] == 3
    nowhere = f"postgresql://x@127.0.0.1:{services.free_port()}/luwatch"
    assert ask("--ring", "1", *everything, source=("--database", nowhere))[0] == 3
    assert ask("--ring", "1", *everything, source=("--prometheus", f"http://127.0.0.1:{services.free_port()}"))[0] == 3
    assert ask("--ring", "1")[0] == 2
    schema.load(db, fleet(1))
    db.psql("-c", "TRUNCATE luwatch.inventory")
    assert ask("--ring", "1", source=source)[0] == 0
    assert ask("--ring", "2", source=source)[0] == 3
    assert ask("--ring", "1", "--ring", "2", source=source)[0] == 3
    return "an empty database, a ring that never spoke, alone and beside one that did, engines that do not answer: 3"


def tests():
    return [(f"gate/{test.__name__.replace('_', '-')}", test) for test in (classes, limits, no_data)]
