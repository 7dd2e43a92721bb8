"""hosts.py MEMTOP DIRECTORY [HOSTS [SECONDS]]: what a screen of many hosts costs: processor time, the first
frame, and bytes a changed domain on the wire.

The hosts are simulated, fifty guests each, which report every two seconds. Their streams are counted by what
stands in for ssh. Prints a row for BENCHMARKS.md.
"""
import os, re, signal, subprocess, sys, time

memtop, directory = sys.argv[1:3]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 50
seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 60
tmux = ["tmux", "-L", f"memtop-cost-{os.getpid()}"]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def write(name, text, mode=0o600):
    path = os.path.join(directory, name)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def screen():
    return run(*tmux, "capture-pane", "-p")


def used(pid):
    """Processor time in seconds."""
    return sum(int(open(f"/proc/{pid}/task/{task}/schedstat").read().split()[0])
               for task in os.listdir(f"/proc/{pid}/task")) / 1e9


def main():
    ssh = write("ssh", f"""#!/bin/bash
while [ "$1" != -- ]; do shift; done
exec {memtop} "${{@:4}}" --demo --scenario rack --seed ${{2#node}} | tee {directory}/stream.$2
""", 0o755)
    listed = write("hosts", "".join(f"[node{n}]\n" for n in range(1, count + 1)))
    begun = time.monotonic()
    run(*tmux, "-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40",
        f"exec {memtop} --hosts {listed} --ssh {ssh}")
    pid = int(run(*tmux, "list-panes", "-F", "#{pane_pid}"))
    answered = None
    while "connecting" in screen() or f"{count * 51} domains" not in screen():
        if time.monotonic() - begun > 120:
            sys.exit("not all hosts answered:\n" + screen())
        time.sleep(0.05)
    first = time.monotonic() - begun
    newest = max(os.stat(f"{directory}/stream.node{n}").st_ctime for n in range(1, count + 1))
    time.sleep(5)
    sizes = [os.path.getsize(f"{directory}/stream.node{n}") for n in range(1, count + 1)]
    before, start = used(pid), time.monotonic()
    time.sleep(seconds)
    share = (used(pid) - before) / (time.monotonic() - start)
    status = open(f"/proc/{pid}/status").read()
    rss = int(re.search(r"RssAnon:\s+(\d+)", status).group(1)) / 1024
    changed = total = 0
    for n in range(1, count + 1):
        with open(f"{directory}/stream.node{n}", "rb") as file:
            file.seek(sizes[n - 1])
            text = file.read()
        total += len(text)
        changed += sum(line.startswith(b"d") for line in text.split(b"\n"))
    print(f"| {count} | {count * 51} | {changed / seconds:.0f} | {100 * share:.1f} % | {first:.2f} s "
          f"| {total / max(1, changed):.0f} | {total / seconds / 1024:.0f} KiB/s | {rss:.1f} MiB |")


try:
    main()
finally:
    subprocess.run(tmux + ["kill-server"], capture_output=True)
