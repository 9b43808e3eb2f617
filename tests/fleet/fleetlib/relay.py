# SPDX-License-Identifier: GPL-2.0-or-later
"""rsyslog of a host and of the centre with the shipped configuration, each a process of its own."""

import contextlib
import os
import pathlib
import signal
import subprocess

from . import services


def make_keys(where):
    """A certificate authority and certificates of the centre, of hosts, and of a stranger."""
    services.need("openssl")

    def run(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def authority(name):
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 30,
            "-subj", f"/CN={name}", "-keyout", where / f"{name}.key", "-out", where / f"{name}.pem")

    def certificate(folder, name, by):
        place = where / folder
        place.mkdir()
        run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", place / "key.pem", "-out", place / "request.pem")
        (place / "names").write_text(f"subjectAltName=DNS:{name}\n")
        run("x509", "-req", "-days", 30, "-in", place / "request.pem", "-CA", where / f"{by}.pem", "-CAkey",
            where / f"{by}.key", "-CAcreateserial", "-extfile", place / "names", "-out", place / "cert.pem")
        (place / "ca.pem").write_text((where / "authority.pem").read_text())

    authority("authority")
    authority("other")
    certificate("tls-centre", "localhost", "authority")
    certificate("tls-host", "host.fleet.example", "authority")
    certificate("tls-elsewhere", "host.elsewhere.example", "authority")
    certificate("tls-stranger", "host.fleet.example", "other")
    for path in [*where.glob("tls-*"), *where.glob("tls-*/*")]:
        if os.getuid() == 0:
            services.shutil.chown(path, services.user())


class Rsyslog:
    """One rsyslogd with CONFIGURATION of contrib/fleet and ENVIRONMENT, its files below PLACE."""

    def __init__(self, configuration, place, **environment):
        services.need("rsyslogd")
        self.configuration, self.state = services.SHIPPED / configuration, place / "state"
        self.log, self.process = place / "log", None
        self.environment = {**os.environ, "STATE_DIRECTORY": str(self.state), **{k: str(v) for k, v in environment.items()}}
        self.state.mkdir(parents=True)
        if os.getuid() == 0:
            services.shutil.chown(self.state, services.user())

    def start(self):
        if "LUWATCH_LOG" in self.environment:
            subprocess.run([services.SHIPPED / "rewind", self.state, self.environment["LUWATCH_LOG"]], check=True,
                           **services.as_user())
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [services.find("rsyslogd"), "-n", "-iNONE", "-f", self.configuration], env=self.environment,
                stdout=log, stderr=log, cwd="/", **services.as_user())
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def kill(self):
        self.stop(signal.SIGKILL)


class Path:
    """Hosts' folders, each with its rsyslog; the centre; the database DB."""

    def __init__(self, where, db):
        self.where, self.db, self.port, self.hosts = where, db, services.free_port(), {}
        make_keys(where)
        self.centre = Rsyslog("centre.conf", where / "centre", LUWATCH_PORT=self.port, LUWATCH_TLS=where / "tls-centre",
                              LUWATCH_HOSTS="*.fleet.example", LUWATCH_TAKE=f"{services.SHIPPED}/take {db.uri('luwatch_take')}")

    def host(self, host, tls="tls-host"):
        """The sender of HOST, not started; the log in its folder is empty."""
        place = self.where / host.name
        (place / "log.d").mkdir(parents=True)
        self.hosts[host.name] = Rsyslog(
            "ship.conf", place, LUWATCH_LOG=place / "log.d", LUWATCH_CENTRE="localhost", LUWATCH_PORT=self.port,
            LUWATCH_TLS=self.where / tls, LUWATCH_MARK=2, LUWATCH_ANEW=f"{services.SHIPPED}/anew {place}/state")
        return self.hosts[host.name]

    def log(self, host):
        return self.where / host.name / "log.d" / "audit.jsonl"

    def write(self, host, begin=0, end=None):
        """Appends the lines of HOST from BEGIN to END to its log."""
        with open(self.log(host), "a") as log:
            log.writelines(line + "\n" for line in host.lines[begin:end])

    def arrived(self):
        """Records in the database, -1 while it does not answer."""
        with contextlib.suppress(AssertionError):
            return int(self.db.one("SELECT count(*) FROM luwatch.record"))
        return -1

    def stop(self):
        for sender in self.hosts.values():
            sender.kill()
        self.centre.kill()


def said(*processes):
    """The last lines of logs, for a failure's reason."""
    return " | ".join(line for p in processes if pathlib.Path(p.log).exists()
                      for line in p.log.read_text(errors="replace").splitlines()[-3:])
