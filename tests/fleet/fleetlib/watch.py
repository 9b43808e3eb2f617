# SPDX-License-Identifier: GPL-2.0-or-later
"""Prometheus and Alertmanager of a night, with the shipped rules and routes, and who gets the notifications."""

import contextlib
import gzip
import http.server
import importlib.util
import json
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

from . import services

SCRAPE = 15  # seconds, of a fleet's Prometheus; the times of alertmanager.yml are for this


def of_prometheus():
    """tests/prometheus/services.py."""
    if "prometheus_services" not in sys.modules:
        spec = importlib.util.spec_from_file_location("prometheus_services", services.TOP / "tests/prometheus/services.py")
        sys.modules["prometheus_services"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["prometheus_services"])
    return sys.modules["prometheus_services"]


def seconds(text):
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[text[-1]]


class Page:
    """Serves what all hosts of a night have for a scrape, in one answer."""

    def __init__(self, made):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = gzip.compress(made.metrics().encode(), 1)
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]


class Watch:
    """Both engines at work: url of Prometheus, got of the receiver, pids. Times run FASTER times as fast."""

    def __init__(self, faster, url, receiver):
        self.faster, self.url, self.receiver, self.pids = faster, url, receiver, {}
        self.longterm = None  # VictoriaMetrics, which gets what Prometheus has

    def ask(self, query):
        """[(labels, value)]; none while Prometheus does not answer."""
        body = urllib.parse.urlencode({"query": query}).encode()
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/api/v1/query", body, timeout=60) as answer:
            return [(sample["metric"], sample["value"][1]) for sample in json.load(answer)["data"]["result"]]
        return []

    def instances(self, query):
        return sorted(labels["instance"] for labels, _ in self.ask(query))

    def pages(self, **labels):
        """Notifications to the pager of groups with these labels: the hosts in each."""
        return [sorted(alert["labels"]["instance"] for alert in message["alerts"])
                for path, _, message in list(self.receiver.got)
                if path == "/page" and labels.items() <= message["groupLabels"].items()]

    def wait(self, real):
        time.sleep(real / self.faster)


@contextlib.contextmanager
def watching(where, made, faster):
    services.need("prometheus", "prometheus-alertmanager")
    shared = of_prometheus()
    interval = f"{1000 * SCRAPE // faster}ms"
    rules = []
    for name in ("prometheus/luwatch.rules.yml", "fleet/fleet.rules.yml"):
        text = (services.TOP / "contrib" / name).read_text()
        rules.append(str(where / name.replace("/", "-")))
        with open(rules[-1], "w") as out:
            out.write(re.sub(r"\binterval: \S+", f"interval: {interval}", text))
    with contextlib.ExitStack() as stack:
        receiver = stack.enter_context(shared.served(shared.Receiver()))
        page = stack.enter_context(shared.served(Page(made)))
        text = (services.TOP / "contrib/prometheus/alertmanager.yml").read_text()
        text = re.sub(r"\b(group_wait|group_interval|repeat_interval): (\S+)",
                      lambda m: f"{m[1]}: {1000 * seconds(m[2]) // faster}ms", text)
        (where / "alertmanager.yml").write_text(re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{receiver.port}", text))
        manager = f"127.0.0.1:{services.free_port()}"
        alertmanager = stack.enter_context(shared.process(
            ["prometheus-alertmanager", f"--config.file={where}/alertmanager.yml", f"--storage.path={where}/alertmanager",
             f"--web.listen-address={manager}", "--cluster.listen-address="],
            where / "alertmanager.log", f"http://{manager}/-/ready"))
        address = f"127.0.0.1:{services.free_port()}"
        longterm = f"127.0.0.1:{services.free_port()}" if services.find("victoria-metrics") else None
        if longterm:
            keeper = stack.enter_context(shared.process(
                ["victoria-metrics", f"-storageDataPath={where}/longterm", f"-httpListenAddr={longterm}",
                 "-search.latencyOffset=1s"], where / "longterm.log", f"http://{longterm}/health"))
        (where / "prometheus.yml").write_text(json.dumps({
            "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
            "rule_files": rules,
            "remote_write": [{"url": f"http://{longterm}/api/v1/write"}] if longterm else [],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [manager]}]}]},
            "scrape_configs": [{"job_name": "luwatch", "honor_labels": True,
                                "static_configs": [{"targets": [f"127.0.0.1:{page.port}"]}]},
                               {"job_name": "prometheus", "static_configs": [{"targets": [address]}]}]}))
        prometheus = stack.enter_context(shared.process(
            ["prometheus", f"--config.file={where}/prometheus.yml", f"--storage.tsdb.path={where}/tsdb",
             f"--web.listen-address={address}"], where / "prometheus.log", f"http://{address}/-/ready"))
        watch = Watch(faster, f"http://{address}", receiver)
        watch.pids = {"Prometheus": prometheus.pid, "Alertmanager": alertmanager.pid}
        if longterm:
            watch.longterm, watch.pids["VictoriaMetrics"] = f"http://{longterm}", keeper.pid
        yield watch


def cpu(pid):
    """Seconds of processor time of a process, those of its children included, dead or alive."""
    tree = {}
    for stat in services.pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            words = stat.read_text().rpartition(") ")[2].split()
            tree[int(stat.parent.name)] = int(words[1]), sum(map(int, words[11:15]))
    wanted = {pid}
    while True:
        more = {child for child, (parent, _) in tree.items() if parent in wanted} | wanted
        if more == wanted:
            return sum(tree[one][1] for one in wanted if one in tree) / 100
        wanted = more


def memory(pid):
    """MiB of memory that a process has."""
    return int(re.search(r"VmRSS:\s+(\d+)", services.pathlib.Path(f"/proc/{pid}/status").read_text())[1]) / 1024


def unpacked(directory):
    return sum(int(n) for n in subprocess.run(["du", "-sb", directory], capture_output=True, text=True).stdout.split()[:1])
