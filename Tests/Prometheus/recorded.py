"""recorded.py MEMTOP DOCUMENTS DIRECTORY RECORDING: the dashboard over a recording, in a real Prometheus.

What `memtop dump` says of the recording is made into Prometheus' own blocks, and each panel is asked for
in the middle of it. Says in a line each what came of it. What it starts ends with it.
"""
import json, os, re, socket, subprocess, sys, time, urllib.parse, urllib.request

memtop, documents, directory, recording = sys.argv[1:5]
text, data = os.path.join(directory, "dump.txt"), os.path.join(directory, "data")


def port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(address, what, **words):
    with urllib.request.urlopen(f"http://{address}/{what}?{urllib.parse.urlencode(words)}", timeout=10) as answer:
        return json.load(answer) if words else answer.read()


with open(text, "wb") as file:
    subprocess.run([memtop, "dump", "--format", "openmetrics", recording], stdout=file, check=True)
subprocess.run(
    ["promtool", "tsdb", "create-blocks-from", "openmetrics", text, data], check=True, stdout=subprocess.DEVNULL)
times = [float(found) for found in re.findall(r"^memtop_host_total_bytes.* (\S+)$", open(text).read(), re.M)]
with open(os.path.join(directory, "none.yml"), "w") as file:
    file.write("{}")
address = f"127.0.0.1:{port()}"
log = open(os.path.join(directory, "prometheus.log"), "wb")
prometheus = subprocess.Popen(
    ["prometheus", f"--config.file={directory}/none.yml", f"--storage.tsdb.path={data}",
     "--storage.tsdb.retention.time=100y", f"--web.listen-address={address}"],
    stdout=log, stderr=log, stdin=subprocess.DEVNULL)
try:
    while True:
        try:
            get(address, "-/ready")
            break
        except OSError:
            if prometheus.poll() is not None:
                sys.exit("Prometheus has ended: " + open(log.name).read())
            time.sleep(0.1)
    empty = []
    panels = json.load(open(os.path.join(documents, "dashboard.json")))["panels"]
    for expression in [target["expr"] for panel in panels for target in panel["targets"]]:
        asked = re.sub(r"\$(host|domain)", ".*", expression).replace("$__rate_interval", "1m")
        answer = get(address, "api/v1/query", query=asked, time=sorted(times)[len(times) // 2])
        if not answer["data"]["result"]:
            empty.append(asked)
    print(len(panels), "panels")
    recorded = set(re.findall(r"^memtop_\w+", open(text).read(), re.M))
    missing = {name: set(re.findall(r"memtop_\w+(?=[\[{ ]|$)", name)) - recorded for name in empty}
    print("not in recordings:", *sorted(set().union(*missing.values())))
    print("recorded, and without a value:", [name for name, metrics in missing.items() if not metrics])
finally:
    prometheus.kill()
    prometheus.wait()
