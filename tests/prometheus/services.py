# SPDX-License-Identifier: GPL-2.0-or-later
"""Real Prometheus and Alertmanager for one test, and small HTTP servers around them.

Everything listens on 127.0.0.1 on ports that were free, writes below one temporary folder, and ends
with the `with` block. The shipped configuration is used as it is, but for receivers' addresses and
for times, which are divided so that a test takes seconds.
"""

import contextlib
import http.server
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
SHIPPED = TOP / "contrib" / "prometheus"
TIMES = {"group_wait": "3s", "group_interval": "4s", "repeat_interval": "1h"}


# A test that is told to end takes what it started with it.
signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))


class Failure(Exception):
    """A test's reason to fail, in one line."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def http_json(url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def wait_for(what, seconds, condition):
    """The first true value of condition(), or Failure when it does not come in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise Failure(f"{what} did not happen in {seconds} s")


class Receiver:
    """Keeps each notification posted to it as (path, time, JSON)."""

    def __init__(self):
        self.got = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, time.time(), json.loads(body)))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]


class Target:
    """Serves self.text as /metrics; None is a host that does not answer."""

    def __init__(self):
        self.text = None
        target = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(503 if target.text is None else 200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write((target.text or "").encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]


@contextlib.contextmanager
def served(thing):
    threading.Thread(target=thing.server.serve_forever, daemon=True).start()
    try:
        yield thing
    finally:
        thing.server.shutdown()
        thing.server.server_close()


@contextlib.contextmanager
def folder():
    path = pathlib.Path(tempfile.mkdtemp(prefix="luwatch-prometheus-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def process(arguments, log, ready_url):
    with open(log, "wb") as output:
        child = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT)
    try:

        def ready():
            if child.poll() is not None:
                last = log.read_text(errors="replace").strip().splitlines()[-1:]
                raise Failure(f"{arguments[0]} ended: {' '.join(last)}")
            with contextlib.suppress(OSError):
                return urllib.request.urlopen(ready_url, timeout=2).status == 200

        wait_for(f"start of {arguments[0]}", 30, ready)
        yield child
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextlib.contextmanager
def alertmanager(where, receiver):
    """Yields its address, running the shipped configuration in test time."""
    text = (SHIPPED / "alertmanager.yml").read_text()
    for word, value in TIMES.items():
        text, found = re.subn(rf"\b{word}: \S+", f"{word}: {value}", text)
        if not found:
            raise Failure(f"alertmanager.yml has no {word}")
    text = re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{receiver.port}", text)
    (where / "alertmanager.yml").write_text(text)
    address = f"127.0.0.1:{free_port()}"
    arguments = [
        "prometheus-alertmanager",
        f"--config.file={where}/alertmanager.yml",
        f"--storage.path={where}/alertmanager",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with process(arguments, where / "alertmanager.log", f"http://{address}/-/ready"):
        yield address


@contextlib.contextmanager
def prometheus(where, manager, targets):
    """Yields its address, running the shipped rules over {instance: address}."""
    static = [{"targets": [at], "labels": {"instance": name}} for name, at in targets.items()]
    rules = re.sub(r"\binterval: \S+", "interval: 1s", (SHIPPED / "luwatch.rules.yml").read_text())
    (where / "luwatch.rules.yml").write_text(rules)
    configuration = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [f"{where}/luwatch.rules.yml"],
        "scrape_configs": [{"job_name": "luwatch", "static_configs": static}],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [manager]}]}]},
    }
    (where / "prometheus.yml").write_text(json.dumps(configuration))
    address = f"127.0.0.1:{free_port()}"
    arguments = [
        "prometheus",
        f"--config.file={where}/prometheus.yml",
        f"--storage.tsdb.path={where}/prometheus",
        f"--web.listen-address={address}",
    ]
    with process(arguments, where / "prometheus.log", f"http://{address}/-/ready"):
        yield address
