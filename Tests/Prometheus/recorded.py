"""recorded.py MEMTOP DOCUMENTS DIRECTORY RECORDING: the dashboard over a recording, in a real Prometheus.

What `memtop dump` says of the recording is made into Prometheus' own blocks, and each panel is asked for
in the middle of it. Says in a line each what came of it. What it starts ends with it.
"""
import json, os, re, subprocess, sys, time, urllib.parse, urllib.request

sys.dont_write_bytecode = True
from dashboard import empty, panels, port

memtop, documents, directory, recording = sys.argv[1:5]
text, data = os.path.join(directory, "dump.txt"), os.path.join(directory, "data")


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
    for _ in range(3000):
        try:
            get(address, "-/ready")
            break
        except OSError:
            if prometheus.poll() is not None:
                sys.exit("Prometheus has ended: " + open(log.name).read())
            time.sleep(0.1)
    else:
        sys.exit("Prometheus is not ready: " + open(log.name).read())
    middle = sorted(times)[len(times) // 2]
    without = empty(
        documents, lambda text: get(address, "api/v1/query", query=text, time=middle)["data"]["result"])
    print(len(panels(documents)), "panels")
    recorded = set(re.findall(r"^memtop_\w+", open(text).read(), re.M))
    missing = {name: set(re.findall(r"memtop_\w+(?=[\[{ ]|$)", name)) - recorded for name in without}
    print("not in recordings:", *sorted(set().union(*missing.values())))
    print("recorded, and without a value:", [name for name, metrics in missing.items() if not metrics])
finally:
    prometheus.kill()
    prometheus.wait()
