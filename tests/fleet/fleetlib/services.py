# SPDX-License-Identifier: GPL-2.0-or-later
"""The engines of the centre, each with its files in a folder of the test and no service of the machine."""

import atexit
import contextlib
import os
import pathlib
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[3]


def installed():
    """contrib/fleet where it can be read by whoever the engines run as: not below root's home."""
    copy = pathlib.Path(tempfile.mkdtemp(prefix="luwatch-contrib-"))
    atexit.register(shutil.rmtree, copy, ignore_errors=True)
    copy.chmod(0o755)
    shutil.copytree(TOP / "contrib", copy / "contrib")
    return copy / "contrib/fleet"


SHIPPED = installed()
LUWATCH = TOP / "build/luwatch"


if not LUWATCH.exists():
    subprocess.run(["make", "-s", "all"], cwd=TOP, check=True)


class Skip(Exception):
    """The test cannot be done here; the text says why."""


def need(*programs):
    for program in programs:
        if not find(program):
            raise Skip(f"{program} is not installed")


def find(program):
    """Debian keeps PostgreSQL's programs, and rsyslogd for users, out of the path."""
    newest = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    places = [*map(str, reversed(newest)), os.environ["PATH"], "/usr/sbin", "/sbin"]
    return shutil.which(program, path=":".join(places))


def user():
    """Whom root starts the engines as; they do not run as root."""
    return "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name


def as_user():
    return {"user": user(), "group": pwd.getpwnam(user()).pw_gid, "extra_groups": []} if os.getuid() == 0 else {}


@contextlib.contextmanager
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="luwatch-fleet-"))
    if os.getuid() == 0:
        shutil.chown(path, user())
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def free_port():
    """Not one of those that the kernel gives to connections: what listens there must be able to come back."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            port = random.randrange(15000, 30000)
            probe.bind(("127.0.0.1", port))
            return port


STARVED = 10  # how much longer things may take on a machine that has other work


def wait_for(what, seconds, condition):
    """The first true value of condition(), or an error when it does not come in time. SECONDS are plenty for an idle
    machine; a longer wait costs only what fails."""
    end = time.monotonic() + STARVED * seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen in {STARVED * seconds} s")


class Postgres:
    """A server in a folder of its own, with the database luwatch of contrib/fleet/schema.sql."""

    def __init__(self, where):
        need("initdb", "pg_ctl", "psql")
        self.data, self.log, self.where = where / "postgres", where / "postgres.log", where
        self.port = free_port()
        self.call("initdb", "-D", self.data, "-A", "trust", "-U", "luwatch", "-E", "UTF8", "--locale=C.UTF-8")
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n"
                           f"unix_socket_directories = '{where}'\n")
        self.start()
        self.call("createdb", "-h", where, "-p", str(self.port), "-U", "luwatch", "luwatch")
        self.load_schema()

    def call(self, program, *words):
        subprocess.run([find(program), *words], check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user())

    def start(self):
        self.call("pg_ctl", "-D", self.data, "-l", self.log, "-w", "-s", "start")

    def stop(self, mode="fast"):
        self.call("pg_ctl", "-D", self.data, "-m", mode, "-w", "-s", "stop")

    def load_schema(self):
        self.psql("-q", "-f", str(SHIPPED / "schema.sql"))

    def uri(self, role="luwatch"):
        return f"postgresql://{role}@127.0.0.1:{self.port}/luwatch"

    def psql(self, *words, given=None, role="luwatch"):
        done = subprocess.run([find("psql"), "-X", "-v", "ON_ERROR_STOP=1", self.uri(role), *words],
                              input=given, capture_output=True,
                              encoding="latin-1" if role == "luwatch_take" else "utf-8")
        if done.returncode:
            raise AssertionError(done.stderr.strip())
        return done.stdout

    def rows(self, query, role="luwatch"):
        """The rows as lists of texts."""
        text = self.psql("-At", "-F", "\t", "-c", query, role=role)
        return [line.split("\t") for line in text.splitlines()]

    def one(self, query):
        return self.rows(query)[0][0]

    def take(self, pairs, role="luwatch_take"):
        """Each (sender, line) by itself, as rsyslog gives them."""
        quoted = "".join("SELECT luwatch.take({}, {});\n".format(*("'" + t.replace("'", "''") + "'" for t in pair))
                         for pair in pairs)
        self.psql("-q1", "-o", "/dev/null", given=quoted, role=role)

    def empty(self):
        self.psql("-q", "-c", "TRUNCATE luwatch.record, luwatch.second, luwatch.refused, luwatch.torn, luwatch.host,"
                  " luwatch.inventory, luwatch.handover, luwatch.acknowledged, luwatch.anchor,"
                  " luwatch.checkpoint")


@contextlib.contextmanager
def postgres():
    with folder() as where:
        server = Postgres(where)
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # it may be away
                server.stop("immediate")
