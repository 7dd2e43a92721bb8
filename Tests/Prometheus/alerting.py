"""alerting.py MEMTOP DOCUMENTS DIRECTORY: three simulated hosts, and a real Prometheus and Alertmanager over them.

Says in a line each what came true, or what did not. What it starts ends with it.
"""
import json, os, re, subprocess, sys, time, urllib.parse, urllib.request

sys.dont_write_bytecode = True
from dashboard import empty, panels, port

memtop, documents, directory = sys.argv[1:4]
rules = os.path.join(documents, "memtop.rules.yml")
started = []


def start(name, *command):
    log = open(os.path.join(directory, name + ".log"), "w+b")
    process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    started.append(process)
    return process, log.name


def until(what, seconds, answer):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = answer()
        except OSError:
            found = None
        if found:
            print(what)
            return found
        time.sleep(0.1)
    print("not in time:", what)
    sys.exit(1)


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)


def exporter(scenario):
    process, log = start(scenario, memtop, "export", "--demo", "--scenario", scenario, "--listen", "127.0.0.1:0")
    address = re.compile(r"http://(127\.0\.0\.1:\d+)/metrics")
    found = until(f"{scenario} is served", 60, lambda: address.search(open(log).read()))
    return process, found.group(1)


def main():
    hosts = {name: exporter(name) for name in ("datacenter", "calm", "relief")}
    alertmanager, prometheus = f"127.0.0.1:{port()}", f"127.0.0.1:{port()}"
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [rules],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [
            {"job_name": "memtop", "static_configs": [{"targets": [a for _, a in hosts.values()]}]}
        ],
    }
    # What is JSON is YAML.
    with open(os.path.join(directory, "prometheus.yml"), "w") as file:
        json.dump(config, file)
    with open(os.path.join(directory, "alertmanager.yml"), "w") as file:
        json.dump({"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}, file)
    start(
        "alertmanager", "prometheus-alertmanager", f"--config.file={directory}/alertmanager.yml",
        f"--storage.path={directory}/alerts", f"--web.listen-address={alertmanager}",
        "--cluster.listen-address=")
    start(
        "prometheus", "prometheus", f"--config.file={directory}/prometheus.yml",
        f"--storage.tsdb.path={directory}/tsdb", f"--web.listen-address={prometheus}")

    def query(expression):
        text = urllib.parse.quote(expression)
        return get(f"http://{prometheus}/api/v1/query?query={text}")["data"]["result"]

    until("three hosts are up", 60, lambda: len(query("memtop_up == 1 and up == 1")) == 3)
    begun = time.monotonic()
    targets = get(f"http://{prometheus}/api/v1/targets")["data"]["activeTargets"]
    print("errors of scrapes:", [t["lastError"] for t in targets if t["lastError"]])
    names = set(re.findall(r"\bmemtop_[a-z_]+(?=[{ ])", open(rules).read()))
    print("unknown metrics in rules:", sorted(n for n in names if not query(f"count({n})")))

    until("rates are known", 30, lambda: query("rate(memtop_process_cpu_seconds_total[1m])"))
    print("panels without a value:", empty(documents, query))

    def thrashing(*domains):
        """The alerts, once there are those of these guests and no others."""
        alerts = get(f"http://{alertmanager}/api/v2/alerts")
        found = [a["labels"] for a in alerts if a["labels"]["alertname"] == "GuestThrashing"]
        return sorted(a["domain"] for a in found) == sorted(domains) and (found or True)

    found = until("guests that thrash are told of", 60, lambda: thrashing("db1", "db2"))
    print(sorted((a["host"], a["domain"], a["severity"]) for a in found), time.monotonic() - begun < 60)
    until("the one that is given more is told of no longer", 120, lambda: thrashing("db2"))
    # Of the guests of a host that is gone nothing is said.
    hosts["datacenter"][0].terminate()
    until("nor is the one whose host is gone", 60, thrashing)
    unread = [p["targets"][0]["expr"] for p in panels(documents) if p["title"] == "Hosts that cannot be read"]
    until("that host is counted, once", 60, lambda: [r["value"][1] for r in query(unread[0])] == ["1"])


try:
    main()
finally:
    for process in reversed(started):
        process.kill()
        process.wait()
